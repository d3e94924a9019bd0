// A product of matrices with what happens to it before it is stored, in one pass over it.
#pragma once
#include <ATen/ATen.h>

namespace amdim {

enum class Epilogue {
  kNone,
  kReLU,  // ReLU; the mask is made: where its operand was positive
  kMask,  // 0 where the mask says so: the gradient of that ReLU
};

// product is the epilogue of a·b + addend: a (n, k) and the addend (n, m), which may be undefined, are contiguous,
// b is (k, m), or the transpose of what is. On a GPU all are of bfloat16, and k and m multiples of 8. The mask is made
// with kReLU, for product alone to read with kMask.
at::Tensor product(const at::Tensor& a, const at::Tensor& b, const at::Tensor& addend, Epilogue, at::Tensor& mask);

// by_blaslt is product on a GPU. What cublasLt has no kernel for throws c10::Error.
at::Tensor by_blaslt(const at::Tensor& a, const at::Tensor& b, const at::Tensor& addend, Epilogue, at::Tensor& mask);

}  // namespace amdim
