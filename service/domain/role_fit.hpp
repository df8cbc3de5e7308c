#pragma once
// What a badge is worth for the roles of the programme: which of a role's competencies it shows, at which level. Pure.

#include <string>
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

/// [{roleId, title, title_ar, met, of, requirements: [{competency, required, shown}]}].
Json role_fits_to_json(std::vector<RoleFit> const& fits);

}  // namespace itqan::domain
