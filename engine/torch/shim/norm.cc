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

// column is a group as an image of one column, (1, c, rows, 1) channels last: so torch's kernels for a GPU
// want it, each of which makes one pass where plain operations make several. x is contiguous.
Tensor column(const Tensor& x, int64_t groups, int64_t group) {
  return x.view({groups, 1, -1, 1, x.size(-1)}).select(0, group).permute({0, 3, 1, 2});
}

// own are the moments of this process's rows.
std::pair<Tensor, Tensor> own(const Call& c, const Tensor& x, const Op& op) {
  int64_t groups = op.a.groups;
  if (!x.is_cuda()) {
    Tensor rows = grouped(x, groups, c.wide), mean = rows.mean(1, true);
    return {mean, (rows - mean).square_().mean(1, true)};
  }
  std::vector<Tensor> means, rstds;
  for (int64_t g = 0; g < groups; g++) {
    auto [mean, rstd] = at::batch_norm_stats(column(x, groups, g), op.a.eps);
    means.push_back(mean.unsqueeze(0)), rstds.push_back(rstd.unsqueeze(0));
  }
  return {at::stack(means), at::stack(rstds).square_().reciprocal_().sub_(op.a.eps).clamp_min_(0)};
}

// moments are those of the own rows and, with a group, of all: each process has as many rows, so
// the mean is that of the means, and the variance the mean of the squares about it.
Moments moments(const Call& c, const Tensor& x, const Op& op) {
  at::NoGradGuard off;
  auto [mean, var] = own(c, x, op);
  if (c.group) {
    Tensor all = c.group->gather(at::stack({mean, var}));  // (processes, 2, groups, 1, c)
    Tensor means = all.select(1, 0), vars = all.select(1, 1);
    mean = means.mean(0);
    var = (vars + (means - mean).square()).mean(0);
  }
  return {mean, var, x.numel() / x.size(-1) / op.a.groups * c.processes()};
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
    if (x.is_cuda()) return fused(x, scale, bias, mean, rstd);
    Tensor hat = (grouped(x, mean.size(0), mean.scalar_type()) - mean).mul_(rstd);
    return hat.mul_(scale).add_(bias).to(x.scalar_type()).view(x.sizes());
  }

  static variable_list backward(AutogradContext* ctx, variable_list d) {
    auto saved = ctx->get_saved_variables();
    const Tensor &x = saved[0], &scale = saved[1], &mean = saved[2], &rstd = saved[3];
    auto count = double(ctx->saved_data["count"].toInt());
    auto group = reinterpret_cast<Group*>(ctx->saved_data["group"].toInt());
    if (x.is_cuda()) return fused_backward(x, scale, mean, rstd, d[0].contiguous(), int64_t(count), group);
    Tensor dy = grouped(d[0], mean.size(0), mean.scalar_type());
    Tensor hat = (grouped(x, mean.size(0), mean.scalar_type()) - mean).mul_(rstd);
    Tensor sums = at::stack({dy.sum(1, true), (dy * hat).sum(1, true)});  // (2, groups, 1, c)
    Tensor dbias = sums[0].sum(at::IntArrayRef{0, 1}), dscale = sums[1].sum(at::IntArrayRef{0, 1});
    if (group) group->sum(sums);
    sums = sums / count;
    Tensor dx = (dy - sums[0] - hat.mul_(sums[1])).mul_(rstd * scale);
    return {dx.to(x.scalar_type()).view(x.sizes()), dscale, dbias, Tensor(), Tensor(), Tensor(), Tensor()};
  }

  static Tensor fused(const Tensor& x, const Tensor& scale, const Tensor& bias, const Tensor& mean,
                      const Tensor& rstd) {
    Tensor y = at::empty(x.sizes(), x.options());
    int64_t n = mean.size(0);
    for (int64_t g = 0; g < n; g++) {
      Tensor out = column(y, n, g);
      at::batch_norm_elemt_out(out, column(x, n, g), scale, bias, mean[g][0], rstd[g][0], /*eps=*/0);
    }
    return y;
  }

  static variable_list fused_backward(const Tensor& x, const Tensor& scale, const Tensor& mean, const Tensor& rstd,
                                      const Tensor& dy, int64_t count, Group* group) {
    std::vector<Tensor> sums, dx;
    Tensor dscale = at::zeros_like(scale), dbias = at::zeros_like(scale);
    int64_t n = mean.size(0);
    for (int64_t g = 0; g < n; g++) {
      auto [dy_sum, moved, own_scale, own_bias] = at::batch_norm_backward_reduce(
          column(dy, n, g), column(x, n, g), mean[g][0], rstd[g][0], scale, true, true, true);
      sums.push_back(at::stack({dy_sum, moved}));
      dscale.add_(own_scale), dbias.add_(own_bias);
    }
    Tensor all = at::stack(sums);  // (groups, 2, c): Σ dy and Σ dy·(x − mean)
    if (group) group->sum(all);
    Tensor rows = at::full({1}, count, dy.options().dtype(at::kInt));
    for (int64_t g = 0; g < n; g++) {
      Tensor part = at::batch_norm_backward_elemt(column(dy, n, g), column(x, n, g), mean[g][0], rstd[g][0], scale,
                                                  all[g][0], all[g][1], rows);
      dx.push_back(part.permute({0, 2, 3, 1}).reshape({-1, x.size(-1)}));
    }
    return {at::cat(dx).view(x.sizes()), dscale, dbias, Tensor(), Tensor(), Tensor(), Tensor()};
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
  const Tensor &scale = c.var(op, 0), &bias = c.var(op, 1);
  Tensor x = c.in(op, 0).contiguous();
  if (op.a.mode == kRunning) {
    Tensor rstd = (c.var(op, 3) + op.a.eps).rsqrt();
    return c.set(op, 0, ((x.to(c.wide) - c.var(op, 2)) * rstd * scale + bias).to(c.type));
  }
  Moments m = moments(c, x.detach(), op);
  Tensor rstd = (m.var + op.a.eps).rsqrt();
  c.set(op, 0, Normalise::apply(x, scale, bias, m.mean, rstd, m.count, reinterpret_cast<int64_t>(c.group)));
  if (op.a.mode == kBatchUpdate) c.running.push_back(run(c, op, m));
}

}  // namespace amdim
