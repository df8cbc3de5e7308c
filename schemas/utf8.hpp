#pragma once
// One code point at a time out of UTF-8 text (RFC 3629), and back. Checking a whole text is is_utf8() in bytes.hpp.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace itqan::schemas {

struct CodePoint {
    char32_t value = 0;
    std::size_t size = 1;  ///< Bytes it took; 1 for a broken byte.
};

/// The code point at `offset` (which is below text.size()), or nothing where the bytes are not well-formed.
std::optional<CodePoint> decode_utf8(std::string_view text, std::size_t offset);

/// Appends the UTF-8 form of a code point that is no surrogate and at most U+10FFFF.
void append_utf8(std::string& out, char32_t code_point);

/// All code points of a text; broken bytes become U+FFFD.
std::u32string code_points(std::string_view text);

}  // namespace itqan::schemas
