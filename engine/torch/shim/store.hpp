// The key-value store through which the processes of a group find each other.
#pragma once
#include <torch/csrc/distributed/c10d/Store.hpp>

namespace amdim {

struct Store {
  c10::intrusive_ptr<c10d::Store> store;
};

}  // namespace amdim
