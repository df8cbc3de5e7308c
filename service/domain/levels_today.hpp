#pragma once
// "Still current today?" of badges that were issued here: which of the levels that a badge shows its holder still has
// by the programme's records and rules of decay (domain.md F1), and until when without new evidence.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "service/domain/evidence.hpp"
#include "service/domain/services.hpp"

namespace itqan::domain {

/// held: at the level shown, or above. lower: the records once carried it and have faded. not_recorded: no verified
/// record ever carried it here (a hand award, evidence that was withdrawn).
enum class LevelState { held, lower, not_recorded };
std::string_view level_state_name(LevelState state);

struct LevelsToday {
    struct Part {
        Competency const* competency = nullptr;  ///< Of `programme`.
        int shown = 0;                           ///< By the badge.
        int today = 0;                           ///< Never above `shown`: what else a holder can do is not told.
        LevelState state = LevelState::not_recorded;
        std::optional<Day> until = {};  ///< Last day at the level shown without new evidence; held only.
    };
    std::shared_ptr<Programme const> programme;
    Day as_of;
    std::vector<Part> parts = {};  ///< In the order of the framework. May be empty.
    /// Why nothing is told: "not-in-force" (forged, expired, withdrawn, not checked to the end), "not-issued-here",
    /// "not-shared" (its page is not shown to strangers); "" where something is.
    std::string_view reason = {};

    std::size_t held() const;
    bool is_recorded() const;  ///< Of any level: else records say neither yes nor no.
};

/// What the evidence dated <= `day` says of levels by competency code. Pure.
std::vector<LevelsToday::Part> levels_today(Programme const& programme, Evidence const& evidence,
                                            std::map<std::string, int> const& shown, Day day);

/// What the records say of the badge of this report on the domain's day. Told to whoever may see the badge's page, as
/// long as the badge is in force: the competencies and levels are those of the page.
LevelsToday levels_today(Services& services, Report const& report);

/// {asOf, told: true, held, of, competencies: [{competency, shown, today, state, until: day or null}]}, or
/// {asOf, told: false, reason}.
Json levels_today_to_json(LevelsToday const& levels);

}  // namespace itqan::domain
