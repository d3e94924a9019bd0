// Work of a GPU that is started as one.
#pragma once
#include <functional>
#include <memory>

namespace at::cuda {
struct CUDAGraph;
}

namespace amdim {

// Replay is work captured as a CUDA graph. What it reads and writes stays where it was: inputs are
// copied to the same place, and results are there until the next run.
class Replay {
 public:
  Replay();
  ~Replay();

  // capture keeps the work that f gives to the device, without doing it.
  void capture(const std::function<void()>& f);
  // run does it, behind what the current stream has to do.
  void run();
  // release forgets it, and frees its memory.
  void release();

 private:
  std::unique_ptr<at::cuda::CUDAGraph> graph_;
  bool failed_ = false;
};

}  // namespace amdim
