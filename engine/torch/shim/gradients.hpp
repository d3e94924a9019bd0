// Gradients of one backward pass, summed over the processes while it runs.
#pragma once
#include "state.hpp"

namespace amdim {

// Gradients belong to a program. Its variables are cut in buckets from the last to the first,
// as backward reaches them; a bucket is summed over the processes as soon as it is full and
// those before it are on their way, so that all processes sum in one order.
class Gradients {
 public:
  Gradients(const State& s, std::vector<Variable*> vars);

  // run computes the gradients of a loss by leaves, one for each variable; an undefined loss, or
  // one that no leaf stands behind, gives zeros.
  std::vector<Tensor> run(const Tensor& loss, std::vector<Tensor>& leaves);

 private:
  struct Bucket {
    Tensor flat;
    size_t missing = 0, size = 0;  // gradients that are not there yet, and all
    c10::intrusive_ptr<Work> sum;
  };
  void make_buckets();
  void land(size_t i, const Tensor& leaf);
  void arrived(size_t i);
  void start_full();

  const State& state_;
  std::vector<Variable*> vars_;
  std::vector<Tensor> slices_;  // by variable, of the flat tensors
  std::vector<size_t> bucket_of_;
  std::vector<Bucket> buckets_;
  size_t started_ = 0;
};

}  // namespace amdim
