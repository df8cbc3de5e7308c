#include <array>

#include "service/domain/rule_words_language.hpp"

namespace itqan::domain {
namespace {

constexpr std::array<std::string_view, 12> months{"January",   "February", "March",    "April",
                                                  "May",       "June",     "July",     "August",
                                                  "September", "October",  "November", "December"};

std::string counted(double count, std::string const& one) {
    return number_in_words(count) + " " + one + (count == 1 ? "" : "s");
}

std::string group_name(std::string const& group) {
    if (group == "C") return "clinical care";
    if (group == "I") return "health informatics";
    if (group == "T") return "IT and engineering";
    return "management, data and quality";
}

std::string level_or_above(LevelWords const& level) {
    auto const name = level.name.empty() ? "" : " (" + level.name + ")";
    return "level " + std::to_string(level.level) + name + (level.level < 5 ? " or above" : "");
}

std::string coded(CodedName const& named) {
    return named.name + " (" + named.code + ")";
}

class English final : public RuleLanguage {
  public:
    std::string branch(schemas::Operator op, int n) const override {
        if (op == schemas::Operator::all) return "All of:";
        return op == schemas::Operator::any ? "One of:" : "At least " + std::to_string(n) + " of:";
    }

    std::string no_conditions() const override { return "No conditions."; }

    std::string competency(CodedName const& competency, LevelWords const& level) const override {
        return coded(competency) + ": " + level_or_above(level);
    }

    std::string completion(std::string const& activity, std::optional<double> score,
                           std::optional<std::string> const& grade, std::optional<double> hours) const override {
        auto text = activity;
        if (score) text += ", score " + number_in_words(*score) + " or more";
        if (grade) text += ", grade " + *grade + " or better";
        if (hours) text += ", at least " + counted(*hours, "hour");
        return score || grade || hours ? text : text + ", passed";
    }

    std::string study(CodedName const& domain, double hours) const override {
        return "At least " + counted(hours, "hour") + " of study in " + coded(domain);
    }

    std::string badge(std::string const& achievement) const override { return "The badge " + achievement; }

    std::string signoff(CodedName const& competency, LevelWords const& level, int mentors) const override {
        return "Workplace sign-off of " + coded(competency) + ": " + level_or_above(level) + ", by " +
               counted(mentors, mentors == 1 ? "mentor" : "different mentor");
    }

    std::string entrustment(std::string const& epa, LevelWords const& level, int assessors) const override {
        return "Entrustment with “" + epa + "”: " + level_or_above(level) + ", by " +
               counted(assessors, assessors == 1 ? "assessor" : "different assessor");
    }

    std::string experience(int count, std::vector<std::string> const& groups,
                           std::optional<std::string> const& role) const override {
        auto text = "At least " + counted(count, "month") + " of experience";
        if (role) text += " in the role “" + *role + "”";
        for (std::size_t i = 0; i < groups.size(); ++i)
            text += (i == 0 ? " in " : i + 1 == groups.size() ? " or " : ", ") + group_name(groups[i]);
        return text;
    }

    std::string within(Period period) const override {
        auto const* unit = period.unit == 'D' ? "day" : period.unit == 'M' ? "month" : "year";
        if (period.count == 1) return std::string(", within the last ") + unit;
        return ", within the last " + counted(period.count, unit);
    }

    std::string held_until(Day last) const override { return "held until " + day(last); }
    std::string held() const override { return "held, no end date"; }

    std::string waiting(std::string_view leaf) const override {
        if (leaf == "signoff") return "requested, waiting for confirmation";
        if (leaf == "entrustment") return "proposed, waiting for confirmation";
        return leaf.empty() || leaf == "badge" ? "waiting for confirmation" : "recorded, waiting for confirmation";
    }

    std::string so_far(std::string_view leaf, double have, double need, bool has_evidence) const override {
        auto const ratio = number_in_words(have) + " of " + number_in_words(need);
        if (leaf == "completion") return has_evidence && have < need ? "best score " + ratio : "";
        if (leaf == "competency") return "level " + ratio;
        if (leaf == "hours") return number_in_words(have) + " of " + counted(need, "hour");
        if (leaf == "experience") return number_in_words(have) + " of " + counted(need, "month");
        if (leaf == "signoff") return number_in_words(have) + " of " + counted(need, "sign-off");
        if (leaf == "entrustment") return number_in_words(have) + " of " + counted(need, "decision");
        return leaf == "badge" ? "not held yet" : "";
    }

    std::string hours_to_go(double hours) const override { return counted(hours, "hour") + " to go"; }
    std::string no_way() const override { return "cannot be met"; }
    std::string_view comma() const override { return ", "; }

    std::string day(Day day) const override { return std::to_string(day.day_of_month()) + " " + month(day); }
    std::string month(Day day) const override {
        return std::string(months.at(day.month() - 1)) + " " + std::to_string(day.year());
    }
};

}  // namespace

RuleLanguage const& english() {
    static English const language;
    return language;
}

}  // namespace itqan::domain
