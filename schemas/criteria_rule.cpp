#include "schemas/criteria_rule.hpp"

#include "schemas/json_pointer.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <utility>

namespace itqan::schemas {
namespace {

constexpr int deepest = 8;
constexpr int most_nodes = 128;
constexpr std::size_t most_children = 32;
constexpr std::array<std::string_view, 7> leaf_names{"competency", "completion",  "hours",     "badge",
                                                     "signoff",    "entrustment", "experience"};

std::string joined(std::string const& pointer, std::string_view name) {
    return pointer + "/" + pointer_token(name);
}

/// The whole number in a value, 3 and 3.0 alike, if it has one within the range of int.
std::optional<int> whole_number(Json const& value) {
    if (!value.is_number()) return std::nullopt;
    auto const number = value.get<double>();
    if (number != std::floor(number) || std::abs(number) > 1e9) return std::nullopt;
    return static_cast<int>(number);
}

Json number_to_json(double value) {
    if (value == std::floor(value) && std::abs(value) < 1e15) return static_cast<std::int64_t>(value);
    return value;
}

/// Reads a rule and collects every problem instead of stopping at the first: who writes rules sees all of them at once.
class Reader {
  public:
    explicit Reader(RuleVocabulary const& vocabulary) : vocabulary_(vocabulary) {}

    Rule read_node(Json const& node, std::string const& pointer, int depth) {
        Rule rule;
        if (depth > deepest) {
            report(pointer, "nested deeper than 8 levels; flatten the rule");
            return rule;
        }
        if (++nodes_ > most_nodes) {
            if (nodes_ == most_nodes + 1) report("", "more than 128 nodes; split the achievement");
            return rule;
        }
        if (!node.is_object()) {
            report(pointer, "must be an object with one operator, such as {\"all\": [...]}");
            return rule;
        }
        auto const op = find_operator(node, pointer);
        if (!op) return rule;

        if (*op == "all" || *op == "any" || *op == "atLeast") return read_branch(node, *op, pointer, depth);
        rule.op = Operator::leaf;
        rule.leaf = read_leaf(*op, node.at(std::string(*op)), joined(pointer, *op));
        return rule;
    }

    std::vector<Violation> take_violations() { return std::move(violations_); }

  private:
    void report(std::string pointer, std::string detail) {
        violations_.push_back({std::move(pointer), std::move(detail)});
    }

    /// The one operator of a node; "of" belongs to atLeast. Reports unknown members and a number other than one.
    std::optional<std::string_view> find_operator(Json const& node, std::string const& pointer) {
        static constexpr std::array<std::string_view, 3> branches{"all", "any", "atLeast"};
        std::vector<std::string_view> found;
        bool unknown = false;
        for (auto const& [name, value] : node.items()) {
            auto const same = [&name_ = name](std::string_view known) { return known == name_; };
            if (auto const* branch = std::find_if(branches.begin(), branches.end(), same); branch != branches.end()) {
                found.push_back(*branch);
            } else if (auto const* leaf = std::find_if(leaf_names.begin(), leaf_names.end(), same);
                       leaf != leaf_names.end()) {
                found.push_back(*leaf);
            } else if (name != "of") {
                unknown = true;
                report(
                    joined(pointer, name),
                    "is no operator; the rule language has all, any, atLeast with of, competency, completion, hours, "
                    "badge, signoff, entrustment, experience");
            }
        }
        if (found.size() != 1) {
            if (!unknown || !found.empty()) {
                report(pointer, "must hold exactly one operator, not " + std::to_string(found.size()));
            }
            return std::nullopt;
        }
        if (node.contains("of") && found.front() != "atLeast") report(joined(pointer, "of"), "belongs to atLeast only");
        return found.front();
    }

