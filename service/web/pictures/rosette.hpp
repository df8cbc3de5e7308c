#pragma once
// The ornament between a badge's medallion and its level ring: a star of n points, woven or folded in one of several
// ways.

#include <cstdint>
#include <string>
#include <string_view>

#include "service/web/pictures/drawing.hpp"

namespace itqan::web {

struct Rosette {
    Point centre;
    double inner = 0, outer = 0;  ///< Radii of the ring it fills; what lies inside `inner` will be covered.
    int fold = 8;                 ///< Points of the star.
    std::uint32_t choice = 0;     ///< Which pattern; every number is one.
    std::string_view colour, dark, light;
};

/// SVG elements. The same rosette gives the same bytes.
std::string draw_rosette(Rosette const& rosette);

/// Fine chords of a star polygon, for large grounds.
std::string draw_ground(Point centre, double radius, int fold, std::string_view colour);

/// A small star for the head of the medallion; sixteen kinds.
std::string draw_emblem(Point centre, double radius, std::uint32_t choice, std::string_view colour);

}  // namespace itqan::web
