#include <algorithm>

#include "schemas/open_badge.hpp"
#include "service/web/badge_page.hpp"

namespace itqan::web {
namespace {

/// The first number in "3", "Level 3" or "L3".
int number_in(std::string_view text) {
    auto const at = text.find_first_of("123456789");
    return at == std::string_view::npos ? 0 : text[at] - '0';
}

SignedLevel level_of(schemas::AchievementResult const& result, schemas::ResultDescription const& description) {
    auto const reached = result.achieved_level ? result.achieved_level : description.required_level;
    if (!reached) return {};
    auto const& levels = description.rubric_criterion_level;
    auto const found =
        std::find_if(levels.begin(), levels.end(), [&](auto const& level) { return level.id == *reached; });
    if (found == levels.end()) return {};
    auto number = number_in(found->level.value_or(""));
    if (number == 0) number = static_cast<int>(found - levels.begin()) + 1;
    return {number, found->name, found->description.value_or("")};
}

schemas::ResultDescription const* description_of(schemas::AchievementSubject const& subject,
                                                 schemas::AchievementResult const& result) {
    auto const& all = subject.achievement.result_description;
    auto const found = std::find_if(all.begin(), all.end(), [&](auto const& description) {
        return result.result_description && description.id == *result.result_description;
    });
    return found == all.end() ? nullptr : &*found;
}

}  // namespace

SignedLevel signed_level(schemas::AchievementSubject const& subject) {
    SignedLevel highest;
    for (auto const& result : subject.result) {
        auto const* const description = description_of(subject, result);
        if (description == nullptr) continue;
        auto level = level_of(result, *description);
        if (level.level > highest.level) highest = std::move(level);
    }
    return highest;
}

SignedLevel signed_level_of(schemas::AchievementSubject const& subject, schemas::Alignment const& alignment) {
    for (auto const& result : subject.result) {
        auto const* const description = description_of(subject, result);
        if (description == nullptr) continue;
        bool const same = std::any_of(description->alignment.begin(), description->alignment.end(),
                                      [&](auto const& other) { return other.target_url == alignment.target_url; });
        if (same) return level_of(result, *description);
    }
    return {};
}

std::string type_in_words(Locale const& locale, std::optional<std::string> const& type) {
    return locale.text_or("type." + type.value_or("other"), locale.text("type.other"));
}

}  // namespace itqan::web
