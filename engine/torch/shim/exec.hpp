// A program at work on a state.
#pragma once
#include <functional>

#include "call.hpp"
#include "gradients.hpp"

namespace amdim {

class Exec {
 public:
  Exec(State& s, const std::string& json);

  // in and out are the host's tensors of the program's inputs and outputs, in order.
  void forward(const void* const* in, float* const* out);
  // gradient sets d, by variable of the program, where it is not null.
  void gradient(const void* const* in, float* const* out, float* const* d);
  // step returns the norm of the gradient.
  double step(const void* const* in, float* const* out, double lr);

 private:
  using Seen = std::function<void(const Call&, const Op&)>;

  std::vector<Variable*> owners() const;
  // run is forward; seen, if any, is called after every operation.
  Call run(const void* const* in, const std::vector<Tensor>& vars, const Seen& seen = nullptr);
  void load(Call& c, const void* const* in);
  Tensor loss(const Call& c) const;
  std::vector<Tensor> variables(bool leaves) const;
  std::vector<Tensor> backward(const Call& c, const std::vector<Tensor>& vars);
  std::vector<float> fetch(const Call& c, float* const* out, std::vector<Tensor> more);
  [[noreturn]] void blame(const void* const* in, const std::vector<Tensor>& gradients, bool loss);

  State& state_;
  Program p_;
  Group* group_;
  std::vector<Tensor> staging_;  // pinned, by input; on a GPU
  Gradients gradients_;
};

}  // namespace amdim
