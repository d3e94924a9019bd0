// Convolution, with the ReLU behind it where a program is fused.
#include <torch/csrc/autograd/custom_function.h>

#include "call.hpp"

namespace amdim {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// reflect mirrors the border of an image without repeating its edge. torch's own has a gradient
// that varies from run to run on a GPU.
Tensor reflect(Tensor x, int64_t pad) {
  for (int64_t dim : {1, 2}) {
    int64_t n = x.size(dim);
    x = at::cat({x.narrow(dim, 1, pad).flip(dim), x, x.narrow(dim, n - 1 - pad, pad).flip(dim)}, dim);
  }
  return x;
}

// ConvReLU is relu(conv2d(x, w) + bias), which cuDNN does at once, by kernels that need not give the same bytes
// again: where these are not wanted it is two operations.
struct ConvReLU : torch::autograd::Function<ConvReLU> {
  static Tensor forward(AutogradContext* ctx, const Tensor& x, const Tensor& w, const c10::optional<Tensor>& bias,
                        int64_t stride, int64_t pad) {
    std::vector<int64_t> s{stride, stride}, p{pad, pad};
    bool once = x.is_cuda() && at::globalContext().benchmarkCuDNN();
    Tensor y = once ? at::cudnn_convolution_relu(x, w, bias, s, p, /*dilation=*/{1, 1}, /*groups=*/1)
                    : at::relu(at::conv2d(x, w, bias, s, p));
    ctx->saved_data["biased"] = bias.has_value();
    ctx->save_for_backward({x, w, y});
    ctx->saved_data["stride"] = stride, ctx->saved_data["pad"] = pad;
    return y;
  }

  static variable_list backward(AutogradContext* ctx, variable_list g) {
    variable_list saved = ctx->get_saved_variables();
    const Tensor &x = saved[0], &w = saved[1], &y = saved[2];
    int64_t stride = ctx->saved_data["stride"].toInt(), pad = ctx->saved_data["pad"].toInt();
    std::vector<int64_t> s{stride, stride}, p{pad, pad};
    Tensor d = at::threshold_backward(g[0], y, 0);
    auto [dx, dw, none] = at::convolution_backward(
        d, x, w, /*bias=*/at::OptionalIntArrayRef(), s, p, /*dilation=*/{1, 1}, /*transposed=*/false,
        /*output_padding=*/{0, 0}, /*groups=*/1, {ctx->needs_input_grad(0), true, false});
    Tensor dbias = ctx->saved_data["biased"].toBool() ? d.sum(at::IntArrayRef{0, 2, 3}) : Tensor();
    return {dx, dw, dbias, Tensor(), Tensor()};
  }
};

}  // namespace

void conv2d(Call& c, const Op& op) {
  Tensor x = c.operand(c.in(op, 0)), w = c.operand(c.var(op, 0));
  c10::optional<Tensor> bias;
  int64_t pad = op.a.pad;
  if (op.a.reflect && pad > 0) x = reflect(x, pad), pad = 0;
  if (op.vars.size() > 1) bias = c.operand(c.var(op, 1));
  x = channels_first(x);
  Tensor y = op.fused ? ConvReLU::apply(x, w, bias, op.a.stride, pad) : at::conv2d(x, w, bias, op.a.stride, pad);
  c.set(op, 0, channels_last(y).to(c.type));
}

}  // namespace amdim
