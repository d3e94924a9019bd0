// A residual layer of a program that is fused: skip + hidden·w, PAPER 3.1. Products add what is added to them, and
// apply the mask of the ReLU, before they are stored.
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

// turn is for the profile, which lists the convolutions; part is null while ways are tried.
void turn(const Tensor& x, const Op* part, Phase phase) {
  if (part && Clock::ours().on) Clock::ours().turn(x.device(), part->name, part->kind, phase);
}

int64_t number(const Op* part) { return reinterpret_cast<int64_t>(part); }
const Op* part(AutogradContext* ctx, const char* name) {
  return reinterpret_cast<const Op*>(ctx->saved_data[name].toInt());
}

Tensor sum(const Tensor& a, const Tensor& b, const Tensor& addend, Way way) {
  Tensor none;
  return way >= kSums ? product(a, b, addend, Epilogue::kNone, none) : at::addmm(addend, a, b);
}

// Branch is skip + h·wᵀ: h (n, k), w (m, k), skip (n, m), or fewer channels than m: to the others 0 is added.
struct Branch : torch::autograd::Function<Branch> {
  static Tensor forward(AutogradContext* ctx, const Tensor& h, const Tensor& w, const Tensor& skip, Way way,
                        const Op* conv) {
    int64_t channels = skip.size(1);
    ctx->save_for_backward({h, w});
    ctx->saved_data["channels"] = channels;
    ctx->saved_data["conv"] = number(conv);
    if (channels == w.size(0)) return sum(h, w.t(), skip, way);
    Tensor y = h.mm(w.t());
    y.narrow(1, 0, channels).add_(skip);
    return y;
  }

  static variable_list backward(AutogradContext* ctx, variable_list d) {
    variable_list saved = ctx->get_saved_variables();
    const Tensor &h = saved[0], &w = saved[1];
    Tensor g = d[0].contiguous();
    turn(h, part(ctx, "conv"), kBackward);
    return {g.mm(w), g.t().mm(h), g.narrow(1, 0, ctx->saved_data["channels"].toInt()), Tensor(), Tensor()};
  }
};

// Layer is skip + relu(x·w1ᵀ)·w2ᵀ: x (n, c), w1 (k, c), w2 (m, k), skip (n, m), which is x where there is none. With g
// the gradient by it and m the mask of the ReLU
//
//	dh = (g·w2)⊙m;  dw2 = gᵀ·h;  dw1 = dhᵀ·x;  dskip = g;  dx = dh·w1, and + g where x is the skip
//
// The ReLU of cuBLAS makes a NaN 0: one in w1 shows in dx alone.
struct Layer : torch::autograd::Function<Layer> {
  static Tensor forward(AutogradContext* ctx, const Tensor& x, const Tensor& w1, const Tensor& w2,
                        const c10::optional<Tensor>& skip, Way way, const Op* conv1, const Op* conv2) {
    Tensor h, mask;
    if (way >= kMasks)
      h = product(x, w1.t(), Tensor(), Epilogue::kReLU, mask);
    else
      h = at::_addmm_activation(at::zeros({w1.size(0)}, w1.options()), x, w1.t());
    ctx->save_for_backward({x, w1, w2, h, mask});
    ctx->saved_data["way"] = int64_t(way);
    ctx->saved_data["own"] = skip.has_value();
    ctx->saved_data["conv1"] = number(conv1), ctx->saved_data["conv2"] = number(conv2);
    turn(x, conv2, kForward);
    return sum(h, w2.t(), skip ? *skip : x, way);
  }

