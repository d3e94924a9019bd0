// SoftmaxXent, over the labelled rows of all processes. PAPER section 6.
#include "call.hpp"

namespace amdim {

void softmax_xent(Call& c, const Op& op) {
  Tensor s = c.in(op, 0).to(c.wide), labels = c.in(op, 1).to(at::kLong);
  Tensor labelled = labels.ge(0);
  Tensor count = sum(c, labelled.sum().to(c.wide)).clamp_min(1);
  Tensor log = at::log_softmax(soft_clip(s, op.a.clip), 1);
  Tensor own = log.gather(1, labels.clamp_min(0).unsqueeze(1)).squeeze(1);
  c.set(op, 0, -at::where(labelled, own, at::zeros_like(own)).sum() / count);
  c.set(op, 1, s.square().mean() / c.processes());
  c.set(op, 2, (s.detach().argmax(1).eq(labels)).sum().to(c.wide) / count);
}

}  // namespace amdim
