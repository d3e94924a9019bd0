// NCE and MixtureNCE: the antecedents of all processes against this one's consequents. PAPER 1.2 to 1.5 and 4.
#include <cmath>

#include "call.hpp"

namespace amdim {
namespace {

// Less than any score; finite, since logsumexp over nothing but −∞ has no gradient.
constexpr double kNothing = -1e38;

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

// scores are s = ⟨a, c⟩/√r, (2, B, k, b, L). At 0 stand the consequents of view 1 and the
// antecedents of view 2, at 1 the others.
Tensor scores(Call& c, const Op& op) {
  Tensor a = antecedents(c, op).flip(0);
  int64_t images = a.size(1), k = a.size(2), r = a.size(3);
  // Divided behind the product: operands that were bfloat16 stay exact in TF32.
  Tensor s = at::bmm(a.reshape({2, images * k, r}), consequents(c, op).transpose(1, 2)) / std::sqrt(double(r));
  return s.view({2, images, k, images / c.processes(), -1});
}

// log_shares are −loss_bl, (2, b, k, L): the log of the share that a positive has beside all
// consequents of other images. s are clipped scores. Each process sums over its own consequents.
Tensor log_shares(const Call& c, const Tensor& s) {
  int64_t b = s.size(3), first = b * c.rank();  // the share's images in the whole batch
  Tensor positive = s.narrow(1, first, b).diagonal(0, 1, 3).permute({0, 3, 1, 2});
  auto number = [&](int64_t from, int64_t n) { return at::arange(from, from + n, s.options().dtype(at::kLong)); };
  Tensor own = number(0, s.size(1)).view({-1, 1, 1, 1}).eq(number(first, b).view({b, 1}));
  Tensor negative = s.masked_fill(own, kNothing).logsumexp({3, 4});  // (2, B, k)
  if (c.group) negative = gather(c, negative).narrow(2, first, b).logsumexp(0);
  return -at::softplus(negative.unsqueeze(-1) - positive, 1, 40);  // exp(40) is well inside float32
}

// common sets the penalty and the share of clipped scores.
void common(Call& c, const Op& op, const Tensor& s) {
  c.set(op, 1, s.square().mean() / c.processes());
  Tensor above = s.detach().abs().gt(op.a.clip == 0 ? std::numeric_limits<double>::infinity() : op.a.clip);
  c.set(op, 2, above.to(c.wide).mean() / c.processes());
}

// entropy is −Σ p·log p in nats of the last dimension; p is 0 where nothing is assigned.
Tensor entropy(const Tensor& p) { return -(p * p.clamp_min(1e-30).log()).sum(-1); }

}  // namespace

void nce(Call& c, const Op& op) {
  Tensor s = scores(c, op);
  c.set(op, 0, -log_shares(c, soft_clip(s, op.a.clip)).mean() / c.processes());
  common(c, op, s);
}

void mixture_nce(Call& c, const Op& op) {
  Tensor s = scores(c, op);
  Tensor log = log_shares(c, soft_clip(s, op.a.clip));  // (2, b, k, L)
  Tensor q, loss;
  if (op.a.hard) {
    q = at::zeros_like(log).scatter_(2, log.detach().argmax(2, true), 1);
    loss = -at::where(q.gt(0), log, q).sum(2).mean();
  } else {
    q = at::softmax(log * op.a.tau, 2);
    loss = ((log * op.a.tau).logsumexp(2).mean() - std::log(double(log.size(2)))) / -op.a.tau;
  }
  c.set(op, 0, loss / c.processes());
  common(c, op, s);
  Tensor used = sum(c, q.mean({1, 3}) / c.processes());  // (2, k), of the whole batch
  c.set(op, 3, entropy(used).mean() / c.processes());
  auto shape = c.in(op, 1).sizes().vec();
  shape.back() = log.size(2);
  c.set(op, 4, q.detach().transpose(2, 3).reshape(shape).to(c.type));
}

}  // namespace amdim