  static variable_list backward(AutogradContext* ctx, variable_list d) {
    variable_list saved = ctx->get_saved_variables();
    const Tensor &x = saved[0], &w1 = saved[1], &w2 = saved[2], &h = saved[3];
    Tensor mask = saved[4], g = d[0].contiguous(), dh;
    Way way = Way(ctx->saved_data["way"].toInt());
    turn(x, part(ctx, "conv2"), kBackward);
    if (way >= kMasks)
      dh = product(g, w2, Tensor(), Epilogue::kMask, mask);
    else
      dh = at::threshold_backward(g.mm(w2), h, 0);
    Tensor dw2 = g.t().mm(h);
    turn(x, part(ctx, "conv1"), kBackward);
    bool own = ctx->saved_data["own"].toBool();
    Tensor dx = own ? dh.mm(w1) : sum(dh, w1, g, way);
    return {dx, dh.t().mm(x), dw2, own ? g : Tensor(), Tensor(), Tensor(), Tensor()};
  }
};

// rows is x (…, c) as a matrix, of the type of products.
Tensor rows(const Call& c, const Tensor& x) { return c.operand(x).reshape({-1, x.size(-1)}).contiguous(); }

// weight of a 1×1 convolution, by output and input.
Tensor weight(const Call& c, const Op& conv) { return c.operand(c.var(conv, 0)).flatten(1); }

// Compute is a layer of these operands, in a way.
using Compute = std::function<Tensor(const variable_list& of, Way)>;

// choose takes the fastest of so many ways to a layer and its gradients by every operand if kernels are tried, else
// the plain one, and in tests any. Rows that do not begin at multiples of 16 bytes are for plain products.
Way choose(const Call& c, const variable_list& of, int64_t ways, const Compute& compute) {
  static Choice known("residual layer");
  Key key{ways};
  for (size_t i = 0; i < of.size(); i++) {
    if (of[i].size(1) % 8 != 0) return kPlain;
    if (i > 0) key.insert(key.end(), of[i].sizes().begin(), of[i].sizes().end());
  }
  if (c.p.layers > 0) return Way(c.p.layers);
  if (ways == kPlain || !at::globalContext().benchmarkCuDNN()) return kPlain;
  return Way(1 + known.fastest(key_of(of[0], key), ways, of[0].device(), [&](size_t way) {
    at::AutoGradMode on(true);
    variable_list leaves;
    for (const Tensor& x : of) leaves.push_back(x.detach().requires_grad_(true));
    Tensor y = compute(leaves, Way(way + 1));
    torch::autograd::grad({y}, leaves, {at::ones_like(y)});
  }));
}

Tensor layer(const Call& c, const Op& op, const Tensor& x) {
  variable_list of{x, weight(c, *op.conv1), weight(c, *op.conv2)};
  if (op.in[1] != op.conv1->in[0]) of.push_back(rows(c, c.in(op, 1)));
  auto compute = [](const variable_list& v, Way way, const Op* conv1, const Op* conv2) {
    c10::optional<Tensor> skip;
    if (v.size() > 3) skip = v[3];
    return Layer::apply(v[0], v[1], v[2], skip, way, conv1, conv2);
  };
  Way way = choose(c, of, kMasks, [&](const variable_list& v, Way way) { return compute(v, way, nullptr, nullptr); });
  return compute(of, way, op.conv1, op.conv2);
}

Tensor branch(const Call& c, const Op& op, const Tensor& h) {
  variable_list of{h, weight(c, *op.conv2), rows(c, c.in(op, 1))};
  auto compute = [](const variable_list& v, Way way, const Op* conv) {
    return Branch::apply(v[0], v[1], v[2], way, conv);
  };
  bool narrow = of[2].size(1) < of[1].size(0);
  Way way = choose(c, of, narrow ? kPlain : kSums,
                   [&](const variable_list& v, Way way) { return compute(v, way, nullptr); });
  return compute(of, way, op.conv2);
}

}  // namespace

// A sum does the work of the convolutions that it takes over, whose values are what they take themselves.
void residual(Call& c, const Op& op) {
  turn(c.in(op, 0), op.conv1 ? op.conv1 : op.conv2, kForward);
  std::vector<int64_t> shape = c.in(op, 0).sizes().vec();
  shape.back() = c.var(*op.conv2, 0).size(0);
  Tensor x = rows(c, c.in(op, 0));
  c.set(op, 0, (op.conv1 ? layer : branch)(c, op, x).reshape(shape).to(c.type));
}

}  // namespace amdim
