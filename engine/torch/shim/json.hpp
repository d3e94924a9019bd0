// A reader of JSON, for the programs that Go hands over.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace amdim {

// Json is a value. What is asked of the wrong kind, and a text that is not JSON, throws Failure.
class Json {
 public:
  static Json parse(const std::string& text);

  double number() const;
  int64_t integer() const;
  bool truth() const;
  const std::string& text() const;
  const std::vector<Json>& items() const;
  const Json* find(const std::string& key) const;       // null: an object without it
  const Json& operator[](const std::string& key) const;  // an object without it throws

  // list is items by f, as in list(&Json::integer).
  template <class T>
  std::vector<T> list(T (Json::*f)() const) const {
    std::vector<T> all;
    for (const Json& j : items()) all.push_back((j.*f)());
    return all;
  }

 private:
  enum class Kind { kNull, kTruth, kNumber, kText, kArray, kObject };
  friend class JsonReader;
  void want(Kind k, const char* name) const;

  Kind kind_ = Kind::kNull;
  double number_ = 0;  // of a truth: 0 or 1
  std::string text_;
  std::vector<std::string> keys_;  // of an object, beside items_
  std::vector<Json> items_;
};

}  // namespace amdim
