#include "gradients.hpp"

#include <torch/csrc/autograd/utils/lambda_post_hook.h>

namespace amdim {

using torch::autograd::variable_list;
using torch::autograd::utils::LambdaPostHook;

constexpr int64_t kBucketBytes = 25 << 20;  // as torch's DistributedDataParallel has it

Gradients::Gradients(const State& s, std::vector<Variable*> vars) : state_(s), vars_(std::move(vars)) {
  if (s.group) make_buckets();
}

void Gradients::make_buckets() {
  std::vector<int64_t> sizes;
  bucket_of_.resize(vars_.size());
  slices_.resize(vars_.size());
  for (size_t i = vars_.size(); i-- > 0;) {
    int64_t n = vars_[i]->w.numel();
    if (sizes.empty() || (sizes.back() + n) * int64_t(vars_[i]->w.element_size()) > kBucketBytes) {
      sizes.push_back(0);
      buckets_.emplace_back();
    }
    bucket_of_[i] = buckets_.size() - 1;
    buckets_.back().size++;
    sizes.back() += n;
  }
  for (size_t k = 0; k < buckets_.size(); k++)
    buckets_[k].flat = at::zeros({sizes[k]}, at::TensorOptions(state_.device).dtype(state_.wide));
  std::vector<int64_t> used(buckets_.size());
  for (size_t i = vars_.size(); i-- > 0;) {
    const Tensor& w = vars_[i]->w;
    size_t k = bucket_of_[i];
    slices_[i] = buckets_[k].flat.as_strided(w.sizes(), w.strides(), used[k]);
    used[k] += w.numel();
  }
}

// land makes backward add the gradient of a leaf to its slice, with no copy beside it.
void Gradients::land(size_t i, const Tensor& leaf) {
  leaf.mutable_grad() = slices_[i];
  auto hook = [this, i](const variable_list& out, const variable_list&) { return arrived(i), out; };
  torch::autograd::impl::grad_accumulator(leaf)->add_post_hook(std::make_unique<LambdaPostHook>(hook));
}

void Gradients::arrived(size_t i) {
  at::NoGradGuard off;
  buckets_[bucket_of_[i]].missing--;
  start_full();
}

void Gradients::start_full() {
  for (; started_ < buckets_.size() && buckets_[started_].missing == 0; started_++)
    buckets_[started_].sum = state_.group->start(buckets_[started_].flat);
}

std::vector<Tensor> Gradients::run(const Tensor& loss, std::vector<Tensor>& leaves) {
  started_ = 0;
  for (Bucket& b : buckets_) b.flat.zero_(), b.missing = b.size;
  if (state_.group) {
    for (size_t i = 0; i < leaves.size(); i++) land(i, leaves[i]);
  }
  if (loss.defined() && loss.requires_grad()) loss.backward();
  std::vector<Tensor> all;
  if (!state_.group) {
    for (Tensor& w : leaves) all.push_back(w.grad().defined() ? w.grad() : at::zeros_like(w));
    return all;
  }
  for (Bucket& b : buckets_) b.missing = 0;  // what the loss does not reach stays zero
  start_full();
  for (Bucket& b : buckets_) state_.group->finish(b.sum);
  return slices_;
}

}  // namespace amdim