    Rule read_branch(Json const& node, std::string_view op, std::string const& pointer, int depth) {
        Rule rule;
        rule.op = op == "all" ? Operator::all : op == "any" ? Operator::any : Operator::at_least;
        std::string const list_name = rule.op == Operator::at_least ? "of" : std::string(op);
        auto const list_pointer = joined(pointer, list_name);
        auto const list = node.find(list_name);
        if (list == node.end()) {
            report(list_pointer, "is missing; atLeast needs the rules to choose of");
            return rule;
        }
        if (!list->is_array()) {
            report(list_pointer, "must be an array of rules");
            return rule;
        }
        if (list->size() > most_children) report(list_pointer, "has more than 32 rules");
        for (std::size_t i = 0; i < list->size() && i < most_children; ++i) {
            rule.children.push_back(read_node((*list)[i], list_pointer + "/" + std::to_string(i), depth + 1));
        }
        rule.n = rule.op == Operator::any ? 1 : static_cast<int>(rule.children.size());
        if (rule.op == Operator::at_least)
            rule.n = read_count(node.at("atLeast"), list->size(), joined(pointer, "atLeast"));
        return rule;
    }

    int read_count(Json const& value, std::size_t children, std::string const& pointer) {
        auto const n = whole_number(value);
        if (!n || *n < 1 || static_cast<std::size_t>(*n) > children) {
            report(pointer,
                   "must be a whole number from 1 to the number of rules in of (" + std::to_string(children) + ")");
            return 1;
        }
        return *n;
    }

    Leaf read_leaf(std::string_view name, Json const& body, std::string const& pointer) {
        if (!body.is_object()) {
            report(pointer, "must be an object");
            return BadgeLeaf{};
        }
        if (name == "competency") return read_competency(body, pointer);
        if (name == "completion") return read_completion(body, pointer);
        if (name == "hours") return read_hours(body, pointer);
        if (name == "badge") return read_badge(body, pointer);
        if (name == "signoff") return read_signoff(body, pointer);
        if (name == "entrustment") return read_entrustment(body, pointer);
        return read_experience(body, pointer);
    }

    CompetencyLeaf read_competency(Json const& body, std::string const& pointer) {
        allow_only(body, pointer, {"code", "level", "within"});
        CompetencyLeaf leaf;
        leaf.code = read_id(body, pointer, "code", vocabulary_.competency, "competency of the framework");
        leaf.level = read_level(body, pointer);
        leaf.within = read_within(body, pointer);
        return leaf;
    }

    CompletionLeaf read_completion(Json const& body, std::string const& pointer) {
        allow_only(body, pointer, {"activity", "minScore", "grade", "minHours", "within"});
        CompletionLeaf leaf;
        leaf.activity = read_id(body, pointer, "activity", vocabulary_.activity, "activity");
        if (auto const score = body.find("minScore"); score != body.end()) {
            if (!score->is_number() || score->get<double>() < 0 || score->get<double>() > 100) {
                report(joined(pointer, "minScore"), "must be a number from 0 to 100");
            } else {
                leaf.min_score = score->get<double>();
            }
        }
        if (body.contains("minHours")) leaf.min_hours = read_positive(body, pointer, "minHours");
        if (auto const grade = body.find("grade"); grade != body.end())
            leaf.grade = read_grade(*grade, leaf.activity, pointer);
        leaf.within = read_within(body, pointer);
        return leaf;
    }

    std::optional<std::string> read_grade(Json const& value, std::string const& activity, std::string const& pointer) {
        auto const where = joined(pointer, "grade");
        if (!value.is_string() || value.get_ref<std::string const&>().empty()) {
            report(where, "must be a grade of the activity's scale");
            return std::nullopt;
        }
        auto const& grade = value.get_ref<std::string const&>();
        if (vocabulary_.grade_scale && !activity.empty()) {
            auto const* scale = vocabulary_.grade_scale(activity);
            if (scale != nullptr && std::find(scale->begin(), scale->end(), grade) == scale->end()) {
                std::string known;
                for (auto const& step : *scale)
                    known += (known.empty() ? "" : ", ") + step;
                report(where, known.empty() ? "cannot be asked: the activity gives no grades"
                                            : "is not on the activity's grade scale (" + known + ")");
            }
        }
        return grade;
    }

    HoursLeaf read_hours(Json const& body, std::string const& pointer) {
        allow_only(body, pointer, {"domain", "min", "within"});
        HoursLeaf leaf;
        leaf.domain = read_id(body, pointer, "domain", vocabulary_.domain, "domain of the framework");
        leaf.min = read_positive(body, pointer, "min").value_or(0);
        leaf.within = read_within(body, pointer);
        return leaf;
    }

