#pragma once
// What a badge is worth for the roles of the programme: which of a role's competencies it shows, at which level. Pure.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "service/domain/programme.hpp"
#include "service/domain/verification.hpp"

namespace itqan::domain {

struct RoleFit {
    struct Part {
        Competency const* competency = nullptr;
        int required = 0;
        int shown = 0;  ///< 0: the badge does not show it.

        bool is_met() const { return shown >= required; }
    };
    Role const* role = nullptr;
    std::vector<Part> parts;  ///< In the order of the role.

    std::size_t met() const;
};

/// The roles that ask for something the badge shows, those that it meets most of first. Empty unless the badge is
/// genuine, in force and of an issuer who is known here: anybody can write any level into a badge of their own.
std::vector<RoleFit> role_fits(Programme const& programme, Report const& report);

/// What the badge is worth for this one role, also where it shows nothing that the role asks for. Nothing where
/// role_fits() would be empty for every role: why, says why_not_counted().
std::optional<RoleFit> role_fit(Programme const& programme, Report const& report, Role const& role);

/// Why no role counts the badge: "not-in-force" (forged, withdrawn, expired, not checked to the end, no credential) or
/// "issuer-unknown"; "" where it counts.
std::string_view why_not_counted(Report const& report);

/// {roleId, title, title_ar, counts: true, met, of, requirements}, or {..., counts: false, reason}.
Json role_answer_json(Programme const& programme, Report const& report, Role const& role);

/// The level that what a badge says (Report::credential) shows by code of the programme's competencies; 0: without one.
std::map<std::string, int> shown_levels(Programme const& programme, Json const& said);

}  // namespace itqan::domain
