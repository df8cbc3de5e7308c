#include "schemas/json.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "schemas/bytes.hpp"
#include "schemas/json_pointer.hpp"
#include "schemas/json_scanner.hpp"

namespace itqan {
namespace {

constexpr std::int64_t largest_integer = (std::int64_t{1} << 53) - 1;  // RFC 7493 section 2.2
constexpr std::size_t largest_number_token = 64;

/// Builds the document while the scanner reads it, and stops at the first thing that is not allowed. Depth is
/// checked on opening, so no value ever nests deeper than the limit and copying or destroying it is safe.
class Builder {
  public:
    explicit Builder(JsonLimits const& limits) : limits_(limits) { stack_.reserve(16); }

    bool null() { return add(Json(nullptr)); }
    bool boolean(bool value) { return add(Json(value)); }

    bool number_integer(Json::number_integer_t value) {
        if (value < -largest_integer || value > largest_integer) return refuse_integer();
        return add(Json(value));
    }

    bool number_unsigned(Json::number_unsigned_t value) {
        if (value > static_cast<std::uint64_t>(largest_integer)) return refuse_integer();
        return add(Json(value));
    }

    bool number_float(Json::number_float_t value, std::string const& token) {
        if (token.size() > largest_number_token) {
            return refuse(Fault::malformed, "json-number", "a number of more than 64 characters; write it shorter");
        }
        // The lexer falls back to a double for integers beyond 64 bits.
        if (token.find_first_of(".eE") == std::string::npos) return refuse_integer();
        // RFC 8785 writes these doubles as integers, which would then be refused.
        if (std::abs(value) > static_cast<double>(largest_integer) && std::abs(value) < 1e21) return refuse_integer();
        if (value == 0 && token.substr(0, token.find_first_of("eE")).find_first_of("123456789") != std::string::npos) {
            return refuse(Fault::malformed, "json-number", "a number too small for a double; write 0 or a larger one");
        }
        return add(Json(value));
    }

    bool string(std::string& value) {
        if (!check_text(value)) return false;
        return add(Json(std::move(value)));
    }

    bool binary(Json::binary_t&) { throw std::logic_error("a JSON text holds no binary values"); }

    bool start_object(std::size_t) { return open(Json::value_t::object); }
    bool end_object() { return close(); }
    bool start_array(std::size_t) { return open(Json::value_t::array); }
    bool end_array() { return close(); }

    bool key(std::string& name) {
        if (!count_token() || !check_text(name)) return false;
        auto& frame = stack_.back();
        auto& members = frame.container->get_ref<Json::object_t&>();
        if (members.size() >= limits_.members) {
            return refuse(Fault::too_large, "json-limit",
                          "an object of more than " + std::to_string(limits_.members) + " members");
        }
        auto const [position, inserted] = members.try_emplace(std::move(name), nullptr);
        frame.name = &position->first;
        frame.slot = &position->second;
        if (!inserted) {
            return refuse(Fault::malformed, "json-duplicate-member",
                          "a member name that occurs twice; keep one of them");
        }
        return true;
    }

    template <typename Exception>
    bool parse_error(std::size_t position, std::string const&, Exception const& reason) {
        if (reason.id == 406) return refuse(Fault::malformed, "json-number", "a number too large for a double");
        error_ = Error{Fault::malformed, "json-syntax", "", {}};
        error_position_ = position;
        return false;
    }

    Json take_document() { return std::move(document_); }
    std::optional<Error>& error() { return error_; }
    std::size_t error_position() const { return error_position_; }

  private:
    struct Frame {
        Json* container;
        std::string const* name = nullptr;  ///< The member being read, when the container is an object.
        Json* slot = nullptr;               ///< Where its value goes.
    };

    bool refuse(Fault fault, std::string code, std::string const& what) {
        auto const where = pointer();
        error_ = Error{fault, std::move(code), "The JSON text holds " + what + ".", {{where, what}}};
        return false;
    }

    bool refuse_integer() {
        return refuse(Fault::malformed, "json-number",
                      "an integer beyond +-9007199254740991, which not every reader keeps; write it as a string");
    }

