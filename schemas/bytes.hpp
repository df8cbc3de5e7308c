#pragma once
// Byte strings and their text forms. Decoders are strict: one text per value, so encode(decode(s)) == s.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace itqan {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<std::uint8_t const>;

ByteView as_bytes(std::string_view text);
std::string_view as_text(ByteView bytes);
Bytes to_bytes(std::string_view text);

/// RFC 4648 section 5 without padding. Decoding refuses padding, other alphabets and non-zero tail bits.
std::string base64url_encode(ByteView bytes);
std::optional<Bytes> base64url_decode(std::string_view text);

/// RFC 4648 section 4 with padding, no line breaks.
std::string base64_encode(ByteView bytes);
std::optional<Bytes> base64_decode(std::string_view text);

/// Lower case; decoding takes either case and an even number of digits.
std::string hex_encode(ByteView bytes);
std::optional<Bytes> hex_decode(std::string_view text);

/// True when the text is well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms, at most U+10FFFF).
bool is_utf8(std::string_view text);

}  // namespace itqan