    BadgeLeaf read_badge(Json const& body, std::string const& pointer) {
        allow_only(body, pointer, {"achievement"});
        return BadgeLeaf{read_id(body, pointer, "achievement", vocabulary_.achievement, "achievement")};
    }

    SignoffLeaf read_signoff(Json const& body, std::string const& pointer) {
        allow_only(body, pointer, {"competency", "level", "count", "within"});
        SignoffLeaf leaf;
        leaf.competency = read_id(body, pointer, "competency", vocabulary_.competency, "competency of the framework");
        leaf.level = read_level(body, pointer);
        leaf.count = read_at_least_one(body, pointer, "count");
        leaf.within = read_within(body, pointer);
        return leaf;
    }

    EntrustmentLeaf read_entrustment(Json const& body, std::string const& pointer) {
        allow_only(body, pointer, {"epa", "level", "assessors", "within"});
        EntrustmentLeaf leaf;
        leaf.epa = read_id(body, pointer, "epa", vocabulary_.epa, "EPA");
        leaf.level = read_level(body, pointer);
        leaf.assessors = read_at_least_one(body, pointer, "assessors");
        leaf.within = read_within(body, pointer);
        return leaf;
    }

    ExperienceLeaf read_experience(Json const& body, std::string const& pointer) {
        allow_only(body, pointer, {"months", "group", "role"});
        ExperienceLeaf leaf;
        leaf.months = read_at_least_one(body, pointer, "months");
        if (auto const groups = body.find("group"); groups != body.end()) {
            leaf.groups = read_groups(*groups, joined(pointer, "group"));
            if (body.contains("role")) report(joined(pointer, "role"), "excludes group; give one of them");
        }
        if (body.contains("role")) leaf.role = read_id(body, pointer, "role", vocabulary_.role, "role");
        return leaf;
    }

    std::vector<std::string> read_groups(Json const& value, std::string const& pointer) {
        std::vector<std::string> groups;
        if (!value.is_array() || value.empty()) {
            report(pointer, "must be an array of at least one group");
            return groups;
        }
        for (std::size_t i = 0; i < value.size(); ++i) {
            auto const where = pointer + "/" + std::to_string(i);
            if (!value[i].is_string()) {
                report(where, "must be the name of a group");
                continue;
            }
            auto const& group = value[i].get_ref<std::string const&>();
            if (vocabulary_.group && !vocabulary_.group(group)) {
                report(where, "\"" + group + "\" is no known group");
            } else if (std::find(groups.begin(), groups.end(), group) != groups.end()) {
                report(where, "\"" + group + "\" is named twice");
            } else {
                groups.push_back(group);
            }
        }
        return groups;
    }

    void allow_only(Json const& body, std::string const& pointer, std::initializer_list<std::string_view> names) {
        for (auto const& [name, value] : body.items()) {
            if (std::find(names.begin(), names.end(), name) != names.end()) continue;
            std::string known;
            for (auto const allowed : names)
                known.append(known.empty() ? "" : ", ").append(allowed);
            report(joined(pointer, name), "is unknown here; this leaf has " + known);
        }
    }

    std::string read_id(Json const& body, std::string const& pointer, char const* name,
                        std::function<bool(std::string const&)> const& known, std::string const& kind) {
        auto const value = body.find(name);
        auto const where = joined(pointer, name);
        if (value == body.end()) {
            report(where, "is missing; name a known " + kind);
            return {};
        }
        if (!value->is_string() || value->get_ref<std::string const&>().empty() ||
            value->get_ref<std::string const&>().size() > 64) {
            report(where, "must be a string of 1 to 64 characters");
            return {};
        }
        auto id = value->get<std::string>();
        if (known && !known(id)) report(where, "\"" + id + "\" is no known " + kind);
        return id;
    }

    int read_level(Json const& body, std::string const& pointer) {
        auto const value = body.find("level");
        auto const level = value == body.end() ? std::nullopt : whole_number(*value);
        if (level && *level >= 1 && *level <= 5) return *level;
        report(joined(pointer, "level"), value == body.end() ? "is missing; give a whole number from 1 to 5"
                                                             : "must be a whole number from 1 to 5");
        return 1;
    }

