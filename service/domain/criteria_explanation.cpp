#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "service/domain/criteria.hpp"

namespace itqan::domain {
namespace {

/// Rounded once, on output (domain.md, conventions); whole numbers without a fraction.
Json number_to_json(double value) {
    auto const rounded = std::floor(value * 1e4 + 0.5) / 1e4;
    if (rounded == std::floor(rounded) && std::abs(rounded) < 1e15) return static_cast<std::int64_t>(rounded);
    return rounded;
}

Json day_to_json(std::optional<Day> const& day) {
    return day ? Json(day->text()) : Json(nullptr);
}

std::string_view operator_name(Node const& node) {
    switch (node.op) {
        case schemas::Operator::all:
            return "all";
        case schemas::Operator::any:
            return "any";
        case schemas::Operator::at_least:
            return "atLeast";
        default:
            return schemas::leaf_name(*node.leaf);
    }
}

std::string_view step_name(schemas::Operator op) {
    switch (op) {
        case schemas::Operator::all:
            return "all";
        case schemas::Operator::any:
            return "any";
        default:
            return "of";
    }
}

constexpr double no_way = 1e300;

double cost_of(Node const& node) {
    return node.cost_hours.value_or(no_way);
}

void collect_missing(Node const& node, std::vector<Node const*>& leaves) {
    if (node.outcome != Outcome::unsatisfied) return;
    if (node.op == schemas::Operator::leaf) {
        leaves.push_back(&node);
        return;
    }
    std::vector<Node const*> cheapest;
    for (auto const& child : node.children)
        cheapest.push_back(&child);
    std::stable_sort(cheapest.begin(), cheapest.end(), [](Node const* a, Node const* b) {
        // What holds or waits costs as little as experience that only needs time; it comes first.
        if (cost_of(*a) != cost_of(*b)) return cost_of(*a) < cost_of(*b);
        return a->outcome > b->outcome;
    });
    cheapest.resize(std::min(cheapest.size(), static_cast<std::size_t>(node.n)));
    for (auto const* child : cheapest)
        collect_missing(*child, leaves);
}

void collect_keys(schemas::Rule const& rule, std::set<std::string>& keys) {
    for (auto const& child : rule.children)
        collect_keys(child, keys);
    if (!rule.leaf) return;
    struct Key {
        std::string operator()(schemas::CompetencyLeaf const& leaf) const { return "comp:" + leaf.code; }
        std::string operator()(schemas::CompletionLeaf const& leaf) const { return "act:" + leaf.activity; }
        std::string operator()(schemas::HoursLeaf const& leaf) const { return "hours:" + leaf.domain; }
        std::string operator()(schemas::BadgeLeaf const& leaf) const { return "badge:" + leaf.achievement; }
        std::string operator()(schemas::SignoffLeaf const& leaf) const { return "comp:" + leaf.competency; }
        std::string operator()(schemas::EntrustmentLeaf const& leaf) const { return "epa:" + leaf.epa; }
        std::string operator()(schemas::ExperienceLeaf const&) const { return "exp"; }
    };
    keys.insert(std::visit(Key{}, *rule.leaf));
}

/// Completions make claims, so of the leaves on a competency only the competency leaf is touched by one.
bool leaf_touched(schemas::Leaf const& leaf, Programme const& programme, Activity const& activity) {
    if (auto const* completion = std::get_if<schemas::CompletionLeaf>(&leaf))
        return completion->activity == activity.id;
    return std::any_of(activity.awards.begin(), activity.awards.end(), [&](Award const& award) {
        if (auto const* competency = std::get_if<schemas::CompetencyLeaf>(&leaf))
            return competency->code == award.competency;
        auto const* hours = std::get_if<schemas::HoursLeaf>(&leaf);
        auto const* awarded = programme.competency(award.competency);
        return hours != nullptr && awarded != nullptr && awarded->domain == hours->domain;
    });
}

}  // namespace

std::vector<Node const*> why_not_yet(Node const& root) {
    std::vector<Node const*> leaves;
    collect_missing(root, leaves);
    std::stable_sort(leaves.begin(), leaves.end(),
                     [](Node const* a, Node const* b) { return cost_of(*a) < cost_of(*b); });
    return leaves;
}

std::vector<Node const*> limiting_leaves(Node const& root) {
    std::vector<Node const*> leaves;
    if (root.outcome != Outcome::satisfied || !root.until) return leaves;
    if (root.op == schemas::Operator::leaf) return {&root};
    for (auto const& child : root.children) {
        if (child.until != root.until) continue;
        auto const below = limiting_leaves(child);
        leaves.insert(leaves.end(), below.begin(), below.end());
    }
    return leaves;
}

Json summary_to_json(Node const& root) {
    return {{"outcome", outcome_name(root.outcome)},
            {"progress", number_to_json(root.progress)},
            {"until", day_to_json(root.until)},
            {"costHours", root.cost_hours ? number_to_json(*root.cost_hours) : Json(nullptr)}};
}

Json node_to_json(Node const& node, std::string const& path) {
    auto out = summary_to_json(node);
    std::string const name(operator_name(node));
    out["path"] = path;
    out["op"] = name;
    out["messageKey"] = "criteria." + name + "." + std::string(outcome_name(node.outcome));
    if (node.op == schemas::Operator::leaf) {
        out["rule"] = schemas::leaf_to_json(*node.leaf);
        out["have"] = number_to_json(node.have);
        out["need"] = number_to_json(node.need);
        out["evidence"] = node.evidence;
        return out;
    }
    out["n"] = node.n;
    out["children"] = Json::array();
    auto const step = path + "." + std::string(step_name(node.op)) + "[";
    for (std::size_t i = 0; i < node.children.size(); ++i)
        out["children"].push_back(node_to_json(node.children[i], step + std::to_string(i) + "]"));
    return out;
}

std::set<std::string> touched_keys(schemas::Rule const& rule) {
    std::set<std::string> keys;
    collect_keys(rule, keys);
    return keys;
}

bool touches(schemas::Rule const& rule, Programme const& programme, Activity const& activity) {
    if (rule.leaf) return leaf_touched(*rule.leaf, programme, activity);
    return std::any_of(rule.children.begin(), rule.children.end(),
                       [&](schemas::Rule const& child) { return touches(child, programme, activity); });
}

}  // namespace itqan::domain