    bool check_text(std::string const& text) {
        if (text.size() > limits_.string_bytes) {
            return refuse(Fault::too_large, "json-limit",
                          "a string of more than " + std::to_string(limits_.string_bytes) + " bytes");
        }
        if (text.find('\0') != std::string::npos) {
            return refuse(Fault::malformed, "json-encoding", "the character U+0000; leave it out");
        }
        return true;
    }

    bool count_token() {
        if (++tokens_ <= limits_.tokens) return true;
        return refuse(Fault::too_large, "json-limit",
                      "more than " + std::to_string(limits_.tokens) + " values and member names");
    }

    Json* place(Json&& value) {
        if (stack_.empty()) {
            document_ = std::move(value);
            return &document_;
        }
        auto& frame = stack_.back();
        if (frame.slot != nullptr) {
            *frame.slot = std::move(value);
            return frame.slot;
        }
        auto& elements = frame.container->get_ref<Json::array_t&>();
        elements.push_back(std::move(value));
        return &elements.back();
    }

    bool add(Json&& value) {
        if (!count_token()) return false;
        place(std::move(value));
        return true;
    }

    bool open(Json::value_t kind) {
        if (!count_token()) return false;
        if (stack_.size() >= limits_.depth) {
            return refuse(Fault::too_large, "json-limit",
                          "nesting deeper than " + std::to_string(limits_.depth) + " levels");
        }
        stack_.push_back(Frame{place(Json(kind))});
        return true;
    }

    bool close() {
        stack_.pop_back();
        return true;
    }

    /// Where the reader is: RFC 6901. For an array, the element last completed or being read.
    std::string pointer() const {
        std::string out;
        for (auto const& frame : stack_) {
            if (frame.container->is_object()) {
                if (frame.name != nullptr) out += "/" + schemas::pointer_token(*frame.name);
            } else {
                auto const inside = &frame != &stack_.back();
                out += "/" + std::to_string(inside ? frame.container->size() - 1 : frame.container->size());
            }
        }
        return out;
    }

    JsonLimits const& limits_;
    Json document_;
    std::vector<Frame> stack_;
    std::size_t tokens_ = 0;
    std::optional<Error> error_;
    std::size_t error_position_ = 0;
};

std::string describe_position(std::string_view text, std::size_t position) {
    auto const before = text.substr(0, position == 0 ? 0 : position - 1);
    auto const line = std::count(before.begin(), before.end(), '\n') + 1;
    auto const last_break = before.rfind('\n');
    auto const column = last_break == std::string_view::npos ? before.size() : before.size() - last_break - 1;
    return "line " + std::to_string(line) + ", byte " + std::to_string(column + 1);
}

std::optional<Error> check_encoding(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) {
        return Error{Fault::malformed, "json-encoding",
                     "The JSON text starts with a byte-order mark; send it without."};
    }
    if (std::memchr(text.data(), 0, text.size()) != nullptr) {
        return Error{Fault::malformed, "json-encoding", "The JSON text holds a NUL byte; send UTF-8 without it."};
    }
    if (!is_utf8(text)) {
        return Error{Fault::malformed, "json-encoding", "The JSON text is not well-formed UTF-8."};
    }
    return std::nullopt;
}

}  // namespace

Result<Json> parse_json(std::string_view text, JsonLimits const& limits) {
    if (text.size() > limits.bytes) {
        return Error{Fault::too_large, "json-limit",
                     "The JSON text has " + std::to_string(text.size()) + " bytes; at most " +
                         std::to_string(limits.bytes) + " are read here."};
    }
    if (text.empty()) return Error{Fault::malformed, "json-syntax", "The JSON text is empty."};
    if (auto error = check_encoding(text)) return *std::move(error);

    Builder builder(limits);
    if (schemas::JsonScanner(text, builder).read()) return builder.take_document();

    auto error = *std::move(builder.error());
    if (error.code == "json-syntax") {
        error.detail = "This is not JSON from " + describe_position(text, builder.error_position()) + " on.";
    }
    return error;
}

std::string text_member(Json const& object, char const* name) {
    auto const found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace itqan
