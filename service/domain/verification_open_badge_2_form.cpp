// What an Open Badges 2 document is: kind, members, terms, dates.

#include <algorithm>

#include "service/domain/verification_open_badge_2.hpp"

namespace itqan::domain {
namespace {

using schemas::OpenBadge2Class;

/// The documents of the graph that are there, each with its place in the report.
struct PlacedPart {
    Json const* document;
    OpenBadge2Class as;
    char const* prefix;
    bool is_inside;  ///< Another document, which has the contexts.
    std::vector<Violation> const* twice;
};

std::vector<PlacedPart> parts_of(OpenBadge2 const& graph, CredentialKind kind) {
    std::vector<PlacedPart> parts;
    auto const as = graph.is_endorsement              ? OpenBadge2Class::endorsement
                    : kind == CredentialKind::badge_2 ? OpenBadge2Class::assertion
                                                      : schemas::open_badge_2_class(graph.sent);
    if (!graph.is_reference || graph.award.is_read())
        parts.push_back({&graph.said(), as, "", false, &graph.award.twice});
    if (graph.badge.is_read())
        parts.push_back({&graph.badge.document, OpenBadge2Class::badge_class, "/badge", graph.badge.asked_as.empty(),
                         &graph.badge.twice});
    if (graph.issuer.is_read())
        parts.push_back({&graph.issuer.document, OpenBadge2Class::profile,
                         graph.is_endorsement ? "/issuer" : "/badge/issuer", graph.issuer.asked_as.empty(),
                         &graph.issuer.twice});
    return parts;
}

Check description_check(std::string_view id) {
    return make_check(id, CheckOutcome::absent, std::string(id) + ".description",
                      "A description, not an award: there is nothing to check.");
}

}  // namespace

std::optional<CredentialKind> open_badge_2_kind_of(Json const& document) {
    bool const is_2 = schemas::has_open_badge_2_context(document);
    if (!is_2 && schemas::is_open_badge_1(document)) return CredentialKind::older_badge;
    auto const plain = schemas::plain_open_badge_2(document).document;
    auto const as = schemas::open_badge_2_class(plain);
    bool const is_award_like =
        plain.contains("badge") && (plain.contains("recipient") || plain.contains("verification"));
    if (is_award_like && (is_2 || as == OpenBadge2Class::assertion)) return CredentialKind::badge_2;
    if (!is_2) return std::nullopt;
    bool const is_award = as == OpenBadge2Class::assertion || as == OpenBadge2Class::endorsement;
    return is_award ? CredentialKind::badge_2 : CredentialKind::badge_2_part;
}

Check check_open_badge_2_format(Case& c) {
    auto const format = [](char const* code, char const* detail) {
        return make_check("format", CheckOutcome::pass, code, detail);
    };
    if (c.kind == CredentialKind::badge_2_part)
        return format("format.description", "A description of a badge or of who awards it, not an award to somebody.");
    if (c.open_badge_2->is_endorsement)
        return format("format.endorsement-2", "An Open Badges 2 endorsement: somebody's word about something.");
    return format("format.badge-2", "An Open Badges 2 badge.");
}

Check check_open_badge_2_schema(Case& c) {
    std::vector<Violation> violations;
    for (auto const& part : parts_of(*c.open_badge_2, c.kind)) {
        for (auto const& twice : *part.twice)
            violations.push_back({part.prefix + twice.pointer, twice.detail});
        auto broken = schemas::validate_open_badge_2(*part.document, part.as, part.prefix);
        auto extensions = schemas::judge_open_badge_2_extensions(*part.document, part.prefix).broken;
        for (auto* const more : {&broken, &extensions})
            violations.insert(violations.end(), more->begin(), more->end());
    }
    if (violations.empty())
        return make_check("schema", CheckOutcome::pass, "schema.fits-2",
                          "Every member that could be read has the form that Open Badges 2.0 asks for.");
    auto const& first = violations.front();
    auto const where = first.pointer.empty() ? std::string("The document") : first.pointer;
    return make_check("schema", CheckOutcome::fail, "schema.violation-2", where + " " + first.detail + ".",
                      {{"pointer", where}, {"violations", std::to_string(violations.size())}});
}

Check check_open_badge_2_contexts(Case& c) {
    using Worth = schemas::OpenBadge2Contexts::Worth;
    auto const check = [](CheckOutcome outcome, char const* code, std::string detail, std::string context = "") {
        std::map<std::string, std::string> facts;
        if (!context.empty()) facts["context"] = std::move(context);
        return make_check("contexts", outcome, code, std::move(detail), std::move(facts));
    };
    std::string unknown, unknown_extension;
    for (auto const& part : parts_of(*c.open_badge_2, c.kind)) {
        auto const judged = schemas::judge_open_badge_2_contexts(*part.document);
        if (judged.worth == Worth::redefined)
            return check(CheckOutcome::fail, "contexts.redefined",
                         "The document gives a term of Open Badges another meaning: " + judged.context + ".",
                         judged.context);
        if (!judged.published && !part.is_inside) {
            if (judged.worth == Worth::missing)
                return check(CheckOutcome::fail, "contexts.missing", "The document names no contexts for its terms.");
            return check(CheckOutcome::fail, "contexts.not-open-badges-2",
                         "None of its contexts is that of Open Badges 2.", judged.context);
        }
        if (judged.worth == Worth::unknown && unknown.empty()) unknown = judged.context;
        auto extension = schemas::judge_open_badge_2_extensions(*part.document).unknown;
        if (unknown_extension.empty()) unknown_extension = std::move(extension);
    }
    if (!unknown.empty())
        return check(CheckOutcome::warn, "contexts.unknown", "Terms of " + unknown + " are not known here.", unknown);
    if (!unknown_extension.empty())
        return check(CheckOutcome::warn, "contexts.unknown-extension",
                     "It carries an extension that is not known here: " + unknown_extension + ".", unknown_extension);
    return check(CheckOutcome::pass, "contexts.known", "All terms come from published contexts.");
}

std::optional<Instant> open_badge_2_end(Case const& c) {
    return schemas::open_badge_2_instant(c.open_badge_2->said().value("expires", Json()));
}

std::optional<Instant> open_badge_2_start(Case const& c) {
    return schemas::open_badge_2_instant(c.open_badge_2->said().value("issuedOn", Json()));
}

Check check_open_badge_2_validity(Case& c) {
    auto const& said = c.open_badge_2->said();
    return judge_validity(open_badge_2_start(c), said.contains("expires"), open_badge_2_end(c), c.now);
}

std::optional<Check> check_open_badge_2(std::string_view id, Case& c) {
    struct Rule {
        std::string_view id;
        Check (*run)(Case&);
        bool is_for_descriptions;
    };
    static constexpr Rule rules[]{
        {"format", check_open_badge_2_format, true},           {"schema", check_open_badge_2_schema, true},
        {"contexts", check_open_badge_2_contexts, true},       {"proof", check_open_badge_2_proof, false},
        {"issuer-binding", check_open_badge_2_binding, false}, {"validity", check_open_badge_2_validity, false},
        {"status", check_open_badge_2_status, false},          {"endorsements", check_open_badge_2_endorsements, false},
        {"recipient", check_open_badge_2_recipient, true}};
    bool const is_description = c.kind == CredentialKind::badge_2_part;
    for (auto const& rule : rules)
        if (rule.id == id && (rule.is_for_descriptions || !is_description)) return rule.run(c);
    if (is_description) return description_check(id);
    return std::nullopt;
}

}  // namespace itqan::domain
