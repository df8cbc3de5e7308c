#pragma once
// WOFF2 fonts unpacked to plain OpenType: pango's shaper reads nothing else, browsers get the packed form.

#include <string>
#include <string_view>

namespace itqan::web {

/// The tables of a WOFF2 font, as FreeType unpacks them, in an OpenType file. Throws std::runtime_error for other
/// bytes.
std::string plain_font(std::string_view woff2);

}  // namespace itqan::web
