#pragma once
// One learner's evidence as values, and what follows from it: claims, decay and levels (domain.md 1.2, F-cap, F1, F2).
// Pure: no clock, no database.

#include <map>
#include <string>
#include <vector>

#include "service/domain/programme.hpp"

namespace itqan::domain {

/// How far a record counts. Rejected, revoked and ineligible records count nowhere.
enum class Standing { verified, waiting, excluded };
/// verified/confirmed -> verified; pending/requested/proposed -> waiting; everything else, or not eligible -> excluded.
Standing standing_of(std::string_view status, bool eligible);

struct Completion {
    std::string id, activity_id, provider_id;
    Day completed;
    double score = 0;
    std::optional<std::string> grade;
    double hours = 0;
    Standing standing = Standing::verified;
};
struct Signoff {
    std::string id, competency, mentor_id;
    int level = 0;
    Day signed_on;
    Standing standing = Standing::verified;
};
struct Entrustment {
    std::string id, epa_id, assessor_id;
    int level = 0;
    bool summative = true;  ///< false: ad hoc, shown and never counted.
    Day decided_on;
    Standing standing = Standing::verified;
};
struct Experience {
    std::string id, role_id, group, organisation_id;
    Day from;
    std::optional<Day> to;  ///< Half open; none: still running.
    Standing standing = Standing::verified;
};
struct Practice {
    std::string id, competency;
    Day at;
    Standing standing = Standing::verified;
};
struct SelfAssessment {
    std::string id, competency;
    int level = 0;
    Day at;
};
struct ExternalBadge {
    std::string id, framework_item, issuer_name, badge_name;
    int level = 0;
    Day awarded;
    Standing standing = Standing::verified;
};

struct Evidence {
    std::vector<Completion> completions;
    std::vector<Signoff> signoffs;
    std::vector<Entrustment> entrustments;
    std::vector<Experience> experiences;
    std::vector<Practice> practices;
    std::vector<SelfAssessment> self_assessments;
    std::vector<ExternalBadge> external_badges;
};

/// Which records are looked at: verified only (V), or verified and waiting (V+P).
enum class Scope { verified, with_waiting };

struct Claim {
    std::string competency;
    int level = 0;  ///< After the ceiling of its kind.
    EvidenceKind kind = EvidenceKind::knowledge;
    Day date;
    std::string evidence_id;
    bool operator==(Claim const&) const = default;
};

/// Level of a claim of level `level` at `age` days after its effective date (F1); 0 outside [0, validity].
int decayed(DecayClass const& decay, int level, int age_days);
/// Last day on which a claim of level `level` that counts from `start` is still >= `wanted` (F1b); none when it never
/// is.
std::optional<Day> last_day(DecayClass const& decay, Day start, int level, int wanted);
/// Effective date of a claim at t, moved by the confirmed practices on its competency (F1c). `practices` in date order.
Day effective_date(DecayClass const& decay, Claim const& claim, std::vector<Day> const& practices, Day t);
/// Whole months of the union of half-open intervals (F2): floor(days * 48 / 1461). An open interval ends at t.
int experience_months(std::vector<Experience const*> const& intervals, Day t);
/// The first day t with date >= t - within no longer true is window_end + 1 (domain.md 1.4, F3b).
Day window_end(Day date, Period within);

/// All claims that the evidence dated <= t makes in a scope, in a stable order.
std::vector<Claim> claims_of(Programme const& programme, Evidence const& evidence, Scope scope, Day t);

struct CompetencyLevel {
    int level = 0;
    Claim claim;  ///< The one that decides: highest level today, then latest effective date.
    Day effective;
    std::optional<Day> until;  ///< Last day of this level without new evidence.
};
/// Levels today, verified only, levels > 0 only, by competency code.
std::map<std::string, CompetencyLevel> levels_of(Programme const& programme, Evidence const& evidence, Day t);

/// F4: sum(w*min(l,r))/sum(w*r), and the gaps > 0 by competency.
struct Readiness {
    double readiness = 0;  ///< Rounded to four places (r4).
    std::map<std::string, int> gaps;
};
Readiness readiness_of(Role const& role, std::map<std::string, CompetencyLevel> const& levels);

}  // namespace itqan::domain
