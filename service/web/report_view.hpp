#pragma once
// A verification report as a page shows it: the verdict in words, what the badge says (proven or merely claimed), then
// each check with a sign and a word. Pure.

#include <optional>
#include <string>
#include <vector>

#include "service/domain/levels_today.hpp"
#include "service/domain/role_fit.hpp"
#include "service/web/locale.hpp"
#include "service/web/view.hpp"

namespace itqan::web {

struct ReportFacts {
    domain::Report const& report;
    std::string own_base;  ///< To link badges of this installation.
    bool recipient_asked = false;
    std::string recipient = {};                     ///< As asked, for the receipt's form; it is not stored.
    bool demo = false;                              ///< Offers "change one letter".
    std::vector<domain::RoleFit> roles = {};        ///< What it is worth for roles of the programme.
    std::optional<domain::LevelsToday> today = {};  ///< Whether it still holds, where that was asked.
};

View report_view(ReportFacts const& facts, Locale const& locale);

/// A compact JWS with one letter of its payload's first longer word changed: what a forger would try; "" when the text
/// is no JWS or has no such word.
std::string with_one_letter_changed(std::string_view document);

}  // namespace itqan::web
