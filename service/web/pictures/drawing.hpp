#pragma once
// Points on circles and SVG path data, written with two decimals so that the same numbers always give the same bytes.

#include <string>
#include <string_view>
#include <vector>

namespace itqan::web {

struct Point {
    double x = 0, y = 0;
};

/// Angles in radians; 0 points up, growing clockwise.
Point on_circle(Point centre, double radius, double angle);
Point between(Point from, Point to, double share);

/// "12.5": two decimals at most, no trailing zeros, "0" for what rounds to it.
std::string number(double value);
std::string number(Point point);

/// "M..L..L.." through the points.
std::string polyline(std::vector<Point> const& points);
std::string polygon(std::vector<Point> const& points);
/// Clockwise, less than a full turn.
std::string arc(Point centre, double radius, double from, double to);
std::string circle_path(Point centre, double radius);

/// "#rrggbb" between two such colours.
std::string mixed(std::string_view colour, std::string_view other, double share_of_other);

/// An element: name, attributes as they stand, closed at once.
std::string filled(std::string_view path, std::string_view fill, double opacity = 1);
std::string stroked(std::string_view path, std::string_view stroke, double width, double opacity = 1);

}  // namespace itqan::web
