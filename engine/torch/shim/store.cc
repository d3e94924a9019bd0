#include "store.hpp"

#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#include <torch/version.h>
#include <cstring>

#include "guard.hpp"

namespace {

// open_store lets torch choose its server: a build has the one on libuv, another, or both. They speak one
// protocol, but a build without libuv wants to be told so, by processes that only connect too.
c10::intrusive_ptr<c10d::Store> open_store(const std::string& master, c10d::TCPStoreOptions o) {
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 2)
  try {
    return c10::make_intrusive<c10d::TCPStore>(master, o);
  } catch (const std::exception& e) {
    if (!strstr(e.what(), "without libuv support")) throw;
  }
  o.useLibUV = false;
#endif
  return c10::make_intrusive<c10d::TCPStore>(master, o);
}

}  // namespace

using amdim::guard;
using amdim::Store;

// serve: whether this process holds the store, or connects to the one that does.
AMDIM_API void* amdim_store_open(const char* master, int port, int serve, const char* prefix, int timeout_ms,
                                 char* err, int cap) {
  Store* s = nullptr;
  guard(err, cap, [&] {
    c10d::TCPStoreOptions o;
    o.port = port;
    o.isServer = serve != 0;
    o.waitWorkers = false;
    o.timeout = std::chrono::milliseconds(timeout_ms);
    s = new Store{c10::make_intrusive<c10d::PrefixStore>(prefix, open_store(master, o))};
  });
  return s;
}

AMDIM_API int amdim_store_set(void* s, const char* key, const char* value, char* err, int cap) {
  return guard(err, cap, [&] {
    std::string v = value;
    static_cast<Store*>(s)->store->set(key, std::vector<uint8_t>(v.begin(), v.end()));
  });
}

// value becomes what key has, empty where it has nothing; a text that is too long for size bytes is an error.
AMDIM_API int amdim_store_get(void* s, const char* key, char* value, int size, char* err, int cap) {
  return guard(err, cap, [&] {
    auto& store = *static_cast<Store*>(s)->store;
    std::vector<uint8_t> v;
    if (store.check({key})) v = store.get(key);
    TORCH_CHECK(int64_t(v.size()) < size, "the store has ", v.size(), " bytes for ", key);
    std::copy(v.begin(), v.end(), value);
    value[v.size()] = 0;
  });
}

AMDIM_API void amdim_store_close(void* s) { delete static_cast<Store*>(s); }
