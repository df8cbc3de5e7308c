#include "service/web/pictures/certificate.hpp"

#include <algorithm>
#include <vector>

#include <nlohmann/json.hpp>

#include "service/domain/rule_words.hpp"
#include "service/web/pictures/badge_design.hpp"
#include "service/web/pictures/badge_words.hpp"
#include "service/web/pictures/drawing.hpp"
#include "service/web/pictures/qr_code.hpp"
#include "service/web/pictures/rosette.hpp"

namespace itqan::web {
namespace {

// A quarter of a millimetre is one unit.
constexpr double page_width = 1188, page_height = 840;
constexpr double panel = 452;  ///< Width of the side with the badge.
constexpr double margin = 64;
constexpr double column = page_width - panel - 2 * margin;
constexpr double code_room = 150, code_top = page_height - margin - code_room;

/// "badges.example" of did:web:badges.example:issuers:durrat or of an https address.
std::string domain_of(std::string_view issuer) {
    std::string_view rest = issuer;
    if (rest.starts_with("did:web:")) {
        rest.remove_prefix(8);
        rest = rest.substr(0, rest.find(':'));
    } else if (rest.starts_with("https://")) {
        rest.remove_prefix(8);
        rest = rest.substr(0, rest.find('/'));
    } else {
        return {};
    }
    std::string domain(rest);
    if (auto const port = domain.find("%3A"); port != std::string::npos) domain.replace(port, 3, ":");
    return domain;
}

/// The text column, from the top down; it remembers what it said.
class Sheet {
  public:
    Sheet(TextOutliner const& outliner, Words const& words, double left)
        : outliner_(outliner), words_(words), left_(left) {}

    void line(std::string const& text, TextStyle style, std::string_view fill, double gap) {
        if (text.empty()) return;
        style.width = column;
        auto const outline = outliner_.outline(text, language(), style);
        add(filled(outline.path, fill), outline.height, gap, text);
    }
    void rule(std::string_view colour, double gap) {
        add(box(words_.arabic ? column - 72 : 0, 0, 72, 3, 0, colour), 3, gap, {});
    }
    /// Words on a tinted ground with a coloured edge.
    void state(BadgeState const& state) {
        TextStyle const style{.bold = true, .size = 22, .minimum = 14, .width = column - 40, .height = 40};
        auto const outline = outliner_.outline(state.words, language(), style);
        double const ground = outline.width + 40, tall = outline.height + 12;
        add(box(words_.arabic ? column - ground : 0, 0, ground, tall, 4, state.colour, 0.12) +
                box(words_.arabic ? column - 6 : 0, 0, 6, tall, 0, state.colour) +
                moved(20, 6, filled(outline.path, state.colour)),
            tall, 0, state.words);
    }

    /// In the middle between two heights.
    std::string drawn(double top, double bottom) const {
        double total = 0;
        for (auto const& block : blocks_)
            total += block.height + block.gap;
        double y = top + std::max(0.0, (bottom - top - total) / 2);
        std::string all;
        for (auto const& block : blocks_) {
            all += moved(left_, y, block.drawn);
            y += block.height + block.gap;
        }
        return all;
    }
    std::string const& said() const { return said_; }
    void say(std::string_view text) {
        if (!text.empty()) said_ += (said_.empty() ? "" : "\n") + std::string(text);
    }
    std::string_view language() const { return words_.arabic ? "ar" : "en"; }

  private:
    struct Block {
        std::string drawn;
        double height = 0, gap = 0;
    };
    void add(std::string drawing, double height, double gap, std::string_view text) {
        blocks_.push_back({std::move(drawing), height, gap});
        say(text);
    }

