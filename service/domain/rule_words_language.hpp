#pragma once
// The phrases that a rule needs, one implementation per language with its own plurals. Names come in already in the
// language; what they name is looked up in rule_words.cpp.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/criteria_rule.hpp"

namespace itqan::domain {

/// A level with its name: 3, "Practitioner".
struct LevelWords {
    int level = 0;
    std::string name;
};

/// A competency or domain: "Decision support use", "DH3.2".
struct CodedName {
    std::string name;
    std::string code;
};

class RuleLanguage {
  public:
    virtual ~RuleLanguage() = default;

    /// "All of:", "One of:", "At least 2 of:".
    virtual std::string branch(schemas::Operator op, int n) const = 0;
    virtual std::string no_conditions() const = 0;

    virtual std::string competency(CodedName const& competency, LevelWords const& level) const = 0;
    /// `score` only where the rule asks for one; without any number it is "passed".
    virtual std::string completion(std::string const& activity, std::optional<double> score,
                                   std::optional<std::string> const& grade, std::optional<double> hours) const = 0;
    virtual std::string study(CodedName const& domain, double hours) const = 0;
    virtual std::string badge(std::string const& achievement) const = 0;
    virtual std::string signoff(CodedName const& competency, LevelWords const& level, int mentors) const = 0;
    virtual std::string entrustment(std::string const& epa, LevelWords const& level, int assessors) const = 0;
    virtual std::string experience(int months, std::vector<std::string> const& groups,
                                   std::optional<std::string> const& role) const = 0;
    /// Follows any of the above: ", within the last 24 months".
    virtual std::string within(Period period) const = 0;

    virtual std::string held_until(Day last) const = 0;
    virtual std::string held() const = 0;
    /// `leaf` is the leaf's name ("signoff"), "" for a branch.
    virtual std::string waiting(std::string_view leaf) const = 0;
    /// How far an unsatisfied leaf is; "" where numbers say nothing.
    virtual std::string so_far(std::string_view leaf, double have, double need, bool has_evidence) const = 0;
    virtual std::string hours_to_go(double hours) const = 0;
    virtual std::string no_way() const = 0;
    virtual std::string_view comma() const = 0;

    virtual std::string day(Day day) const = 0;
    virtual std::string month(Day day) const = 0;
};

RuleLanguage const& english();
RuleLanguage const& arabic();

/// 80, 7.5: the shortest decimal form, Latin digits in every language.
std::string number_in_words(double value);

}  // namespace itqan::domain
