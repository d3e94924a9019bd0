// Operations that become one: see Program::fuse.
#include "call.hpp"

namespace amdim {
namespace {

void hand_on(Call& c, const Op& op) { c.set(op, 0, c.in(op, 0)); }

// merge leaves what an operation does to another.
void merge(Op& op) { op.run = hand_on, op.merged = true; }

}  // namespace

void Program::fuse() {
  static const Operation conv = operation_of("Conv2D"), relu = operation_of("ReLU"), pool = operation_of("AvgPool"),
                         add = operation_of("Add");
  std::vector<int> takers(values.size());
  for (const Op& op : ops)
    for (int64_t v : op.in) takers[v]++;
  for (int64_t v : outputs) takers[v]++;
  for (const Term& t : loss) takers[t.value]++;
  // The operation that makes a value for one other alone; null if more take it.
  auto maker = [&](int64_t v) { return takers[v] == 1 ? &ops[values[v].op] : nullptr; };
  for (Op& op : ops) {
    if (op.run == pool) op.fused = true;
    Op* before = op.run == relu ? maker(op.in[0]) : nullptr;
    if (before && before->run == conv) before->fused = true, merge(op);
  }
  for (Op& op : ops)
    if (op.run == add) fuse_layer(op, maker);
}

// fuse_layer makes a sum do the work of the 1×1 convolution before it, and where what is added to that is the value
// that a ReLU and one more such convolution before it take, theirs.
void Program::fuse_layer(Op& sum, const std::function<Op*(int64_t)>& maker) {
  static const Operation conv = operation_of("Conv2D"), pad = operation_of("PadChannels");
  auto product = [&](const Op* op) {
    return op && op->run == conv && op->a.k == 1 && op->a.stride == 1 && op->a.pad == 0 && op->vars.size() == 1;
  };
  auto dims = [&](int64_t v) { return values[v].shape.size(); };
  Op* second = maker(sum.in[0]);
  if (!product(second) || dims(sum.in[0]) != dims(sum.in[1])) return;
  sum.run = residual, sum.merged = true, sum.second = second;
  merge(*second);
  Op* relu = maker(second->in[0]);
  Op* first = relu && relu->merged && relu->kind == "ReLU" ? maker(relu->in[0]) : nullptr;
  if (product(first) && first->in[0] == sum.in[1]) return sum.first = first, merge(*first);
  Op* skip = maker(sum.in[1]);
  if (skip && skip->run == pad) merge(*skip);
}

}  // namespace amdim
