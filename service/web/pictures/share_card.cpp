#include "service/web/pictures/share_card.hpp"

#include <cstdio>

#include <nlohmann/json.hpp>

#include "service/domain/rule_words.hpp"
#include "service/web/pictures/badge_design.hpp"
#include "service/web/pictures/qr_code.hpp"

namespace itqan::web {
namespace {

std::string number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.2f", value);
    return text;
}

struct Words {
    std::string_view language;
    std::string say(std::string_view english, std::string_view arabic) const { return std::string(language == "ar" ? arabic : english); }
};

/// What is not in order comes first; otherwise until when it runs.
std::string state_of(storage::CredentialRow const& row, Instant now, Words const& words) {
    if (row.status == "revoked") return words.say("Withdrawn", "ملغاة");
    if (row.status == "suspended") return words.say("On hold", "موقوفة مؤقتًا");
    if (!row.valid_until) return words.say("No expiry", "بلا تاريخ انتهاء");
    auto const day = domain::day_in_words(*row.valid_until, words.language);
    if (Instant::end_of(*row.valid_until) < now) return words.say("Expired on ", "انتهت صلاحيتها في ") + day;
    return words.say("Valid until ", "صالحة حتى ") + day;
}

std::string name_shown(domain::CredentialView const& credential) {
    if (credential.row.visibility != "public" || !credential.row.show_name) return {};
    auto const subject = credential.credential.value("credentialSubject", Json::object());
    for (auto const& identity : subject.value("identifier", Json::array()))
        if (identity.value("identityType", "") == "name" && !identity.value("hashed", true)) return identity.value("identityHash", "");
    return {};
}

}  // namespace

std::string share_card_svg(domain::Programme const& programme, domain::Achievement const& achievement,
                           domain::CredentialView const& credential, Instant now, TextOutliner const& outliner) {
    auto const& language = credential.row.language;
    bool const arabic = language == "ar";
    Words const words{language};
    auto const& palette = palette_of(programme, achievement);
    auto const* const issuer = programme.issuer(credential.row.issuer_id);
    constexpr double text_width = 560;
    double const text_left = arabic ? 80 : 600;
    double const badge_left = arabic ? 680 : 50;

    std::string svg = R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1200 627" width="1200" height="627"><rect width="1200" height="627" fill="#fbfaf7"/><rect width="1200" height="12" fill=")" +
                      std::string(palette.colour) + "\"/>";
    svg += "<g transform=\"translate(" + number(badge_left) + " 70) scale(.81)\">" +
           badge_elements(programme, achievement, language, credential.row.awarded_at.day().year(), outliner) + "</g>";

    double y = 84;
    auto const put = [&](std::string const& text, TextStyle style, std::string_view fill, double gap) {
        if (text.empty()) return;
        style.width = text_width;
        auto const outline = outliner.outline(text, language, style);
        svg += "<path transform=\"translate(" + number(text_left) + " " + number(y) + ")\" d=\"" + outline.path + "\" fill=\"" + std::string(fill) + "\"/>";
        y += outline.height + gap;
    };
    put(words.say("Verified with Itqan", "موثّقة بإتقان"), {.bold = true, .size = 24}, palette.colour, 18);
    put(achievement.name.in(language), {.face = Face::serif, .bold = true, .size = 56, .minimum = 30, .height = 190}, "#16202a", 16);
    put(name_shown(credential), {.bold = true, .size = 30, .minimum = 18, .height = 44}, "#16202a", 6);
    if (issuer != nullptr) put(issuer->name.in(language), {.size = 26, .minimum = 16, .height = 70}, "#56626e", 8);
    int const level = level_of(achievement);
    std::string level_words;
    for (auto const& name : programme.framework.levels)
        if (name.level == level) level_words = words.say("Level ", "المستوى ") + std::to_string(level) + words.say(" of 5: ", " من 5: ") + name.name.in(language);
    put(level_words, {.size = 24, .minimum = 14, .height = 40}, "#16202a", 8);
    bool const in_order = credential.row.status == "active" && (!credential.row.valid_until || Instant::end_of(*credential.row.valid_until) >= now);
    put(state_of(credential.row, now, words), {.bold = true, .size = 24, .minimum = 14, .height = 40}, in_order ? "#1f7a4d" : "#b3261e", 0);

    auto const code = qr_code(credential.share_url);
    constexpr double code_width = 150;
    double const code_left = arabic ? text_left + text_width - code_width : text_left;
    svg += "<g transform=\"translate(" + number(code_left) + " 445)\"><rect width=\"150\" height=\"150\" rx=\"8\" fill=\"#ffffff\"/><path transform=\"scale(" +
           number(code_width / code.size) + ")\" d=\"" + code.path + "\" fill=\"#16202a\" shape-rendering=\"crispEdges\"/></g>";
    auto const short_code = outliner.outline(credential.row.share_code, "en", {.bold = true, .size = 22});
    double const short_left = arabic ? code_left - 24 - short_code.width : code_left + code_width + 24;
    svg += "<path transform=\"translate(" + number(short_left) + " 545)\" d=\"" + short_code.path + "\" fill=\"#56626e\"/>";
    return svg + "</svg>";
}

}  // namespace itqan::web
