#pragma once
// The link preview of a badge, 1200 by 627: the badge, what it is called, who issued it, and the code that opens its
// page.

#include <string>

#include "service/web/pictures.hpp"
#include "service/web/pictures/text_outline.hpp"

namespace itqan::web {

/// As SVG. The learner's name stands on it only when the page is public with the name; a badge that is withdrawn, on
/// hold or expired says so.
std::string share_card_svg(domain::Programme const& programme, domain::Achievement const& achievement,
                           domain::CredentialView const& credential, Instant now, TextOutliner const& outliner);

}  // namespace itqan::web
