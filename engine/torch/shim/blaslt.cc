// Products by cublasLt, NVIDIA's library, which torch has loaded.
#include "product.hpp"

#include <c10/util/Exception.h>
#ifdef AMDIM_BLASLT
#include <ATen/cuda/CUDAContext.h>
#include <cublasLt.h>

#include <algorithm>
#include <cmath>

#include "tune.hpp"

namespace amdim {

using at::Tensor;

namespace {

constexpr size_t kWorkspace = 32 << 20;
constexpr uint32_t kAligned = 16;  // bytes: where the rows of matrices begin, for kernels that read wide words

void check(cublasStatus_t s, const char* what) {
  TORCH_CHECK(s == CUBLAS_STATUS_SUCCESS, "cublasLt: ", what, ": ",
              s == CUBLAS_STATUS_ALLOC_FAILED ? "out of memory" : c10::str("status ", int(s)));
}

// handle is that of cuBLAS, which is one of cublasLt too; versions of torch before 2.3 have no other.
cublasLtHandle_t handle() { return reinterpret_cast<cublasLtHandle_t>(at::cuda::getCurrentCUDABlasHandle()); }

cudaDataType_t type_of(const Tensor& x) {
  TORCH_CHECK(x.scalar_type() == at::kBFloat16, "cublasLt: fused products are of bfloat16");
  return CUDA_R_16BF;
}

// Plan is a kernel for products of some shape. cublasLt counts rows and columns the other way round: a matrix of
// rows is to it the transpose, so that it multiplies bᵀ by aᵀ. Plans are never destroyed.
struct Plan {
  cublasLtMatmulDesc_t operation;
  cublasLtMatrixLayout_t left, right, out;
  cublasLtMatmulAlgo_t kernel;
  size_t workspace;
  int64_t mask_row;  // bytes

