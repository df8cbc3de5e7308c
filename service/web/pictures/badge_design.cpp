#include "service/web/pictures/badge_design.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <numbers>
#include <vector>

#include "schemas/text_safety.hpp"

namespace itqan::web {
namespace {

constexpr double pi = std::numbers::pi;
constexpr double upright = -pi / 2;
constexpr double centre = 300;
constexpr double field = 226;  ///< Radius of the rosette.

constexpr std::array<Palette, 8> palettes{{{"#0b6e6e", "#0a4b52", "#e9d8a6"}, {"#2a5d9f", "#173a6b", "#cfe3f5"},
                                           {"#8a3b5d", "#5a2340", "#f3d3dc"}, {"#1f7a4d", "#0f4d33", "#d6efd8"},
                                           {"#5b4a9e", "#382d6b", "#dcd6f3"}, {"#8a5212", "#5c3509", "#f5e1bf"},
                                           {"#a3432f", "#6b281b", "#f6d6c6"}, {"#2f6f8f", "#184459", "#cfe9f2"}}};
constexpr std::array<int, 8> folds{8, 12, 10, 16, 12, 8, 10, 14};

struct Point {
    double x, y;
};

Point at(double radius, double angle) { return {centre + radius * std::cos(angle), centre + radius * std::sin(angle)}; }

std::string number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.2f", value);
    return text;
}

std::string pair(Point point) { return number(point.x) + " " + number(point.y); }

std::string polygon(std::vector<Point> const& points, bool closed = true) {
    std::string path;
    for (auto const& point : points) path += (path.empty() ? "M" : "L") + pair(point);
    return closed ? path + "Z" : path;
}

/// The chords of the star polygon {n/k}.
std::string star(int n, int k, double radius) {
    std::string path;
    for (int i = 0; i < n; ++i)
        path += polygon({at(radius, upright + 2 * pi * i / n), at(radius, upright + 2 * pi * ((i + k) % n) / n)}, false);
    return path;
}

std::string arc(double radius, double from, double to) {
    return "M" + pair(at(radius, from)) + "A" + number(radius) + " " + number(radius) + " 0 0 1 " + pair(at(radius, to));
}

std::size_t domain_index(domain::Programme const& programme, domain::Achievement const& achievement) {
    auto const& domains = programme.framework.domains;
    std::vector<int> weight(domains.size(), 0);
    for (auto const& award : achievement.alignment) {
        auto const* const competency = programme.competency(award.competency);
        if (competency == nullptr) continue;
        for (std::size_t i = 0; i < domains.size(); ++i)
            if (domains[i].code == competency->domain) weight[i] += award.level;
    }
    if (weight.empty()) return 0;
    return static_cast<std::size_t>(std::max_element(weight.begin(), weight.end()) - weight.begin());
}

/// A number that is the achievement's own, for the choices that make its pattern (FNV-1a).
std::uint32_t own_number(std::string_view id) {
    std::uint32_t hash = 2166136261U;
    for (char const c : id) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    return hash ^ (hash >> 15);
}

std::string outline_shape(std::string_view type, Palette const& palette) {
    std::string const dark(palette.dark);
    if (type == "Certificate") {
        std::vector<Point> corners;
        for (int i = 0; i < 8; ++i) corners.push_back(at(292, upright + pi / 8 + 2 * pi * i / 8));
        return "<path d=\"" + polygon(corners) + "\" fill=\"" + dark + "\" stroke=\"" + dark + "\" stroke-width=\"14\" stroke-linejoin=\"round\"/>";
    }
    if (type == "MicroCredential") {
        constexpr int scallops = 24;
        std::string path = "M" + pair(at(270, upright));
        for (int i = 1; i <= scallops; ++i) path += "A38 38 0 0 1 " + pair(at(270, upright + 2 * pi * i / scallops));
        return "<path d=\"" + path + "Z\" fill=\"" + dark + "\"/><circle cx=\"300\" cy=\"300\" r=\"278\" fill=\"" + dark + "\"/>";
    }
    return "<circle cx=\"300\" cy=\"300\" r=\"290\" fill=\"" + dark + "\"/>";
}

std::string level_ring(int level, Palette const& palette) {
    std::string ring;
    for (int i = 0; i < 5; ++i) {
        auto const from = upright + 2 * pi * i / 5 + 0.05;
        auto const to = upright + 2 * pi * (i + 1) / 5 - 0.05;
        ring += "<path d=\"" + arc(250, from, to) + "\" fill=\"none\" stroke=\"" + std::string(i < level ? palette.colour : "#dfdbd0") +
                "\" stroke-width=\"15\" stroke-linecap=\"round\"/>";
    }
    return ring;
}

std::string rosette(int n, std::uint32_t own, Palette const& palette) {
    auto const stroke = [](std::string const& path, double width, double opacity) {
        return "<path d=\"" + path + "\" stroke-width=\"" + number(width) + "\" opacity=\"" + number(opacity) + "\"/>";
    };
    std::string pattern = "<g fill=\"none\" stroke=\"" + std::string(palette.light) + "\" stroke-linejoin=\"round\">";
    int const wide = n / 2 - 1;
    int const middle = std::max(2, n / 3 - static_cast<int>(own % 2));
    int const narrow = std::max(2, n / 4 + static_cast<int>(own / 2 % 2));
    pattern += stroke(star(n, wide, field), 2.2, 0.9) + stroke(star(n, middle, field), 1.6, 0.55);
    if (narrow != middle) pattern += stroke(star(n, narrow, field), 1.3, 0.4);
    for (double const radius : {field * std::cos(pi * wide / n), 150.0 + 12 * (own / 4 % 4)}) {
        std::vector<Point> corners;
        for (int i = 0; i < n; ++i) corners.push_back(at(radius, upright + pi / n + 2 * pi * i / n));
        pattern += stroke(polygon(corners), 1.4, 0.5);
    }
    double const waist = 0.38 + 0.09 * (own / 16 % 4);
    double const shoulder = 160 + 8.0 * (own / 64 % 4);
    double const tip = 204 + 6.0 * (own / 256 % 3);
    for (int i = 0; i < n; ++i) {
        auto const angle = upright + 2 * pi * i / n;
        auto const petal = polygon({at(118, angle), at(shoulder, angle - pi / n * waist), at(tip, angle), at(shoulder, angle + pi / n * waist)});
        pattern += "<path d=\"" + petal + "\" stroke-width=\"1.6\" fill=\"" + std::string(palette.light) + "\" fill-opacity=\".14\" opacity=\".95\"/>";
        if (own / 1024 % 2 == 1) {
            auto const between = at(196, angle + pi / n);
            pattern += "<circle cx=\"" + number(between.x) + "\" cy=\"" + number(between.y) + "\" r=\"" + number(4 + own / 2048 % 3) +
                       "\" stroke-width=\"1.4\" fill=\"" + std::string(palette.light) + "\" fill-opacity=\".3\"/>";
        }
    }
    return pattern + "</g>";
}

std::string placed(Outline const& outline, double x, double y, std::string_view fill) {
    return "<path transform=\"translate(" + number(x) + " " + number(y) + ")\" d=\"" + outline.path + "\" fill=\"" + std::string(fill) + "\"/>";
}

std::string medallion(std::string const& title, int level, int year, std::string_view language, Palette const& palette, TextOutliner const& outliner) {
    std::string drawn = "<circle cx=\"300\" cy=\"300\" r=\"134\" fill=\"#fbfaf7\"/><circle cx=\"300\" cy=\"300\" r=\"126\" fill=\"none\" stroke=\"" +
                        std::string(palette.colour) + "\" stroke-width=\"2\"/>";
    auto const words = outliner.outline(title, language, {.face = Face::serif, .size = 31, .minimum = 14, .width = 204, .height = 132, .centred = true});
    drawn += placed(words, 300, 290 - words.height / 2, "#16202a");
    auto const year_text = std::to_string(year);
    auto const level_text = language == "ar" ? (level > 0 ? "المستوى " + std::to_string(level) + " · " : std::string()) + year_text
                                             : (level > 0 ? "LEVEL " + std::to_string(level) + " · " : std::string()) + year_text;
    auto const below = outliner.outline(level_text, language, {.bold = true, .size = language == "ar" ? 17.0 : 14.0, .centred = true, .letter_spacing = 1.6});
    return drawn + placed(below, 300, 378 - below.height / 2, palette.colour);
}

/// The issuer's name as a small banner of text below the medallion's foot, on the rosette.
std::string issuer_line(std::string const& name, std::string_view language, Palette const& palette, TextOutliner const& outliner) {
    auto const words = outliner.outline(name, language, {.bold = true, .size = 15, .minimum = 9, .width = 250, .height = 40, .centred = true});
    double const height = words.height + 12;
    double const width = std::min(250.0, words.width) + 32;
    double const top = 469 - height / 2;
    return "<rect x=\"" + number(300 - width / 2) + "\" y=\"" + number(top) + "\" width=\"" + number(width) + "\" height=\"" + number(height) + "\" rx=\"" +
           number(height / 2) + "\" fill=\"" + std::string(palette.dark) + "\" stroke=\"" + std::string(palette.light) + "\" stroke-width=\"1.4\"/>" +
           placed(words, 300, top + 6, "#ffffff");
}

}  // namespace

