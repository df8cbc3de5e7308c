#include <algorithm>

#include <nlohmann/json.hpp>

#include "schemas/json.hpp"
#include "service/domain/issuance.hpp"

namespace itqan::domain {
namespace {

constexpr int renewal_window_days = 30;

storage::CredentialRow const* latest_award(std::vector<storage::CredentialRow> const& held,
                                           Achievement const& achievement) {
    storage::CredentialRow const* latest = nullptr;
    for (auto const& row : held)
        if (row.issuer_id == achievement.issuer_id && row.achievement_id == achievement.id &&
            (latest == nullptr || row.award_no > latest->award_no))
            latest = &row;
    return latest;
}

/// Whether a satisfied rule opens the next award after this one (decision 10).
bool opens_next(storage::CredentialRow const& last, Expiry const& next, Day today) {
    if (last.erased_at) return false;
    if (last.status == "revoked")
        return last.reason == "evidence-withdrawn" || last.reason == "requirements-no-longer-met";
    if (last.status != "active" || !last.valid_until) return false;
    if (*last.valid_until < today) return true;
    bool const ends_soon = *last.valid_until - today <= renewal_window_days;
    return ends_soon && (!next.last_day || *next.last_day - *last.valid_until >= renewal_window_days);
}

}  // namespace

Expiry expiry_of(Achievement const& achievement, std::optional<Day> until, Day awarded) {
    Expiry expiry;
    if (achievement.validity) expiry = {achievement.validity->after(awarded), "validity"};
    if (until && (!expiry.last_day || *until < *expiry.last_day)) expiry = {until, "evidence"};
    return expiry;
}

std::optional<Text> limit_in_words(storage::CredentialRow const& row) {
    auto const details = Json::parse(row.details);
    auto const found = details.find("limitedBy");
    if (found == details.end()) return std::nullopt;
    return Text{text_member(*found, "en"), text_member(*found, "ar")};
}

std::vector<std::pair<Achievement const*, int>> Issuance::due(Programme const& programme,
                                                              std::vector<Evaluation> const& evaluations,
                                                              std::vector<storage::CredentialRow> const& held,
                                                              Day today) const {
    std::vector<std::pair<Achievement const*, int>> awards;
    for (auto const& evaluation : evaluations) {
        if (evaluation.outcome() != Outcome::satisfied) continue;
        auto const* const achievement = programme.achievement(evaluation.achievement_id);
        if (achievement == nullptr || achievement->status != "published") continue;
        auto const* const last = latest_award(held, *achievement);
        if (last == nullptr) {
            awards.emplace_back(achievement, 1);
        } else if (opens_next(*last, expiry_of(*achievement, evaluation.root.until, today), today)) {
            awards.emplace_back(achievement, last->award_no + 1);
        }
    }
    return awards;
}

BadgeOverrides overrides_from(std::vector<storage::CredentialRow> const& held) {
    std::map<std::string, storage::CredentialRow const*> latest;
    for (auto const& row : held) {
        if (row.erased_at) continue;
        auto& newest = latest[row.achievement_id];
        if (newest == nullptr || row.award_no > newest->award_no) newest = &row;
    }
    BadgeOverrides overrides;
    for (auto const& [achievement, row] : latest) {
        if (row->status != "active")
            overrides.withdrawn.insert(achievement);
        else if (row->origin == "hand")
            overrides.by_hand[achievement] = row->valid_until;
    }
    return overrides;
}

}  // namespace itqan::domain
