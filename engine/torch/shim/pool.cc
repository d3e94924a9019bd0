// Means of windows. torch's kernel for a GPU reads an element as often as windows hold it, and its gradient is
// slower still: 19 ms for 756 million values on an H100, where to read and write them takes one.
#include <torch/csrc/autograd/autograd.h>

#include "call.hpp"
#include "tune.hpp"

namespace amdim {
namespace {

// Way is one to compute the means of windows k×k of x, NHWC.
using Way = Tensor (*)(const Tensor& x, int64_t k, int64_t stride);

Tensor by_torch(const Tensor& x, int64_t k, int64_t stride) {
  return channels_last(at::avg_pool2d(channels_first(x), k, stride));
}

// by_means takes windows of two strides as means of means, and those that do not overlap as sums over rows.
Tensor by_means(const Tensor& x, int64_t k, int64_t stride) {
  if (k == 2 * stride && stride > 1) return by_means(by_means(x, stride, stride), 2, 1);
  int64_t n = x.size(0), h = x.size(1), w = x.size(2), c = x.size(3);
  if (k == stride && h % k == 0 && w % k == 0) return x.reshape({n, h / k, k, w / k, k, c}).mean({2, 4});
  return by_torch(x, k, stride);
}

// windows is (places, size), of the type of x: in each row k times that weight, a stride further. It is made once.
Tensor windows(int64_t size, int64_t k, int64_t stride, double weight, const Tensor& x) {
  static std::map<Key, Tensor> known;
  Tensor& all = known[{size, k, stride, int64_t(x.scalar_type()), x.device().index()}];
  if (all.defined()) return all;
  int64_t places = (size - k) / stride + 1, room = (size + 7) / 8 * 8;  // rows begin where cuBLAS likes it
  auto whole = x.options().dtype(at::kLong);
  Tensor at = at::arange(room, whole), first = at::arange(places, whole).mul_(stride).unsqueeze(1);
  Tensor inside = at.ge(first).logical_and_(at.lt(first + k));
  return all = inside.to(x.scalar_type()).mul_(weight).narrow(1, 0, size);
}

// by_products multiplies by windows of the rows, then of the columns. Sums of 1/k are exact for a power of two.
Tensor by_products(const Tensor& x, int64_t k, int64_t stride) {
  bool exact = (k & (k - 1)) == 0;
  double weight = exact ? 1. / double(k) : 1;
  int64_t n = x.size(0), h = x.size(1), w = x.size(2), c = x.size(3);
  Tensor rows = windows(h, k, stride, weight, x), columns = windows(w, k, stride, weight, x);
  int64_t tall = rows.size(0), wide = columns.size(0);
  Tensor y = at::bmm(rows.expand({n, tall, h}), x.reshape({n, h, w * c}));
  y = at::bmm(columns.expand({n * tall, wide, w}), y.view({n * tall, w, c})).view({n, tall, wide, c});
  return exact ? y : y / double(k * k);
}

constexpr Way kWays[] = {by_torch, by_means, by_products};  // by Program::pools, from 1

// fastest is the way that takes least for such values, with its gradient.
Way fastest(const Tensor& x, int64_t k, int64_t stride) {
  static Choice known("average pool");
  return kWays[known.fastest(key_of(x, {k, stride}), std::size(kWays), x.device(), [&](size_t way) {
    at::AutoGradMode on(true);
    Tensor leaf = x.detach().requires_grad_(true), y = kWays[way](leaf, k, stride);
    torch::autograd::grad({y}, {leaf}, {at::ones_like(y)});
  })];
}

}  // namespace

// A program that is fused takes the fastest way if kernels are tried, else by_means, and in tests any.
void avg_pool(Call& c, const Op& op) {
  const Tensor& x = c.in(op, 0);
  Way way = op.fused ? by_means : by_torch;
  if (op.fused && c.p.pools > 0)
    way = kWays[c.p.pools - 1];
  else if (op.fused && at::globalContext().benchmarkCuDNN())
    way = fastest(x, op.a.k, op.a.stride);
  c.set(op, 0, way(x, op.a.k, op.a.stride));
}

}  // namespace amdim
