// What a device could do: the bounds that a training step is compared with.
#include <ATen/ATen.h>
#include <chrono>

#include "guard.hpp"

namespace {

using at::Tensor;

// rate calls f, which does some amount of work, for about that many seconds, and
// returns the work in a second. A number of the result is fetched each time: only
// then is a GPU known to be done.
template <class F>
double rate(double seconds, double amount, F f) {
  using clock = std::chrono::steady_clock;
  f().template item<double>();  // the first call chooses kernels
  auto begin = clock::now();
  double spent, best = 0;
  do {
    auto before = clock::now();
    f().template item<double>();
    auto now = clock::now();
    best = std::max(best, amount / std::chrono::duration<double>(now - before).count());
    spent = std::chrono::duration<double>(now - begin).count();
  } while (spent < seconds);
  return best;
}

}  // namespace

// Multiply-adds of large products of that type, two FLOP each, per second. On a processor
// they are those of a 1×1 convolution: mm may be a BLAS that nobody would train with.
AMDIM_API int amdim_measure_products(const char* device, int bf16, double seconds, double* flops, char* err,
                                     int cap) {
  return amdim::guard(err, cap, [&] {
    at::NoGradGuard no_grad;
    at::Device d(device);
    auto o = at::TensorOptions().device(d).dtype(bf16 ? at::kBFloat16 : at::kFloat);
    if (!d.is_cuda()) {
      const int64_t n = 512, side = 32;
      Tensor x = at::ones({1, n, side, side}, o).contiguous(at::MemoryFormat::ChannelsLast);
      Tensor w = at::ones({n, n, 1, 1}, o);
      *flops = rate(seconds, 2.0 * n * n * side * side, [&] {
        return at::conv2d(x, w).select(0, 0).select(0, 0).select(0, 0).select(0, 0).to(at::kDouble);
      });
      return;
    }
    const int64_t n = 8192, times = 8;
    Tensor a = at::randn({n, n}, o), b = at::randn({n, n}, o), c = at::empty({n, n}, o);
    *flops = rate(seconds, 2.0 * n * n * n * times, [&] {
      for (int i = 0; i < times; i++) at::mm_out(c, a, b);
      return c.select(0, 0).select(0, 0).to(at::kDouble);
    });
  });
}

// Bytes read and written per second by a copy of so many.
AMDIM_API int amdim_measure_copy(const char* device, int64_t bytes, double seconds, double* rate_, char* err,
                                 int cap) {
  return amdim::guard(err, cap, [&] {
    at::NoGradGuard no_grad;
    at::Device d(device);
    auto o = at::TensorOptions().device(d).dtype(at::kFloat);
    Tensor a = at::ones({bytes / 8}, o), b = at::empty_like(a);
    *rate_ = rate(seconds, double(bytes / 8 * 8), [&] {
      b.copy_(a);
      return b.select(0, 0).to(at::kDouble);
    });
  });
}
