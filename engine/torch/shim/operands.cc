#include "operands.hpp"

#include <torch/version.h>

namespace amdim {
namespace {

// copy_all copies tensors into others of their shapes.
void copy_all(const std::vector<Tensor>& to, const std::vector<Tensor>& from) {
  if (to.empty()) return;
  at::NoGradGuard off;
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 1)
  at::_foreach_copy_(to, from);
#else
  for (size_t i = 0; i < to.size(); i++) to[i].copy_(from[i]);
#endif
}

}  // namespace

Operands::Operands(const Program& p, State& s) : all_(p.vars.size()), wide_(s.wide) {
  if (!s.fuse || s.group || s.type == s.wide) return;
  std::vector<bool> only(p.vars.size(), true);
  for (const Op& op : p.ops)
    for (int64_t v : op.vars) only[v] = only[v] && (op.kind == "Conv2D" || op.kind == "Linear");
  for (size_t i = 0; i < all_.size(); i++) {
    if (!only[i]) continue;
    const Tensor& w = s.vars[p.vars[i]].w;
    all_[i] = at::empty_like(w, w.options().dtype(s.type));
    to_.push_back(all_[i]), from_.push_back(w);
  }
}

void Operands::refresh() { copy_all(to_, from_); }

void Operands::widen(std::vector<Tensor>& gradients) const {
  std::vector<Tensor> narrow, wide;
  for (Tensor& g : gradients) {
    if (g.scalar_type() == wide_) continue;
    narrow.push_back(g);
    g = at::empty_like(g, g.options().dtype(wide_));
    wide.push_back(g);
  }
  copy_all(wide, narrow);
}

}  // namespace amdim
