#include "exec.hpp"

#include <cmath>
#include <cstring>

#include "guard.hpp"

namespace amdim {
namespace {

at::ScalarType element(int64_t type) {
  return type == kUint8 ? at::kByte : type == kInt32 ? at::kInt : at::kFloat;
}

// norm is the Euclidean one of all gradients, a double.
Tensor norm(const std::vector<Tensor>& gradients) {
  return at::stack(at::_foreach_norm(gradients)).to(at::kDouble).square().sum().sqrt();
}

// floats are the two halves of a double: it travels with floats.
Tensor floats(const Tensor& x) { return x.reshape({1}).view(at::kFloat); }

}  // namespace

Exec::Exec(State& s, const std::string& json)
    : state_(s), p_(json), group_(p_.alone ? nullptr : s.group), gradients_(s, owners()) {
  if (!s.device.is_cuda()) return;
  for (int64_t id : p_.inputs) {
    auto type = element(p_.ops[p_.values[id].op].a.type);
    staging_.push_back(at::empty(p_.values[id].shape, at::TensorOptions().dtype(type).pinned_memory(true)));
  }
}

// owners are the trained variables in the state.
std::vector<Variable*> Exec::owners() const {
  std::vector<Variable*> all;
  for (size_t i = 0; i < p_.vars.size(); i++)
    if (p_.trained[i]) all.push_back(&state_.vars.at(p_.vars[i]));
  return all;
}

// variables are the program's; leaves take a gradient where they are trained.
std::vector<Tensor> Exec::variables(bool leaves) const {
  std::vector<Tensor> all;
  for (size_t i = 0; i < p_.vars.size(); i++)
    all.push_back(state_.vars[p_.vars[i]].w.detach().set_requires_grad(leaves && p_.trained[i]));
  return all;
}

// load gives the inputs to the device. A copy to a GPU is over before the call ends, as its outputs
// are awaited: the pinned memory is free for the next.
void Exec::load(Call& c, const void* const* in) {
  for (size_t i = 0; i < p_.inputs.size(); i++) {
    int64_t id = p_.inputs[i];
    auto options = at::TensorOptions().dtype(element(p_.ops[p_.values[id].op].a.type));
    Tensor host = at::from_blob(const_cast<void*>(in[i]), p_.values[id].shape, options);
    if (state_.device.is_cuda()) host = staging_[i].copy_(host).to(state_.device, /*non_blocking=*/true);
    c.x[id] = host;
  }
}

Call Exec::run(const void* const* in, const std::vector<Tensor>& vars, const Seen& seen) {
  Call c{p_, vars, group_, state_.type, state_.wide, state_.product, std::vector<Tensor>(p_.values.size()), {}};
  load(c, in);
  for (const Op& op : p_.ops) {
    op.run(c, op);
    if (seen) seen(c, op);
    for (int64_t id : op.last) c.x[id].reset();
  }
  return c;
}

// loss is this process's part.
Tensor Exec::loss(const Call& c) const {
  Tensor sum;
  for (const Term& t : p_.loss) {
    Tensor part = c.x[t.value] * t.weight;
    sum = sum.defined() ? sum + part : part;
  }
  return sum;
}

std::vector<Tensor> Exec::backward(const Call& c, const std::vector<Tensor>& vars) {
  std::vector<Tensor> leaves;
  for (size_t i = 0; i < vars.size(); i++)
    if (p_.trained[i]) leaves.push_back(vars[i]);
  return gradients_.run(loss(c), leaves);
}

// fetch sets the outputs and returns the numbers of more, all by one copy from the device.
std::vector<float> Exec::fetch(const Call& c, float* const* out, std::vector<Tensor> more) {
  at::NoGradGuard off;
  std::vector<Tensor> scalars, flat;
  for (const Term& t : p_.loss) scalars.push_back(c.x[t.value].detach());
  for (int64_t id : p_.outputs)
    if (p_.values[id].shape.empty()) scalars.push_back(c.x[id].detach());
  Tensor sums = at::zeros({0}, at::TensorOptions(state_.device).dtype(state_.wide));
  if (!scalars.empty()) sums = at::stack(scalars);
  if (group_ && !scalars.empty()) group_->sum(sums);
  flat.push_back(sums.to(at::kFloat));
  for (int64_t id : p_.outputs)
    if (!p_.values[id].shape.empty()) flat.push_back(c.x[id].detach().reshape({-1}).to(at::kFloat));
  int64_t extra = 0;
  for (const Tensor& t : more) flat.push_back(t), extra += t.numel();
  Tensor host = at::cat(flat).to(at::kCPU);
  const float* v = host.data_ptr<float>();
  const float *scalar = v + p_.loss.size(), *rest = v + scalars.size();
  for (size_t i = 0; i < p_.outputs.size(); i++) {
    const Value& value = p_.values[p_.outputs[i]];
    int64_t n = 1;
    for (int64_t d : value.shape) n *= d;
    const float*& from = value.shape.empty() ? scalar : rest;
    memcpy(out[i], from, n * sizeof(float));
    from += n;
  }
  std::vector<float> numbers(v, v + p_.loss.size());  // the terms of the loss, then more
  numbers.insert(numbers.end(), host.data_ptr<float>() + host.numel() - extra, host.data_ptr<float>() + host.numel());
  return numbers;
}

void Exec::forward(const void* const* in, float* const* out) {
  at::NoGradGuard off;
  std::vector<Tensor> vars = variables(false);
  fetch(run(in, vars), out, {});
}

void Exec::gradient(const void* const* in, float* const* out, float* const* d) {
  std::vector<Tensor> vars = variables(true);
  Call c = run(in, vars);
  std::vector<Tensor> gradients = backward(c, vars);
  fetch(c, out, {});
  at::NoGradGuard off;
  auto next = gradients.begin();
  for (size_t i = 0; i < vars.size(); i++) {
    if (d[i]) to_host(p_.trained[i] ? *next : at::zeros_like(vars[i]), d[i]);
    next += p_.trained[i];
  }
}

double Exec::step(const void* const* in, float* const* out, double lr) {
  std::vector<Tensor> vars = variables(true);
  Call c = run(in, vars);
  std::vector<Tensor> gradients = backward(c, vars);
  at::NoGradGuard off;
  std::vector<Tensor> more;
  if (!gradients.empty()) more.push_back(floats(norm(gradients)));
  for (const Running& r : c.running) more.push_back(at::isfinite(r.mean + r.var).all().reshape({1}).to(at::kFloat));
  std::vector<float> numbers = fetch(c, out, more);
  double size = 0;
  bool good = true, loss_good = true;
  auto at = numbers.begin();
  for (size_t i = 0; i < p_.loss.size(); i++) loss_good = loss_good && std::isfinite(*at++);
  if (!gradients.empty()) memcpy(&size, &*at, sizeof size), at += 2, good = std::isfinite(size);
  for (; at != numbers.end(); ++at) good = good && *at == 1;
  if (!good || !loss_good) blame(in, gradients, !loss_good);
  for (const Running& r : c.running) {
    state_.vars[p_.vars[r.op->vars[2]]].w.copy_(r.mean);
    state_.vars[p_.vars[r.op->vars[3]]].w.copy_(r.var);
  }
  if (!gradients.empty()) state_.update(owners(), gradients, lr);
  return size;
}

}  // namespace amdim

using amdim::Exec;
using amdim::guard;

AMDIM_API void* amdim_exec_open(void* state, const char* json, char* err, int cap) {
  Exec* e = nullptr;
  guard(err, cap, [&] { e = new Exec(*static_cast<amdim::State*>(state), json); });
  return e;
}

AMDIM_API int amdim_exec_forward(void* e, const void* const* in, float* const* out, char* err, int cap) {
  return guard(err, cap, [&] { static_cast<Exec*>(e)->forward(in, out); });
}

AMDIM_API int amdim_exec_gradient(void* e, const void* const* in, float* const* out, float* const* d, char* err,
                                  int cap) {
  return guard(err, cap, [&] { static_cast<Exec*>(e)->gradient(in, out, d); });
}

AMDIM_API int amdim_exec_step(void* e, const void* const* in, float* const* out, double lr, double* norm, char* err,
                              int cap) {
  return guard(err, cap, [&] { *norm = static_cast<Exec*>(e)->step(in, out, lr); });
}

AMDIM_API int amdim_exec_close(void* e, char* err, int cap) {
  return guard(err, cap, [&] { delete static_cast<Exec*>(e); });
}
