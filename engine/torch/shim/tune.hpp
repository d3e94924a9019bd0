// Which of several ways to compute the same is the fastest on a device.
#pragma once
#include <ATen/ATen.h>

#include <functional>
#include <map>
#include <vector>

namespace amdim {

// Key is all that the time of a way depends on.
using Key = std::vector<int64_t>;

// key_of is what there is to say of an operand, then more.
Key key_of(const at::Tensor& x, const Key& more);

// seconds is the mean time of a run on a device, on a GPU without the host's; without end if it throws. With
// AMDIM_TUNE_LOG in the environment standard error has the reason.
double seconds(at::Device, const std::function<void()>& run);

// Choice remembers the fastest way for each key. With AMDIM_TUNE_LOG standard error has what was found.
class Choice {
 public:
  explicit Choice(const char* name) : name_(name) {}

  // fastest is the number, below ways, of the one whose run takes least. A key that is new costs some runs of each.
  size_t fastest(const Key&, size_t ways, at::Device, const std::function<void(size_t way)>& run);

 private:
  const char* name_;  // of what there are ways to compute
  std::map<Key, size_t> known_;
};

}  // namespace amdim
