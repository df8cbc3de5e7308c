#include "service/domain/evidence.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <tuple>

#include "service/domain/criteria.hpp"

namespace itqan::domain {
namespace {

bool counts(Standing standing, Scope scope) {
    return standing == Standing::verified || (standing == Standing::waiting && scope == Scope::with_waiting);
}

/// Adds the claims of one record with their ceiling; level 0 is no claim.
class ClaimWriter {
  public:
    ClaimWriter(Programme const& programme, std::vector<Claim>& claims) : programme_(programme), claims_(claims) {}

    void add(std::string const& competency, int level, EvidenceKind kind, Day date, std::string const& evidence_id) {
        auto const capped = std::min(level, programme_.cap(kind));
        if (capped > 0) claims_.push_back({competency, capped, kind, date, evidence_id});
    }

  private:
    Programme const& programme_;
    std::vector<Claim>& claims_;
};

void claim_completions(Programme const& programme, Evidence const& evidence, Scope scope, Day t, ClaimWriter& writer) {
    for (auto const& completion : evidence.completions) {
        if (completion.completed > t || !counts(completion.standing, scope)) continue;
        auto const* activity = programme.activity(completion.activity_id);
        if (activity == nullptr || completion.score < activity->pass_score) continue;
        for (auto const& award : activity->awards)
            writer.add(award.competency, award.level, activity->kind, completion.completed, completion.id);
    }
}

/// Summative decisions of the same EPA, level and day count together, once enough assessors made them (F-cap).
void claim_entrustments(Programme const& programme, Evidence const& evidence, Scope scope, Day t, ClaimWriter& writer) {
    auto const& all = evidence.entrustments;
    auto const counted = [&](Entrustment const& e) {
        return e.summative && e.decided_on <= t && counts(e.standing, scope);
    };
    for (auto const& decision : all) {
        if (!counted(decision)) continue;
        auto const* epa = programme.epa(decision.epa_id);
        if (epa == nullptr) continue;
        std::set<std::string_view> assessors;
        for (auto const& other : all)
            if (counted(other) && other.epa_id == decision.epa_id && other.level == decision.level &&
                other.decided_on == decision.decided_on)
                assessors.insert(other.assessor_id);
        if (static_cast<int>(assessors.size()) < epa->assessors_required) continue;
        for (auto const& mapped : epa->competencies)
            writer.add(mapped.competency, std::min(decision.level, mapped.max_level), EvidenceKind::entrustment,
                       decision.decided_on, decision.id);
    }
}

/// Below this a crosswalk is shown and not counted (domain.md 1.1).
constexpr double least_confidence = 0.6;

void claim_external(Programme const& programme, Evidence const& evidence, Scope scope, Day t, ClaimWriter& writer) {
    for (auto const& badge : evidence.external_badges) {
        if (badge.awarded > t || !counts(badge.standing, scope)) continue;
        auto const transfers = programme.transfers.find(badge.framework_item);
        if (transfers == programme.transfers.end()) continue;
        for (auto const& transfer : transfers->second) {
            if (transfer.confidence < least_confidence || transfer.level_map.empty()) continue;
            auto const top = static_cast<int>(transfer.level_map.size()) - 1;
            auto const level = transfer.level_map[static_cast<std::size_t>(std::clamp(badge.level, 0, top))];
            writer.add(transfer.competency, level, EvidenceKind::external, badge.awarded, badge.id);
        }
    }
}

}  // namespace

Standing standing_of(std::string_view status, bool eligible) {
    if (!eligible) return Standing::excluded;
    if (status == "verified" || status == "confirmed") return Standing::verified;
    if (status == "pending" || status == "requested" || status == "proposed") return Standing::waiting;
    return Standing::excluded;
}

int decayed(DecayClass const& decay, int level, int age_days) {
    if (age_days < 0 || age_days > decay.validity_days) return 0;
    auto const drops = std::max(0, age_days - decay.fresh_days) / decay.drop_days;
    return std::max(std::min(level, decay.floor), level - drops);
}

std::optional<Day> last_day(DecayClass const& decay, Day start, int level, int wanted) {
    if (level < wanted) return std::nullopt;
    if (wanted <= std::min(level, decay.floor)) return start + decay.validity_days;
    return start + std::min(decay.validity_days, decay.fresh_days + decay.drop_days * (level - wanted + 1) - 1);
}

Day effective_date(DecayClass const& decay, Claim const& claim, std::vector<Day> const& practices, Day t) {
    auto effective = claim.date;
    for (auto const practice : practices) {
        if (practice < claim.date) continue;
        if (practice > t) break;
        if (decayed(decay, claim.level, practice - effective) > 0) effective = practice;
    }
    return effective;
}

int experience_months(std::vector<Experience const*> const& intervals, Day t) {
    std::vector<std::pair<Day, Day>> spans;
    for (auto const* interval : intervals) {
        auto const end = std::min(interval->to.value_or(t), t);
        if (interval->from < end) spans.emplace_back(interval->from, end);
    }
    std::sort(spans.begin(), spans.end());
    std::int64_t days = 0;
    auto covered = Day{std::numeric_limits<std::int32_t>::min() / 2};
    for (auto const& [from, end] : spans) {
        if (end <= covered) continue;
        days += end - std::max(from, covered);
        covered = end;
    }
    return static_cast<int>(days * 48 / 1461);
}

Day window_end(Day date, Period within) {
    // date + within is never too late, but where it was clipped, up to three later days still count (F3b).
    auto last = within.after(date);
    while (within.before(last + 1) <= date)
        last = last + 1;
    return last;
}

std::vector<Claim> claims_of(Programme const& programme, Evidence const& evidence, Scope scope, Day t) {
    std::vector<Claim> claims;
    claims.reserve(3 * evidence.completions.size() + evidence.signoffs.size() + 3 * evidence.entrustments.size());
    ClaimWriter writer(programme, claims);
    claim_completions(programme, evidence, scope, t, writer);
    for (auto const& signoff : evidence.signoffs)
        if (signoff.signed_on <= t && counts(signoff.standing, scope))
            writer.add(signoff.competency, signoff.level, EvidenceKind::workplace, signoff.signed_on, signoff.id);
    claim_entrustments(programme, evidence, scope, t, writer);
    claim_external(programme, evidence, scope, t, writer);
    return claims;
}

std::map<std::string, CompetencyLevel> levels_of(Programme const& programme, Evidence const& evidence, Day t) {
    std::map<std::string_view, std::vector<Day>> practices;
    for (auto const& practice : evidence.practices)
        if (practice.standing == Standing::verified) practices[practice.competency].push_back(practice.at);
    for (auto& [competency, days] : practices)
        std::sort(days.begin(), days.end());

    std::map<std::string, CompetencyLevel> levels;
    std::vector<std::tuple<Claim, DecayClass const*, Day>> current;
    for (auto& claim : claims_of(programme, evidence, Scope::verified, t)) {
        auto const* competency = programme.competency(claim.competency);
        if (competency == nullptr) continue;
        auto const& decay = competency->decay;
        auto const effective = effective_date(decay, claim, practices[competency->code], t);
        auto const level = decayed(decay, claim.level, t - effective);
        if (level == 0) continue;
        auto& best = levels[claim.competency];
        // The smaller id decides between equals, so that the order of the evidence never shows.
        auto const better = std::tuple(level, effective, best.claim.evidence_id) >
                            std::tuple(best.level, best.effective, claim.evidence_id);
        if (best.level == 0 || better) best = {level, claim, effective, std::nullopt};
        current.emplace_back(std::move(claim), &decay, effective);
    }
    for (auto const& [claim, decay, effective] : current) {
        auto& best = levels.at(claim.competency);
        auto const last = last_day(*decay, effective, claim.level, best.level);
        if (last && *last >= t && (!best.until || *last > *best.until)) best.until = last;
    }
    return levels;
}

Readiness readiness_of(Role const& role, std::map<std::string, CompetencyLevel> const& levels) {
    Readiness readiness;
    double held = 0, asked = 0;
    for (auto const& requirement : role.requires_) {
        auto const found = levels.find(requirement.competency);
        auto const level = found == levels.end() ? 0 : found->second.level;
        held += requirement.weight * std::min(level, requirement.level);
        asked += requirement.weight * requirement.level;
        if (level < requirement.level) readiness.gaps[requirement.competency] = requirement.level - level;
    }
    // Weights have at most six decimals, so in millionths the quotient is one of whole numbers and r4 is exact.
    auto const numerator = std::llround(held * 1e6), denominator = std::llround(asked * 1e6);
    if (denominator > 0) readiness.readiness = r4({numerator, denominator});
    return readiness;
}

}  // namespace itqan::domain
