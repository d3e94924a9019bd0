// BatchNorm, over the batch of all processes. Ioffe and Szegedy 2015, arXiv 1502.03167.
#include <torch/csrc/autograd/custom_function.h>

#include "call.hpp"

namespace amdim {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Moments of each group and channel, (groups, 1, c), over count rows.
struct Moments {
  Tensor mean, var;  // the biased variance
  int64_t count;
};

// grouped is x as (groups, rows of a group, c) of type wide.
Tensor grouped(const Tensor& x, int64_t groups, at::ScalarType wide) {
  return x.reshape({groups, -1, x.size(-1)}).to(wide);
}

// moments are those of the own rows and, with a group, of all: each process has as many rows, so
// the mean is that of the means, and the variance the mean of the squares about it.
Moments moments(const Call& c, const Tensor& x) {
  at::NoGradGuard off;
  Tensor mean = x.mean(1, true);
  Tensor var = (x - mean).square_().mean(1, true);
  if (c.group) {
    Tensor all = c.group->gather(at::stack({mean, var}));  // (processes, 2, groups, 1, c)
    Tensor means = all.select(1, 0), vars = all.select(1, 1);
    mean = means.mean(0);
    var = (vars + (means - mean).square()).mean(0);
  }
  return {mean, var, x.size(1) * c.processes()};
}

// Normalise is y = scale·x̂ + bias with x̂ = (x − mean)·rstd and, n rows in a group,
//
//	dscale = Σ dy·x̂;  dbias = Σ dy
//	dx     = scale·rstd·(dy − Σdy/n − x̂·Σ(dy·x̂)/n)
//
// The sums in dx are over all processes, dscale and dbias are this one's part.
struct Normalise : torch::autograd::Function<Normalise> {
  static Tensor forward(AutogradContext* ctx, const Tensor& x, const Tensor& scale, const Tensor& bias,
                        const Tensor& mean, const Tensor& rstd, int64_t count, int64_t group) {
    ctx->save_for_backward({x, scale, mean, rstd});
    ctx->saved_data["count"] = count;
    ctx->saved_data["group"] = group;
    Tensor hat = (grouped(x, mean.size(0), mean.scalar_type()) - mean).mul_(rstd);
    return hat.mul_(scale).add_(bias).to(x.scalar_type()).view(x.sizes());
  }

  static variable_list backward(AutogradContext* ctx, variable_list d) {
    auto saved = ctx->get_saved_variables();
    const Tensor &x = saved[0], &scale = saved[1], &mean = saved[2], &rstd = saved[3];
    auto count = double(ctx->saved_data["count"].toInt());
    auto group = reinterpret_cast<Group*>(ctx->saved_data["group"].toInt());
    Tensor dy = grouped(d[0], mean.size(0), mean.scalar_type());
    Tensor hat = (grouped(x, mean.size(0), mean.scalar_type()) - mean).mul_(rstd);
    Tensor sums = at::stack({dy.sum(1, true), (dy * hat).sum(1, true)});  // (2, groups, 1, c)
    Tensor dbias = sums[0].sum(at::IntArrayRef{0, 1}), dscale = sums[1].sum(at::IntArrayRef{0, 1});
    if (group) group->sum(sums);
    sums = sums / count;
    Tensor dx = (dy - sums[0] - hat.mul_(sums[1])).mul_(rstd * scale);
    return {dx.to(x.scalar_type()).view(x.sizes()), dscale, dbias, Tensor(), Tensor(), Tensor(), Tensor()};
  }
};

// run moves the running statistics towards those of each group in turn, by the unbiased variance.
Running run(const Call& c, const Op& op, const Moments& m) {
  at::NoGradGuard off;
  Running r{&op, c.var(op, 2).clone(), c.var(op, 3).clone()};
  double n = double(m.count), keep = 1 - op.a.momentum;
  for (int64_t g = 0; g < op.a.groups; g++) {
    r.mean.mul_(keep).add_(m.mean[g][0], op.a.momentum);
    r.var.mul_(keep).add_(m.var[g][0], op.a.momentum * (n / (n - 1)));
  }
  return r;
}

}  // namespace

void batch_norm(Call& c, const Op& op) {
  const Tensor &x = c.in(op, 0), &scale = c.var(op, 0), &bias = c.var(op, 1);
  if (op.a.mode == kRunning) {
    Tensor rstd = (c.var(op, 3) + op.a.eps).rsqrt();
    return c.set(op, 0, ((x.to(c.wide) - c.var(op, 2)) * rstd * scale + bias).to(c.type));
  }
  Moments m = moments(c, grouped(x.detach(), op.a.groups, c.wide));
  Tensor rstd = (m.var + op.a.eps).rsqrt();
  c.set(op, 0, Normalise::apply(x, scale, bias, m.mean, rstd, m.count, reinterpret_cast<int64_t>(c.group)));
  if (op.a.mode == kBatchUpdate) c.running.push_back(run(c, op, m));
}

}  // namespace amdim
