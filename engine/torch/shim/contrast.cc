// NCE and MixtureNCE: the antecedents of all processes against this one's consequents. PAPER 1.2 to 1.5 and 4.
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>

#include "call.hpp"

namespace amdim {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Less than any score, and finite: what is nothing but this has a largest one.
constexpr double kNothing = -1e38;
// Up to here exp of a clipped score, summed over many, is well inside float32 with no largest one taken off.
constexpr double kBounded = 60;

// antecedents are (2, B, k, r), by view and image of the whole batch. They travel, and not the
// consequents: an image has L times as many of those. Tasks that share a value take it once.
Tensor antecedents(Call& c, const Op& op) {
  Tensor& known = c.antecedents[op.in[0]];
  if (known.defined()) return known;
  const Tensor& x = c.in(op, 0);
  int64_t b = x.size(0) / 2, r = x.size(-1);
  Tensor all = gather(c, x.reshape({2, b, -1, r}));  // (processes, 2, b, k, r)
  return known = all.transpose(0, 1).reshape({2, b * c.processes(), -1, r});
}

// consequents are this process's, (2, b·L, r) by view, image and location.
Tensor consequents(Call& c, const Op& op) {
  Tensor& known = c.consequents[op.in[1]];
  if (!known.defined()) known = c.in(op, 1).reshape({2, -1, c.in(op, 1).size(-1)}).to(c.wide);
  return known;
}

// unit is what scores are multiples of: the clip, or 1 where there is none.
double unit(const Op& op) { return op.a.clip == 0 ? 1 : op.a.clip; }

// scores are s/unit, s = ⟨a, c⟩/√r, (2, B, k, b, L). At 0 stand the consequents of view 1 and the
// antecedents of view 2, at 1 the others.
Tensor scores(Call& c, const Op& op) {
  Tensor a = antecedents(c, op).flip(0);
  int64_t images = a.size(1), k = a.size(2), r = a.size(3);
  Tensor left = a.reshape({2, images * k, r}), right = consequents(c, op).transpose(1, 2);
  // Divided behind the products: operands that were bfloat16 stay exact in TF32. A GPU divides as it sums; on a
  // processor torch 1.13 multiplies what was in that memory by 0, and it may be NaN.
  double share = 1 / (unit(op) * std::sqrt(double(r)));
  Tensor u = a.is_cuda() ? at::baddbmm(at::zeros({1, 1, 1}, a.options()), left, right, /*beta=*/0, /*alpha=*/share)
                         : at::bmm(left, right) * share;
  return u.view({2, images, k, images / c.processes(), -1});
}

// own are places of the positives in scores, (2, k, L, b): images first to first + b are this process's.
Tensor own(const Tensor& u, int64_t first) { return u.narrow(1, first, u.size(3)).diagonal(0, 1, 3); }

// Contrast is of scores s = unit·u, clipped to z = unit·tanh u where clips, in few passes over them,
//
//	positive (2, b, k, L)  z of the own images
//	negative (2, B, k)     log Σ exp z over consequents of other images
//	penalty, above         the mean of s², the share of s that is clipped, of this process
struct Contrast : torch::autograd::Function<Contrast> {
  static variable_list forward(AutogradContext* ctx, const Tensor& u, double unit, bool clips, int64_t first) {
    ctx->saved_data["unit"] = unit, ctx->saved_data["clips"] = clips, ctx->saved_data["first"] = first;
    Tensor t = clips ? at::tanh(u) : u;
    Tensor e = t * unit;
    Tensor positive = own(e, first).permute({0, 3, 1, 2}).clone(at::MemoryFormat::Contiguous);
    own(e, first).fill_(kNothing);
    Tensor most;
    if (!clips || unit > kBounded) most = e.amax({3, 4}, true), e.sub_(most);
    Tensor sum = e.exp_().sum({3, 4}).clamp_min_(u.scalar_type() == at::kDouble ? 1e-300 : 1e-37);
    Tensor negative = most.defined() ? sum.log() + most.view(sum.sizes()) : sum.log();
    Tensor lengths = at::linalg_vector_norm(u, 2, at::IntArrayRef{3, 4});
    Tensor penalty = lengths.square_().sum().mul_(unit * unit / double(u.numel()));
    Tensor above = clips ? u.abs().gt_(1).sum().div_(double(u.numel())) : at::zeros({}, u.options());
    ctx->save_for_backward({u, t, e, sum});
    ctx->mark_non_differentiable({above});
    return {positive, negative, penalty, above};
  }

  static variable_list backward(AutogradContext* ctx, variable_list d) {
    auto saved = ctx->get_saved_variables();
    const Tensor &u = saved[0], &t = saved[1], &e = saved[2], &sum = saved[3];
    double unit = ctx->saved_data["unit"].toDouble();
    Tensor g = e * (d[1] / sum * unit).unsqueeze(-1).unsqueeze(-1);
    own(g, ctx->saved_data["first"].toInt()).copy_(d[0].permute({0, 2, 3, 1}) * unit);
    if (ctx->saved_data["clips"].toBool()) g = at::tanh_backward(g, t);
    g.addcmul_(u, d[2] * (2 * unit * unit / double(u.numel())));
    return {g, Tensor(), Tensor(), Tensor()};
  }
};

// log_shares are −loss_bl, (2, b, k, L): the log of the share that a positive has beside all
// consequents of other images. Each process sums over its own consequents. The op's penalty and its share
// of clipped scores are set.
Tensor log_shares(Call& c, const Op& op) {
  Tensor u = scores(c, op);
  int64_t b = u.size(3), first = b * c.rank();  // the share's images in the whole batch
  variable_list parts = Contrast::apply(u, unit(op), op.a.clip != 0, first);
  c.set(op, 1, parts[2] / c.processes());
  c.set(op, 2, parts[3] / c.processes());
  Tensor negative = parts[1];
  if (c.group) negative = gather(c, negative).narrow(2, first, b).logsumexp(0);
  return -at::softplus(negative.unsqueeze(-1) - parts[0], 1, 40);  // exp(40) is well inside float32
}

// entropy is −Σ p·log p in nats of the last dimension; p is 0 where nothing is assigned.
Tensor entropy(const Tensor& p) { return -(p * p.clamp_min(1e-30).log()).sum(-1); }

}  // namespace

void nce(Call& c, const Op& op) { c.set(op, 0, -log_shares(c, op).mean() / c.processes()); }

void mixture_nce(Call& c, const Op& op) {
  Tensor log = log_shares(c, op);  // (2, b, k, L)
  Tensor q, loss;
  if (op.a.hard) {
    q = at::zeros_like(log).scatter_(2, log.detach().argmax(2, true), 1);
    loss = -at::where(q.gt(0), log, q).sum(2).mean();
  } else {
    q = at::softmax(log * op.a.tau, 2);
    loss = ((log * op.a.tau).logsumexp(2).mean() - std::log(double(log.size(2)))) / -op.a.tau;
  }
  c.set(op, 0, loss / c.processes());
  Tensor used = sum(c, q.mean({1, 3}) / c.processes());  // (2, k), of the whole batch
  c.set(op, 3, entropy(used).mean() / c.processes());
  auto shape = c.in(op, 1).sizes().vec();
  shape.back() = log.size(2);
  c.set(op, 4, q.detach().transpose(2, 3).reshape(shape));  // not of c.type: near 1/k, bfloat16 has them alike
}

}  // namespace amdim
