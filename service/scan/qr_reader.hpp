#pragma once
// The text of the QR code in a photograph (PNG or JPEG), for people who hold a printed badge. Sizes are bounded before
// anything is decoded.

#include <optional>
#include <string>
#include <string_view>

#include "schemas/result.hpp"

namespace itqan::scan {

/// Whether the bytes start as a PNG or a JPEG does.
bool is_photograph(std::string_view bytes);

/// None when the picture shows no code. Errors: too_large "picture-too-large" above 5 MiB or 12.5 megapixels (a JPEG:
/// 50); unprocessable "picture-unreadable", "many-codes" when it shows several and not exactly one is a link.
Result<std::optional<std::string>> read_qr(std::string_view bytes);

}  // namespace itqan::scan
