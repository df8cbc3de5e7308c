#pragma once
// Evaluates criteria rules against a learner's evidence and explains the verdict (domain.md 1.4). Pure: same input,
// same verdict; it reads no clock and no database, so any verdict can be replayed.

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "schemas/json.hpp"
#include "service/domain/evidence.hpp"

namespace itqan::domain {

enum class Outcome { unsatisfied, pending, satisfied };
std::string_view outcome_name(Outcome outcome);

/// An exact non-negative rational, reduced; progress before rounding must not lose digits.
struct Ratio {
    std::int64_t numerator = 0;
    std::int64_t denominator = 1;
};
/// floor(x * 10^4 + 1/2) / 10^4 (domain.md conventions).
double r4(Ratio ratio);

/// The explanation node of domain.md 1.4.
struct Node {
    schemas::Operator op = schemas::Operator::leaf;
    int n = 0;                            ///< all, any, atLeast.
    schemas::Leaf const* leaf = nullptr;  ///< Part of the rule, which must live as long.
    Outcome outcome = Outcome::unsatisfied;
    double progress = 0;                ///< r4.
    std::optional<Day> until;           ///< Last day; none when unlimited or not satisfied.
    std::optional<double> cost_hours;   ///< Hours still to do; none when nothing can satisfy it (empty any).
    double have = 0, need = 0;          ///< Leaves only, on V+P.
    std::vector<std::string> evidence;  ///< Sorted ids, leaves only.
    std::vector<Node> children;
};

struct Evaluation {
    std::string achievement_id;
    Node root;
    Outcome outcome() const { return root.outcome; }
};

/// What issued credentials change for badge leaves (decision 10): a revoked or suspended credential overrides the
/// referenced rule to unsatisfied, a hand award to satisfied until its last day.
struct BadgeOverrides {
    std::set<std::string> withdrawn;                    ///< Achievement ids.
    std::map<std::string, std::optional<Day>> by_hand;  ///< Achievement id -> last day (none: no end).
};

/// Evaluates rules of one learner on one day, sharing claims and referenced badges between achievements.
class Evaluator {
  public:
    /// Keeps references to all arguments.
    Evaluator(Programme const& programme, Evidence const& evidence, Day as_of, BadgeOverrides const& overrides);
    ~Evaluator();
    Evaluator(Evaluator const&) = delete;
    Evaluator& operator=(Evaluator const&) = delete;

    Evaluation evaluate(Achievement const& achievement);
    /// A rule outside any achievement (drafts, what-if).
    Node evaluate_rule(schemas::Rule const& rule);
    Node evaluate_rule(schemas::Rule const&&) = delete;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// The root of every published achievement, in programme order; `only` may leave some out.
std::vector<Evaluation> evaluate_all(Programme const& programme, Evidence const& evidence, Day as_of,
                                     BadgeOverrides const& overrides = {},
                                     std::function<bool(Achievement const&)> const& only = nullptr);

/// The unsatisfied leaves on the cheapest branch, in cost order ("why not yet").
std::vector<Node const*> why_not_yet(Node const& root);

/// The satisfied leaves whose evidence runs out on the root's last day: all of them must be renewed to move it. None
/// when that day is unlimited.
std::vector<Node const*> limiting_leaves(Node const& root);

/// The API's form (api.md): {outcome, progress, until, costHours}; and the whole tree as domain.md 1.4 with paths such
/// as
/// "$.all[4].any[1]" and keys of the locales such as "criteria.completion.satisfied".
Json summary_to_json(Node const& root);
Json node_to_json(Node const& node, std::string const& path = "$");

/// Keys a rule listens to: "comp:DH4.2", "act:act-102", "badge:ach-01", "epa:epa-01", "exp", "hours:DH2".
std::set<std::string> touched_keys(schemas::Rule const& rule);
/// True when the rule has a leaf that a completion of this activity touches (act, comp of its awards, hours of their
/// domains; badge leaves alone do not count): what a provider may see (decision 17).
bool touches(schemas::Rule const& rule, Programme const& programme, Activity const& activity);

}  // namespace itqan::domain
