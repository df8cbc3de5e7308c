#include "service/domain/programme.hpp"

#include <array>
#include <atomic>
#include <functional>
#include <set>

namespace itqan::domain {
namespace {

constexpr std::array<std::string_view, 6> kind_names{"self",      "knowledge", "simulation",
                                                     "workplace", "external",  "entrustment"};

template <typename Index>
auto index_in(Index const& index, std::string_view key) -> std::optional<std::size_t> {
    auto const found = index.find(key);
    if (found == index.end()) return std::nullopt;
    return found->second;
}

template <typename T, typename Index>
T const* find_in(std::vector<T> const& list, Index const& index, std::string_view key) {
    auto const at = index_in(index, key);
    return at ? &list.at(*at) : nullptr;
}

template <typename T, typename Index, typename Key>
void fill(Index& index, std::vector<T> const& list, Key key) {
    index.clear();
    for (std::size_t i = 0; i < list.size(); ++i)
        index.emplace(list[i].*key, i);
}

}  // namespace

std::optional<EvidenceKind> read_evidence_kind(std::string_view name) {
    for (std::size_t i = 0; i < kind_names.size(); ++i)
        if (kind_names[i] == name) return static_cast<EvidenceKind>(i);
    return std::nullopt;
}

Competency const* Programme::competency(std::string_view code) const {
    return find_in(framework.competencies, competency_index_, code);
}
Activity const* Programme::activity(std::string_view key) const {
    return find_in(activities, activity_index_, key);
}
Achievement const* Programme::achievement(std::string_view key) const {
    return find_in(achievements, achievement_index_, key);
}
Epa const* Programme::epa(std::string_view key) const {
    return find_in(epas, epa_index_, key);
}
Issuer const* Programme::issuer(std::string_view key) const {
    return find_in(issuers, issuer_index_, key);
}
Issuer const* Programme::issuer_by_slug(std::string_view slug) const {
    return find_in(issuers, slug_index_, slug);
}
Provider const* Programme::provider(std::string_view key) const {
    return find_in(providers, provider_index_, key);
}
Role const* Programme::role(std::string_view key) const {
    return find_in(roles, role_index_, key);
}

std::vector<Achievement const*> Programme::in_badge_order() const {
    std::vector<Achievement const*> order;
    std::set<Achievement const*> visited;
    std::function<void(Achievement const&)> const visit = [&](Achievement const& achievement) {
        if (!visited.insert(&achievement).second) return;
        for (auto const& reference : achievement.badge_references)
            if (auto const* referenced = this->achievement(reference)) visit(*referenced);
        order.push_back(&achievement);
    };
    for (auto const& achievement : achievements)
        visit(achievement);
    return order;
}

std::vector<std::size_t> const& Programme::activities_awarding(std::string_view code) const {
    static std::vector<std::size_t> const none;
    auto const found = awarding_index_.find(code);
    return found == awarding_index_.end() ? none : found->second;
}

void Programme::index() {
    static std::atomic<std::uint64_t> counter{0};
    generation = ++counter;
    fill(competency_index_, framework.competencies, &Competency::code);
    fill(activity_index_, activities, &Activity::id);
    fill(achievement_index_, achievements, &Achievement::id);
    fill(epa_index_, epas, &Epa::id);
    fill(issuer_index_, issuers, &Issuer::id);
    fill(slug_index_, issuers, &Issuer::slug);
    fill(provider_index_, providers, &Provider::id);
    fill(role_index_, roles, &Role::id);
    awarding_index_.clear();
    for (std::size_t i = 0; i < activities.size(); ++i)
        for (auto const& award : activities[i].awards)
            awarding_index_[award.competency].push_back(i);
}

}  // namespace itqan::domain
