#pragma once
// The text form of UUIDs (RFC 9562). Making them, random or from a name, is crypto's part.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace itqan::schemas {

using UuidBytes = std::array<std::uint8_t, 16>;

/// Lower case, 36 characters: "123e4567-e89b-42d3-a456-426614174000".
std::string format_uuid(UuidBytes const& bytes);

/// Takes the 8-4-4-4-12 form in either case, of any version; no braces and no "urn:uuid:".
std::optional<UuidBytes> parse_uuid(std::string_view text);

/// Whether parse_uuid() takes the text.
bool is_uuid(std::string_view text);

}  // namespace itqan::schemas
