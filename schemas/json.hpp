#pragma once
// JSON in and out: a strict reader with limits (RFC 8259, I-JSON RFC 7493) and the canonical writer (RFC 8785).
// Include <nlohmann/json.hpp> only in .cpp files that look inside a document.

#include <cstddef>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "schemas/result.hpp"

namespace itqan {

using Json = nlohmann::json;

/// What one document may use. A route states its own (decision 23).
struct JsonLimits {
    std::size_t bytes = 64 * 1024;
    std::size_t tokens = 2'000;  ///< Values and member names.
    std::size_t depth = 64;
    std::size_t members = 4'096;  ///< Of one object.
    std::size_t string_bytes = 256 * 1024;
};

namespace json_limits {
inline constexpr JsonLimits command{};
inline constexpr JsonLimits batch{4 * 1024 * 1024, 100'000};
inline constexpr JsonLimits credential{256 * 1024, 20'000};
inline constexpr JsonLimits case_package{20 * 1024 * 1024, 1'000'000};
}  // namespace json_limits

/// Reads one UTF-8 document: no byte-order mark, no NUL, no duplicate member names (after unescaping), no lone
/// surrogates, integers within +-(2^53-1), also those that only the canonical form writes as integers (2e20), number
/// tokens of at most 64 bytes, finite doubles. Errors: malformed "json-syntax", "json-duplicate-member", "json-number",
/// "json-encoding"; too_large "json-limit".
Result<Json> parse_json(std::string_view text, JsonLimits const& limits = json_limits::command);

/// RFC 8785 form: members sorted by UTF-16 code units, ECMAScript numbers. Idempotent.
std::string canonical_json(Json const& value);

/// The text of an object's member, or "" when it is absent or no string.
std::string text_member(Json const& object, char const* name);

}  // namespace itqan
