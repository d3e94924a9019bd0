// The operations of graph/op.go; conv.cc, pool.cc, residual.cc, norm.cc, xent.cc and contrast.cc have the larger ones.
#include <cmath>
#include <map>

#include "call.hpp"
#include "guard.hpp"

namespace amdim {
namespace {

// A uint8 image becomes (x/255 − mean)/std.
void input(Call& c, const Op& op) {
  const Tensor& x = c.x[op.out[0]];
  if (op.a.type == kInt32) return;
  if (op.a.type == kFloat32) return c.set(op, 0, x.to(c.type));
  const Tensor& channels = c.channels[&op - c.p.ops.data()];
  Tensor scaled = x.to(c.wide).div_(255).sub_(channels[0]).div_(channels[1]);
  c.set(op, 0, scaled.to(c.type));
}

void relu(Call& c, const Op& op) { c.set(op, 0, at::relu(c.in(op, 0))); }

void pad_channels(Call& c, const Op& op) {
  const Tensor& x = c.in(op, 0);
  c.set(op, 0, at::constant_pad_nd(x, {0, op.a.out - x.size(-1)}));
}

void add(Call& c, const Op& op) {
  Tensor x = c.in(op, 0), y = c.in(op, 1);
  if (y.dim() < x.dim()) {  // rows (n, c) at every place
    std::vector<int64_t> shape(x.dim(), 1);
    shape.front() = y.size(0), shape.back() = y.size(1);
    y = y.reshape(shape);
  }
  c.set(op, 0, x + y);
}

void reshape(Call& c, const Op& op) {
  std::vector<int64_t> shape = op.a.row;
  shape.insert(shape.begin(), c.in(op, 0).size(0));
  c.set(op, 0, c.in(op, 0).reshape(shape));
}

void linear(Call& c, const Op& op) {
  Tensor x = c.operand(c.in(op, 0)), w = c.operand(c.var(op, 0));
  Tensor y = op.vars.size() == 1 ? at::mm(x, w) : at::addmm(c.operand(c.var(op, 1)), x, w);
  c.set(op, 0, y.to(c.type));
}

void dropout(Call& c, const Op& op) { c.set(op, 0, c.in(op, 0) * c.in(op, 1) / (1 - op.a.p)); }

void gather_location(Call& c, const Op& op) {
  const Tensor& x = c.in(op, 0);
  Tensor at = c.in(op, 1).to(at::kLong).reshape({-1, 1, 1}).expand({-1, 1, x.size(3)});
  c.set(op, 0, x.reshape({x.size(0), -1, x.size(3)}).gather(1, at).squeeze(1));
}

void stop_grad(Call& c, const Op& op) { c.set(op, 0, c.in(op, 0).detach()); }

}  // namespace

Tensor soft_clip(const Tensor& s, double clip) { return clip == 0 ? s : at::tanh(s / clip) * clip; }

Operation operation_of(const std::string& kind) {
  static const std::map<std::string, Operation> kTable{
      {"Input", input},          {"Conv2D", conv2d},           {"BatchNorm", batch_norm}, {"ReLU", relu},
      {"AvgPool", avg_pool},     {"PadChannels", pad_channels}, {"Add", add},              {"Reshape", reshape},
      {"Linear", linear},        {"Dropout", dropout},         {"Gather", gather_location},
      {"SoftmaxXent", softmax_xent}, {"NCE", nce},             {"MixtureNCE", mixture_nce}, {"StopGrad", stop_grad},
  };
  auto found = kTable.find(kind);
  if (found == kTable.end()) throw Failure(kFailed, "the shim does not know the operation " + kind + ": make torch");
  return found->second;
}

}  // namespace amdim
