// The table of checks, and the one that only looks: at dates.

#include "service/domain/clock_leeway.hpp"
#include "service/domain/verification_case.hpp"

namespace itqan::domain {
namespace {

struct Moment {
    bool present = false;
    std::optional<Instant> instant = {};
};

/// The first of these members that is there; VCDM 2.0, VCDM 1.1 and Open Badges 2 name them differently.
Moment moment_at(Json const& document, std::initializer_list<char const*> names) {
    for (auto const* const name : names)
        if (document.contains(name)) return {true, Instant::parse(text_at(document, name))};
    return {};
}

Check check_validity(Case& c) {
    auto const from = moment_at(c.found.document, {"validFrom", "issuanceDate", "issuedOn"});
    auto const until = moment_at(c.found.document, {"validUntil", "expirationDate", "expires"});
    return judge_validity(from.instant, until.present, until.instant, c.now);
}

}  // namespace

Check judge_validity(std::optional<Instant> const& from, bool has_end, std::optional<Instant> const& until,
                     Instant now) {
    if (!from || (has_end && !until))
        return make_check("validity", CheckOutcome::unchecked, "validity.unreadable-date",
                          "A date between which it is valid could not be read.");
    std::map<std::string, std::string> facts{{"from", from->text()}};
    if (until) facts["until"] = until->text();
    if (is_to_come(*from, now))
        return make_check("validity", CheckOutcome::fail, "validity.not-yet",
                          "It is valid only from " + from->text() + ".", std::move(facts));
    if (!until)
        return make_check("validity", CheckOutcome::pass, "validity.no-end", "It has no end.", std::move(facts));
    if (*until < now)
        return make_check("validity", CheckOutcome::fail, "validity.expired",
                          "It was valid until " + until->text() + ".", std::move(facts));
    return make_check("validity", CheckOutcome::pass, "validity.in-force", "It is valid until " + until->text() + ".",
                      std::move(facts));
}

std::vector<CheckRule> const& check_rules() {
    static std::vector<CheckRule> const rules{{"format", check_format},
                                              {"schema", check_schema},
                                              {"contexts", check_contexts},
                                              {"proof", check_proof},
                                              {"issuer-binding", check_issuer_binding},
                                              {"holder-binding", check_holder_binding},
                                              {"validity", check_validity},
                                              {"status", check_status},
                                              {"refresh", check_refresh},
                                              {"issuer-trust", check_issuer_trust},
                                              {"endorsements", check_endorsements},
                                              {"nested", check_nested},
                                              {"recipient", check_recipient}};
    return rules;
}

}  // namespace itqan::domain
