#include "tune.hpp"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "call.hpp"
#ifdef AMDIM_CUDA
#include <ATen/cuda/CUDAEvent.h>
#include <ATen/cuda/Sleep.h>
#include <cuda_runtime_api.h>
#endif

namespace amdim {
namespace {

constexpr int kTimes = 5;

bool log() { return getenv("AMDIM_TUNE_LOG"); }

double on_host(const std::function<void()>& run) {
  using clock = std::chrono::steady_clock;
  auto began = clock::now();
  for (int i = 0; i < kTimes; i++) run();
  return std::chrono::duration<double>(clock::now() - began).count() / kTimes;
}

#ifdef AMDIM_CUDA
// on_gpu lets the GPU sleep while the host tells it what to do: small operations are over before the next is known.
double on_gpu(const std::function<void()>& run) {
  constexpr int64_t kSleep = 10 << 20;  // cycles, some 5 ms
  at::cuda::CUDAEvent began(cudaEventDefault), ended(cudaEventDefault);
  at::cuda::sleep(kSleep);
  began.record();
  for (int i = 0; i < kTimes; i++) run();
  ended.record();
  ended.synchronize();
  return began.elapsed_time(ended) / 1e3 / kTimes;
}
#else
double on_gpu(const std::function<void()>& run) { return on_host(run); }
#endif

}  // namespace

Key key_of(const Tensor& x, const Key& more) {
  Key key = x.sizes().vec();
  key.insert(key.end(), {int64_t(x.scalar_type()), x.device().index()});
  key.insert(key.end(), more.begin(), more.end());
  return key;
}

double seconds(at::Device d, const std::function<void()>& run) {
  try {
    run();  // libraries choose their kernels
    return d.is_cuda() ? on_gpu(run) : on_host(run);
  } catch (const c10::Error& e) {
    if (log()) fprintf(stderr, "(%s) ", e.what_without_backtrace());
#ifdef AMDIM_CUDA
    (void)cudaGetLastError();  // else the next kernel is blamed for it
#endif
    return INFINITY;
  }
}

size_t Choice::fastest(const Key& key, size_t ways, at::Device d, const std::function<void(size_t)>& run) {
  if (auto found = known_.find(key); found != known_.end()) return found->second;
  if (log()) fprintf(stderr, "%s %s", name_, c10::str(at::IntArrayRef(key)).c_str());
  size_t best = 0;
  double least = INFINITY;
  for (size_t way = 0; way < ways; way++) {
    double s = seconds(d, [&] { run(way); });
    if (s < least) best = way, least = s;
    if (log()) fprintf(stderr, "%s way %zu: %.3f ms", way ? "," : ":", way + 1, s * 1e3);
  }
  if (log()) fprintf(stderr, "\n");
  return known_[key] = best;
}

}  // namespace amdim
