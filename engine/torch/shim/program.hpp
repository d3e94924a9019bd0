// A program as Go hands it over: graph.Program, bound; see program.go.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "json.hpp"

namespace amdim {

struct Call;
struct Op;

// Operation computes the values of an op in a call.
using Operation = void (*)(Call&, const Op&);

// Attributes of all kinds, as graph/op.go has them; a kind uses its own.
struct Attributes {
  explicit Attributes(const Json&);

  int64_t out, k, stride, pad, groups, mode, type;
  bool reflect, hard;
  double momentum, eps, p, clip, tau;
  std::vector<int64_t> row;
  std::vector<double> mean, std;
};

// Modes of BatchNorm and element types of an input, numbered as in graph and tensor.
enum Mode { kBatchUpdate, kBatch, kRunning };
enum Element { kFloat32, kUint8, kInt32 };

struct Op {
  explicit Op(const Json&);

  std::string name, kind;
  Operation run;
  Attributes a;
  std::vector<int64_t> in, out, vars;  // values and variables of the program
  std::vector<int64_t> last;           // values that no later operation takes
  bool fused = false;                  // with the ReLU behind a convolution, or otherwise than torch: see Program::fuse
  bool untimed = false;                // its time is that of another operation
  // The 1×1 convolutions that a sum takes over: conv2 before its first operand, and maybe conv1 with the ReLU before
  // that one.
  const Op *conv1 = nullptr, *conv2 = nullptr;
};

struct Value {
  std::string name;
  std::vector<int64_t> shape;  // empty: a scalar
  int64_t op;                  // that makes it
};

struct Term {
  int64_t value;
  double weight;
};

struct Program {
  explicit Program(const std::string& json);

  Program(const Program&) = delete;  // operations point at each other

  // fuse makes a convolution and the ReLU that alone takes its value one operation, likewise a residual layer, and
  // computes means of windows otherwise than torch: fewer passes over memory. The value of an operation that another
  // takes over is what it takes itself, so that the sum of a residual layer is to blame for all that is in it.
  void fuse();

  std::string name;
  std::vector<Op> ops;
  std::vector<Value> values;
  std::vector<int64_t> vars;           // in the state
  std::vector<std::string> var_names;  // by variable
  std::vector<bool> trained;           // by variable: the loss reaches it
  std::vector<int64_t> inputs, outputs;
  std::vector<Term> loss;
  int64_t pools = 0, layers = 0;  // the way to compute means of windows, residual layers: see pool.cc, residual.cc
  bool alone;  // it computes nothing over a batch: other processes have no part in it

 private:
  void find_last_uses();
  void fuse_layer(Op& sum, const std::function<Op*(int64_t)>& maker);
};

// operation_of finds the function of a kind; ops.cc has the table.
Operation operation_of(const std::string& kind);

}  // namespace amdim
