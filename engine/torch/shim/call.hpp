// One run of a program, and what its operations share.
#pragma once
#include <ATen/ATen.h>
#include <map>

#include "group.hpp"
#include "program.hpp"

namespace amdim {

using at::Tensor;

// Running are the statistics of a BatchNorm after this batch.
struct Running {
  const Op* op;
  Tensor mean, var;
};

// Call holds the values of one run. They have the shapes of the program, NHWC and
// row-major. Convolution and pooling see them as NCHW in channels-last format, and their
// results back: both are views. Weights of convolutions are OIHW in channels-last format,
// which is OHWI in memory; those of linear layers stay (in, out).
//
// With a group the rows are this process's share of the batch. A scalar is then its part:
// the sum over the processes is the value, and that of the gradients is the gradient.
struct Call {
  const Program& p;
  const std::vector<Tensor>& w;  // variables of the program
  const std::vector<Tensor>& channels;  // by operation: mean and std of an image's channels
  Group* group;                  // null: this process is alone
  at::ScalarType type, wide;     // of activations; of statistics, losses and their sums
  at::ScalarType product;        // of the operands of products
  std::vector<Tensor> x;         // by value; undefined where it is used up
  std::vector<Running> running;
  std::map<int64_t, Tensor> antecedents, consequents;  // of losses, by value; those of all processes, own

  const Tensor& in(const Op& op, int k) const { return x[op.in[k]]; }
  const Tensor& var(const Op& op, int k) const { return w[op.vars[k]]; }
  Tensor operand(const Tensor& t) const { return t.to(type).to(product); }
  void set(const Op& op, int k, Tensor y) { x[op.out[k]] = std::move(y); }
  int64_t processes() const { return group ? group->size() : 1; }
  int64_t rank() const { return group ? group->rank() : 0; }
};

// Backend views: NHWC to NCHW and back.
inline Tensor channels_first(const Tensor& x) { return x.permute({0, 3, 1, 2}); }
inline Tensor channels_last(const Tensor& x) { return x.permute({0, 2, 3, 1}); }

// Of ops.cc, and of the files of their names.
void conv2d(Call&, const Op&);
void avg_pool(Call&, const Op&);
void residual(Call&, const Op&);  // an Add: see Program::fuse
void batch_norm(Call&, const Op&);
void softmax_xent(Call&, const Op&);
void nce(Call&, const Op&);
void mixture_nce(Call&, const Op&);

// settle waits until a device has done what it has to.
void settle(at::Device);

// soft_clip is clip·tanh(s/clip), PAPER 1.2; clip 0 leaves s alone.
Tensor soft_clip(const Tensor& s, double clip);

// gather is the t of all processes, (processes, …) of type wide: backward sums its gradient over
// them and keeps the own part. Without a group it is t.
Tensor gather(const Call&, const Tensor& t);
// sum is that of t over the processes, backward as forward.
Tensor sum(const Call&, const Tensor& t);

}  // namespace amdim
