#include "service/web/pictures/badge_design.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

#include "schemas/text_safety.hpp"
#include "service/web/pictures/badge_words.hpp"
#include "service/web/pictures/drawing.hpp"
#include "service/web/pictures/rosette.hpp"

namespace itqan::web {
namespace {

constexpr double pi = std::numbers::pi;
constexpr Point centre{300, 300};

// Radii, from the outside in.
constexpr double edge = 293;
constexpr double lettering = 249;  ///< Baseline of the issuer's name.
constexpr double ring_outside = 242, ring_middle = 226.5;
constexpr double field = 209;
constexpr double medallion = 127;

constexpr std::array<Palette, 8> palettes{{{"#0d7a78", "#07403f", "#f0dfae"},
                                           {"#2b63ad", "#122f5c", "#d3e6f8"},
                                           {"#96406a", "#4c1a36", "#f8d9e2"},
                                           {"#20804f", "#0a432c", "#dcf2d6"},
                                           {"#6351ad", "#2e2360", "#e2dcf8"},
                                           {"#96590f", "#523008", "#f9e4bd"},
                                           {"#ad4530", "#5a2015", "#fadccb"},
                                           {"#2e7596", "#123c50", "#d3edf7"}}};
constexpr std::array<int, 8> folds{8, 12, 10, 16, 12, 8, 10, 14};

/// Where the achievement's weight lies: the domain with the most levels in its alignment.
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

/// A number that is the achievement's own, for the choices that make its pattern: FNV-1a, mixed. Its last two bits,
/// which choose the kind of pattern, come from the number at the code's end if it has one, so that neighbours differ.
std::uint32_t own_number(std::string_view id) {
    std::uint32_t hash = 2166136261U;
    for (char const c : id)
        hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    hash ^= hash >> 15;
    hash *= 0x2c1b3c6dU;
    hash ^= hash >> 13;
    auto const digits = id.find_last_not_of("0123456789") + 1;
    std::uint32_t number = hash;
    std::from_chars(id.data() + digits, id.data() + id.size(), number);
    return (hash & ~3U) | (number & 3U);
}

std::string octagon(double radius) {
    std::vector<Point> corners;
    corners.reserve(8);
    for (int i = 0; i < 8; ++i)
        corners.push_back(on_circle(centre, radius, pi / 8 + pi * i / 4));
    return polygon(corners);
}

std::string octagonal_edge(Palette const& palette, std::string const& fill) {
    std::string stars;
    for (int i = 0; i < 8; ++i) {
        auto const middle = on_circle(centre, 288, pi / 8 + pi * i / 4);
        std::vector<Point> corners;
        corners.reserve(8);
        for (int corner = 0; corner < 8; ++corner)
            corners.push_back(on_circle(middle, corner % 2 == 0 ? 7.5 : 3.2, pi / 8 + pi * corner / 4));
        stars += polygon(corners);
    }
    return "<path d=\"" + octagon(304) + "\" fill=\"" + fill + "\" stroke=\"" + fill +
           "\" stroke-width=\"14\" stroke-linejoin=\"round\"/>" + "<path d=\"" + octagon(301) +
           "\" fill=\"none\" stroke=\"" + std::string(palette.light) +
           "\" stroke-opacity=\".65\" stroke-width=\"1.6\" stroke-linejoin=\"round\"/>" + filled(stars, palette.light);
}

std::string scalloped_edge(Palette const& palette, std::string const& fill) {
    constexpr int scallops = 32;
    std::string edge_path = "M" + number(on_circle(centre, 276, -pi / scallops));
    std::string beads;
    for (int i = 0; i < scallops; ++i) {
        edge_path += "A29 29 0 0 1 " + number(on_circle(centre, 276, pi * (2 * i + 1) / scallops));
        beads += circle_path(on_circle(centre, 279.5, 2 * pi * i / scallops), 3.1);
    }
    return "<path d=\"" + edge_path + "Z\" fill=\"" + fill + "\"/>" + filled(beads, palette.light, 0.9) +
           stroked(circle_path(centre, 273), palette.light, 1.2, 0.65);
}

std::string round_edge(Palette const& palette, std::string const& fill) {
    return "<circle cx=\"300\" cy=\"300\" r=\"" + number(edge) + "\" fill=\"" + fill + "\"/>" +
           stroked(circle_path(centre, 285), palette.light, 2.2, 0.8) +
           stroked(circle_path(centre, 278.5), palette.light, 1, 0.6);
}

std::string outline_of(std::string_view type, Palette const& palette, std::string const& fill) {
    if (type.starts_with("Certificate") || type == "Diploma") return octagonal_edge(palette, fill);
    if (type == "MicroCredential") return scalloped_edge(palette, fill);
    return round_edge(palette, fill);
}

std::string level_ring(int level, Palette const& palette) {
    std::string lit, unlit, joints;
    constexpr double gap = 0.085;
    for (int i = 0; i < 5; ++i) {
        auto const from = 2 * pi * i / 5;
        (i < level ? lit : unlit) += arc(centre, ring_middle, from + gap, from + 2 * pi / 5 - gap);
        auto const middle = on_circle(centre, ring_middle, from);
        joints += polygon({{middle.x, middle.y - 5.5},
                           {middle.x + 5.5, middle.y},
                           {middle.x, middle.y + 5.5},
                           {middle.x - 5.5, middle.y}});
    }
    auto ring = filled(circle_path(centre, ring_outside), paper);
    ring += "<g stroke-linecap=\"round\">" + (unlit.empty() ? std::string() : stroked(unlit, "#dcd7ca", 13));
    if (!lit.empty()) ring += stroked(lit, palette.colour, 15);
    return ring + "</g>" + filled(joints, palette.dark, 0.85);
}

std::string placed(std::string const& path, Point at, std::string_view fill) {
    return "<path transform=\"translate(" + number(at) + ")\" d=\"" + path + "\" fill=\"" + std::string(fill) + "\"/>";
}

std::string level_words(int level, std::string_view language) {
    return (language == "ar" ? "المستوى " : "Level ") + std::to_string(level);
}

std::string beads(double radius, int count, std::string_view colour) {
    return "<circle cx=\"300\" cy=\"300\" r=\"" + number(radius) + "\" fill=\"none\" stroke=\"" + std::string(colour) +
           "\" stroke-width=\"1.8\" stroke-linecap=\"round\" stroke-dasharray=\"0 " + number(2 * pi * radius / count) +
           "\"/>";
}

std::string draw_medallion(domain::Achievement const& achievement, std::string_view language, std::uint32_t own,
                           Palette const& palette, TextOutliner const& outliner) {
    std::string drawn = filled(circle_path(centre, medallion + 5), palette.dark, 0.55) +
                        filled(circle_path(centre, medallion), paper) +
                        stroked(circle_path(centre, medallion - 6), palette.colour, 2) +
                        beads(medallion - 11, 60 + static_cast<int>((own * 2654435761U >> 16) % 61), palette.colour);
    drawn += draw_emblem({300, 300 - 88}, 14, own >> 14, palette.colour);
    bool const arabic = language == "ar";
    auto const title = outliner.inside_circle(
        achievement.name.in(language), language,
        {.face = Face::serif, .bold = true, .size = arabic ? 37.0 : 34.0, .minimum = 11, .centred = true},
        medallion - 15, arabic ? 58 : 62);
    drawn += placed(title.path, centre, ink);
    if (int const level = level_of(achievement); level > 0) {
        auto const words = outliner.inside_circle(level_words(level, language), language,
                                                  {.bold = true,
                                                   .size = arabic ? 19.0 : 15.0,
                                                   .minimum = 8,
                                                   .centred = true,
                                                   .letter_spacing = 2,
                                                   .capitals = true},
                                                  62, 12);
        drawn += placed(words.path, {300, 300 + 89}, palette.colour);
    }
    return drawn;
}

/// On the band outside the ring: the issuer over the head, the year under the foot.
std::string draw_lettering(std::string const& issuer, int year, std::string_view language, Palette const& palette,
                           TextOutliner const& outliner) {
    bool const arabic = language == "ar";
    TextStyle style{.bold = true,
                    .size = arabic ? 18.0 : 16.5,
                    .minimum = 9,
                    .width = lettering * 1.45 * pi,
                    .letter_spacing = 1.6,
                    .capitals = true};
    std::string drawn;
    if (!issuer.empty())
        drawn += placed(
            outliner
                .along_circle(issuer, language, style, arabic ? lettering + 3 : lettering + 2, TextOutliner::Side::head)
                .path,
            centre, palette.light);
    style.letter_spacing = 4;
    return drawn +
           placed(
               outliner.along_circle(std::to_string(year), "en", style, lettering + 14, TextOutliner::Side::foot).path,
               centre, palette.light);
}

}  // namespace

Palette const& palette_of(domain::Programme const& programme, domain::Achievement const& achievement) {
    return palettes[domain_index(programme, achievement) % palettes.size()];
}

int level_of(domain::Achievement const& achievement) {
    int level = 0;
    for (auto const& award : achievement.alignment)
        level = std::max(level, award.level);
    return level;
}

std::string badge_elements(domain::Programme const& programme, domain::Achievement const& achievement,
                           std::string_view language, int year, TextOutliner const& outliner) {
    auto const& palette = palette_of(programme, achievement);
    auto const own = own_number(achievement.id);
    auto const* const issuer = programme.issuer(achievement.issuer_id);
    std::string drawn =
        "<defs><radialGradient id=\"field\" cx=\"300\" cy=\"300\" r=\"209\" gradientUnits=\"userSpaceOnUse\"><stop "
        "offset=\".5\" stop-color=\"" +
        std::string(palette.colour) + "\"/><stop offset=\"1\" stop-color=\"" +
        mixed(palette.colour, palette.dark, 0.75) + "\"/></radialGradient></defs>";
    drawn += outline_of(achievement.type, palette, std::string(palette.dark));
    drawn += level_ring(level_of(achievement), palette);
    drawn += "<circle cx=\"300\" cy=\"300\" r=\"" + number(field) + "\" fill=\"url(#field)\"/>";
    drawn += draw_rosette({centre, medallion, field, folds[domain_index(programme, achievement) % folds.size()], own,
                           palette.colour, palette.dark, palette.light});
    drawn += draw_medallion(achievement, language, own, palette, outliner);
    return drawn + draw_lettering(issuer == nullptr ? std::string() : issuer->name.in(language), year, language,
                                  palette, outliner);
}

std::string badge_design(domain::Programme const& programme, domain::Achievement const& achievement,
                         std::string_view language, int year, TextOutliner const& outliner) {
    auto const name = schemas::escape_html(schemas::make_visible(achievement.name.in(language)));
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 600 600\" width=\"600\" height=\"600\" "
           "role=\"img\" aria-label=\"" +
           name + "\"><title>" + name + "</title>" + badge_elements(programme, achievement, language, year, outliner) +
           "</svg>";
}

}  // namespace itqan::web