    int read_at_least_one(Json const& body, std::string const& pointer, char const* name) {
        auto const value = body.find(name);
        auto const count = value == body.end() ? std::nullopt : whole_number(*value);
        if (count && *count >= 1) return *count;
        report(joined(pointer, name), value == body.end() ? "is missing; give a whole number of at least 1"
                                                          : "must be a whole number of at least 1");
        return 1;
    }

    std::optional<double> read_positive(Json const& body, std::string const& pointer, char const* name) {
        auto const value = body.find(name);
        if (value != body.end() && value->is_number() && value->get<double>() > 0) return value->get<double>();
        report(joined(pointer, name),
               value == body.end() ? "is missing; give a number above 0" : "must be a number above 0");
        return std::nullopt;
    }

    std::optional<Period> read_within(Json const& body, std::string const& pointer) {
        auto const value = body.find("within");
        if (value == body.end()) return std::nullopt;
        auto const period = value->is_string() ? Period::parse(value->get_ref<std::string const&>()) : std::nullopt;
        if (!period) report(joined(pointer, "within"), "must be a period such as P90D, P24M or P2Y");
        return period;
    }

    RuleVocabulary const& vocabulary_;
    std::vector<Violation> violations_;
    int nodes_ = 0;
};

/// Writes each leaf's members; optional ones only when they are set.
struct LeafWriter {
    Json operator()(CompetencyLeaf const& leaf) const {
        return with_within({{"code", leaf.code}, {"level", leaf.level}}, leaf.within);
    }
    Json operator()(CompletionLeaf const& leaf) const {
        Json out{{"activity", leaf.activity}};
        if (leaf.min_score) out["minScore"] = number_to_json(*leaf.min_score);
        if (leaf.grade) out["grade"] = *leaf.grade;
        if (leaf.min_hours) out["minHours"] = number_to_json(*leaf.min_hours);
        return with_within(std::move(out), leaf.within);
    }
    Json operator()(HoursLeaf const& leaf) const {
        return with_within({{"domain", leaf.domain}, {"min", number_to_json(leaf.min)}}, leaf.within);
    }
    Json operator()(BadgeLeaf const& leaf) const { return {{"achievement", leaf.achievement}}; }
    Json operator()(SignoffLeaf const& leaf) const {
        return with_within({{"competency", leaf.competency}, {"level", leaf.level}, {"count", leaf.count}},
                           leaf.within);
    }
    Json operator()(EntrustmentLeaf const& leaf) const {
        return with_within({{"epa", leaf.epa}, {"level", leaf.level}, {"assessors", leaf.assessors}}, leaf.within);
    }
    Json operator()(ExperienceLeaf const& leaf) const {
        Json out{{"months", leaf.months}};
        if (!leaf.groups.empty()) out["group"] = leaf.groups;
        if (leaf.role) out["role"] = *leaf.role;
        return out;
    }

    static Json with_within(Json out, std::optional<Period> const& within) {
        if (within) out["within"] = within->text();
        return out;
    }
};

}  // namespace

Result<Rule> parse_rule(Json const& document, RuleVocabulary const& vocabulary) {
    Reader reader(vocabulary);
    auto rule = reader.read_node(document, "", 1);
    auto violations = reader.take_violations();
    if (violations.empty()) return rule;

    auto const& first = violations.front();
    auto detail =
        "The rule is not valid: " + (first.pointer.empty() ? "the rule" : first.pointer) + " " + first.detail + ".";
    return Error{Fault::unprocessable, "invalid-rule", std::move(detail), std::move(violations)};
}

Json rule_to_json(Rule const& rule) {
    if (rule.op == Operator::leaf)
        return {{std::string(leaf_name(rule.leaf.value())), leaf_to_json(rule.leaf.value())}};
    auto children = Json::array();
    for (auto const& child : rule.children)
        children.push_back(rule_to_json(child));
    Json out = Json::object();
    if (rule.op == Operator::at_least) {
        out["atLeast"] = rule.n;
        out["of"] = std::move(children);
    } else {
        out[rule.op == Operator::all ? "all" : "any"] = std::move(children);
    }
    return out;
}

Json leaf_to_json(Leaf const& leaf) {
    return std::visit(LeafWriter{}, leaf);
}

std::string_view leaf_name(Leaf const& leaf) {
    return leaf_names[leaf.index()];
}

}  // namespace itqan::schemas
