#include "product.hpp"

namespace amdim {

using at::Tensor;

Tensor product(const Tensor& a, const Tensor& b, const Tensor& addend, Epilogue e, Tensor& mask) {
  if (a.is_cuda()) return by_blaslt(a, b, addend, e, mask);
  Tensor y = addend.defined() ? at::addmm(addend, a, b) : a.mm(b);
  if (e == Epilogue::kReLU) mask = y.gt(0), y.relu_();
  if (e == Epilogue::kMask) y.masked_fill_(mask.logical_not(), 0);
  return y;
}

}  // namespace amdim
