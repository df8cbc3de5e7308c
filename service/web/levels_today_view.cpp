#include "service/web/levels_today_view.hpp"

namespace itqan::web {
namespace {

using domain::LevelState;

View today_part(domain::LevelsToday::Part const& part, Locale const& locale) {
    View view;
    view.set("part_code", part.competency->code);
    auto const& short_name = part.competency->short_name;
    view.set("part_name", (short_name.en.empty() ? part.competency->statement : short_name).in(locale.language()));
    bool const is_held = part.state == LevelState::held;
    bool const is_lower = part.state == LevelState::lower;
    view.set("part_tone", is_held ? "good" : is_lower ? "warn" : "quiet");
    view.set("part_icon", is_held ? "✓" : is_lower ? "!" : "–");
    Arguments words{{"shown", locale.number(part.shown)}, {"today", locale.number(part.today)}};
    if (part.until) words.emplace_back("day", locale.day(*part.until));
    view.set("part_levels", locale.text(is_held && part.until ? "verify.today.held_until"
                                        : is_held             ? "verify.today.held"
                                        : !is_lower           ? "verify.today.not_recorded"
                                        : part.today > 0      ? "verify.today.lower"
                                                              : "verify.today.faded",
                                        words));
    return view;
}

}  // namespace

std::optional<View> levels_today_view(domain::LevelsToday const& levels, Locale const& locale) {
    if (!levels.reason.empty() || levels.parts.empty()) return std::nullopt;
    auto const held = levels.held();
    bool const all = held == levels.parts.size();
    View view;
    view.set("today_answer", locale.text(all                    ? "verify.today.all"
                                         : held > 0             ? "verify.today.some"
                                         : levels.is_recorded() ? "verify.today.none"
                                                                : "verify.today.unknown",
                                         {{"held", locale.number(static_cast<std::int64_t>(held))},
                                          {"of", locale.number(static_cast<std::int64_t>(levels.parts.size()))}}));
    view.set("today_help", locale.text("verify.today.help", {{"day", locale.day(levels.as_of)}}));
    std::vector<View> parts;
    for (auto const& part : levels.parts)
        parts.push_back(today_part(part, locale));
    view.set("today_parts", std::move(parts));
    return view;
}

}  // namespace itqan::web
