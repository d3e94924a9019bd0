// What is not finite, when a step has found that something is.
#include "exec.hpp"
#include "guard.hpp"

namespace amdim {
namespace {

bool finite(const Tensor& t) { return !t.is_floating_point() || at::isfinite(t).all().item<bool>(); }

[[noreturn]] void report(const std::string& op, const std::string& value) {
  throw Failure(kNotFinite, op + "\n" + value);  // exec.go takes it apart
}

}  // namespace

// blame names the first value that is not finite, in running order, when a loss is not; else the
// first such gradient, from the loss backwards; else running statistics. Every process runs the
// program once more, to its end, as there may be collectives in it.
void Exec::blame(const std::vector<Tensor>& in, const Pass& p, bool loss) {
  if (loss) {
    int64_t first = int64_t(p_.values.size()) - 1;
    run(in, variables(false), [&](const Call& c, const Op& op) {
      for (int64_t id : op.out)
        if (id < first && !finite(c.x[id])) first = id;
    });
    if (group_) first = group_->gather(at::full({1}, first, at::kLong)).min().item<int64_t>();
    report(p_.ops[p_.values[first].op].name, "its value");
  }
  std::vector<const Tensor*> by(p_.vars.size());
  auto next = p.gradients.begin();
  for (size_t i = 0; i < by.size(); i++)
    if (p_.trained[i]) by[i] = &*next++;
  for (size_t i = p_.ops.size(); i-- > 0;)
    for (int64_t v : p_.ops[i].vars)
      if (by[v] && !finite(*by[v])) report(p_.ops[i].name, "the gradient by " + p_.var_names[v]);
  for (const Running& r : p.running)
    if (!finite(r.mean) || !finite(r.var)) report(r.op->name, "a running statistic");
  report(p_.ops.back().name, "its gradient");  // only its square is not: it is larger than a float
}

}  // namespace amdim
