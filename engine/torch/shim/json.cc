#include "json.hpp"

#include <cctype>
#include <cstdlib>
#include <cstring>

#include "guard.hpp"

namespace amdim {

class JsonReader {
 public:
  explicit JsonReader(const std::string& text) : at_(text.data()), begin_(at_), end_(at_ + text.size()) {}

  Json document() {
    Json j = value(0);
    if (peek() != 0) fail("nothing more");
    return j;
  }

 private:
  using Kind = Json::Kind;

  [[noreturn]] void fail(const std::string& wanted) const {
    throw Failure(kFailed, "JSON at byte " + std::to_string(at_ - begin_) + ": expected " + wanted);
  }

  // peek is the next byte that is no space, 0 at the end.
  char peek() {
    while (at_ < end_ && isspace(static_cast<unsigned char>(*at_))) at_++;
    return at_ < end_ ? *at_ : 0;
  }

  bool accept(char c) {
    if (peek() != c) return false;
    at_++;
    return true;
  }

  void expect(char c) {
    if (!accept(c)) fail(std::string(1, c));
  }

  Json value(int depth) {
    if (depth > 64) fail("less depth");
    Json j;
    switch (peek()) {
      case '{': return object(depth);
      case '[': return array(depth);
      case '"': j.kind_ = Kind::kText, j.text_ = string(); return j;
      case 't': word("true"), j.kind_ = Kind::kTruth, j.number_ = 1; return j;
      case 'f': word("false"), j.kind_ = Kind::kTruth; return j;
      case 'n': word("null"); return j;
    }
    return number();
  }

  Json object(int depth) {
    Json j;
    j.kind_ = Kind::kObject;
    expect('{');
    if (accept('}')) return j;
    do {
      if (peek() != '"') fail("a key");
      j.keys_.push_back(string());
      expect(':');
      j.items_.push_back(value(depth + 1));
    } while (accept(','));
    expect('}');
    return j;
  }

  Json array(int depth) {
    Json j;
    j.kind_ = Kind::kArray;
    expect('[');
    if (accept(']')) return j;
    do j.items_.push_back(value(depth + 1));
    while (accept(','));
    expect(']');
    return j;
  }

  Json number() {
    Json j;
    char* stop = nullptr;  // the text ends in 0: it is a std::string's
    j.kind_ = Kind::kNumber, j.number_ = strtod(at_, &stop);
    if (stop == at_) fail("a value");
    at_ = stop;
    return j;
  }

  void word(const char* w) {
    size_t n = strlen(w);
    if (size_t(end_ - at_) < n || strncmp(at_, w, n) != 0) fail(w);
    at_ += n;
  }

  std::string string() {
    std::string s;
    for (expect('"'); at_ < end_ && *at_ != '"'; at_++) {
      if (*at_ == '\\') escape(s);
      else s += *at_;
    }
    expect('"');
    return s;
  }

  // escape leaves at_ on its last byte.
  void escape(std::string& s) {
    static const char kFrom[] = "\"\\/bfnrt", kTo[] = "\"\\/\b\f\n\r\t";
    at_++;
    if (at_ < end_ && *at_ == 'u') return unicode(s);
    const char* found = at_ < end_ ? strchr(kFrom, *at_) : nullptr;
    if (!found || !*found) fail("an escape");
    s += kTo[found - kFrom];
  }

  // unicode appends \uXXXX as UTF-8; Go writes runes beyond 16 bits as they are.
  void unicode(std::string& s) {
    if (end_ - at_ < 5) fail("four digits");
    char* stop = nullptr;
    std::string digits(at_ + 1, 4);
    unsigned c = strtoul(digits.c_str(), &stop, 16);
    if (*stop) fail("four digits");
    at_ += 4;
    if (c < 0x80) {
      s += char(c);
    } else if (c < 0x800) {
      s += char(0xC0 | c >> 6), s += char(0x80 | (c & 0x3F));
    } else {
      s += char(0xE0 | c >> 12), s += char(0x80 | (c >> 6 & 0x3F)), s += char(0x80 | (c & 0x3F));
    }
  }

  const char *at_, *begin_, *end_;
};

Json Json::parse(const std::string& text) { return JsonReader(text).document(); }

void Json::want(Kind k, const char* name) const {
  if (kind_ != k) throw Failure(kFailed, std::string("JSON: expected ") + name);
}

double Json::number() const { return want(Kind::kNumber, "a number"), number_; }
int64_t Json::integer() const { return int64_t(number()); }
bool Json::truth() const { return want(Kind::kTruth, "true or false"), number_ != 0; }
const std::string& Json::text() const { return want(Kind::kText, "a string"), text_; }

const std::vector<Json>& Json::items() const {
  if (kind_ != Kind::kNull) want(Kind::kArray, "an array");  // Go writes an empty slice as null
  return items_;
}

const Json* Json::find(const std::string& key) const {
  want(Kind::kObject, "an object");
  for (size_t i = 0; i < keys_.size(); i++)
    if (keys_[i] == key) return &items_[i];
  return nullptr;
}

const Json& Json::operator[](const std::string& key) const {
  const Json* j = find(key);
  if (!j) throw Failure(kFailed, "JSON: expected the key " + key);
  return *j;
}

}  // namespace amdim
