// Operands of products in bfloat16, cast all at once: one by one they are a hundred small kernels.
#pragma once
#include "program.hpp"
#include "state.hpp"

namespace amdim {

// Operands are the variables of a program that are operands of products alone, in the type of activations.
class Operands {
 public:
  // There are some if programs are fused and activations narrower than variables. With a group there are none:
  // gradients land in what is summed over the processes.
  Operands(const Program&, State&);

  // refresh makes them what the variables are now.
  void refresh();
  // of is that of a variable of the program; undefined where there is none.
  const Tensor& of(size_t variable) const { return all_[variable]; }
  // widen gives gradients the type of variables.
  void widen(std::vector<Tensor>& gradients) const;

 private:
  std::vector<Tensor> all_;        // by variable of the program
  std::vector<Tensor> to_, from_;  // those that are there, and their variables
  at::ScalarType wide_;
};

}  // namespace amdim
