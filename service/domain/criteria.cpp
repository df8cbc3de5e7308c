#include "service/domain/criteria.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <boost/container/small_vector.hpp>

#include "service/domain/criteria_leaves.hpp"

namespace itqan::domain {
namespace {

constexpr std::int64_t scale = 10'000;

std::int64_t ten_thousandths(double progress) {
    return std::llround(progress * static_cast<double>(scale));
}

constexpr double impossible = std::numeric_limits<double>::infinity();
constexpr std::int64_t unlimited = std::numeric_limits<std::int64_t>::max();

/// Last day as a number that compares: unlimited is the largest, not satisfied the smallest.
std::int64_t rank_of_until(Node const& node) {
    if (node.outcome != Outcome::satisfied) return std::numeric_limits<std::int64_t>::min();
    return node.until ? node.until->number : unlimited;
}

}  // namespace

std::string_view outcome_name(Outcome outcome) {
    switch (outcome) {
        case Outcome::satisfied:
            return "satisfied";
        case Outcome::pending:
            return "pending";
        default:
            return "unsatisfied";
    }
}

double r4(Ratio ratio) {
    auto const rounded = (2 * scale * ratio.numerator + ratio.denominator) / (2 * ratio.denominator);
    return static_cast<double>(rounded) / static_cast<double>(scale);
}

void combine(Node& node) {
    auto const& children = node.children;
    auto const n = static_cast<std::size_t>(node.n);
    if (n > children.size()) {  // an empty any
        node.outcome = Outcome::unsatisfied;
        node.cost_hours.reset();
        return;
    }
    constexpr std::size_t usual = 32;  // more than a rule may have (criteria_rule)
    boost::container::small_vector<Outcome, usual> outcomes;
    boost::container::small_vector<std::int64_t, usual> progress, last_days;
    boost::container::small_vector<double, usual> costs;
    for (auto const& child : children) {
        outcomes.push_back(child.outcome);
        progress.push_back(ten_thousandths(child.progress));
        last_days.push_back(rank_of_until(child));
        costs.push_back(child.cost_hours.value_or(impossible));
    }
    std::sort(outcomes.begin(), outcomes.end(), std::greater<>());
    std::sort(progress.begin(), progress.end(), std::greater<>());
    std::sort(last_days.begin(), last_days.end(), std::greater<>());
    std::sort(costs.begin(), costs.end());

    node.outcome = n == 0 ? Outcome::satisfied : outcomes[n - 1];
    std::int64_t sum = 0;
    double cost = 0;
    for (std::size_t i = 0; i < n; ++i) {
        sum += progress[i];
        cost += costs[i];
    }
    node.progress = n == 0 ? 1 : r4({sum, static_cast<std::int64_t>(n) * scale});
    node.cost_hours.reset();
    if (cost < impossible) node.cost_hours = std::round(cost * 1e6) / 1e6;
    node.until.reset();
    if (n > 0 && node.outcome == Outcome::satisfied && last_days[n - 1] != unlimited)
        node.until = Day{static_cast<std::int32_t>(last_days[n - 1])};
}

struct Evaluator::State {
    /// What a badge leaf needs of the rule that it names.
    struct Verdict {
        Outcome outcome = Outcome::unsatisfied;
        std::optional<Day> until;
        std::optional<double> cost_hours;
    };

    Programme const& programme;
    Day as_of;
    BadgeOverrides const& overrides;
    LeafJudge judge;
    std::vector<std::optional<Verdict>> verdicts;  ///< By position in programme.achievements.

    State(Programme const& programme_in_force, Evidence const& evidence, Day day, BadgeOverrides const& changes)
        : programme(programme_in_force),
          as_of(day),
          overrides(changes),
          judge(programme_in_force, evidence, day),
          verdicts(programme_in_force.achievements.size()) {}

    Node evaluate(schemas::Rule const& rule) {
        Node node;
        node.op = rule.op;
        if (rule.leaf) {
            node.leaf = &*rule.leaf;
            if (auto const* badge = std::get_if<schemas::BadgeLeaf>(&*rule.leaf))
                judge_badge(*badge, node);
            else
                judge.judge(*rule.leaf, node);
        } else {
            node.n = rule.n;
            node.children.reserve(rule.children.size());
            for (auto const& child : rule.children)
                node.children.push_back(evaluate(child));
            combine(node);
        }
        return node;
    }

    void remember(Achievement const& achievement, Node const& root) {
        if (programme.achievement(achievement.id) != &achievement) return;  // a draft
        verdicts[position(achievement)] = Verdict{root.outcome, root.until, root.cost_hours};
    }

    std::size_t position(Achievement const& achievement) const {
        return static_cast<std::size_t>(&achievement - programme.achievements.data());
    }

    Verdict const& verdict_of(Achievement const& achievement) {
        if (!verdicts[position(achievement)]) remember(achievement, evaluate(achievement.criteria));
        return verdicts[position(achievement)].value();
    }

    /// The rule live, then what issued credentials change about it (decision 10).
    void judge_badge(schemas::BadgeLeaf const& leaf, Node& node) {
        Verdict verdict;
        if (auto const* achievement = programme.achievement(leaf.achievement)) verdict = verdict_of(*achievement);
        auto const by_hand = overrides.by_hand.find(leaf.achievement);
        if (overrides.withdrawn.contains(leaf.achievement)) {
            verdict.outcome = Outcome::unsatisfied;
            verdict.until.reset();
        } else if (by_hand != overrides.by_hand.end() && (!by_hand->second || *by_hand->second >= as_of)) {
            auto const rule_is_unlimited = verdict.outcome == Outcome::satisfied && !verdict.until;
            if (rule_is_unlimited || !by_hand->second)
                verdict.until.reset();
            else
                verdict.until = std::max(verdict.until.value_or(*by_hand->second), *by_hand->second);
            verdict.outcome = Outcome::satisfied;
            verdict.cost_hours = 0;
        }
        node.outcome = verdict.outcome;
        node.until = verdict.until;
        node.cost_hours = verdict.cost_hours;
        node.have = verdict.outcome == Outcome::unsatisfied ? 0 : 1;
        node.need = 1;
        node.progress = node.have;
    }
};

Evaluator::Evaluator(Programme const& programme, Evidence const& evidence, Day as_of, BadgeOverrides const& overrides)
    : state_(std::make_unique<State>(programme, evidence, as_of, overrides)) {}

Evaluator::~Evaluator() = default;

Evaluation Evaluator::evaluate(Achievement const& achievement) {
    Evaluation evaluation{achievement.id, state_->evaluate(achievement.criteria)};
    state_->remember(achievement, evaluation.root);
    return evaluation;
}

Node Evaluator::evaluate_rule(schemas::Rule const& rule) {
    return state_->evaluate(rule);
}

std::vector<Evaluation> evaluate_all(Programme const& programme, Evidence const& evidence, Day as_of,
                                     BadgeOverrides const& overrides,
                                     std::function<bool(Achievement const&)> const& only) {
    Evaluator evaluator(programme, evidence, as_of, overrides);
    std::vector<Evaluation> evaluations;
    evaluations.reserve(programme.achievements.size());
    for (auto const& achievement : programme.achievements)
        if (achievement.status == "published" && (!only || only(achievement)))
            evaluations.push_back(evaluator.evaluate(achievement));
    return evaluations;
}

}  // namespace itqan::domain
