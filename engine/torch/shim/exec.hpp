// A program at work on a state.
#pragma once
#include <functional>

#include "call.hpp"
#include "feed.hpp"
#include "gradients.hpp"
#include "operands.hpp"
#include "replay.hpp"

namespace amdim {

class Exec {
 public:
  Exec(State& s, const std::string& json);

  // in and out are the host's tensors of the program's inputs and outputs, in order.
  void forward(const void* const* in, float* const* out);
  // gradient sets d, by variable of the program, where it is not null.
  void gradient(const void* const* in, float* const* out, float* const* d);
  // step returns the norm of the gradient. next, if not null, are the inputs of the step after this
  // one: they are on their way when it returns.
  double step(const void* const* in, const void* const* next, float* const* out, double lr);

 private:
  using Seen = std::function<void(const Call&, const Op&)>;

  // Pass is what the device has for an update; nothing of it is awaited.
  struct Pass {
    std::vector<Tensor> gradients;
    std::vector<Running> running;
    Tensor numbers;
  };

  std::vector<Variable*> owners() const;
  // run is forward of what feed_ has taken; seen, if any, is called after every operation.
  Call run(const std::vector<Tensor>& in, const std::vector<Tensor>& vars, const Seen& seen = nullptr);
  Tensor loss(const Call& c) const;
  std::vector<Tensor> variables(bool leaves);
  std::vector<Tensor> backward(const Call& c, const std::vector<Tensor>& vars);
  Pass pass(const std::vector<Tensor>& in);
  Pass replayed(const std::vector<Tensor>& in);
  Tensor numbers(const Call& c, std::vector<Tensor> more) const;
  const Tensor& await(const Tensor& numbers);
  void give(const Tensor& numbers, float* const* out) const;
  [[noreturn]] void blame(const std::vector<Tensor>& in, const Pass& p, bool loss);

  State& state_;
  Program p_;
  Group* group_;
  Feed feed_;
  Operands operands_;
  std::vector<Tensor> channels_;
  Tensor host_;  // numbers awaited; pinned on a GPU
  Gradients gradients_;
  Replay replay_;
  Pass captured_;
  int steps_ = 0;  // until one is captured
};

}  // namespace amdim
