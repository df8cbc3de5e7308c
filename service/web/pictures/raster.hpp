#pragma once
// SVG of ours to PNG, by librsvg and cairo.

#include <string>

#include "schemas/bytes.hpp"

namespace itqan::web {

/// Throws std::runtime_error for a document that cannot be drawn.
Bytes render_png(std::string const& svg, int width, int height);

}  // namespace itqan::web
