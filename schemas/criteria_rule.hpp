#pragma once
// The rule language of an achievement's criteria: parsed into a tree and validated against the ids of a programme.
// It does not evaluate; service/domain/criteria does.

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "schemas/clock.hpp"
#include "schemas/json.hpp"

namespace itqan::schemas {

struct CompetencyLeaf {
    std::string code;
    int level = 1;
    std::optional<Period> within = {};
};
struct CompletionLeaf {
    std::string activity;
    std::optional<double> min_score = {};
    std::optional<std::string> grade = {};
    std::optional<double> min_hours = {};
    std::optional<Period> within = {};
};
struct HoursLeaf {
    std::string domain;
    double min = 0;
    std::optional<Period> within = {};
};
struct BadgeLeaf {
    std::string achievement;
};
struct SignoffLeaf {
    std::string competency;
    int level = 1;
    int count = 1;
    std::optional<Period> within = {};
};
struct EntrustmentLeaf {
    std::string epa;
    int level = 1;
    int assessors = 1;
    std::optional<Period> within = {};
};
struct ExperienceLeaf {
    int months = 0;
    std::vector<std::string> groups = {};  ///< One of; empty with a role or with no restriction at all.
    std::optional<std::string> role = {};
};
using Leaf =
    std::variant<CompetencyLeaf, CompletionLeaf, HoursLeaf, BadgeLeaf, SignoffLeaf, EntrustmentLeaf, ExperienceLeaf>;

enum class Operator { all, any, at_least, leaf };

/// A node of the rule. `children` for all, any and at_least; `leaf` for a leaf. `n` is the number of children that
/// must hold: |children| for all, 1 for any, the given number for at_least.
struct Rule {
    Operator op = Operator::all;
    int n = 0;
    std::vector<Rule> children = {};
    std::optional<Leaf> leaf = {};
};

/// Which ids a rule may name. A null function accepts every id.
struct RuleVocabulary {
    std::function<bool(std::string const&)> competency, activity, achievement, epa, domain, role, group;
    /// The activity's grade scale, low to high; null when the activity is unknown.
    std::function<std::vector<std::string> const*(std::string const& activity)> grade_scale;
};

/// Parses and validates one rule (domain.md 1.4): exactly one operator per object, no unknown members, levels 1 to 5,
/// n within 1..|of|, depth at most 8, at most 128 nodes, known ids. Error: unprocessable "invalid-rule", one violation
/// per problem, pointers relative to the rule ("/all/0/competency/level").
Result<Rule> parse_rule(Json const& document, RuleVocabulary const& vocabulary = {});

/// The same document again: parse_rule(rule_to_json(r)) equals r.
Json rule_to_json(Rule const& rule);

/// The leaf's own object without its name: {"code": "DH4.2", "level": 3}; and its name: "competency".
Json leaf_to_json(Leaf const& leaf);
std::string_view leaf_name(Leaf const& leaf);

}  // namespace itqan::schemas
