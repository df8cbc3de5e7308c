#include "service/domain/rule_words.hpp"

#include <charconv>

#include "service/domain/rule_words_language.hpp"

namespace itqan::domain {
namespace {

RuleLanguage const& language_of(std::string_view language) {
    return language == "ar" ? arabic() : english();
}

/// Names in Markdown stay names: nothing in them may open a link, emphasis, HTML or a list.
std::string markdown(std::string const& name) {
    std::string out;
    auto const first_other = name.find_first_not_of("0123456789");
    for (std::size_t i = 0; i < name.size(); ++i) {
        auto const c = name[i];
        auto const at_start = i == 0 && std::string_view("-+=#>").find(c) != std::string_view::npos;
        auto const after_number = i > 0 && i == first_other && (c == '.' || c == ')');
        if (at_start || after_number || std::string_view("\\`*_[]<").find(c) != std::string_view::npos) out += '\\';
        out += c == '\n' ? ' ' : c;
    }
    return out;
}

std::string unchanged(std::string const& name) {
    return name;
}

/// Looks up what a leaf names and hands the names to the language.
class LeafWords {
  public:
    LeafWords(Programme const& programme, std::string_view language, std::string (*write)(std::string const&))
        : programme_(programme), code_(language), language_(language_of(language)), write_(write) {}

    std::string operator()(schemas::CompetencyLeaf const& leaf) const {
        return language_.competency(competency(leaf.code), level(leaf.level)) + within(leaf.within);
    }
    std::string operator()(schemas::CompletionLeaf const& leaf) const {
        auto const* activity = programme_.activity(leaf.activity);
        auto score = leaf.min_score;
        if (score && activity != nullptr) score = std::max(*score, activity->pass_score);
        auto const title = activity == nullptr ? leaf.activity : activity->title.in(code_);
        auto const grade = leaf.grade ? std::optional(write_(*leaf.grade)) : std::nullopt;
        return language_.completion(write_(title), score, grade, leaf.min_hours) + within(leaf.within);
    }
    std::string operator()(schemas::HoursLeaf const& leaf) const {
        CodedName domain{leaf.domain, leaf.domain};
        for (auto const& known : programme_.framework.domains)
            if (known.code == leaf.domain) domain.name = write_(known.name.in(code_));
        return language_.study(domain, leaf.min) + within(leaf.within);
    }
    std::string operator()(schemas::BadgeLeaf const& leaf) const {
        auto const* achievement = programme_.achievement(leaf.achievement);
        return language_.badge(write_(achievement == nullptr ? leaf.achievement : achievement->name.in(code_)));
    }
    std::string operator()(schemas::SignoffLeaf const& leaf) const {
        return language_.signoff(competency(leaf.competency), level(leaf.level), leaf.count) + within(leaf.within);
    }
    std::string operator()(schemas::EntrustmentLeaf const& leaf) const {
        auto const* epa = programme_.epa(leaf.epa);
        auto const title = write_(epa == nullptr ? leaf.epa : epa->title.in(code_));
        return language_.entrustment(title, level(leaf.level), leaf.assessors) + within(leaf.within);
    }
    std::string operator()(schemas::ExperienceLeaf const& leaf) const {
        std::optional<std::string> role;
        if (leaf.role) {
            auto const* known = programme_.role(*leaf.role);
            role = write_(known == nullptr ? *leaf.role : known->title.in(code_));
        }
        return language_.experience(leaf.months, leaf.groups, role);
    }

  private:
    std::string within(std::optional<Period> const& period) const {
        return period ? language_.within(*period) : std::string();
    }

    /// The short name; in Arabic rather the Arabic statement than an English short name.
    CodedName competency(std::string const& code) const {
        auto const* known = programme_.competency(code);
        if (known == nullptr) return {code, code};
        auto const use_statement = code_ == "ar" && known->short_name.ar.empty() && !known->statement.ar.empty();
        auto name = use_statement ? known->statement.ar : known->short_name.in(code_);
        if (name.ends_with('.')) name.pop_back();
        return {write_(name), code};
    }

    LevelWords level(int number) const {
        for (auto const& known : programme_.framework.levels)
            if (known.level == number) return {number, write_(known.name.in(code_))};
        return {number, {}};
    }

    Programme const& programme_;
    std::string_view code_;
    RuleLanguage const& language_;
    std::string (*write_)(std::string const&);
};

void narrate(LeafWords const& words, RuleLanguage const& language, schemas::Rule const& rule, std::string const& indent,
             std::string& out) {
    out += rule.leaf ? std::visit(words, *rule.leaf) : language.branch(rule.op, rule.n);
    for (auto const& child : rule.children) {
        out += "\n" + indent + "- ";
        narrate(words, language, child, indent + "  ", out);
    }
}

}  // namespace

std::string number_in_words(double value) {
    char buffer[32];
    auto const end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
    return {buffer, end};
}

std::string rule_narrative(Programme const& programme, schemas::Rule const& rule, std::string_view language) {
    auto const& phrases = language_of(language);
    if (!rule.leaf && rule.children.empty()) return phrases.no_conditions();
    LeafWords const words(programme, language, markdown);
    if (rule.leaf) return std::visit(words, *rule.leaf);
    auto out = phrases.branch(rule.op, rule.n) + "\n";
    for (auto const& child : rule.children) {
        out += "\n- ";
        narrate(words, phrases, child, "  ", out);
    }
    return out;
}

std::string node_title(Programme const& programme, Node const& node, std::string_view language) {
    if (node.leaf) return std::visit(LeafWords(programme, language, unchanged), *node.leaf);
    auto const& phrases = language_of(language);
    return node.children.empty() ? phrases.no_conditions() : phrases.branch(node.op, node.n);
}

std::string node_state(Programme const&, Node const& node, std::string_view language) {
    auto const& phrases = language_of(language);
    auto const leaf = node.leaf ? schemas::leaf_name(*node.leaf) : std::string_view();
    if (node.outcome == Outcome::satisfied) return node.until ? phrases.held_until(*node.until) : phrases.held();
    if (node.outcome == Outcome::pending) return phrases.waiting(leaf);
    if (!node.cost_hours) return phrases.no_way();

    auto state = phrases.so_far(leaf, node.have, node.need, !node.evidence.empty());
    if (*node.cost_hours == 0) return state;
    if (!state.empty()) state += phrases.comma();
    return state + phrases.hours_to_go(*node.cost_hours);
}

std::string day_in_words(Day day, std::string_view language) {
    return language_of(language).day(day);
}

std::string month_in_words(Day day, std::string_view language) {
    return language_of(language).month(day);
}

}  // namespace itqan::domain
