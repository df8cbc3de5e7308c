#pragma once
// What pictures around a badge say beside it, in the badge's language, and the colours they say it in.

#include <string>
#include <string_view>

#include "service/domain/claims.hpp"
#include "service/domain/programme.hpp"

namespace itqan::web {

constexpr std::string_view paper = "#fbfaf7", ink = "#16202a", soft_ink = "#4d5965", good = "#1b6b43", warn = "#855800",
                           bad = "#a3271f";

struct Words {
    bool arabic;
    std::string say(std::string_view english, std::string_view arabic_words) const {
        return std::string(arabic ? arabic_words : english);
    }
};

struct BadgeState {
    std::string words;
    std::string_view colour;
    bool in_order() const { return colour == good; }
};

/// What is not in order comes first; otherwise until when it runs.
BadgeState state_of(storage::CredentialRow const& row, Instant now, Words const& words);

/// The learner's name when the page is public and shows it; otherwise empty.
std::string name_shown(domain::CredentialView const& credential);

/// "Level 3 of 5: Practitioner"; empty without a level.
std::string level_in_words(domain::Programme const& programme, domain::Achievement const& achievement,
                           std::string_view language, Words const& words);

/// A <rect>.
std::string box(double left, double top, double box_width, double box_height, double corner, std::string_view fill,
                double opacity = 1);
/// The drawing with its origin at x, y.
std::string moved(double x, double y, std::string const& drawn);

}  // namespace itqan::web
