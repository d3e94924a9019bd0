#include "state.hpp"

#include <c10/core/impl/VirtualGuardImpl.h>
#include <torch/version.h>

#include <cstring>

#include "guard.hpp"
#include "json.hpp"

namespace amdim {
namespace {

at::ScalarType wide_of(const std::string& precision) { return precision == "f64" ? at::kDouble : at::kFloat; }

at::ScalarType type_of(const std::string& precision) {
  return precision == "bf16" ? at::kBFloat16 : wide_of(precision);
}

// product_of is the type that products compute in. libtorch 1.x on a processor would sum products of
// bfloat16 in bfloat16: there the rounded operands are multiplied as float32.
at::ScalarType product_of(at::ScalarType type, at::Device device) {
  return type == at::kBFloat16 && device.is_cpu() && TORCH_VERSION_MAJOR < 2 ? at::kFloat : type;
}

// to_device is a value of the program in the order of the device: HWIO becomes OIHW in
// channels-last format.
Tensor to_device(const Tensor& v) {
  return v.dim() == 4 ? v.permute({3, 2, 0, 1}).contiguous(at::MemoryFormat::ChannelsLast) : v;
}

}  // namespace

void to_host(const Tensor& v, float* host) {
  Tensor x = (v.dim() == 4 ? v.permute({2, 3, 1, 0}) : v).to(at::kCPU, at::kFloat).contiguous();
  memcpy(host, x.data_ptr(), x.nbytes());
}

State::State(const std::string& json, Group* g) : device(at::kCPU), group(g && g->size() > 1 ? g : nullptr) {
  Json j = Json::parse(json);
  std::string precision = j["precision"].text();
  device = at::Device(j["device"].text());
  graphs = j["graphs"].truth();
  tune = j["tune"].truth();
  fuse = j["fuse"].truth();
  pools = j["pools"].integer();
  layers = j["layers"].integer();
  // Else pinned memory and NCCL of every process would take a part of the first GPU.
  if (device.is_cuda()) c10::impl::VirtualGuardImpl(device.type()).setDevice(device);
  type = type_of(precision), wide = wide_of(precision), product = product_of(type, device);
  // Operands of scores that were bfloat16 are exact in TF32, and their sums are float32.
  tf32 = precision == "tf32" || precision == "bf16";
  for (const Json& r : j["rules"].items())
    rules_.push_back({r["lr_scale"].number(), r["beta1"].number(), r["beta2"].number(), r["eps"].number(),
                      r["weight_decay"].number()});
  for (const Json& v : j["vars"].items()) {
    Variable x;
    x.shape = v["shape"].list(&Json::integer);
    x.rule = v["rule"].integer();
    Tensor zero = to_device(at::zeros(x.shape, at::TensorOptions(device).dtype(wide)));
    x.w = zero.clone();
    if (v["trainable"].truth()) x.m = zero.clone(), x.v = zero.clone();
    vars.push_back(std::move(x));
  }
}

void State::use() const {
  if (device.is_cuda()) c10::impl::VirtualGuardImpl(device.type()).setDevice(device);
  at::globalContext().setAllowTF32CuBLAS(tf32);
  at::globalContext().setAllowTF32CuDNN(tf32);
  at::globalContext().setDeterministicCuDNN(!tune);  // a step gives the same bytes again
  at::globalContext().setBenchmarkCuDNN(tune);
}

Tensor& State::slot(size_t variable, int slot) {
  Variable& x = vars.at(variable);
  return slot == kWeight ? x.w : slot == kMean ? x.m : x.v;
}

void State::set(size_t variable, int slot_, const float* v) {
  if (slot_ == kCount) {
    vars.at(variable).t = v[0];
    return;
  }
  Tensor host = at::from_blob(const_cast<float*>(v), vars.at(variable).shape, at::kFloat);
  slot(variable, slot_).copy_(to_device(host));
}

void State::read(size_t variable, int slot_, float* v) {
  if (slot_ == kCount) {
    v[0] = float(vars.at(variable).t);
    return;
  }
  to_host(slot(variable, slot_), v);
}

}  // namespace amdim

using amdim::guard;
using amdim::State;

AMDIM_API void* amdim_state_open(const char* json, void* group, char* err, int cap) {
  State* s = nullptr;
  guard(err, cap, [&] { s = new State(json, static_cast<amdim::Group*>(group)); });
  return s;
}

AMDIM_API int amdim_state_set(void* s, int64_t variable, int slot, const float* v, char* err, int cap) {
  return guard(err, cap, [&] { static_cast<State*>(s)->set(variable, slot, v); });
}

AMDIM_API int amdim_state_read(void* s, int64_t variable, int slot, float* v, char* err, int cap) {
  return guard(err, cap, [&] { static_cast<State*>(s)->read(variable, slot, v); });
}

AMDIM_API int amdim_state_close(void* s, char* err, int cap) {
  return guard(err, cap, [&] { delete static_cast<State*>(s); });
}
