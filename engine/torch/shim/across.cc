// Collectives that autograd passes.
#include <torch/csrc/autograd/custom_function.h>

#include "call.hpp"

namespace amdim {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

Group* group_of(AutogradContext* ctx) { return reinterpret_cast<Group*>(ctx->saved_data["group"].toInt()); }

struct Gather : torch::autograd::Function<Gather> {
  static Tensor forward(AutogradContext* ctx, const Tensor& t, int64_t group, int64_t wide) {
    ctx->saved_data["group"] = group;
    ctx->saved_data["type"] = int64_t(t.scalar_type());
    // As bytes: not every backend knows bfloat16.
    Tensor all = group_of(ctx)->gather(t.contiguous().reshape({-1}).view(at::kByte)).view(t.scalar_type());
    auto shape = t.sizes().vec();
    shape.insert(shape.begin(), all.size(0));
    return all.view(shape).to(at::ScalarType(wide));
  }
  static variable_list backward(AutogradContext* ctx, variable_list d) {
    Tensor all = d[0].clone(at::MemoryFormat::Contiguous);
    group_of(ctx)->sum(all);
    auto type = at::ScalarType(ctx->saved_data["type"].toInt());
    return {all.select(0, group_of(ctx)->rank()).to(type), Tensor(), Tensor()};
  }
};

struct Sum : torch::autograd::Function<Sum> {
  static Tensor forward(AutogradContext* ctx, const Tensor& t, int64_t group) {
    ctx->saved_data["group"] = group;
    return over(group_of(ctx), t);
  }
  static variable_list backward(AutogradContext* ctx, variable_list d) {
    return {over(group_of(ctx), d[0]), Tensor()};
  }
  static Tensor over(Group* g, const Tensor& t) {
    Tensor all = t.clone(at::MemoryFormat::Contiguous);
    g->sum(all);
    return all;
  }
};

}  // namespace

Tensor gather(const Call& c, const Tensor& t) {
  if (!c.group) return t.to(c.wide).unsqueeze(0);
  return Gather::apply(t, reinterpret_cast<int64_t>(c.group), int64_t(c.wide));
}

Tensor sum(const Call& c, const Tensor& t) {
  return c.group ? Sum::apply(t, reinterpret_cast<int64_t>(c.group)) : t;
}

}  // namespace amdim
