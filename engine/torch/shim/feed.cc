#include "feed.hpp"

#include <c10/core/StreamGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include <thread>

namespace amdim {
namespace {

at::ScalarType element(int64_t type) {
  return type == kUint8 ? at::kByte : type == kInt32 ? at::kInt : at::kFloat;
}

c10::Stream current(at::Device d) { return c10::impl::VirtualGuardImpl(d.type()).getStream(d); }

c10::Stream another(at::Device d) {
  return d.is_cuda() ? c10::impl::VirtualGuardImpl(d.type()).getStreamFromGlobalPool(d, false) : current(d);
}

}  // namespace

Feed::Feed(const Program& p, at::Device device)
    : device_(device), stream_(another(device)), arrived_(device.type()), free_(device.type()) {
  for (int64_t id : p.inputs) {
    Input i{element(p.ops[p.values[id].op].a.type), p.values[id].shape, {}, {}, {}};
    auto options = at::TensorOptions().dtype(i.type);
    if (device.is_cuda()) i.pinned = at::empty(i.shape, options.pinned_memory(true));
    taken_.push_back(at::empty(device.is_cuda() ? i.shape : std::vector<int64_t>{0}, options.device(device)));
    inputs_.push_back(std::move(i));
  }
}

// The memory of a copy under way must not go to somebody else. A GPU that has failed copies no more, and the
// call before this has said why.
Feed::~Feed() {
  try {
    wait();
  } catch (...) {
  }
}

void Feed::wait() const {
  while (!arrived_.query()) std::this_thread::yield();
}

Tensor Feed::host(const Input& i, const void* in) {
  return at::from_blob(const_cast<void*>(in), i.shape, at::TensorOptions().dtype(i.type));
}

bool Feed::is_ahead(const void* const* in) const {
  return !ahead_.empty() && std::equal(ahead_.begin(), ahead_.end(), in);
}

// A copy to a GPU is over before the call of take's caller ends, as its outputs are awaited: the
// pinned memory is free for the next.
const std::vector<Tensor>& Feed::take(const void* const* in) {
  bool there = device_.is_cuda() && is_ahead(in);
  if (there) arrived_.block(current(device_));
  for (size_t i = 0; i < inputs_.size(); i++) {
    const Input& input = inputs_[i];
    if (device_.is_cpu())
      taken_[i] = host(input, in[i]);
    else if (there)
      taken_[i].copy_(input.next, /*non_blocking=*/true);
    else
      taken_[i].copy_(input.pinned.copy_(host(input, in[i])), /*non_blocking=*/true);
  }
  ahead_.clear();
  if (device_.is_cuda()) free_.record(current(device_));
  return taken_;
}

void Feed::ahead(const void* const* in) {
  if (!device_.is_cuda()) return;
  bool fresh = false;
  for (Input& i : inputs_) {
    if (i.next.defined()) continue;
    fresh = true;
    i.next_pinned = at::empty_like(i.pinned, i.pinned.options().pinned_memory(true));
    i.next = at::empty(i.shape, at::TensorOptions(device_).dtype(i.type));
  }
  wait();  // for pinned memory, filled the last time: long free
  // What is new may be memory that kernels still to run have in use: those of the current stream.
  if (fresh) free_.record(current(device_));
  c10::StreamGuard on(stream_);
  free_.block(stream_);
  for (size_t i = 0; i < inputs_.size(); i++) {
    const Input& input = inputs_[i];
    input.next.copy_(input.next_pinned.copy_(host(input, in[i])), /*non_blocking=*/true);
  }
  arrived_.record(stream_);
  ahead_.assign(in, in + inputs_.size());
}

}  // namespace amdim
