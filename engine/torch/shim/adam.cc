// Adam of package optim: Kingma and Ba 2015, arXiv 1412.6980, with L2 inside.
#include <cmath>

#include "state.hpp"

namespace amdim {
namespace {

// Part of an update: variables of one rule.
struct Part {
  std::vector<Tensor> w, m, v, g;
  std::vector<double> t;
  std::vector<Tensor> counts;  // t on a GPU
};

// many is for any device: a few passes over all variables of the part.
void many(const Rule& r, double lr, Part& p) {
  std::vector<at::Scalar> steps, roots;
  for (double t : p.t) {
    steps.push_back(-lr / (1 - std::pow(r.beta1, t)));
    roots.push_back(1 / std::sqrt(1 - std::pow(r.beta2, t)));
  }
  at::_foreach_add_(p.g, p.w, r.weight_decay);
  at::_foreach_mul_(p.m, r.beta1);
  at::_foreach_add_(p.m, p.g, 1 - r.beta1);
  at::_foreach_mul_(p.v, r.beta2);
  at::_foreach_addcmul_(p.v, p.g, p.g, 1 - r.beta2);
  p.g = at::_foreach_sqrt(p.v);
  at::_foreach_mul_(p.g, at::ArrayRef<at::Scalar>(roots));
  at::_foreach_add_(p.g, r.eps);
  at::_foreach_addcdiv_(p.w, p.m, p.g, at::ArrayRef<at::Scalar>(steps));
}

// fused is one pass, on a GPU.
void fused(const Rule& r, double lr, Part& p) {
  at::_fused_adam_(p.w, p.g, p.m, p.v, {}, p.counts, lr, r.beta1, r.beta2, r.weight_decay, r.eps,
                   /*amsgrad=*/false, /*maximize=*/false);
}

// laid_out is g with the strides of w, which the fused update wants also where a dimension is 1.
Tensor laid_out(const Tensor& g, const Tensor& w) {
  bool same = true;
  for (int64_t d = 0; d < w.dim(); d++) same = same && (w.size(d) == 1 || g.stride(d) == w.stride(d));
  return same ? g.as_strided(w.sizes(), w.strides(), g.storage_offset()) : at::empty_like(w).copy_(g);
}

}  // namespace

// What memory may not suffice for comes first: a failure leaves the state as it was.
void State::update(const std::vector<Variable*>& all, std::vector<Tensor>& gradients, double lr) {
  std::vector<Part> parts(rules_.size());
  std::vector<double> t;
  for (const Variable* x : all) t.push_back(x->t + 1);
  std::vector<Tensor> counts;
  if (device.is_cuda()) counts = at::tensor(t, at::TensorOptions().dtype(at::kFloat)).to(device).unbind();
  for (size_t k = 0; k < all.size(); k++) {
    Part& p = parts[all[k]->rule];
    p.w.push_back(all[k]->w), p.m.push_back(all[k]->m), p.v.push_back(all[k]->v);
    Tensor g = std::move(gradients[k]);
    p.g.push_back(laid_out(g, all[k]->w));
    p.t.push_back(t[k]);
    if (device.is_cuda()) p.counts.push_back(counts[k]);
  }
  for (size_t i = 0; i < parts.size(); i++)
    if (!parts[i].w.empty()) (device.is_cuda() ? fused : many)(rules_[i], lr * rules_[i].lr_scale, parts[i]);
  for (Variable* x : all) x->t += 1;
}

}  // namespace amdim
