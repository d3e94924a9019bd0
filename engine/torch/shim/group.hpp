// Process groups of torch: Gloo between processors, NCCL between GPUs.
#pragma once
#include <ATen/ATen.h>
#include <torch/csrc/distributed/c10d/Store.hpp>
#include <torch/csrc/distributed/c10d/Work.hpp>
#include <torch/version.h>
#include <chrono>
#if TORCH_VERSION_MAJOR >= 2
#include <torch/csrc/distributed/c10d/Backend.hpp>
#else
#include <torch/csrc/distributed/c10d/ProcessGroup.hpp>
#endif

namespace amdim {

#if TORCH_VERSION_MAJOR >= 2
using Backend = c10d::Backend;  // the concrete groups derive from it since 2.0
#else
using Backend = c10d::ProcessGroup;
#endif
using c10d::Work;

// Group is this process's membership. Methods throw Failure(kGroupLost) when a
// process is gone or the timeout has passed.
class Group {
 public:
  struct Place {
    int rank, size;
  };
  // host is this host's address as the others see it; empty: found by Gloo.
  Group(c10::intrusive_ptr<c10d::Store> store, Place place, std::string host,
        std::chrono::milliseconds timeout);

  int rank() const { return place_.rank; }
  int size() const { return place_.size; }

  // start begins the sum of t over the processes, in place; finish waits for it.
  // On a GPU finish makes the current stream wait, not the processor.
  c10::intrusive_ptr<Work> start(at::Tensor& t);
  void finish(const c10::intrusive_ptr<Work>& w);
  void sum(at::Tensor& t);
  // gather returns the t of all processes along a new first dimension, in order of rank.
  at::Tensor gather(const at::Tensor& t);
  void barrier();

 private:
  Backend& backend(const at::Tensor& t);
  bool small(const at::Tensor& t) const;
  at::Tensor gather_small(const at::Tensor& t);

  Place place_;
  std::chrono::milliseconds timeout_;
  c10::intrusive_ptr<c10d::Store> store_;
  c10::intrusive_ptr<Backend> gloo_, nccl_;  // nccl_ is made with the first tensor of a GPU
};

}  // namespace amdim
