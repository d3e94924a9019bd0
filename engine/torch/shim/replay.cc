#include "replay.hpp"

#include "guard.hpp"
#ifdef AMDIM_CUDA
#include <ATen/cuda/CUDAGraph.h>
#include <c10/core/StreamGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <c10/cuda/CUDACachingAllocator.h>

namespace amdim {

Replay::Replay() = default;
Replay::~Replay() = default;

void Replay::capture(const std::function<void()>& f) {
  if (failed_) throw Failure(kFailed, "the capture of an update as a CUDA graph failed before");
  failed_ = true;
  c10::impl::VirtualGuardImpl gpu(at::kCUDA);
  gpu.getStream(gpu.getDevice()).synchronize();
  c10::cuda::CUDACachingAllocator::emptyCache();  // a graph has memory of its own
  auto graph = std::make_unique<at::cuda::CUDAGraph>();
  c10::StreamGuard on(gpu.getStreamFromGlobalPool(gpu.getDevice(), false));
  graph->capture_begin();
  auto end = [&] {
    try {
      graph->capture_end();
    } catch (...) {
      graph.release();  // the allocator may know it, and will until the end
      throw;
    }
  };
  try {
    f();
  } catch (...) {
    try {
      end();
    } catch (...) {  // says once more that the capture is broken
    }
    throw;
  }
  end();
  graph_ = std::move(graph);
  failed_ = false;
}

void Replay::run() { graph_->replay(); }
void Replay::release() { graph_.reset(); }

}  // namespace amdim
#else
namespace at::cuda {
struct CUDAGraph {};
}  // namespace at::cuda

namespace amdim {

Replay::Replay() = default;
Replay::~Replay() = default;
void Replay::capture(const std::function<void()>&) { throw Failure(kFailed, "the shim was built without CUDA"); }
void Replay::run() {}
void Replay::release() {}

}  // namespace amdim
#endif
