// Adam of package optim: Kingma and Ba 2015, arXiv 1412.6980, with L2 inside.
#include <cmath>

#include "state.hpp"

namespace amdim {
namespace {

// Part of an update: variables of one rule.
struct Part {
  std::vector<Tensor> w, m, v, g;
  std::vector<double> t;
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
  Tensor host = at::tensor(p.t, at::TensorOptions().dtype(at::kFloat));
  std::vector<Tensor> counts = host.to(p.w[0].device()).unbind();
  at::_fused_adam_(p.w, p.g, p.m, p.v, {}, counts, lr, r.beta1, r.beta2, r.weight_decay, r.eps,
                   /*amsgrad=*/false, /*maximize=*/false);
}

}  // namespace

void State::update(const std::vector<Variable*>& all, std::vector<Tensor>& gradients, double lr) {
  for (size_t i = 0; i < rules_.size(); i++) {
    Part p;
    for (size_t k = 0; k < all.size(); k++) {
      if (all[k]->rule != i) continue;
      p.w.push_back(all[k]->w), p.m.push_back(all[k]->m), p.v.push_back(all[k]->v);
      Tensor g = std::move(gradients[k]);
      // The fused update wants the strides of the weight, also where a dimension is 1.
      p.g.push_back(g.strides() == all[k]->w.strides() ? g : at::empty_like(all[k]->w).copy_(g));
      p.t.push_back(all[k]->t += 1);
    }
    if (p.w.empty()) continue;
    (device.is_cuda() ? fused : many)(rules_[i], lr * rules_[i].lr_scale, p);
  }
}

}  // namespace amdim