  void point(const Tensor& mask) const;
  void run(const Tensor& a, const Tensor& b, const Tensor& addend, const Tensor& mask, Tensor& y) const;
};

cublasLtMatrixLayout_t layout(const Tensor& x, int64_t rows, int64_t columns, int64_t apart) {
  cublasLtMatrixLayout_t l;
  check(cublasLtMatrixLayoutCreate(&l, type_of(x), rows, columns, apart), "a matrix");
  return l;
}

template <class T>
void set(cublasLtMatmulDesc_t d, cublasLtMatmulDescAttributes_t what, const T& value) {
  check(cublasLtMatmulDescSetAttribute(d, what, &value, sizeof value), "an attribute");
}

// point says where the mask is, if there is one.
void Plan::point(const Tensor& mask) const {
  if (mask.defined()) set(operation, CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_POINTER, mask.data_ptr());
}

void Plan::run(const Tensor& a, const Tensor& b, const Tensor& addend, const Tensor& mask, Tensor& y) const {
  float one = 1, beta = addend.defined() ? 1 : 0;
  const void* c = (addend.defined() ? addend : y).data_ptr();
  point(mask);
  Tensor room = at::empty({int64_t(workspace)}, a.options().dtype(at::kByte));
  check(cublasLtMatmul(handle(), operation, &one, b.data_ptr(), left, a.data_ptr(), right, &beta, c, out, y.data_ptr(),
                       out, &kernel, room.data_ptr(), workspace, at::cuda::getCurrentCUDAStream()),
        "a product");
}

// describe is a plan without a kernel: of b (k, m), by columns if it is the transpose of a matrix of rows.
Plan describe(const Tensor& a, const Tensor& b, Epilogue e) {
  Plan p{};
  int64_t n = a.size(0), k = a.size(1), m = b.size(1);
  bool turned = b.stride(1) != 1;
  check(cublasLtMatmulDescCreate(&p.operation, CUBLAS_COMPUTE_32F, CUDA_R_32F), "a product");
  set(p.operation, CUBLASLT_MATMUL_DESC_TRANSA, turned ? CUBLAS_OP_T : CUBLAS_OP_N);
  p.left = turned ? layout(b, k, m, b.stride(1)) : layout(b, m, k, b.stride(0));
  p.right = layout(a, k, n, k);
  p.out = layout(a, m, n, m);
  if (e == Epilogue::kNone) return p;
  set(p.operation, CUBLASLT_MATMUL_DESC_EPILOGUE,
      e == Epilogue::kReLU ? CUBLASLT_EPILOGUE_RELU_AUX : CUBLASLT_EPILOGUE_DRELU);
  int64_t bits = (m + 127) / 128 * 128;
  p.mask_row = bits / 8;
  set(p.operation, CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_LD, bits);
  return p;
}

// kernels are those that cublasLt thinks best, first the best.
std::vector<cublasLtMatmulHeuristicResult_t> kernels(const Plan& p) {
  cublasLtMatmulPreference_t wish;
  check(cublasLtMatmulPreferenceCreate(&wish), "a preference");
  auto want = [&](cublasLtMatmulPreferenceAttributes_t what, auto value) {
    check(cublasLtMatmulPreferenceSetAttribute(wish, what, &value, sizeof value), "a preference");
  };
  want(CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, kWorkspace);
  for (auto operand : {CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES,
                       CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES})
    want(operand, kAligned);
  // Parts of a sum are added in float32.
  want(CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK, uint32_t(CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE));
  std::vector<cublasLtMatmulHeuristicResult_t> found(8);
  int n = 0;
  cublasStatus_t s = cublasLtMatmulAlgoGetHeuristic(handle(), p.operation, p.left, p.right, p.out, p.out, wish,
                                                    int(found.size()), found.data(), &n);
  cublasLtMatmulPreferenceDestroy(wish);
  check(s, "no kernel for such a product");
  found.resize(n);
  found.erase(std::remove_if(found.begin(), found.end(),
                             [](const auto& kernel) { return kernel.state != CUBLAS_STATUS_SUCCESS; }),
              found.end());
  TORCH_CHECK(!found.empty(), "cublasLt: no kernel for such a product");
  return found;
}

Tensor new_mask(const Tensor& a, const Plan& p) {
  return at::empty({a.size(0), p.mask_row}, a.options().dtype(at::kByte));
}

// plan is the one for such operands: with the fastest kernel if kernels are tried, else the first.
const Plan& plan(const Tensor& a, const Tensor& b, const Tensor& addend, Epilogue e, const Tensor& mask, Tensor& y) {
  static auto& known = *new std::map<Key, Plan>;
  bool tried = at::globalContext().benchmarkCuDNN();
  Key key = key_of(a, {b.size(1), b.stride(0), b.stride(1), addend.defined(), int64_t(e), tried});
  if (auto found = known.find(key); found != known.end()) return found->second;
  Plan p = describe(a, b, e);
  Tensor bits = e == Epilogue::kReLU ? new_mask(a, p) : mask;
  p.point(bits);  // what a kernel can do depends on it
  double least = INFINITY;
  for (const auto& kernel : kernels(p)) {
    Plan one = p;
    one.kernel = kernel.algo, one.workspace = kernel.workspaceSize;
    if (!tried) return known[key] = one;
    double s = seconds(a.device(), [&] { one.run(a, b, addend, bits, y); });
    if (s < least) p = one, least = s;
  }
  TORCH_CHECK(least < INFINITY, "cublasLt: no kernel for such a product runs");
  return known[key] = p;
}

Tensor aligned(const Tensor& x) {
  return !x.defined() || reinterpret_cast<uintptr_t>(x.data_ptr()) % kAligned == 0 ? x : x.clone();
}

}  // namespace

Tensor by_blaslt(const Tensor& a, const Tensor& b, const Tensor& addend, Epilogue e, Tensor& mask) {
  bool rows = a.is_contiguous() && (!addend.defined() || addend.is_contiguous());
  TORCH_CHECK(rows && (b.stride(0) == 1 || b.stride(1) == 1), "cublasLt: operands are not matrices of rows");
  Tensor left = aligned(a), right = aligned(b), more = aligned(addend);
  Tensor y = at::empty({a.size(0), b.size(1)}, a.options());
  const Plan& p = plan(left, right, more, e, mask, y);
  if (e == Epilogue::kReLU) mask = new_mask(a, p);
  p.run(left, right, more, mask, y);
  return y;
}

}  // namespace amdim
#else
namespace amdim {

at::Tensor by_blaslt(const at::Tensor&, const at::Tensor&, const at::Tensor&, Epilogue, at::Tensor&) {
  TORCH_CHECK(false, "the shim was built without cublasLt");
}

}  // namespace amdim
#endif
