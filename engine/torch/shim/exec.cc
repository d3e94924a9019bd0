#include "exec.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "clock.hpp"
#include "guard.hpp"

namespace amdim {
namespace {

// norm is the Euclidean one of all gradients, a double.
Tensor norm(const std::vector<Tensor>& gradients) {
  return at::stack(at::_foreach_norm(gradients)).to(at::kDouble).square().sum().sqrt();
}

// floats are the two halves of a double: it travels with floats.
Tensor floats(const Tensor& x) { return x.reshape({1}).view(at::kFloat); }

}  // namespace

Exec::Exec(State& s, const std::string& json)
    : state_(s), p_(json), group_(p_.alone ? nullptr : s.group), feed_(p_, s.device), operands_(p_, s),
      gradients_(s, owners()) {
  if (s.fuse) p_.fuse(), p_.pools = s.pools, p_.layers = s.layers;
  for (const Op& op : p_.ops) {  // once: a copy from the host has no place in a graph
    auto row = [](const std::vector<double>& v) { return at::tensor(v, at::kDouble); };
    Tensor both = at::stack({row(op.a.mean), row(op.a.std)});
    channels_.push_back(both.to(s.device, s.wide));
  }
}

// owners are the trained variables in the state.
std::vector<Variable*> Exec::owners() const {
  std::vector<Variable*> all;
  for (size_t i = 0; i < p_.vars.size(); i++)
    if (p_.trained[i]) all.push_back(&state_.vars.at(p_.vars[i]));
  return all;
}

// variables are the program's, or operands in their place; leaves take a gradient where they are trained.
std::vector<Tensor> Exec::variables(bool leaves) {
  operands_.refresh();
  std::vector<Tensor> all;
  for (size_t i = 0; i < p_.vars.size(); i++) {
    const Tensor& w = operands_.of(i).defined() ? operands_.of(i) : state_.vars[p_.vars[i]].w;
    all.push_back(w.detach().set_requires_grad(leaves && p_.trained[i]));
  }
  return all;
}

Call Exec::run(const std::vector<Tensor>& in, const std::vector<Tensor>& vars, const Seen& seen) {
  Call c{p_, vars, channels_, group_, state_.type, state_.wide, state_.product};
  c.x.resize(p_.values.size());
  for (size_t i = 0; i < in.size(); i++) c.x[p_.inputs[i]] = in[i];
  Clock& clock = Clock::ours();
  for (const Op& op : p_.ops) {
    if (clock.on) clock.forward(state_.device, op);
    op.run(c, op);
    if (clock.on) clock.backward(state_.device, op, c.x);
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
  std::vector<Tensor> gradients = gradients_.run(loss(c), leaves);
  operands_.widen(gradients);
  return gradients;
}

// numbers are what the host wants of a call: the terms of the loss, then scalar and other outputs,
// then more.
Tensor Exec::numbers(const Call& c, std::vector<Tensor> more) const {
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
  flat.insert(flat.end(), more.begin(), more.end());
  return at::cat(flat);
}

// await returns numbers on the host, valid until the next call: all that the device had to do is done.
const Tensor& Exec::await(const Tensor& numbers) {
  if (!numbers.is_cuda()) return host_ = numbers;
  if (!host_.defined() || host_.numel() != numbers.numel())
    host_ = at::empty({numbers.numel()}, at::TensorOptions().dtype(at::kFloat).pinned_memory(true));
  return host_.copy_(numbers);
}

// give sets the outputs from numbers on the host.
void Exec::give(const Tensor& numbers, float* const* out) const {
  const float* scalar = numbers.data_ptr<float>() + p_.loss.size();
  const float* rest = scalar;
  for (int64_t id : p_.outputs) rest += p_.values[id].shape.empty();
  for (size_t i = 0; i < p_.outputs.size(); i++) {
    const Value& value = p_.values[p_.outputs[i]];
    int64_t n = 1;
    for (int64_t d : value.shape) n *= d;
    const float*& from = value.shape.empty() ? scalar : rest;
    memcpy(out[i], from, n * sizeof(float));
    from += n;
  }
}

void Exec::forward(const void* const* in, float* const* out) {
  state_.use();
  at::NoGradGuard off;
  Clock::Rest stop(state_.device);
  std::vector<Tensor> vars = variables(false);
  Call c = run(feed_.take(in), vars);
  stop.now();
  give(await(numbers(c, {})), out);
}

void Exec::gradient(const void* const* in, float* const* out, float* const* d) {
  state_.use();
  Clock::Rest stop(state_.device);
  std::vector<Tensor> vars = variables(true);
  Call c = run(feed_.take(in), vars);
  std::vector<Tensor> gradients = backward(c, vars);
  stop.now();
  give(await(numbers(c, {})), out);
  at::NoGradGuard off;
  auto next = gradients.begin();
  for (size_t i = 0; i < vars.size(); i++) {
    if (d[i]) to_host(p_.trained[i] ? *next : at::zeros_like(vars[i]), d[i]);
    next += p_.trained[i];
  }
}

// pass gives the device all it has to do before an update. Its numbers end with the norm of the
// gradient and whether running statistics are finite.
Exec::Pass Exec::pass(const std::vector<Tensor>& in) {
  std::vector<Tensor> vars = variables(true);
  Call c = run(in, vars);
  Pass p{backward(c, vars), std::move(c.running), {}};
  if (Clock::ours().on) Clock::ours().turn(state_.device, "adam", "Adam", kUpdate);
  at::NoGradGuard off;
  std::vector<Tensor> more;
  if (!p.gradients.empty()) more.push_back(floats(norm(p.gradients)));
  for (const Running& r : p.running) more.push_back(at::isfinite(r.mean + r.var).all().reshape({1}).to(at::kFloat));
  p.numbers = numbers(c, more);
  return p;
}

// replayed is pass by a graph, which is captured when libraries have chosen their kernels. Operations that are
// timed are not those of a graph: its memory is free for them.
Exec::Pass Exec::replayed(const std::vector<Tensor>& in) {
  constexpr int kWarmUp = 3;
  if (Clock::ours().on) {
    captured_ = {};
    replay_.release();
    return pass(in);
  }
  if (steps_ < kWarmUp) return steps_++, pass(in);
  if (!captured_.numbers.defined()) replay_.capture([&] { captured_ = pass(in); });
  replay_.run();
  return captured_;
}

double Exec::step(const void* const* in, const void* const* next, float* const* out, double lr) {
  state_.use();
  Clock::Rest stop(state_.device);
  const std::vector<Tensor>& taken = feed_.take(in);
  Pass p = state_.graphs && !group_ ? replayed(taken) : pass(taken);
  if (next) feed_.ahead(next);
  at::NoGradGuard off;
  const Tensor& numbers = await(p.numbers);
  const float *v = numbers.data_ptr<float>(), *end = v + numbers.numel();
  const float* flags = end - p.running.size();
  auto finite = [](float x) { return std::isfinite(x); };
  bool loss = std::all_of(v, v + p_.loss.size(), finite);
  double size = 0;
  if (!p.gradients.empty()) memcpy(&size, flags - 2, sizeof size);
  bool rest = std::isfinite(size) && std::all_of(flags, end, [](float x) { return x == 1; });
  if (!loss || !rest) blame(taken, p, !loss);
  if (!p.gradients.empty()) state_.update(owners(), p.gradients, lr);
  auto move = [way = p_.loss.empty() ? lr : 1](Tensor& w, const Tensor& to) {
    way == 1 ? w.copy_(to) : w.mul_(1 - way).add_(to, way);
  };
  for (const Running& r : p.running) {
    move(state_.vars[p_.vars[r.op->vars[2]]].w, r.mean);
    move(state_.vars[p_.vars[r.op->vars[3]]].w, r.var);
  }
  stop.now();
  give(numbers, out);  // while a GPU makes the update
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

// next may be null: see Exec::step.
AMDIM_API int amdim_exec_step(void* e, const void* const* in, const void* const* next, float* const* out, double lr,
                              double* norm, char* err, int cap) {
  return guard(err, cap, [&] { *norm = static_cast<Exec*>(e)->step(in, next, out, lr); });
}

AMDIM_API int amdim_exec_close(void* e, char* err, int cap) {
  return guard(err, cap, [&] { delete static_cast<Exec*>(e); });
}
