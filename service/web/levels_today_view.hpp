#pragma once
// "Still current today?" as the verifier's page shows it. Pure.

#include "service/domain/levels_today.hpp"
#include "service/web/locale.hpp"
#include "service/web/view.hpp"

namespace itqan::web {

/// The answer in a sentence, the day it is of, and each competency with its level then and now; none where nothing is
/// told.
std::optional<View> levels_today_view(domain::LevelsToday const& levels, Locale const& locale);

}  // namespace itqan::web
