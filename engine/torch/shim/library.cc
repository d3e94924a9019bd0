// What the shared library says of itself.
#include <ATen/Parallel.h>
#include <ATen/Context.h>
#include <torch/version.h>

#include "guard.hpp"

// Counted up when a function of the boundary changes; library.go wants the same.
AMDIM_API int amdim_abi() { return 1; }

AMDIM_API const char* amdim_torch_version() { return TORCH_VERSION; }

AMDIM_API int amdim_cuda_devices() {
#ifdef AMDIM_CUDA
  return at::globalContext().hasCUDA() ? int(at::detail::getCUDAHooks().getNumGPUs()) : 0;
#else
  return 0;
#endif
}

AMDIM_API void amdim_set_threads(int n) { at::set_num_threads(n); }
