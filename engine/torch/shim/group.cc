#include "group.hpp"

#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/version.h>
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <sstream>
#ifdef USE_C10D_NCCL
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif

#include "guard.hpp"
#include "store.hpp"

namespace amdim {
namespace {

std::string environment(const char* name) {
  const char* v = getenv(name);
  return v ? v : "";
}

// lost runs a collective; whatever fails in it ends the group.
template <class F>
auto lost(F f) -> decltype(f()) {
  try {
    return f();
  } catch (const Failure&) {
    throw;
  } catch (const c10::Error& e) {
    throw Failure(kGroupLost, e.what_without_backtrace());
  } catch (const std::exception& e) {
    throw Failure(kGroupLost, e.what());
  }
}

c10::intrusive_ptr<Backend> open_gloo(const c10::intrusive_ptr<c10d::Store>& store, const Group::Place& p,
                                      const std::string& host, std::chrono::milliseconds timeout) {
  using Gloo = c10d::ProcessGroupGloo;
  auto o = Gloo::Options::create(timeout);
  // torch reads it in Python alone: names of interfaces between commas.
  std::istringstream interfaces(environment("GLOO_SOCKET_IFNAME"));
  for (std::string name; std::getline(interfaces, name, ',');)
    o->devices.push_back(Gloo::createDeviceForInterface(name));
  if (o->devices.empty())
    o->devices.push_back(host.empty() ? Gloo::createDefaultDevice() : Gloo::createDeviceForHostname(host));
  return c10::make_intrusive<Gloo>(c10::make_intrusive<c10d::PrefixStore>("gloo", store), p.rank, p.size, o);
}

}  // namespace

Group::Group(c10::intrusive_ptr<c10d::Store> store, Place place, std::string host,
             std::chrono::milliseconds timeout)
    : place_(place), timeout_(timeout), store_(store) {
  lost([&] { gloo_ = open_gloo(store_, place, host, timeout); });
}

Backend& Group::backend(const at::Tensor& t) {
  if (!t.is_cuda()) return *gloo_;
#ifdef USE_C10D_NCCL
  if (!nccl_) {
#if TORCH_VERSION_MAJOR < 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR == 0)
    setenv("NCCL_ASYNC_ERROR_HANDLING", "1", 0);  // the default since 2.1; without it the time limit is none
#endif
    auto o = c10d::ProcessGroupNCCL::Options::create();
    o->timeout = timeout_;
    auto store = c10::make_intrusive<c10d::PrefixStore>("nccl", store_);
    nccl_ = c10::make_intrusive<c10d::ProcessGroupNCCL>(store, place_.rank, place_.size, o);
  }
  return *nccl_;
#else
  throw Failure(kFailed, "libamdim_torch.so was built without NCCL, which groups of GPUs need");
#endif
}

c10::intrusive_ptr<Work> Group::start(at::Tensor& t) {
  std::vector<at::Tensor> v{t};
  return lost([&] { return backend(t).allreduce(v); });
}

void Group::finish(const c10::intrusive_ptr<Work>& w) {
  lost([&] { w->wait(); });
}

// What is small takes as long as the way, not as its bytes.
bool Group::small(const at::Tensor& t) const {
  constexpr size_t kSmall = 64 << 10;
  return !t.is_cuda() && t.nbytes() * size() <= kSmall;
}

// gather_small takes as long as ⌈log2 n⌉ messages, each to another process, where Gloo's rings take n − 1, or
// 2(n − 1) for a sum. Row i is that of rank + i, until they are turned. Bruck et al. 1997, "Efficient algorithms
// for all-to-all communications in multiport message-passing systems": concatenation.
at::Tensor Group::gather_small(const at::Tensor& t) {
  constexpr int kTag = 0;
  int n = size();
  auto shape = t.sizes().vec();
  shape.insert(shape.begin(), n);
  at::Tensor all = at::empty(shape, t.options());
  all[0].copy_(t);
  std::vector<c10::intrusive_ptr<Work>> received, sent;
  for (int have = 1; have < n; have *= 2) {  // before anything is sent: what is awaited comes without asking
    std::vector<at::Tensor> in{all.narrow(0, have, std::min(have, n - have))};
    received.push_back(gloo_->recv(in, (rank() + have) % n, kTag));
  }
  for (int have = 1, i = 0; have < n; have *= 2, i++) {
    std::vector<at::Tensor> out{all.narrow(0, 0, std::min(have, n - have))};
    sent.push_back(gloo_->send(out, (rank() + n - have) % n, kTag));
    received[i]->wait();
  }
  for (auto& s : sent) s->wait();
  return at::roll(all, rank(), 0);
}

// sum of little adds in order of rank, so that all processes have the same bits.
void Group::sum(at::Tensor& t) {
  if (!small(t)) return finish(start(t));
  at::Tensor all = gather(t);
  t.copy_(all[0]);
  for (int r = 1; r < size(); r++) t.add_(all[r]);
}

at::Tensor Group::gather(const at::Tensor& t) {
  if (small(t)) return lost([&] { return gather_small(t); });
  std::vector<at::Tensor> in{t.contiguous()};
  auto shape = t.sizes().vec();
  shape.insert(shape.begin(), size());
  at::Tensor all = at::empty(shape, t.options());
  std::vector<std::vector<at::Tensor>> out{all.unbind()};
  lost([&] { backend(t).allgather(out, in)->wait(); });
  return all;
}

void Group::barrier() {
  lost([&] { gloo_->barrier()->wait(); });
}

}  // namespace amdim

using amdim::Group;
using amdim::guard;

AMDIM_API void* amdim_group_open(void* store, int rank, int size, const char* host, int timeout_ms,
                                 char* err, int cap) {
  Group* g = nullptr;
  guard(err, cap, [&] {
    g = new Group(static_cast<amdim::Store*>(store)->store, {rank, size}, host,
                  std::chrono::milliseconds(timeout_ms));
  });
  return g;
}

AMDIM_API int amdim_group_sum(void* g, float* v, int64_t n, char* err, int cap) {
  return guard(err, cap, [&] {
    at::Tensor t = at::from_blob(v, {n}, at::kFloat);
    static_cast<Group*>(g)->sum(t);
  });
}

// out holds size × bytes.
AMDIM_API int amdim_group_gather(void* g, void* out, const void* v, int64_t bytes, char* err, int cap) {
  return guard(err, cap, [&] {
    at::Tensor all = static_cast<Group*>(g)->gather(at::from_blob(const_cast<void*>(v), {bytes}, at::kByte));
    memcpy(out, all.data_ptr(), all.nbytes());
  });
}

// Rank 0 serves the store: the processes leave together. A group that is lost is
// left to the end of the process, as its destructor may wait for those that are gone.
AMDIM_API int amdim_group_close(void* g, char* err, int cap) {
  return guard(err, cap, [&] {
    static_cast<Group*>(g)->barrier();
    delete static_cast<Group*>(g);
  });
}
