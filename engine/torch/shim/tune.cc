#include "tune.hpp"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "call.hpp"

namespace amdim {

Key key_of(const Tensor& x, const Key& more) {
  Key key = x.sizes().vec();
  key.insert(key.end(), {int64_t(x.scalar_type()), x.device().index()});
  key.insert(key.end(), more.begin(), more.end());
  return key;
}

double seconds(at::Device d, const std::function<void()>& run) {
  using clock = std::chrono::steady_clock;
  try {
    constexpr int kTimes = 5;
    run();  // libraries choose their kernels
    settle(d);
    auto began = clock::now();
    for (int i = 0; i < kTimes; i++) run();
    settle(d);
    return std::chrono::duration<double>(clock::now() - began).count() / kTimes;
  } catch (const c10::Error&) {
    return INFINITY;
  }
}

size_t Choice::fastest(const Key& key, size_t ways, at::Device d, const std::function<void(size_t)>& run) {
  if (auto found = known_.find(key); found != known_.end()) return found->second;
  bool log = getenv("AMDIM_TUNE_LOG");
  if (log) fprintf(stderr, "%s %s", name_, c10::str(at::IntArrayRef(key)).c_str());
  size_t best = 0;
  double least = INFINITY;
  for (size_t way = 0; way < ways; way++) {
    double s = seconds(d, [&] { run(way); });
    if (s < least) best = way, least = s;
    if (log) fprintf(stderr, "%s way %zu: %.3f ms", way ? "," : ":", way + 1, s * 1e3);
  }
  if (log) fprintf(stderr, "\n");
  return known_[key] = best;
}

}  // namespace amdim
