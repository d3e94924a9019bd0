#include "clock.hpp"

#include <c10/core/impl/VirtualGuardImpl.h>

#include <cstdio>
#include <cstring>

#include "guard.hpp"

namespace amdim {

void settle(at::Device d) {
  if (d.is_cuda()) c10::impl::VirtualGuardImpl(d.type()).getStream(d).synchronize();
}

Clock& Clock::ours() {
  static Clock c;
  return c;
}

void Clock::reset() { all_.clear(), index_.clear(), now_ = nullptr; }

// now must not throw: a GPU that has failed says so again when it is asked for something.
void Clock::Rest::now() try {
  if (ours().now_) ours().rest(device_);
} catch (...) {
  ours().now_ = nullptr;
}

void Clock::rest(at::Device d) {
  settle(d);
  auto t = std::chrono::steady_clock::now();
  if (now_) now_->seconds += std::chrono::duration<double>(t - since_).count();
  now_ = nullptr, since_ = t;
}

void Clock::turn(at::Device d, const std::string& op, const std::string& kind, Phase phase) {
  rest(d);
  std::string name = op + "\t" + kind + "\t" + std::to_string(phase);
  auto [entry, fresh] = index_.emplace(name, all_.size());
  if (fresh) all_.push_back({name, 0});
  now_ = &all_[entry->second];
}

void Clock::forward(at::Device d, const Op& op) {
  if (!op.untimed) turn(d, op.name, op.kind, kForward);
}

void Clock::backward(at::Device d, const Op& op, const std::vector<Tensor>& values) {
  if (op.untimed) return;
  for (int64_t id : op.out) {
    const Tensor& x = values[id];
    if (x.defined() && x.requires_grad())
      x.register_hook([this, d, &op](const Tensor&) { turn(d, op.name, op.kind, kBackward); });
  }
}

std::string Clock::text() const {
  std::string s;
  for (const Spent& x : all_) {
    char seconds[32];
    snprintf(seconds, sizeof seconds, "\t%.9f\n", x.seconds);
    s += x.name + seconds;
  }
  return s;
}

}  // namespace amdim

using amdim::Clock;

AMDIM_API void amdim_clock_set(int on) {
  if (on) Clock::ours().reset();
  Clock::ours().on = on;
}

// text receives what Clock::text returns, and a zero.
AMDIM_API int amdim_clock_read(char* text, int64_t size, char* err, int cap) {
  return amdim::guard(err, cap, [&] {
    std::string s = Clock::ours().text();
    if (int64_t(s.size()) >= size) throw amdim::Failure(amdim::kFailed, "too many operations to list");
    memcpy(text, s.c_str(), s.size() + 1);
  });
}
