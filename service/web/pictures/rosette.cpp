#include "service/web/pictures/rosette.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <vector>

namespace itqan::web {
namespace {

constexpr double pi = std::numbers::pi;

constexpr double edge_width = 2.2;  ///< The dark line on both sides of a strap.

/// Straps that pass over and under each other in turn: everything is drawn once, then the pieces that lie on top again.
struct Weave {
    std::string straps, tops;
};

std::string draw_weave(Weave const& weave, double width, Rosette const& rosette) {
    auto const edge = mixed(rosette.dark, "#000000", 0.25);
    std::string drawn = "<g fill=\"none\" stroke-linejoin=\"miter\">";
    for (auto const* const path : {&weave.straps, &weave.tops}) {
        drawn += stroked(*path, edge, width + 2 * edge_width) + stroked(*path, rosette.light, width);
        if (width > 4) drawn += stroked(*path, rosette.colour, width * 0.2, 0.8);
    }
    return drawn + "</g>";
}

struct Crossing {
    double at = 0;     ///< Where on the strap: 0 to 1 of a chord, or an angle of a circle.
    double reach = 0;  ///< How far the piece on top goes to both sides, in the same unit.
};

/// Every second crossing lies on top; pieces stop half-way to their neighbours.
std::vector<std::pair<double, double>> top_pieces(std::vector<Crossing> crossings) {
    std::sort(crossings.begin(), crossings.end(), [](auto const& a, auto const& b) { return a.at < b.at; });
    std::vector<std::pair<double, double>> pieces;
    for (std::size_t i = 1; i < crossings.size(); i += 2) {
        auto reach = std::min(crossings[i].reach, (crossings[i].at - crossings[i - 1].at) * 0.5);
        if (i + 1 < crossings.size()) reach = std::min(reach, (crossings[i + 1].at - crossings[i].at) * 0.5);
        pieces.emplace_back(crossings[i].at - reach, crossings[i].at + reach);
    }
    return pieces;
}

Point tip(Rosette const& rosette, double radius, int i, double offset = 0) {
    return on_circle(rosette.centre, radius, 2 * pi * (i + offset) / rosette.fold);
}

/// The star polygon {n/k} as closed loops.
std::string star_path(Rosette const& rosette, double radius, int k) {
    int const loops = std::gcd(rosette.fold, k);
    std::string path;
    for (int loop = 0; loop < loops; ++loop) {
        std::vector<Point> corners;
        for (int i = 0; i < rosette.fold / loops; ++i)
            corners.push_back(tip(rosette, radius, loop + i * k));
        path += polygon(corners);
    }
    return path;
}

Weave woven_star(Rosette const& rosette, double radius, int k, double width) {
    Weave weave{star_path(rosette, radius, k), {}};
    double const half = pi * k / rosette.fold;  // half the angle that a chord spans
    double const length = 2 * radius * std::sin(half);
    double const height = radius * std::cos(half);  // of the chord above the centre
    std::vector<Crossing> crossings;
    for (int d = 1; d < k; ++d) {
        double const turn = 2 * pi * d / rosette.fold;
        double const along =
            height * std::tan(turn / 2) / length;  // from the middle, where it meets the chord d further
        double const reach =
            ((width + 2 * edge_width) / 2 / std::sin(turn) + width / 2 / std::abs(std::tan(turn)) + 0.6) / length;
        crossings.push_back({0.5 - along, reach});
        crossings.push_back({0.5 + along, reach});
    }
    auto const pieces = top_pieces(crossings);
    for (int i = 0; i < rosette.fold; ++i) {
        auto const from = tip(rosette, radius, i);
        auto const to = tip(rosette, radius, i + k);
        for (auto const& [start, end] : pieces) {
            auto const middle = between(from, to, (start + end) / 2);
            if (std::hypot(middle.x - rosette.centre.x, middle.y - rosette.centre.y) < rosette.inner - 6) continue;
            weave.tops += polyline({between(from, to, start), between(from, to, end)});
        }
    }
    return weave;
}

/// n rings around the centre, each linked with its neighbours.
Weave woven_rings(Rosette const& rosette, double distance, double radius, double width) {
    Weave weave;
    std::vector<Crossing> crossings;
    for (int d = 1; d <= rosette.fold / 2; ++d) {
        double const half_gap = distance * std::sin(pi * d / rosette.fold);  // half the way between the two middles
        if (half_gap >= radius) break;
        double const middle = pi / 2 + pi * d / rosette.fold;  // where the neighbour lies, seen from here
        double const spread = std::acos(half_gap / radius);
        double const meeting = pi - 2 * std::asin(half_gap / radius);
        double const reach = ((width + 2 * edge_width) / 2 / std::max(0.3, std::sin(meeting)) + width / 3) / radius;
        for (double const at : {middle - spread, middle + spread}) {
            crossings.push_back({at, reach});
            crossings.push_back({2 * pi - at, reach});
        }
    }
    auto const pieces = top_pieces(crossings);
    for (int i = 0; i < rosette.fold; ++i) {
        auto const turn = 2 * pi * i / rosette.fold;
        auto const middle = on_circle(rosette.centre, distance, turn);
        weave.straps += circle_path(middle, radius);
        for (auto const& [start, end] : pieces)
            weave.tops += arc(middle, radius, turn + start, turn + end);
    }
    return weave;
}

/// Kites whose two halves catch the light differently, like folded paper.
std::string folded_kites(Rosette const& rosette, double foot, double shoulder, double point, double width,
                         double offset, double strength) {
    std::string lit, shaded;
    for (int i = 0; i < rosette.fold; ++i) {
        auto const low = tip(rosette, foot, i, offset);
        auto const high = tip(rosette, point, i, offset);
        lit += polygon({low, tip(rosette, shoulder, i, offset - width / 2), high});
        shaded += polygon({low, tip(rosette, shoulder, i, offset + width / 2), high});
    }
    return filled(lit, rosette.light, strength) + filled(shaded, rosette.light, strength * 0.42) +
           stroked(lit + shaded, rosette.light, 0.9, 0.5);
}

/// Pointed arches, one inside the other.
std::string petals(Rosette const& rosette, double foot, double point, double width, double offset, double opacity,
                   double line) {
    std::string path;
    for (int i = 0; i < rosette.fold; ++i) {
        auto const low = tip(rosette, foot, i, offset);
        auto const high = tip(rosette, point, i, offset);
        for (double const side : {-1.0, 1.0}) {
            auto const belly = tip(rosette, foot + (point - foot) * 0.38, i, offset + side * width);
            auto const neck = tip(rosette, foot + (point - foot) * 0.80, i, offset + side * width * 0.45);
            path += side < 0 ? "M" + number(low) + "C" + number(belly) + " " + number(neck) + " " + number(high)
                             : "C" + number(neck) + " " + number(belly) + " " + number(low) + "Z";
        }
    }
    return filled(path, rosette.light, opacity) + stroked(path, rosette.light, line);
}

std::string dots(Rosette const& rosette, double radius, double size, double offset, double opacity) {
    std::string path;
    for (int i = 0; i < rosette.fold; ++i)
        path += circle_path(tip(rosette, radius, i, offset), size);
    return filled(path, rosette.light, opacity);
}

std::string lozenges(Rosette const& rosette, double radius, double half_height, double half_width, double offset,
                     double opacity) {
    std::string path;
    for (int i = 0; i < rosette.fold; ++i) {
        auto const side = half_width / radius * rosette.fold / (2 * pi);
        path += polygon({tip(rosette, radius - half_height, i, offset), tip(rosette, radius, i, offset + side),
                         tip(rosette, radius + half_height, i, offset), tip(rosette, radius, i, offset - side)});
    }
    return filled(path, rosette.light, opacity);
}

/// The k whose star {n/k} has its inner corners nearest to a radius.
int spread_for(Rosette const& rosette, double outer, double inner) {
    auto const exact = std::acos(std::clamp(inner / outer, 0.0, 1.0)) * rosette.fold / pi;
    return std::clamp(static_cast<int>(std::lround(exact)), 2, (rosette.fold - 1) / 2);
}

/// Fine chords under a weave, like the ground of a banknote.
std::string ground(Rosette const& rosette, int k) {
    auto finer = rosette;
    finer.fold = rosette.fold < 14 ? 2 * rosette.fold : rosette.fold;
    return stroked(star_path(finer, rosette.outer - 2, k), rosette.light, 0.8, 0.34);
}

std::string woven_pattern(Rosette const& rosette, std::uint32_t own) {
    double const width = rosette.fold < 12 ? 6.2 : 5;
    auto const k = spread_for(rosette, rosette.outer - 6, rosette.inner * (own % 2 == 0 ? 1.0 : 0.8));
    // The strap's sharp corners reach further than the points they turn at.
    auto const outer = rosette.outer - 1 - (width / 2 + edge_width) / std::cos(pi * k / rosette.fold);
    auto drawn = ground(rosette, std::max(2, rosette.fold < 14 ? 2 * k - 1 : k - 1));
    drawn += "<path d=\"" + star_path(rosette, outer, k) + "\" fill=\"" + std::string(rosette.light) +
             "\" fill-opacity=\".24\" fill-rule=\"evenodd\"/>";
    if (own / 2 % 2 == 0) drawn += petals(rosette, rosette.inner - 4, rosette.outer - 20, 0.34, 0.5, 0.28, 1.2);
    drawn += draw_weave(woven_star(rosette, outer, k, width), width, rosette);
    return drawn + (own / 4 % 2 == 0 ? dots(rosette, rosette.outer - 11, 4, 0.5, 0.95)
                                     : lozenges(rosette, rosette.outer - 13, 7.5, 4, 0.5, 0.95));
}

std::string ring_pattern(Rosette const& rosette, std::uint32_t own) {
    auto rings = rosette;
    if (rosette.fold < 16) rings.fold = 2 * rosette.fold;
    double const width = 4.4;
    double const middle = (rosette.inner + rosette.outer) / 2;
    double const radius = (rosette.outer - rosette.inner) / 2 - 3;
    bool const slim = own % 2 == 0;
    auto drawn =
        slim ? lozenges(rings, middle, radius * 0.62, radius * 0.2, 0, 0.9) : dots(rings, middle, radius * 0.2, 0, 0.9);
    drawn += draw_weave(woven_rings(rings, middle, radius, width), width, rosette);
    return drawn;
}

std::string folded_pattern(Rosette const& rosette, std::uint32_t own) {
    auto const span = rosette.outer - rosette.inner;
    auto drawn =
        folded_kites(rosette, rosette.inner - 4, rosette.inner + span * 0.30, rosette.outer - 12, 0.92, 0.5, 0.34);
    drawn += folded_kites(rosette, rosette.inner - 10, rosette.inner + span * (own % 2 == 0 ? 0.42 : 0.28),
                          rosette.outer - 4, own % 2 == 0 ? 0.66 : 0.84, 0, 0.92);
    return drawn + (own / 2 % 2 == 0 ? dots(rosette, rosette.outer - 9, 3.4, 0.5, 0.95)
                                     : lozenges(rosette, rosette.outer - 11, 8, 4.2, 0.5, 0.95));
}

std::string petal_pattern(Rosette const& rosette, std::uint32_t own) {
    auto const span = rosette.outer - rosette.inner;
    auto drawn = petals(rosette, rosette.inner - 12, rosette.outer - 6, 0.62, 0.5, 0.16, 1.6);
    drawn += petals(rosette, rosette.inner - 12, rosette.outer - 6, 0.62, 0, 0.30, 2.4);
    drawn += petals(rosette, rosette.inner - 6, rosette.inner + span * 0.62, 0.34, 0, own % 2 == 0 ? 0.95 : 0.55, 1.2);
    return drawn + (own / 2 % 2 == 0 ? dots(rosette, rosette.outer - 26, 3.4, 0.5, 0.95)
                                     : lozenges(rosette, rosette.outer - 30, 10, 4, 0.5, 0.9));
}

}  // namespace

std::string draw_rosette(Rosette const& rosette) {
    auto const own = rosette.choice / 4;
    switch (rosette.choice % 4) {
        case 0:
            return woven_pattern(rosette, own);
        case 1:
            return folded_pattern(rosette, own);
        case 2:
            return ring_pattern(rosette, own);
        default:
            return petal_pattern(rosette, own);
    }
}

std::string draw_ground(Point centre, double radius, int fold, std::string_view colour) {
    Rosette const whole{centre, 0, radius, fold, 0, colour, colour, colour};
    std::string chords;
    for (int k = 3; 2 * k < fold; k += 2)
        chords += star_path(whole, radius, k);
    return stroked(chords, colour, 2);
}

std::string draw_emblem(Point centre, double radius, std::uint32_t choice, std::string_view colour) {
    constexpr int counts[] = {5, 7, 8, 10};  // six points are the emblem of a faith
    int const points = counts[choice % 4];
    bool const framed = choice / 4 % 2 == 0;
    double const waist = choice / 8 % 2 == 0 ? 0.45 : 0.62;
    std::vector<Point> corners;
    for (int i = 0; i < 2 * points; ++i)
        corners.push_back(on_circle(centre, i % 2 == 0 ? radius : radius * waist, pi * i / points));
    return framed ? stroked(polygon(corners), colour, 1.6) + filled(circle_path(centre, radius * 0.24), colour)
                  : filled(polygon(corners), colour) + filled(circle_path(centre, radius * 0.22), "#fbfaf7");
}

}  // namespace itqan::web
