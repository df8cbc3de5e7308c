#include "service/domain/criteria_leaves.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace itqan::domain {
namespace {

constexpr double mentor_hours_per_level = 20;
constexpr double hours_per_signoff = 4;
constexpr double hours_per_entrustment = 6;

/// Scores and hours have at most six decimals; in millionths their sums and comparisons are exact.
std::int64_t millionths(double value) {
    return std::llround(value * 1e6);
}

double share(std::int64_t have, std::int64_t need) {
    return have >= need ? 1 : r4({have, need});
}

Outcome outcome_of(bool on_verified, bool with_waiting) {
    if (on_verified) return Outcome::satisfied;
    return with_waiting ? Outcome::pending : Outcome::unsatisfied;
}

std::optional<Day> end_of_window(Day date, std::optional<Period> const& within) {
    return within ? std::optional(window_end(date, *within)) : std::nullopt;
}

/// The later of two last days of which "none" means unlimited.
void keep_later(std::optional<Day>& until, std::optional<Day> candidate, bool first) {
    if (first || (until && (!candidate || *candidate > *until))) until = candidate;
}

void sort_unique(std::vector<std::string>& ids) {
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

/// Distinct mentors or assessors, each with the newest record.
class Witnesses {
  public:
    void add(std::string const& who, Day date, Standing standing) {
        enter(all_, who, date);
        if (standing == Standing::verified) enter(verified_, who, date);
    }

    void judge(int need, double hours_each, std::optional<Period> const& within, Node& node) {
        auto const have = static_cast<int>(all_.size());
        node.have = have;
        node.need = need;
        node.outcome = outcome_of(static_cast<int>(verified_.size()) >= need, have >= need);
        node.progress = share(have, need);
        node.cost_hours = std::max(0, need - have) * hours_each;
        if (node.outcome != Outcome::satisfied) return;
        std::sort(verified_.begin(), verified_.end(), [](auto const& a, auto const& b) { return a.second > b.second; });
        node.until = end_of_window(verified_[static_cast<std::size_t>(need - 1)].second, within);
    }

  private:
    using Newest = std::vector<std::pair<std::string_view, Day>>;

    static void enter(Newest& list, std::string const& who, Day date) {
        auto const found =
            std::find_if(list.begin(), list.end(), [&](auto const& entry) { return entry.first == who; });
        if (found == list.end())
            list.emplace_back(who, date);
        else
            found->second = std::max(found->second, date);
    }

    Newest all_, verified_;
};

/// Index in the scale, -1 when the grade is not there.
std::ptrdiff_t grade_index(std::vector<std::string> const& scale, std::optional<std::string> const& grade) {
    if (!grade) return -1;
    auto const found = std::find(scale.begin(), scale.end(), *grade);
    return found == scale.end() ? -1 : found - scale.begin();
}

/// What a completion leaf asks of one completion.
struct CompletionNeed {
    std::int64_t score = 0;
    std::optional<std::ptrdiff_t> grade;
    std::optional<std::int64_t> hours;
    std::vector<std::string> const* scale = nullptr;

    bool met_by(Completion const& completion) const {
        return millionths(completion.score) >= score &&
               (!grade || *grade == 0 || grade_index(*scale, completion.grade) >= *grade) &&
               (!hours || millionths(completion.hours) >= *hours);
    }

    double progress_of(Completion const& completion) const {
        auto progress = share(millionths(completion.score), score);
        if (grade && *grade > 0)
            progress =
                std::min(progress, share(std::max<std::ptrdiff_t>(0, grade_index(*scale, completion.grade)), *grade));
        if (hours) progress = std::min(progress, share(millionths(completion.hours), *hours));
        return progress;
    }
};

}  // namespace

LeafJudge::LeafJudge(Programme const& programme, Evidence const& evidence, Day as_of)
    : programme_(programme),
      evidence_(evidence),
      as_of_(as_of),
      verified_(hold(Scope::verified)),
      with_waiting_(hold(Scope::with_waiting)) {}

std::vector<HeldClaim> LeafJudge::hold(Scope scope) const {
    std::vector<std::pair<std::string_view, Day>> practised;
    for (auto const& practice : evidence_.practices)
        if (practice.standing == Standing::verified ||
            (practice.standing == Standing::waiting && scope == Scope::with_waiting))
            practised.emplace_back(practice.competency, practice.at);
    std::sort(practised.begin(), practised.end());

    std::vector<HeldClaim> list;
    auto claims = claims_of(programme_, evidence_, scope, as_of_);
    list.reserve(claims.size());
    std::vector<Day> days;
    for (auto& claim : claims) {
        auto const* competency = programme_.competency(claim.competency);
        if (competency == nullptr) continue;
        days.clear();
        for (auto const& [code, day] : practised)
            if (code == claim.competency) days.push_back(day);
        auto const effective = effective_date(competency->decay, claim, days, as_of_);
        auto const level = decayed(competency->decay, claim.level, as_of_ - effective);
        list.push_back({std::move(claim), &competency->decay, level, effective});
    }
    std::sort(list.begin(), list.end(),
              [](auto const& a, auto const& b) { return a.claim.competency < b.claim.competency; });
    return list;
}

std::span<HeldClaim const> LeafJudge::held(Scope scope, std::string const& competency) const {
    auto const& list = scope == Scope::verified ? verified_ : with_waiting_;
    auto const first = std::partition_point(list.begin(), list.end(),
                                            [&](HeldClaim const& h) { return h.claim.competency < competency; });
    auto const last =
        std::find_if(first, list.end(), [&](HeldClaim const& h) { return h.claim.competency != competency; });
    return {first, last};
}

bool LeafJudge::in_window(Day date, std::optional<Period> const& within) const {
    return date <= as_of_ && (!within || date >= within->before(as_of_));
}

bool LeafJudge::in_domain(Activity const& activity, std::string const& domain) const {
    return std::any_of(activity.awards.begin(), activity.awards.end(), [&](Award const& award) {
        auto const* competency = programme_.competency(award.competency);
        return competency != nullptr && competency->domain == domain;
    });
}

void LeafJudge::judge(schemas::Leaf const& leaf, Node& node) const {
    if (auto const* competency = std::get_if<schemas::CompetencyLeaf>(&leaf))
        judge_competency(*competency, node);
    else if (auto const* completion = std::get_if<schemas::CompletionLeaf>(&leaf))
        judge_completion(*completion, node);
    else if (auto const* hours = std::get_if<schemas::HoursLeaf>(&leaf))
        judge_hours(*hours, node);
    else if (auto const* signoff = std::get_if<schemas::SignoffLeaf>(&leaf))
        judge_signoff(*signoff, node);
    else if (auto const* entrusted = std::get_if<schemas::EntrustmentLeaf>(&leaf))
        judge_entrustment(*entrusted, node);
    else if (auto const* experience = std::get_if<schemas::ExperienceLeaf>(&leaf))
        judge_experience(*experience, node);
    else
        throw std::logic_error("a badge leaf is judged by the evaluator");
    sort_unique(node.evidence);
}

std::optional<double> LeafJudge::competency_cost(schemas::CompetencyLeaf const& leaf, int have) const {
    auto cost = mentor_hours_per_level * (leaf.level - have);
    for (auto const position : programme_.activities_awarding(leaf.code)) {
        auto const& activity = programme_.activities[position];
        for (auto const& award : activity.awards)
            if (activity.hours < cost && award.competency == leaf.code &&
                std::min(award.level, programme_.cap(activity.kind)) >= leaf.level)
                cost = activity.hours;
    }
    return cost;
}

void LeafJudge::judge_competency(schemas::CompetencyLeaf const& leaf, Node& node) const {
    int have = 0;
    for (auto const& held_claim : held(Scope::with_waiting, leaf.code)) {
        if (held_claim.level == 0 || !in_window(held_claim.claim.date, leaf.within)) continue;
        have = std::max(have, held_claim.level);
        node.evidence.push_back(held_claim.claim.evidence_id);
    }
    bool reached = false;
    for (auto const& held_claim : held(Scope::verified, leaf.code)) {
        auto const& claim = held_claim.claim;
        if (held_claim.level < leaf.level || !in_window(claim.date, leaf.within)) continue;
        auto last = last_day(*held_claim.decay, held_claim.effective, claim.level, leaf.level);
        if (auto const window = end_of_window(claim.date, leaf.within); window && *window < *last) last = window;
        keep_later(node.until, last, !reached);
        reached = true;
    }
    node.outcome = outcome_of(reached, have >= leaf.level);
    node.have = have;
    node.need = leaf.level;
    node.progress = share(have, leaf.level);
    node.cost_hours = node.outcome == Outcome::unsatisfied ? competency_cost(leaf, have) : 0;
}

void LeafJudge::judge_completion(schemas::CompletionLeaf const& leaf, Node& node) const {
    auto const* activity = programme_.activity(leaf.activity);
    if (activity == nullptr) throw std::logic_error("a rule names the unknown activity " + leaf.activity);
    CompletionNeed need;
    need.score = millionths(std::max(leaf.min_score.value_or(0), activity->pass_score));
    need.scale = &activity->grade_scale;
    if (leaf.grade) need.grade = grade_index(activity->grade_scale, leaf.grade);
    if (leaf.min_hours) need.hours = millionths(*leaf.min_hours);

    bool met = false, met_verified = false;
    for (auto const& completion : evidence_.completions) {
        if (completion.standing == Standing::excluded || completion.activity_id != leaf.activity ||
            !in_window(completion.completed, leaf.within))
            continue;
        node.evidence.push_back(completion.id);
        node.have = std::max(node.have, completion.score);
        node.progress = std::max(node.progress, need.progress_of(completion));
        if (!need.met_by(completion)) continue;
        met = true;
        if (completion.standing != Standing::verified) continue;
        keep_later(node.until, end_of_window(completion.completed, leaf.within), !met_verified);
        met_verified = true;
    }
    node.outcome = outcome_of(met_verified, met);
    node.need = std::max(leaf.min_score.value_or(0), activity->pass_score);
    node.cost_hours = node.outcome == Outcome::unsatisfied ? activity->hours : 0;
}

void LeafJudge::judge_hours(schemas::HoursLeaf const& leaf, Node& node) const {
    std::int64_t have = 0;
    std::vector<std::pair<Day, std::int64_t>> verified;
    for (auto const& completion : evidence_.completions) {
        if (completion.standing == Standing::excluded || !in_window(completion.completed, leaf.within)) continue;
        auto const* activity = programme_.activity(completion.activity_id);
        if (activity == nullptr || completion.score < activity->pass_score || !in_domain(*activity, leaf.domain))
            continue;
        have += millionths(completion.hours);
        node.evidence.push_back(completion.id);
        if (completion.standing == Standing::verified)
            verified.emplace_back(completion.completed, millionths(completion.hours));
    }
    auto const need = millionths(leaf.min);
    std::sort(verified.begin(), verified.end(), [](auto const& a, auto const& b) { return a.first > b.first; });
    std::int64_t sum = 0;
    bool reached = false;
    for (auto const& [date, hours] : verified) {
        sum += hours;
        if (sum < need) continue;
        node.until = end_of_window(date, leaf.within);
        reached = true;
        break;
    }
    node.outcome = outcome_of(reached, have >= need);
    node.have = static_cast<double>(have) / 1e6;
    node.need = leaf.min;
    node.progress = share(have, need);
    node.cost_hours = static_cast<double>(std::max<std::int64_t>(0, need - have)) / 1e6;
}

void LeafJudge::judge_signoff(schemas::SignoffLeaf const& leaf, Node& node) const {
    Witnesses mentors;
    for (auto const& signoff : evidence_.signoffs) {
        if (signoff.standing == Standing::excluded || signoff.competency != leaf.competency ||
            signoff.level < leaf.level || !in_window(signoff.signed_on, leaf.within))
            continue;
        mentors.add(signoff.mentor_id, signoff.signed_on, signoff.standing);
        node.evidence.push_back(signoff.id);
    }
    mentors.judge(leaf.count, hours_per_signoff, leaf.within, node);
}

void LeafJudge::judge_entrustment(schemas::EntrustmentLeaf const& leaf, Node& node) const {
    Witnesses assessors;
    for (auto const& decision : evidence_.entrustments) {
        if (decision.standing == Standing::excluded || !decision.summative || decision.epa_id != leaf.epa ||
            decision.level < leaf.level || !in_window(decision.decided_on, leaf.within))
            continue;
        assessors.add(decision.assessor_id, decision.decided_on, decision.standing);
        node.evidence.push_back(decision.id);
    }
    assessors.judge(leaf.assessors, hours_per_entrustment, leaf.within, node);
}

void LeafJudge::judge_experience(schemas::ExperienceLeaf const& leaf, Node& node) const {
    std::vector<Experience const*> all, verified;
    for (auto const& experience : evidence_.experiences) {
        auto const of_group = leaf.groups.empty() ||
                              std::find(leaf.groups.begin(), leaf.groups.end(), experience.group) != leaf.groups.end();
        auto const of_role = !leaf.role || *leaf.role == experience.role_id;
        if (experience.standing == Standing::excluded || experience.from > as_of_ || !of_group || !of_role) continue;
        all.push_back(&experience);
        if (experience.standing == Standing::verified) verified.push_back(&experience);
        node.evidence.push_back(experience.id);
    }
    auto const have = experience_months(all, as_of_);
    node.outcome = outcome_of(experience_months(verified, as_of_) >= leaf.months, have >= leaf.months);
    node.have = have;
    node.need = leaf.months;
    node.progress = share(have, leaf.months);
    node.cost_hours = 0;  // only time helps
}

}  // namespace itqan::domain
