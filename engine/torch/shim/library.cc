// What the shared library says of itself.
#include <ATen/Parallel.h>
#include <ATen/Context.h>
#include <c10/util/Logging.h>
#ifdef AMDIM_CUDA
#include <c10/core/impl/VirtualGuardImpl.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <cuda_runtime_api.h>
#endif
#include <torch/version.h>
#include <unistd.h>
#include <cstring>

#include "guard.hpp"

namespace {

// brief is the first line and what NCCL says behind it: see library.go.
std::string brief(const std::string& text) {
  constexpr const char* kReason = "Last error:\n";
  std::string line = text.substr(0, text.find('\n'));
  size_t at = text.find(kReason);
  if (at == std::string::npos) return line;
  at += strlen(kReason);
  return line + "; " + text.substr(at, text.find('\n', at) - at);
}

// A thread of libtorch that throws, as NCCL's watchdog does when a process of the
// group is gone, ends the program: with one line, where the default is a page.
[[noreturn]] void end() {
  std::string text = "an exception of unknown type";
  try {
    if (auto e = std::current_exception()) std::rethrow_exception(e);
  } catch (const std::exception& e) {
    text = e.what();
  } catch (...) {
  }
  fprintf(stderr, "amdim: a thread of libtorch failed: %s\n", brief(text).c_str());
  _exit(1);
}

const auto before = std::set_terminate(end);

// Python alone reads TORCH_CPP_LOG_LEVEL otherwise, which library.go has set.
const bool logging = (c10::initLogging(), true);

}  // namespace

// Counted up when a function of the boundary changes; library.go wants the same.
AMDIM_API int amdim_abi() { return 8; }

AMDIM_API const char* amdim_torch_version() { return TORCH_VERSION; }

AMDIM_API int amdim_cuda_devices() {
#ifdef AMDIM_CUDA
  return at::globalContext().hasCUDA() ? int(at::getNumGPUs()) : 0;
#else
  return 0;
#endif
}

// Bytes of a GPU that this process has or could have: what is free, and what its allocator keeps. 0 of a processor.
AMDIM_API int amdim_device_room(const char* device, int64_t* bytes, char* err, int cap) {
  return amdim::guard(err, cap, [&] {
    *bytes = 0;
#ifdef AMDIM_CUDA
    at::Device d(device);
    if (!d.is_cuda()) return;
    c10::impl::VirtualGuardImpl(d.type()).setDevice(d);
    size_t free = 0, total = 0;
    TORCH_CHECK(cudaMemGetInfo(&free, &total) == cudaSuccess, "cudaMemGetInfo failed on ", device);
    constexpr size_t kAll = 0;  // of large and small blocks
    *bytes = int64_t(free) + c10::cuda::CUDACachingAllocator::getDeviceStats(d.index()).reserved_bytes[kAll].current;
#endif
  });
}

AMDIM_API void amdim_set_threads(int n) { at::set_num_threads(n); }
