#include "service/web/pictures/share_card.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <nlohmann/json.hpp>

#include "service/web/pictures/badge_design.hpp"
#include "service/web/pictures/badge_words.hpp"
#include "service/web/pictures/drawing.hpp"
#include "service/web/pictures/qr_code.hpp"
#include "service/web/pictures/rosette.hpp"

namespace itqan::web {
namespace {

constexpr double width = 1200, height = 627;
constexpr double panel = 500;  ///< Width of the side with the badge.
constexpr double margin = 52;
constexpr double column = width - panel - 2 * margin;
constexpr double code_room = 168, code_top = 426;

/// A line or more of the text column, with what stands behind it, at 0, 0.
struct Block {
    std::string drawn;
    double height = 0, gap = 0;
};

class Column {
  public:
    Column(TextOutliner const& outliner, std::string_view language) : outliner_(outliner), language_(language) {}

    void add(std::string const& text, TextStyle style, std::string_view fill, double gap) {
        if (text.empty()) return;
        style.width = column;
        auto const words = outliner_.outline(text, language_, style);
        blocks_.push_back({filled(words.path, fill), words.height, gap});
    }

    /// Words on a tinted ground with a coloured edge.
    void add_state(BadgeState const& state) {
        TextStyle const style{.bold = true, .size = 26, .minimum = 15, .width = column - 44, .height = 44};
        auto const words = outliner_.outline(state.words, language_, style);
        double const ground = words.width + 44;
        double const tall = words.height + 14;
        double const left = language_ == "ar" ? column - ground : 0;
        double const edge = language_ == "ar" ? column - 6 : 0;
        blocks_.push_back({box(left, 0, ground, tall, 4, state.colour, 0.12) + box(edge, 0, 6, tall, 0, state.colour) +
                               moved(22, 7, filled(words.path, state.colour)),
                           tall, 0});
    }

    /// Stacked, in the middle between two heights.
    std::string drawn(double left, double top, double bottom) const {
        double total = 0;
        for (auto const& block : blocks_)
            total += block.height + block.gap;
        double y = top + std::max(0.0, (bottom - top - total) / 2);
        std::string all;
        for (auto const& block : blocks_) {
            all += moved(left, y, block.drawn);
            y += block.height + block.gap;
        }
        return all;
    }

  private:
    TextOutliner const& outliner_;
    std::string_view language_;
    std::vector<Block> blocks_;
};

/// The code to scan, and the same address to read and type.
std::string draw_code(std::string const& address, Words const& words, std::string_view language, double left,
                      std::string_view colour, TextOutliner const& outliner) {
    auto const code = qr_code(address);
    double const module = std::max(1.0, std::floor(code_room / code.size));  // whole pixels scan best
    double const code_size = module * code.size;
    double const code_left = words.arabic ? left + column - code_size : left;
    auto drawn = box(code_left, code_top, code_size, code_size, 6, "#ffffff") + "<g transform=\"translate(" +
                 number(Point{code_left, code_top}) + ") scale(" + number(module) +
                 ")\" shape-rendering=\"crispEdges\">" + filled(code.path, "#000000") + "</g>";
    constexpr double gap = 24;
    double const room = column - code_size - gap;
    double const text_left = words.arabic ? left : left + code_size + gap;
    auto const invitation = outliner.outline(words.say("See and check it at", "للاطّلاع والتحقق"), language,
                                             {.size = 21, .minimum = 14, .width = room, .height = 60});
    drawn += moved(text_left, code_top + 42, filled(invitation.path, soft_ink));

    auto const scheme = address.find("://");
    auto const bare = scheme == std::string::npos ? address : address.substr(scheme + 3);
    auto const slash = bare.rfind("/c/");
    auto const place = outliner.outline(slash == std::string::npos ? bare : bare.substr(0, slash + 3), "en",
                                        {.size = 21, .minimum = 10});
    auto const short_code = outliner.outline(slash == std::string::npos ? bare : bare.substr(slash + 3), "en",
                                             {.bold = true, .size = 32, .minimum = 12, .width = room, .height = 48});
    auto const place_left = words.arabic ? text_left + room - std::min(room, place.width) : text_left;
    auto const code_text_left = words.arabic ? text_left + room - short_code.width : text_left;
    double const squeeze = std::min(1.0, room / std::max(1.0, place.width));
    drawn += "<g transform=\"translate(" + number(Point{place_left, code_top + 72}) + ") scale(" + number(squeeze) +
             ")\">" + filled(place.path, soft_ink) + "</g>";
    return drawn + moved(code_text_left, code_top + 100, filled(short_code.path, colour));
}

}  // namespace

std::string share_card_svg(domain::Programme const& programme, domain::Achievement const& achievement,
                           domain::CredentialView const& credential, Instant now, TextOutliner const& outliner) {
    std::string_view const language = credential.row.language;
    Words const words{language == "ar"};
    auto const& palette = palette_of(programme, achievement);
    auto const* const issuer = programme.issuer(credential.row.issuer_id);
    auto const state = state_of(credential.row, now, words);
    double const panel_left = words.arabic ? width - panel : 0;
    double const text_left = words.arabic ? margin : panel + margin;
    double const badge_left = panel_left + (panel - 432) / 2;

    std::string svg =
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1200 627\" width=\"1200\" height=\"627\">";
    svg += box(0, 0, width, height, 0, paper) + box(panel_left, 0, panel, height, 0, mixed(palette.light, paper, 0.45));
    svg += "<svg x=\"" + number(panel_left) +
           "\" y=\"0\" width=\"500\" height=\"627\" viewBox=\"0 0 500 627\"><g opacity=\".10\">" +
           draw_ground({250, 313.5}, 460, 16, palette.dark) + "</g></svg>";
    svg += box(words.arabic ? panel_left : panel - 6, 0, 6, height, 0, palette.colour);
    svg += "<g transform=\"translate(" + number(Point{badge_left, (height - 432) / 2}) + ") scale(.72)\"" +
           (state.in_order() ? "" : " opacity=\".38\"") + ">" +
           badge_elements(programme, achievement, language, credential.row.awarded_at.day().year(), outliner) + "</g>";

    Column text(outliner, language);
    text.add(issuer == nullptr ? std::string() : issuer->name.in(language),
             {.bold = true, .size = 24, .minimum = 15, .height = 66}, palette.colour, 12);
    text.add(achievement.name.in(language),
             {.face = Face::serif, .bold = true, .size = 54, .minimum = 24, .height = 190}, ink, 14);
    text.add(name_shown(credential), {.bold = true, .size = 31, .minimum = 17, .height = 50}, ink, 8);
    text.add(level_in_words(programme, achievement, language, words), {.size = 25, .minimum = 15, .height = 70},
             soft_ink, 16);
    text.add_state(state);
    svg += text.drawn(text_left, 30, code_top - 18);
    return svg + draw_code(credential.share_url, words, language, text_left, ink, outliner) + "</svg>";
}

}  // namespace itqan::web
