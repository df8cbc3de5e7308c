#include "service/web/pictures/badge_words.hpp"

#include <nlohmann/json.hpp>

#include "service/domain/rule_words.hpp"
#include "service/web/pictures/badge_design.hpp"
#include "service/web/pictures/drawing.hpp"

namespace itqan::web {

BadgeState state_of(storage::CredentialRow const& row, Instant now, Words const& words) {
    if (row.status == "revoked") return {words.say("Withdrawn by the issuer", "ملغاة من الجهة المانحة"), bad};
    if (row.status == "suspended") return {words.say("On hold: under review", "موقوفة مؤقتًا: قيد المراجعة"), warn};
    if (!row.valid_until) return {words.say("No expiry", "بلا تاريخ انتهاء"), good};
    auto const day = domain::day_in_words(*row.valid_until, row.language);
    if (Instant::end_of(*row.valid_until) < now) return {words.say("Expired on ", "منتهية الصلاحية منذ ") + day, bad};
    return {words.say("Valid until ", "صالحة حتى ") + day, good};
}

std::string name_shown(domain::CredentialView const& credential) {
    if (credential.row.visibility != "public" || !credential.row.show_name) return {};
    auto const subject = credential.credential.value("credentialSubject", Json::object());
    for (auto const& identity : subject.value("identifier", Json::array()))
        if (identity.value("identityType", "") == "name" && !identity.value("hashed", true))
            return identity.value("identityHash", "");
    return {};
}

std::string level_in_words(domain::Programme const& programme, domain::Achievement const& achievement,
                           std::string_view language, Words const& words) {
    int const level = level_of(achievement);
    if (level == 0) return {};
    auto text = words.say("Level ", "المستوى ") + std::to_string(level) + words.say(" of 5", " من 5");
    for (auto const& name : programme.framework.levels)
        if (name.level == level) text += words.say(": ", ": ") + name.name.in(language);
    return text;
}

std::string box(double left, double top, double box_width, double box_height, double corner, std::string_view fill,
                double opacity) {
    return "<rect x=\"" + number(left) + "\" y=\"" + number(top) + "\" width=\"" + number(box_width) + "\" height=\"" +
           number(box_height) + "\" rx=\"" + number(corner) + "\" fill=\"" + std::string(fill) + "\" fill-opacity=\"" +
           number(opacity) + "\"/>";
}

std::string moved(double x, double y, std::string const& drawn) {
    return "<g transform=\"translate(" + number(Point{x, y}) + ")\">" + drawn + "</g>";
}

}  // namespace itqan::web