Palette const& palette_of(domain::Programme const& programme, domain::Achievement const& achievement) {
    return palettes[domain_index(programme, achievement) % palettes.size()];
}

int level_of(domain::Achievement const& achievement) {
    int level = 0;
    for (auto const& award : achievement.alignment) level = std::max(level, award.level);
    return level;
}

std::string badge_elements(domain::Programme const& programme, domain::Achievement const& achievement,
                           std::string_view language, int year, TextOutliner const& outliner) {
    auto const& palette = palette_of(programme, achievement);
    int const n = folds[domain_index(programme, achievement) % folds.size()];
    auto const* const issuer = programme.issuer(achievement.issuer_id);
    std::string drawn = "<defs><radialGradient id=\"field\" cx=\"50%\" cy=\"38%\" r=\"75%\"><stop offset=\"0\" stop-color=\"" + std::string(palette.colour) +
                        "\"/><stop offset=\"1\" stop-color=\"" + std::string(palette.dark) + "\"/></radialGradient></defs>";
    drawn += outline_shape(achievement.type, palette);
    drawn += "<circle cx=\"300\" cy=\"300\" r=\"270\" fill=\"#fbfaf7\"/>" + level_ring(level_of(achievement), palette);
    drawn += "<circle cx=\"300\" cy=\"300\" r=\"226\" fill=\"url(#field)\"/>" + rosette(n, own_number(achievement.id), palette);
    drawn += medallion(achievement.name.in(language), level_of(achievement), year, language, palette, outliner);
    if (issuer != nullptr) drawn += issuer_line(issuer->name.in(language), language, palette, outliner);
    return drawn;
}

std::string badge_design(domain::Programme const& programme, domain::Achievement const& achievement,
                         std::string_view language, int year, TextOutliner const& outliner) {
    auto const name = schemas::escape_html(schemas::make_visible(achievement.name.in(language)));
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 600 600\" width=\"600\" height=\"600\" role=\"img\" aria-label=\"" + name + "\"><title>" + name +
           "</title>" + badge_elements(programme, achievement, language, year, outliner) + "</svg>";
}

}  // namespace itqan::web
