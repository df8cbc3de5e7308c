#include "service/web/pictures/drawing.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numbers>

namespace itqan::web {
namespace {

int hex_byte(std::string_view colour, std::size_t at) {
    return std::stoi(std::string(colour.substr(at, 2)), nullptr, 16);
}

std::string opacity_attribute(std::string_view name, double opacity) {
    return opacity >= 1 ? std::string() : " " + std::string(name) + "=\"" + number(opacity) + "\"";
}

}  // namespace

Point on_circle(Point centre, double radius, double angle) {
    return {centre.x + radius * std::sin(angle), centre.y - radius * std::cos(angle)};
}

Point between(Point from, Point to, double share) {
    return {from.x + (to.x - from.x) * share, from.y + (to.y - from.y) * share};
}

std::string number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.2f", value);
    std::string trimmed = text;
    while (trimmed.back() == '0')
        trimmed.pop_back();
    if (trimmed.back() == '.') trimmed.pop_back();
    return trimmed == "-0" ? "0" : trimmed;
}

std::string number(Point point) {
    return number(point.x) + " " + number(point.y);
}

std::string polyline(std::vector<Point> const& points) {
    std::string path;
    for (auto const& point : points)
        path += (path.empty() ? "M" : "L") + number(point);
    return path;
}

std::string polygon(std::vector<Point> const& points) {
    return polyline(points) + "Z";
}

std::string arc(Point centre, double radius, double from, double to) {
    auto const size = number(radius);
    return "M" + number(on_circle(centre, radius, from)) + "A" + size + " " + size +
           (to - from > std::numbers::pi ? " 0 1 1 " : " 0 0 1 ") + number(on_circle(centre, radius, to));
}

std::string circle_path(Point centre, double radius) {
    auto const half = "a" + number(radius) + " " + number(radius) + " 0 0 1 ";
    return "M" + number(Point{centre.x - radius, centre.y}) + half + number(2 * radius) + " 0" + half +
           number(-2 * radius) + " 0Z";
}

std::string mixed(std::string_view colour, std::string_view other, double share_of_other) {
    std::string made = "#";
    for (std::size_t const at : {1U, 3U, 5U}) {
        auto const value = hex_byte(colour, at) * (1 - share_of_other) + hex_byte(other, at) * share_of_other;
        char text[8];
        std::snprintf(text, sizeof text, "%02x", static_cast<unsigned>(std::clamp(std::lround(value), 0L, 255L)));
        made += text;
    }
    return made;
}

std::string filled(std::string_view path, std::string_view fill, double opacity) {
    return "<path d=\"" + std::string(path) + "\" fill=\"" + std::string(fill) + "\"" +
           opacity_attribute("fill-opacity", opacity) + "/>";
}

std::string stroked(std::string_view path, std::string_view stroke, double width, double opacity) {
    return "<path d=\"" + std::string(path) + "\" fill=\"none\" stroke=\"" + std::string(stroke) +
           "\" stroke-width=\"" + number(width) + "\"" + opacity_attribute("stroke-opacity", opacity) + "/>";
}

}  // namespace itqan::web