    TextOutliner const& outliner_;
    Words words_;
    double left_;
    std::vector<Block> blocks_;
    std::string said_;
};

/// The code to scan with the same address to type beside it, and which of page and paper counts.
std::string draw_check(std::string const& address, Words const& words, double left, std::string_view colour,
                       TextOutliner const& outliner, Sheet& sheet) {
    auto const code = qr_code(address);
    double const module = code_room / code.size;
    double const quiet = 4 * module;  // White on white: the code itself stands at the edge of the column.
    double const code_left = words.arabic ? left + column - code_room + quiet : left - quiet;
    constexpr double gap = 26, room = column - code_room - gap;
    double const text_left = words.arabic ? left : left + code_room + gap;
    auto drawn = box(code_left, code_top, code_room, code_room, 0, "#ffffff") + "<g transform=\"translate(" +
                 number(Point{code_left, code_top}) + ") scale(" + std::to_string(module) + ")\">" +
                 filled(code.path, "#000000") + "</g>";
    auto const invitation = words.say("Check this badge at", "للتحقق من هذه الشارة");
    auto const notice = words.say(
        "What counts is what this page says today, not the paper. The signed badge is "
        "attached to this PDF file.",
        "المرجع هو ما تقوله هذه الصفحة اليوم لا الورقة. الشارة الموقّعة مرفقة بملف PDF هذا.");
    auto const scheme = address.find("://");
    auto const bare = scheme == std::string::npos ? address : address.substr(scheme + 3);
    auto const at_edge = [&](Outline const& outline) {
        return words.arabic ? text_left + room - outline.width : text_left;
    };
    auto const first = outliner.outline(invitation, sheet.language(), {.size = 19, .width = room, .height = 40});
    auto const link =
        outliner.outline(bare, "en", {.bold = true, .size = 24, .minimum = 9, .width = room, .height = 36});
    auto const last =
        outliner.outline(notice, sheet.language(), {.size = 16, .minimum = 11, .width = room, .height = 64});
    double y = code_top + (code_room - first.height - link.height - last.height - 14) / 2;
    drawn += moved(text_left, y, filled(first.path, soft_ink));
    y += first.height + 2;
    drawn += moved(at_edge(link), y, filled(link.path, colour));
    y += link.height + 12;
    drawn += moved(text_left, y, filled(last.path, soft_ink));
    sheet.say(invitation + " " + address);
    sheet.say(notice);
    return drawn;
}

}  // namespace

Certificate draw_certificate(domain::Programme const& programme, domain::Achievement const& achievement,
                             domain::CredentialView const& credential, Instant now, TextOutliner const& outliner) {
    std::string_view const language = credential.row.language;
    Words const words{language == "ar"};
    auto const& palette = palette_of(programme, achievement);
    auto const* const issuer = programme.issuer(credential.row.issuer_id);
    auto const issuer_name = issuer == nullptr ? std::string() : issuer->name.in(language);
    auto const issuer_id = credential.credential.value(Json::json_pointer("/issuer/id"), "");
    auto const state = state_of(credential.row, now, words);
    double const panel_left = words.arabic ? page_width - panel : 0;
    double const text_left = words.arabic ? margin : panel + margin;
    constexpr double badge = 372;

    Sheet sheet(outliner, words, text_left);
    sheet.line(issuer_name, {.bold = true, .size = 25, .minimum = 15, .height = 70}, palette.colour, 2);
    sheet.line(domain_of(issuer_id), {.size = 18, .minimum = 11, .height = 26}, soft_ink, 26);
    sheet.line(achievement.name.in(language),
               {.face = Face::serif, .bold = true, .size = 54, .minimum = 24, .height = 200}, ink, 18);
    sheet.rule(palette.colour, 22);
    auto const name = name_shown(credential);
    if (!name.empty()) {
        sheet.line(words.say("Awarded to", "مُنحت إلى"), {.size = 18, .height = 30}, soft_ink, 0);
        sheet.line(name, {.bold = true, .size = 34, .minimum = 17, .height = 56}, ink, 14);
    }
    sheet.line(level_in_words(programme, achievement, language, words), {.size = 23, .minimum = 15, .height = 70}, ink,
               4);
    sheet.line(
        words.say("Awarded on ", "تاريخ المنح: ") + domain::day_in_words(credential.row.awarded_at.day(), language),
        {.size = 21, .minimum = 14, .height = 34}, soft_ink, 18);
    sheet.state(state);

    Certificate made;
    made.svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1188 840\" width=\"1188\" height=\"840\">";
    made.svg += box(panel_left, 0, panel, page_height, 0, mixed(palette.light, paper, 0.45));
    made.svg += "<svg x=\"" + number(panel_left) + "\" y=\"0\" width=\"" + number(panel) + "\" height=\"" +
                number(page_height) + "\" viewBox=\"0 0 " + number(panel) + " " + number(page_height) +
                "\"><g opacity=\".10\">" + draw_ground({panel / 2, page_height / 2}, 560, 16, palette.dark) +
                "</g></svg>";
    made.svg += box(words.arabic ? panel_left : panel - 6, 0, 6, page_height, 0, palette.colour);
    made.svg += "<g transform=\"translate(" +
                number(Point{panel_left + (panel - badge) / 2 + (words.arabic ? 3 : -3), (page_height - badge) / 2}) +
                ") scale(" + number(badge / 600) + ")\"" + (state.in_order() ? "" : " opacity=\".38\"") + ">" +
                badge_elements(programme, achievement, language, credential.row.awarded_at.day().year(), outliner) +
                "</g>";
    made.svg += sheet.drawn(margin, code_top - 30);
    made.svg += draw_check(credential.share_url, words, text_left, ink, outliner, sheet) + "</svg>";

    double const unit = Certificate::width / page_width;
    made.words = {
        .language = std::string(language),
        .title = achievement.name.in(language) + (issuer_name.empty() ? "" : " – " + issuer_name),
        .text = sheet.said(),
        .link = credential.share_url,
        .link_box = {text_left * unit, margin * unit, (text_left + column) * unit, (margin + code_room) * unit}};
    made.author = issuer_name;
    made.created = credential.row.awarded_at.text();
    return made;
}

}  // namespace itqan::web
