// Operations that become one: see Program::fuse.
#include "call.hpp"

namespace amdim {
namespace {

void hand_on(Call& c, const Op& op) { c.set(op, 0, c.in(op, 0)); }

// leave leaves the work of an operation to another.
void leave(Op& op) { op.run = hand_on, op.untimed = true; }

// is_1x1 says that a convolution is a product of matrices.
bool is_1x1(const Op* op) {
  return op && op->kind == "Conv2D" && op->a.k == 1 && op->a.stride == 1 && op->a.pad == 0 && op->vars.size() == 1;
}

}  // namespace

void Program::fuse() {
  std::vector<int> takers(values.size());
  for (const Op& op : ops)
    for (int64_t v : op.in) takers[v]++;
  for (int64_t v : outputs) takers[v]++;
  for (const Term& t : loss) takers[t.value]++;
  // The operation that makes a value for one other alone; null if more take it.
  auto maker = [&](int64_t v) { return takers[v] == 1 ? &ops[values[v].op] : nullptr; };
  for (Op& op : ops) {
    if (op.kind == "AvgPool") op.fused = true;
    Op* before = op.kind == "ReLU" ? maker(op.in[0]) : nullptr;
    if (before && before->kind == "Conv2D") before->fused = true, leave(op);
  }
  for (Op& op : ops)
    if (op.kind == "Add") fuse_layer(op, maker);
}

// fuse_layer makes a sum take over the 1×1 convolution before its first operand, and the ReLU and the 1×1 convolution
// before that one. Channels that are appended to the second operand are left to the sum if it takes over one alone.
void Program::fuse_layer(Op& sum, const std::function<Op*(int64_t)>& maker) {
  Op* conv2 = maker(sum.in[0]);
  if (!is_1x1(conv2) || values[sum.in[0]].shape.size() != values[sum.in[1]].shape.size()) return;
  sum.run = residual, sum.untimed = true, sum.conv2 = conv2;
  leave(*conv2);
  Op* skip = maker(sum.in[1]);
  bool padded = skip && skip->kind == "PadChannels";
  Op* relu = maker(conv2->in[0]);
  Op* conv1 = relu && relu->kind == "ReLU" && relu->run == hand_on ? maker(relu->in[0]) : nullptr;
  if (padded)
    leave(*skip);
  else if (is_1x1(conv1))
    sum.conv1 = conv1, leave(*conv1);
}

}  // namespace amdim
