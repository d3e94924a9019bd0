// Inputs of a program on their way to the device.
#pragma once
#include <ATen/ATen.h>
#include <c10/core/Event.h>

#include "program.hpp"

namespace amdim {

using at::Tensor;

// Feed gives the host's inputs to the device. On a GPU they have a place there that stays; those of
// the next step are copied by a stream of their own while this one runs.
class Feed {
 public:
  Feed(const Program& p, at::Device device);
  ~Feed();

  // take returns the inputs at in, by input. On a processor they are the host's memory.
  const std::vector<Tensor>& take(const void* const* in);
  // ahead begins to copy what a later take will be given; nothing on a processor.
  void ahead(const void* const* in);

 private:
  struct Input {
    at::ScalarType type;
    std::vector<int64_t> shape;
    Tensor pinned, next_pinned, next;
  };
  static Tensor host(const Input& i, const void* in);
  void wait() const;
  bool is_ahead(const void* const* in) const;

  at::Device device_;
  std::vector<Input> inputs_;
  std::vector<Tensor> taken_;
  std::vector<const void*> ahead_;  // whose copies are in next; empty: none
  c10::Stream stream_;              // of those copies
  c10::Event arrived_, free_;       // next holds all of them; next may be written
};

}  // namespace amdim
