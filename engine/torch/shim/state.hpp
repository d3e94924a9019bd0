// Variables, BatchNorm statistics and Adam's moments on the device.
#pragma once
#include <ATen/ATen.h>

#include <string>
#include <vector>

#include "group.hpp"

namespace amdim {

using at::Tensor;

// Rule of Adam for a parameter group; see package optim.
struct Rule {
  double lr_scale, beta1, beta2, eps, weight_decay;
};

// Variable is in the order of the device: see Call.
struct Variable {
  std::vector<int64_t> shape;  // of the program
  Tensor w, m, v;              // m and v where it is trainable
  double t = 0;                // updates
  size_t rule = 0;
};

// Slots of an entry, numbered as in state.go.
enum Slot { kWeight, kMean, kSquare, kCount };

class State {
 public:
  // json: device, precision, rules and variables; see state.go.
  State(const std::string& json, Group* group);

  // set and read copy an entry, as long as Go says it is.
  void set(size_t variable, int slot, const float* v);
  void read(size_t variable, int slot, float* v);
  // update applies Adam to variables by their gradients, which it uses up.
  void update(const std::vector<Variable*>& vars, std::vector<Tensor>& gradients, double lr);

  // use sets what of libtorch is global, the current device too, as this state wants it.
  void use() const;

  at::Device device;
  at::ScalarType type, wide;  // of activations; of variables, statistics and losses
  at::ScalarType product;     // of the operands of products
  bool tf32;                  // float32 products of a GPU may round their operands
  bool graphs;                // updates become CUDA graphs
  bool tune;                  // of kernels and of ways to compute the same the fastest is taken
  bool fuse;                  // programs of this state are fused: see program.hpp
  int64_t pools, layers;      // those of a Program
  Group* group;               // null: one process
  std::vector<Variable> vars;

 private:
  Tensor& slot(size_t variable, int slot);

  std::vector<Rule> rules_;
};

// to_host writes a variable, or what is in its order, as the program has it.
void to_host(const Tensor& v, float* host);

}  // namespace amdim
