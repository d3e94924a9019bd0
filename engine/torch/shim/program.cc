#include "program.hpp"

namespace amdim {
namespace {

double number(const Json& a, const char* key) {
  const Json* j = a.find(key);
  return j ? j->number() : 0;
}

bool truth(const Json& a, const char* key) {
  const Json* j = a.find(key);
  return j && j->truth();
}

template <class T>
std::vector<T> list(const Json& a, const char* key, T (Json::*f)() const) {
  const Json* j = a.find(key);
  return j ? j->list(f) : std::vector<T>();
}

}  // namespace

Attributes::Attributes(const Json& a)
    : out(number(a, "Out")), k(number(a, "K")), stride(number(a, "Stride")), pad(number(a, "Pad")),
      groups(number(a, "Groups")), mode(number(a, "Mode")), type(number(a, "DType")),
      reflect(truth(a, "Reflect")), hard(truth(a, "Hard")),
      momentum(number(a, "Momentum")), eps(number(a, "Eps")), p(number(a, "P")), clip(number(a, "Clip")),
      tau(number(a, "Tau")), row(list(a, "Row", &Json::integer)),
      mean(list(a, "Mean", &Json::number)), std(list(a, "Std", &Json::number)) {}

Op::Op(const Json& j)
    : name(j["name"].text()), kind(j["kind"].text()), run(operation_of(kind)), a(j["attr"]),
      in(j["in"].list(&Json::integer)), out(j["out"].list(&Json::integer)),
      vars(j["vars"].list(&Json::integer)) {}

Program::Program(const std::string& json) {
  Json j = Json::parse(json);
  name = j["name"].text();
  for (const Json& o : j["ops"].items()) ops.emplace_back(o);
  for (const Json& v : j["values"].items())
    values.push_back({v["name"].text(), v["shape"].list(&Json::integer), v["op"].integer()});
  for (const Json& v : j["vars"].items()) {
    vars.push_back(v["entry"].integer());
    var_names.push_back(v["name"].text());
    trained.push_back(v["trained"].truth());
  }
  inputs = j["inputs"].list(&Json::integer);
  outputs = j["outputs"].list(&Json::integer);
  for (const Json& t : j["loss"].items()) loss.push_back({t["value"].integer(), t["weight"].number()});
  alone = j["alone"].truth();
  find_last_uses();
}

// Outputs and losses stay; a value that nothing takes goes with the operation that makes it.
void Program::find_last_uses() {
  std::vector<bool> kept(values.size());
  for (int64_t v : outputs) kept[v] = true;
  for (const Term& t : loss) kept[t.value] = true;
  for (size_t i = ops.size(); i-- > 0;) {
    for (const auto* ids : {&ops[i].out, &ops[i].in}) {
      for (int64_t v : *ids) {
        if (!kept[v]) ops[i].last.push_back(v);
        kept[v] = true;
      }
    }
  }
}

}  // namespace amdim
