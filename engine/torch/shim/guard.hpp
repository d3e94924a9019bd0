// Rules of the boundary to Go: no C++ type and no exception crosses it; a function returns 0, or a
// code with the reason written to err, cap bytes; what a pointer of the caller points to is used
// during the call only.
#pragma once
#include <c10/util/Exception.h>
#include <cstdio>
#include <exception>

#define AMDIM_API extern "C" __attribute__((visibility("default")))

namespace amdim {

// Codes beside 0; library.go has the same.
enum Code { kFailed = 1, kOutOfMemory = 2, kNotFinite = 3, kGroupLost = 4 };

// Failure is an error with a code of its own.
struct Failure : std::exception {
  Failure(Code code, std::string text) : code(code), text(std::move(text)) {}
  const char* what() const noexcept override { return text.c_str(); }
  Code code;
  std::string text;
};

// guard runs f and turns what it throws into a code and a text.
template <class F>
int guard(char* err, int cap, F f) {
  auto fail = [&](int code, const char* text) {
    if (err && cap > 0) snprintf(err, cap, "%s", text);
    return code;
  };
  try {
    f();
    return 0;
  } catch (const Failure& e) {
    return fail(e.code, e.what());
  } catch (const c10::Error& e) {
    std::string text = e.what_without_backtrace();
    bool memory = text.find("out of memory") != std::string::npos ||
                  text.find("can't allocate memory") != std::string::npos ||  // a processor's, on Linux
                  text.find("ALLOC_FAILED") != std::string::npos ||  // cuBLAS and cuDNN
                  text.find("ALLOCATION_FAILED") != std::string::npos;  // cuDNN 9
    return fail(memory ? kOutOfMemory : kFailed, text.c_str());
  } catch (const std::bad_alloc&) {
    return fail(kOutOfMemory, "out of memory");
  } catch (const std::exception& e) {
    return fail(kFailed, e.what());
  } catch (...) {
    return fail(kFailed, "an exception of unknown type");
  }
}

}  // namespace amdim
