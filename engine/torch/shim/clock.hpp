// Where the time of a device goes.
#pragma once
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "call.hpp"

namespace amdim {

// Phases, numbered as in profile.go.
enum Phase { kForward, kBackward, kUpdate };

// Clock adds up what each phase of each operation takes, over all programs of the process, one after the other.
// A GPU works while the host prepares more for it: every turn awaits it, so that short operations seem longer than
// they are.
class Clock {
 public:
  static Clock& ours();

  // Rest ends what is timed, now or at the latest with its scope.
  class Rest {
   public:
    explicit Rest(at::Device d) : device_(d) {}
    ~Rest() { now(); }
    void now();

   private:
    at::Device device_;
  };

  bool on = false;  // else nobody calls what follows
  void reset();
  // turn ends what was timed so far and begins a phase of an operation. Gradient norms and what the host wants to
  // know of an update are part of Adam's.
  void turn(at::Device, const std::string& op, const std::string& kind, Phase);
  // forward turns to an operation that is about to run, and backward will when the gradient by one of the values
  // that it has made is known.
  void forward(at::Device, const Op&);
  void backward(at::Device, const Op&, const std::vector<Tensor>& values);
  // text has a line for each: operation, kind, phase and seconds, between tabs.
  std::string text() const;

 private:
  void rest(at::Device);

  struct Spent {
    std::string name;  // as text has it, without the seconds
    double seconds;
  };

  std::vector<Spent> all_;
  std::map<std::string, size_t> index_;
  Spent* now_ = nullptr;
  std::chrono::steady_clock::time_point since_;
};

}  // namespace amdim
