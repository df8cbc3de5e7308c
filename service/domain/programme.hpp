#pragma once
// The programme in force, as an immutable value: frameworks, activities, achievements with parsed rules, issuers,
// providers. Everything that decides reads one Programme; it holds no evidence, no credential and no learner.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "schemas/clock.hpp"
#include "schemas/criteria_rule.hpp"
#include "service/domain/proof_form.hpp"

namespace itqan::domain {

/// A text in the programme's two languages; Arabic falls back to English when it is missing.
struct Text {
    std::string en;
    std::string ar;
    std::string const& in(std::string_view language) const { return language == "ar" && !ar.empty() ? ar : en; }
};

struct DecayClass {
    std::string name;
    int fresh_days = 0, drop_days = 1, floor = 0, validity_days = 0;
};

enum class EvidenceKind { self, knowledge, simulation, workplace, external, entrustment };
std::optional<EvidenceKind> read_evidence_kind(std::string_view name);

/// One level of one competency in the CASE rubric: RubricCriterionLevel of a credential's result.
struct RubricLevel {
    int level = 0;
    std::string uri;  ///< CFRubricCriterionLevel uri; "" when the framework has no rubric.
    Text name;        ///< "Practitioner".
    Text description;
};

struct Competency {
    std::string code;    ///< "DH4.2".
    std::string domain;  ///< "DH4".
    std::string tag;     ///< core, clinical, technical, ...
    Text short_name;
    Text statement;
    DecayClass decay;
    std::string case_id;              ///< CFItem identifier (English package).
    std::string uri;                  ///< CFItem uri (English package).
    std::string uri_ar;               ///< CFItem uri of the Arabic sibling; "" when there is none.
    std::vector<RubricLevel> levels;  ///< Five, in order; may be empty.
};

struct CompetencyDomain {
    std::string code;  ///< "DH4".
    Text name;
};

struct LevelName {
    int level = 0;
    Text name;
    Text descriptor;
};

struct Award {
    std::string competency;
    int level = 0;
};

struct Activity {
    std::string id;
    std::string provider_id;
    Text title;
    double hours = 0;
    EvidenceKind kind = EvidenceKind::knowledge;
    double pass_score = 0;
    std::vector<std::string> grade_scale;  ///< Low to high.
    std::vector<Award> awards;
    std::vector<std::string> prerequisites;
};

struct EpaCompetency {
    std::string competency;
    int max_level = 5;
};
struct Epa {
    std::string id;
    Text title;
    int assessors_required = 1;
    std::vector<EpaCompetency> competencies;
};

enum class OnLoss { keep, suspend, revoke };

struct Achievement {
    std::string id;
    int version = 1;
    std::string issuer_id;
    std::string status;  ///< draft, published, retired.
    std::string type;    ///< Badge, Certificate, MicroCredential, ...
    Text name;
    Text description;
    schemas::Rule criteria;
    std::vector<Award> alignment;
    std::optional<Period> validity;
    OnLoss on_loss = OnLoss::suspend;
    std::vector<std::string> badge_references;  ///< Achievements named by badge leaves.
};

struct Issuer {
    std::string id;
    std::string slug;
    Text name;
    std::string url;
    std::string privacy_contact;
    std::optional<std::string> linkedin_organization_id;
    std::optional<std::string> provider_id;
    ProofForm proof = ProofForm::embedded;  ///< The form that its badges are signed in first.
};

struct Provider {
    std::string id;
    Text name;
    std::string status;  ///< active, suspended.
};

struct Role {
    std::string id;
    Text title;
    std::string group;
    struct Requirement {
        std::string competency;
        int level = 0;
        double weight = 1;
    };
    std::vector<Requirement> requires_;
};

/// What a level in a foreign framework's item is worth here (crosswalks with a level map; domain.md 1.1).
struct Transfer {
    std::string competency;
    std::vector<int> level_map;  ///< Index = foreign level, value = level here; index 0 is 0.
    double confidence = 1;
};

struct Framework {
    std::string title, title_ar;  ///< CFDocument titles.
    std::vector<CompetencyDomain> domains;
    std::vector<Competency> competencies;
    std::vector<LevelName> levels;     ///< Five.
    int caps[6] = {0, 2, 3, 4, 4, 5};  ///< Evidence ceilings by EvidenceKind (F-cap).
};

struct Programme {
    std::string id;
    Text name;
    std::optional<Day> date_of_record;
    Framework framework;
    std::vector<Activity> activities;
    std::vector<Achievement> achievements;      ///< Newest published (or retired) version of each, in import order.
    std::vector<Achievement> earlier_versions;  ///< What newer versions replaced: their addresses are signed for ever.
    std::vector<Epa> epas;
    std::vector<Issuer> issuers;
    std::vector<Provider> providers;
    std::vector<Role> roles;
    std::map<std::string, Text> organisations;
    std::map<std::string, std::vector<Transfer>> transfers;  ///< By foreign CFItem identifier.
    std::uint64_t generation = 0;  ///< Another for every indexed Programme of this process: a cache's key.

    // Look-ups; null when unknown. References stay valid as long as the Programme.
    Competency const* competency(std::string_view code) const;
    Activity const* activity(std::string_view id) const;
    Achievement const* achievement(std::string_view id) const;
    Epa const* epa(std::string_view id) const;
    Issuer const* issuer(std::string_view id) const;
    Issuer const* issuer_by_slug(std::string_view slug) const;
    Provider const* provider(std::string_view id) const;
    Role const* role(std::string_view id) const;
    int cap(EvidenceKind kind) const { return framework.caps[static_cast<int>(kind)]; }
    /// Achievement ids such that every referenced badge comes before the one that names it.
    std::vector<Achievement const*> in_badge_order() const;
    /// Positions in `activities` of those that award this competency.
    std::vector<std::size_t> const& activities_awarding(std::string_view code) const;

    /// Call once after filling: builds the indexes behind the look-ups.
    void index();

  private:
    std::map<std::string, std::size_t, std::less<>> competency_index_, activity_index_, achievement_index_, epa_index_,
        issuer_index_, slug_index_, provider_index_, role_index_;
    std::map<std::string, std::vector<std::size_t>, std::less<>> awarding_index_;
};

}  // namespace itqan::domain
