#include "service/web/role_view.hpp"

#include <algorithm>

namespace itqan::web {
namespace {

constexpr std::size_t roles_shown = 4;

View part_view(domain::RoleFit::Part const& part, Locale const& locale) {
    View view;
    view.set("part_code", part.competency->code);
    auto const& short_name = part.competency->short_name;
    view.set("part_name", (short_name.en.empty() ? part.competency->statement : short_name).in(locale.language()));
    view.set("part_tone", part.is_met() ? "good" : part.shown > 0 ? "warn" : "quiet");
    view.set("part_icon", part.is_met() ? "✓" : part.shown > 0 ? "!" : "–");
    Arguments const levels{{"shown", locale.number(part.shown)}, {"required", locale.number(part.required)}};
    view.set("part_levels", locale.text(part.shown > 0 ? "verify.role.levels" : "verify.role.not_shown", levels));
    return view;
}

}  // namespace

std::vector<View> role_views(std::vector<domain::RoleFit> const& fits, Locale const& locale) {
    std::vector<View> views;
    for (std::size_t i = 0; i < std::min(fits.size(), roles_shown); ++i) {
        auto const& fit = fits[i];
        View view;
        view.set("role_name", fit.role->title.in(locale.language()));
        view.set("role_met",
                 locale.text("verify.role.met", {{"met", locale.number(static_cast<std::int64_t>(fit.met()))},
                                                 {"of", locale.number(static_cast<std::int64_t>(fit.parts.size()))}}));
        std::vector<View> parts;
        for (auto const& part : fit.parts)
            parts.push_back(part_view(part, locale));
        view.set("role_parts", std::move(parts));
        views.push_back(std::move(view));
    }
    return views;
}

}  // namespace itqan::web
