// What a holder shows: a presentation of one or several credentials (VCDM 2.0 section 4.13), signed by the holder or
// not. Each credential in it is judged and reported as a document of its own; the presentation is no better than the
// worst.

#include <algorithm>
#include <cmath>

#include "schemas/text.hpp"
#include "schemas/verifiable_credential.hpp"
#include "service/domain/clock_leeway.hpp"
#include "service/domain/verification_case.hpp"

namespace itqan::domain {
namespace {

using Facts = std::map<std::string, std::string>;

/// A NumericDate (RFC 7519 section 2) of the years 1 to 9999; a claim that is none is noted.
std::optional<Instant> moment_of(FoundCredential& found, Json const& payload, char const* claim) {
    auto const value = payload.find(claim);
    if (value == payload.end()) return std::nullopt;
    auto const seconds = value->is_number() ? value->get<double>() : std::nan("");
    if (std::abs(seconds) <= 253'402'300'799.0) return Instant{static_cast<std::int64_t>(seconds) * 1000};
    found.has_unreadable_term = true;
    return std::nullopt;
}

/// For whom and in answer to what it was signed, as it says itself: nobody asked here.
Facts shown_for(Case const& c) {
    Facts facts{{"holder", c.issuer_id}};
    auto const put = [&facts](char const* name, Json const& value) {
        if (value.is_string())
            facts[name] = value.get<std::string>();
        else if (value.is_array())
            facts[name] = value.dump();
    };
    put("audience", c.found.shown_for);
    put("nonce", c.found.shown_nonce);
    for (auto const* const proof : embedded_proofs_of(c.found)) {
        put("audience", proof->is_object() ? proof->value("domain", Json()) : Json());
        put("nonce", proof->is_object() ? proof->value("challenge", Json()) : Json());
        if (proof->is_object()) put("signed", proof->value("created", Json()));
    }
    return facts;
}

/// Whether something that it shows was issued to another DID than the one that shows it.
bool is_of_another(Case const& c) {
    auto const is_other = [&](InnerCredential const& inner) {
        if (!inner.credential || !inner.credential->found.document.is_object()) return false;
        auto const subject = text_at(inner.credential->found.document.value("credentialSubject", Json()), "id");
        return subject.starts_with("did:") && subject != c.issuer_id;
    };
    return std::any_of(c.credential.nested.begin(), c.credential.nested.end(), is_other);
}

/// A claim that says something else than the presentation beside it.
void compare(FoundCredential& found, Json const& payload, char const* claim, std::string const& said) {
    auto const value = payload.find(claim);
    if (value == payload.end() || said.empty() || *value == said) return;
    found.claim_faults.push_back({crypto::ClaimFault::Kind::contradiction,
                                  {std::string("/") + claim, "Must equal what the presentation says."}});
}

/// Type "JWT" or none: tokens of VCDM 1.1.
bool is_older_type(crypto::CompactJws const& jws) {
    return !jws.type || equal_ignoring_case(*jws.type, "JWT") || equal_ignoring_case(*jws.type, "application/jwt");
}

bool is_presentation_type(std::string const& type) {
    constexpr std::string_view types[] = {"vp+jwt", "vp+ld+jwt", "application/vp+jwt", "application/vp+ld+jwt"};
    return std::any_of(std::begin(types), std::end(types),
                       [&](std::string_view each) { return equal_ignoring_case(type, each); });
}

/// Whose it is, is asked of the presentation as a whole.
bool fails(Report const& report) {
    return std::any_of(report.checks.begin(), report.checks.end(), [](Check const& check) {
        return check.id != "recipient" && check.outcome == CheckOutcome::fail;
    });
}

bool is_bad(Report const& report) {
    return fails(report) && report.headline_code == "invalid";
}

/// As decision 20 says of the whole.
bool is_open(Report const& report) {
    constexpr std::string_view deciding[] = {"proof", "issuer-binding", "status"};
    return std::any_of(report.checks.begin(), report.checks.end(), [&](Check const& check) {
        return check.outcome == CheckOutcome::unchecked &&
               std::find(std::begin(deciding), std::end(deciding), check.id) != std::end(deciding);
    });
}

Check presented(Case const& c) {
    auto const& inner = c.credential.nested;
    auto const check = [&](CheckOutcome outcome, char const* code, char const* detail) {
        return make_check("nested", outcome, code, detail, {{"count", std::to_string(inner.size())}});
    };
    auto const any = [&](auto const& is) { return std::any_of(c.nested.begin(), c.nested.end(), is); };
    if (c.credential.has_too_many_nested)
        return check(CheckOutcome::fail, "nested.too-many-shown",
                     "It holds more credentials than are checked at once. Ask for fewer.");
    if (inner.empty()) return check(CheckOutcome::fail, "nested.nothing-shown", "It shows no credentials.");
    if (c.nested.size() < inner.size())
        return check(CheckOutcome::fail, "nested.broken-shown", "A credential in it cannot be read.");
    if (any(is_bad)) return check(CheckOutcome::fail, "nested.bad-shown", "A credential in it cannot be relied on.");
    if (any(fails))
        return check(CheckOutcome::fail, "nested.not-in-force-shown",
                     "A credential in it is genuine but not in force.");
    if (any(is_open))
        return check(CheckOutcome::unchecked, "nested.not-checked-shown",
                     "Not every credential in it could be checked.");
    return check(CheckOutcome::pass, "nested.good-shown", "Every credential in it is genuine and in force.");
}

/// All of them have to be the person's.
Check shown_to_be_of(Case const& c) {
    auto const all = [&](auto const& is) {
        return !c.nested.empty() && std::all_of(c.nested.begin(), c.nested.end(), is);
    };
    if (all([](Report const& report) { return report.recipient_match == true; }))
        return make_check("recipient", CheckOutcome::pass, "recipient.match", "Issued to the person you asked about.");
    bool const is_other = std::any_of(c.nested.begin(), c.nested.end(),
                                      [](Report const& report) { return report.recipient_match == false; });
    if (is_other)
        return make_check("recipient", CheckOutcome::fail, "recipient.other",
                          "Not issued to the person you asked about.");
    return make_check("recipient", CheckOutcome::unchecked, "recipient.nobody",
                      "The badge names nobody that could be compared.");
}

Check contexts_of(Case const& c) {
    auto const check = [](CheckOutcome outcome, char const* code, char const* detail) {
        return make_check("contexts", outcome, code, detail);
    };
    if (!c.found.document.contains("@context"))
        return check(CheckOutcome::fail, "contexts.missing", "The document names no contexts for its terms.");
    if (!schemas::data_model_of(c.found.document))
        return check(CheckOutcome::fail, "contexts.order",
                     "The first context must be the one of Verifiable Credentials.");
    if (auto wrong = check_embedded_terms(c)) return *std::move(wrong);
    return check(CheckOutcome::pass, "contexts.known", "All terms come from published contexts.");
}

Check schema_of(Case const& c) {
    auto violations = schemas::check_verifiable_presentation(c.found.document);
    // Each credential is judged by itself, and the contexts by their own check.
    std::erase_if(violations, [](Violation const& violation) {
        return violation.pointer.starts_with("/verifiableCredential") || violation.pointer.starts_with("/@context");
    });
    if (violations.empty())
        return make_check("schema", CheckOutcome::pass, "schema.fits-presentation",
                          "Every member has the form that a presentation needs.");
    auto const& first = violations.front();
    auto const where = first.pointer.empty() ? std::string("The document") : first.pointer;
    return make_check("schema", CheckOutcome::fail, "schema.violation", where + " " + first.detail + ".",
                      {{"pointer", where}, {"violations", std::to_string(violations.size())}});
}

bool is_signed(Case const& c) {
    return c.found.is_jws || !embedded_proofs_of(c.found).empty();
}

}  // namespace

std::string holder_id_of(Json const& presentation) {
    auto const id = text_at(presentation, "holder");
    return id.empty() && presentation.is_object() ? text_at(presentation.value("holder", Json()), "id") : id;
}

std::optional<FoundCredential> presentation_in(crypto::VcJwt& token, std::string_view text) {
    bool const is_older = is_older_type(token.jws);
    if (token.wrapped && is_older) return std::nullopt;
    if (!is_older && !is_presentation_type(*token.jws.type)) return std::nullopt;
    auto const& payload = token.payload;
    auto const wrapped = payload.find("vp");
    bool const is_wrapped = is_older && wrapped != payload.end() && wrapped->is_object();
    auto const& shown = is_wrapped ? *wrapped : token.credential;
    // A token of type vp+jwt is a presentation whatever it says; of the others one has to say so.
    if (is_older && !has_type(shown, "VerifiablePresentation")) return std::nullopt;
    auto document = shown;
    if (!is_wrapped) document.erase("nonce");

    FoundCredential found;
    found.text = std::string(text);
    found.is_jws = true;
    found.is_presentation = true;
    auto const speaker = text_member(payload, "iss");
    if (document.is_object() && !document.contains("holder") && !speaker.empty()) document["holder"] = speaker;
    compare(found, payload, "iss", holder_id_of(document));
    compare(found, payload, "jti", text_at(document, "id"));
    found.shown_from = moment_of(found, payload, "nbf");
    found.shown_until = moment_of(found, payload, "exp");
    found.shown_for = payload.value("aud", Json());
    found.shown_nonce = payload.value("nonce", Json());
    found.document = std::move(document);
    token.credential = Json();
    token.payload = Json();
    found.token = std::move(token);
    return found;
}

bool is_for_presentations(std::string_view check_id) {
    constexpr std::string_view ids[] = {"format",         "schema",   "contexts", "proof",
                                        "holder-binding", "validity", "nested",   "recipient"};
    return std::find(std::begin(ids), std::end(ids), check_id) != std::end(ids);
}

std::optional<Check> check_presentation(std::string_view check_id, Case& c) {
    if (check_id == "format") {
        if (!has_type(c.found.document, "VerifiablePresentation"))
            return make_check("format", CheckOutcome::fail, "format.not-a-presentation",
                              "The token is one for presentations, but holds none.");
        return make_check("format", CheckOutcome::pass, "format.presentation", "A presentation of credentials.");
    }
    if (check_id == "schema") return schema_of(c);
    if (check_id == "contexts") return contexts_of(c);
    if (check_id == "proof" && !is_signed(c))
        return make_check("proof", CheckOutcome::absent, "proof.unsigned-presentation",
                          "Nobody signed the presentation; what counts are the signatures of the credentials in it.");
    if (check_id == "validity") {
        if (c.found.has_unreadable_term)
            return make_check("validity", CheckOutcome::unchecked, "validity.unreadable-date",
                              "A date between which it is valid could not be read.");
        if (!c.found.shown_from && !c.found.shown_until)
            return make_check("validity", CheckOutcome::absent, "validity.no-term", "A presentation without a term.");
        return judge_validity(c.found.shown_from.value_or(c.now), c.found.shown_until.has_value(), c.found.shown_until,
                              c.now);
    }
    if (check_id == "nested") return presented(c);
    if (check_id == "recipient") return shown_to_be_of(c);
    return std::nullopt;
}

/// The words of the issuer's binding are about who presents here.
Check check_holder_binding(Case& c) {
    auto const check = [](CheckOutcome outcome, char const* code, char const* detail, Facts facts = {}) {
        return make_check("holder-binding", outcome, code, detail, std::move(facts));
    };
    if (!is_signed(c))
        return check(CheckOutcome::absent, "holder-binding.unsigned", "Nobody says that it is shown by its holder.");
    if (c.issuer_id.empty())
        return check(CheckOutcome::absent, "holder-binding.no-holder", "The presentation names no holder.");
    auto const as_issuer = check_issuer_binding(c);
    auto const facts = shown_for(c);
    if (as_issuer.outcome == CheckOutcome::pass && is_of_another(c))
        return check(CheckOutcome::warn, "holder-binding.not-subject",
                     "Who shows it is not the one to whom a credential in it was issued.", facts);
    if (as_issuer.outcome == CheckOutcome::pass)
        return check(CheckOutcome::pass, "holder-binding.own-key", "Signed by the key of who shows it.", facts);
    if (as_issuer.outcome == CheckOutcome::fail)
        return check(CheckOutcome::fail, "holder-binding.other-key",
                     "The key that signed is not one with which its holder shows credentials.", facts);
    return check(CheckOutcome::unchecked, "holder-binding.unreachable",
                 "Which keys the holder has could not be found out.", facts);
}

Verdict verdict_of_presentation(Verdict own, std::vector<Report> const& nested) {
    constexpr Verdict from_worst[] = {Verdict::invalid, Verdict::unchecked, Verdict::warning, Verdict::valid};
    for (auto const verdict : from_worst) {
        bool const is_inside =
            std::any_of(nested.begin(), nested.end(), [&](Report const& report) { return report.verdict == verdict; });
        if (own == verdict || is_inside) return verdict;
    }
    return own;
}

Json said_by_presentation(Case const& c) {
    Json said{{"credentials", c.credential.nested.size()}};
    if (!c.credential_id.empty()) said["id"] = c.credential_id;
    if (!c.issuer_id.empty()) said["holder"] = Json{{"id", c.issuer_id}};
    return said;
}

}  // namespace itqan::domain
