// A residual layer of a program that is fused: skip + hidden·w, PAPER 3.1. Its sums, of values and of gradients, and
// the gradient of its ReLU are done to products as these are stored.
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>

#include "call.hpp"
#include "clock.hpp"
#include "product.hpp"
#include "tune.hpp"

namespace amdim {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Ways to compute a layer, from 1 by Program::layers; each does what those before it do.
enum Way : int64_t { kPlain = 1, kSums, kMasks };
constexpr size_t kWays = 3;

// Parts are the convolutions whose time the profile lists; null in those that are tried.
struct Parts {
  const Op *first, *second;
};

void turn(const Tensor& x, const Op* part, Phase phase) {
  if (part && Clock::ours().on) Clock::ours().turn(x.device(), part->name, part->kind, phase);
}

Tensor sum(const Tensor& a, const Tensor& b, const Tensor& addend, Way way) {
  Tensor none;
  return way >= kSums ? product(a, b, addend, Epilogue::kNone, none) : at::addmm(addend, a, b);
}

// Branch is skip + h·wᵀ: h (n, k), w (m, k), skip (n, m), or fewer channels than m: the others are 0.
struct Branch : torch::autograd::Function<Branch> {
  static Tensor forward(AutogradContext* ctx, const Tensor& h, const Tensor& w, const Tensor& skip, Way way,
                        const Op* part) {
    int64_t channels = skip.size(1);
    ctx->save_for_backward({h, w});
    ctx->saved_data["channels"] = channels;
    ctx->saved_data["part"] = reinterpret_cast<int64_t>(part);
    turn(h, part, kForward);
    if (channels == w.size(0)) return sum(h, w.t(), skip, way);
    Tensor y = h.mm(w.t());
    y.narrow(1, 0, channels).add_(skip);
    return y;
  }

  static variable_list backward(AutogradContext* ctx, variable_list d) {
    variable_list saved = ctx->get_saved_variables();
    const Tensor &h = saved[0], &w = saved[1], &g = d[0];
    turn(h, reinterpret_cast<const Op*>(ctx->saved_data["part"].toInt()), kBackward);
    return {g.mm(w), g.t().mm(h), g.narrow(1, 0, ctx->saved_data["channels"].toInt()), Tensor(), Tensor()};
  }
};

// Layer is x + relu(x·w1ᵀ)·w2ᵀ: x (n, c), w1 (m, c), w2 (c, m). With g the gradient by it and m the mask of the ReLU
//
//	dh = (g·w2)⊙m;  dw2 = gᵀ·h;  dw1 = dhᵀ·x;  dx = g + dh·w1
struct Layer : torch::autograd::Function<Layer> {
  static Tensor forward(AutogradContext* ctx, const Tensor& x, const Tensor& w1, const Tensor& w2, Way way,
                        Parts parts) {
    Tensor h, mask;
    turn(x, parts.first, kForward);
    if (way >= kMasks)
      h = product(x, w1.t(), Tensor(), Epilogue::kReLU, mask);
    else
      h = at::_addmm_activation(at::zeros({w1.size(0)}, w1.options()), x, w1.t());
    ctx->save_for_backward({x, w1, w2, h, mask});
    ctx->saved_data["way"] = int64_t(way);
    ctx->saved_data["first"] = reinterpret_cast<int64_t>(parts.first);
    ctx->saved_data["second"] = reinterpret_cast<int64_t>(parts.second);
    turn(x, parts.second, kForward);
    return sum(h, w2.t(), x, way);
  }

  static variable_list backward(AutogradContext* ctx, variable_list d) {
    variable_list saved = ctx->get_saved_variables();
    const Tensor &x = saved[0], &w1 = saved[1], &w2 = saved[2], &h = saved[3];
    Tensor mask = saved[4], g = d[0].contiguous(), dh;
    Way way = Way(ctx->saved_data["way"].toInt());
    turn(x, reinterpret_cast<const Op*>(ctx->saved_data["second"].toInt()), kBackward);
    if (way >= kMasks)
      dh = product(g, w2, Tensor(), Epilogue::kMask, mask);
    else
      dh = at::threshold_backward(g.mm(w2), h, 0);
    Tensor dw2 = g.t().mm(h);
    turn(x, reinterpret_cast<const Op*>(ctx->saved_data["first"].toInt()), kBackward);
    return {sum(dh, w1, g, way), dh.t().mm(x), dw2, Tensor(), Tensor()};
  }
};

// rows is x (…, c) as a matrix, of the type of products.
Tensor rows(const Call& c, const Tensor& x) { return c.operand(x).reshape({-1, x.size(-1)}); }

// weight of a 1×1 convolution, by output and input.
Tensor weight(const Call& c, const Op& conv) { return c.operand(c.var(conv, 0)).flatten(1); }

// choose takes the fastest way to compute y and the gradients by all of which it is made if kernels are tried,
// else the plain one, and in tests any. Rows that do not begin at multiples of 16 bytes are for plain products.
Way choose(const Call& c, const variable_list& of, size_t ways,
           const std::function<Tensor(const variable_list&, Way)>& y) {
  static Choice known("residual layer");
  for (const Tensor& x : of)
    if (x.size(1) % 8 != 0) return kPlain;
  if (c.p.layers > 0) return Way(c.p.layers);
  if (!at::globalContext().benchmarkCuDNN()) return kPlain;
  Key key{int64_t(ways)};
  for (size_t i = 1; i < of.size(); i++) key.insert(key.end(), of[i].sizes().begin(), of[i].sizes().end());
  return Way(1 + known.fastest(key_of(of[0], key), ways, of[0].device(), [&](size_t way) {
    at::AutoGradMode on(true);
    variable_list leaves;
    for (const Tensor& x : of) leaves.push_back(x.detach().requires_grad_(true));
    Tensor made = y(leaves, Way(way + 1));
    torch::autograd::grad({made}, leaves, {at::ones_like(made)});
  }));
}

}  // namespace

// The sum of a residual layer does the work of its convolutions, whose values until then are what they take.
void residual(Call& c, const Op& op) {
  const Op& second = *op.second;
  std::vector<int64_t> shape = c.in(op, 0).sizes().vec();
  shape.back() = c.var(second, 0).size(0);
  Tensor x = rows(c, c.in(op, 0)), w2 = weight(c, second), y;
  if (op.first) {
    Tensor w1 = weight(c, *op.first);
    auto layer = [](const variable_list& v, Way way, Parts p) { return Layer::apply(v[0], v[1], v[2], way, p); };
    Way way = choose(c, {x, w1, w2}, kWays, [&](const variable_list& v, Way way) { return layer(v, way, {}); });
    y = layer({x, w1, w2}, way, {op.first, &second});
  } else {
    Tensor skip = rows(c, c.in(op, 1));
    auto branch = [](const variable_list& v, Way way, const Op* part) {
      return Branch::apply(v[0], v[1], v[2], way, part);
    };
    Way way = choose(c, {x, w2, skip}, kWays - 1,
                     [&](const variable_list& v, Way way) { return branch(v, way, nullptr); });
    y = branch({x, w2, skip}, way, &second);
  }
  c.set(op, 0, y.reshape(shape).to(c.type));
}

}  // namespace amdim
