#pragma once
// What a badge is worth for the roles of the programme, as the verifier's page shows it. Pure.

#include <vector>

#include "service/domain/role_fit.hpp"
#include "service/web/locale.hpp"
#include "service/web/view.hpp"

namespace itqan::web {

/// The first few roles, each with what it asks for and what the badge shows.
std::vector<View> role_views(std::vector<domain::RoleFit> const& fits, Locale const& locale);

}  // namespace itqan::web
