#pragma once
// The two LinkedIn addresses people use for a badge: an entry of the profile, and a post. No API, no key, no script.

#include <optional>
#include <string>

#include "schemas/clock.hpp"
#include "service/web/view.hpp"

namespace itqan::web {

struct LinkedInEntry {
    std::string name;                            ///< The badge's name.
    std::optional<std::string> organization_id;  ///< LinkedIn's number of the issuer; sent instead of its name.
    std::string organization_name;
    Day issued;
    std::optional<Day> expires;
    std::string page;            ///< Public address of the badge page.
    std::string certificate_id;  ///< Short public id.
};

/// https://www.linkedin.com/profile/add with encoded values, months from 1 to 12.
Url linkedin_profile_address(LinkedInEntry const& entry);
/// https://www.linkedin.com/sharing/share-offsite/?url=...
Url linkedin_post_address(std::string_view page);

}  // namespace itqan::web
