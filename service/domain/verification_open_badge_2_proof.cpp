// Is an Open Badges 2 award what the issuer says: shown at its own address (hosted) or signed, and may that address or
// that key speak for the issuer (specification, sections 4.4 to 4.6 and 5.3).

#include <algorithm>

#include "schemas/web_scope.hpp"
#include "service/domain/verification_open_badge_2.hpp"

namespace itqan::domain {
namespace {

using Facts = std::map<std::string, std::string>;
using Reach = OpenBadge2Part::Reach;
using Rule = OpenBadge2::Rule;

Check proof_2(CheckOutcome outcome, char const* code, std::string detail, Facts facts) {
    return make_check("proof", outcome, code, std::move(detail), std::move(facts));
}

Check binding_2(CheckOutcome outcome, char const* code, std::string detail, Facts facts) {
    return make_check("issuer-binding", outcome, code, std::move(detail), std::move(facts));
}

Facts facts_of(OpenBadge2Part const& part) {
    Facts facts;
    if (!part.reference.empty()) facts["id"] = part.reference;
    if (!part.asked_as.empty()) facts["asked-as"] = part.asked_as;
    if (!part.detail.empty()) facts["found"] = part.detail;
    return facts;
}

std::string why_not(OpenBadge2Part const& part) {
    return part.asked_as + " could not be fetched" + (part.detail.empty() ? "." : ": " + part.detail + ".");
}

Check judge_hosted(Case& c, OpenBadge2 const& graph) {
    auto const& award = graph.award;
    auto facts = facts_of(award);
    switch (award.reach) {
        case Reach::gone:
            return proof_2(CheckOutcome::unchecked, "proof.hosted-gone", "The issuer does not show it any more.",
                           facts);
        case Reach::awaited:
        case Reach::unreachable:
            return proof_2(CheckOutcome::unchecked, "proof.hosted-unreachable", why_not(award), facts);
        case Reach::broken:
            return proof_2(CheckOutcome::fail, "proof.hosted-broken", "What stands at its address is not this badge.",
                           facts);
        case Reach::elsewhere:
            return proof_2(CheckOutcome::fail, "proof.hosted-elsewhere", "Its address leads to another host.", facts);
        case Reach::missing:
        case Reach::no_address:
            return proof_2(CheckOutcome::fail, "proof.no-address",
                           "A hosted badge must name the web address at which it is shown.", facts);
        case Reach::read:
            break;
    }
    c.proof_passed = true;
    if (award.moved)
        return proof_2(CheckOutcome::warn, "proof.hosted-moved",
                       "It is shown at its address, but gives another one as its own.", facts);
    if (!graph.is_reference && award.document != graph.sent)
        return proof_2(CheckOutcome::warn, "proof.hosted-differs",
                       "The issuer shows another edition than the one you have. Only the issuer's counts.", facts);
    return proof_2(CheckOutcome::pass, "proof.hosted", "The badge stands at its own address, word for word.", facts);
}

Check judge_signed(Case& c, OpenBadge2 const& graph) {
    auto const& jws = c.found.token->jws;
    auto const& key = graph.key;
    auto facts = facts_of(key);
    facts["algorithm"] = jws.algorithm;
    switch (key.reach) {
        case Reach::missing:
        case Reach::no_address:
            return proof_2(CheckOutcome::fail, "proof.no-key-named", "It names no address of a key.", facts);
        case Reach::awaited:
        case Reach::unreachable:
            return proof_2(CheckOutcome::unchecked, "proof.unreachable", why_not(key), facts);
        case Reach::gone:
        case Reach::broken:
        case Reach::elsewhere:
            return proof_2(CheckOutcome::fail, "proof.key-broken", "What stands at the key's address is not that key.",
                           facts);
        case Reach::read:
            break;
    }
    auto const read = crypto::PublicKey::from_pem(text_at(key.document, "publicKeyPem"));
    if (!read) return proof_2(CheckOutcome::fail, "proof.invalid-key", read.error().detail, facts);
    facts["thumbprint"] = read->thumbprint();
    if (!crypto::verify_jws(jws, *read))
        return proof_2(CheckOutcome::fail, "proof.bad-signature",
                       "The text was changed after signing, or another key signed it.", facts);
    c.proof_passed = true;
    return proof_2(CheckOutcome::pass, "proof.good", "The signature fits the text, letter by letter.", facts);
}

/// Why a document on the way to the issuer is not there; none when it is.
std::optional<Check> missing_part(OpenBadge2Part const& part, bool is_badge) {
    auto const code = [is_badge](char const* of_badge, char const* of_issuer) {
        return is_badge ? of_badge : of_issuer;
    };
    std::string const what = is_badge ? "badge class" : "issuer";
    switch (part.reach) {
        case Reach::read:
            return std::nullopt;
        case Reach::missing:
            return binding_2(CheckOutcome::fail, code("issuer-binding.no-badge", "issuer-binding.no-issuer"),
                             "It names no " + what + ".", facts_of(part));
        case Reach::no_address:
            return binding_2(CheckOutcome::unchecked,
                             code("issuer-binding.badge-no-address", "issuer-binding.issuer-no-address"),
                             "The " + what + " has no web address at which it could be looked up.", facts_of(part));
        case Reach::awaited:
        case Reach::unreachable:
        case Reach::gone:
            return binding_2(CheckOutcome::unchecked,
                             code("issuer-binding.badge-unreachable", "issuer-binding.issuer-unreachable"),
                             why_not(part), facts_of(part));
        case Reach::broken:
            return binding_2(CheckOutcome::fail, code("issuer-binding.badge-broken", "issuer-binding.issuer-broken"),
                             "What stands at " + part.asked_as + " is no " + what + ".", facts_of(part));
        case Reach::elsewhere:
            return binding_2(CheckOutcome::fail,
                             code("issuer-binding.badge-elsewhere", "issuer-binding.issuer-elsewhere"),
                             "The " + what + " is of another host than the one that shows it.", facts_of(part));
    }
    return std::nullopt;
}

std::vector<std::string> texts_of(Json const& object, char const* member) {
    std::vector<std::string> texts;
    if (!object.contains(member)) return texts;
    auto const& value = object.at(member);
    for (auto const& each : value.is_array() ? value : Json::array({value}))
        texts.push_back(each.is_string() ? each.get<std::string>() : std::string());
    return texts;
}

enum class Scope { outside, inside, loosely, unknown_rule };

/// Whether the issuer lets this address speak for it: section 4.6, and without a rule of its own its host alone.
Scope scope_of(OpenBadge2 const& graph, std::string const& at) {
    auto const address = schemas::read_web_address(at);
    if (!address) return Scope::outside;
    auto rule = graph.issuer.document.value("verification", Json());
    if (rule.is_array() && rule.size() == 1) rule = Json(rule.front());
    if (rule.is_null()) return address->host == graph.issuer.host ? Scope::inside : Scope::outside;
    if (!rule.is_object()) return Scope::unknown_rule;
    if (rule.contains("verificationProperty") && rule.at("verificationProperty") != "id" &&
        rule.at("verificationProperty") != "@id")
        return Scope::unknown_rule;
    auto const origins = texts_of(rule, "allowedOrigins");
    auto const starts = texts_of(rule, "startsWith");
    if (origins.empty() && starts.empty()) return address->host == graph.issuer.host ? Scope::inside : Scope::outside;
    bool const is_origin_good = origins.empty() || std::any_of(origins.begin(), origins.end(), [&](auto const& origin) {
                                    return schemas::is_of_origin(*address, origin);
                                });
    if (!is_origin_good) return Scope::outside;
    if (starts.empty()) return Scope::inside;
    auto best = schemas::Prefix::none;
    for (auto const& start : starts)
        best = std::max(best, schemas::prefix_of(*address, start));
    if (best == schemas::Prefix::none) return Scope::outside;
    return best == schemas::Prefix::whole_segments ? Scope::inside : Scope::loosely;
}

/// The address that the award gives as its own, and the one that it stands at after redirects: a host that redirects
/// whoever asks for it may have neighbours there.
Scope scope_of(OpenBadge2 const& graph) {
    auto const asked = scope_of(graph, graph.award.asked_as);
    if (graph.award.landed.empty() || asked == Scope::outside || asked == Scope::unknown_rule) return asked;
    auto const landed = scope_of(graph, graph.award.landed);
    return landed == Scope::inside ? asked : landed;
}

/// The issuer names the key, and the key the issuer: one without the other is a claim.
std::optional<Check> refuse_key(OpenBadge2 const& graph, Facts const& facts) {
    auto const& key = graph.key;
    if (!key.is_read())
        return binding_2(CheckOutcome::unchecked, "issuer-binding.no-key", "No key was checked.", facts);
    auto const& profile = graph.issuer.document;
    auto const listed = profile.contains("publicKey") ? profile.at("publicKey") : Json::array();
    bool is_listed = false;
    for (auto const& each : listed.is_array() ? listed : Json::array({listed}))
        is_listed = is_listed || schemas::is_same_document(
                                     each.is_string() ? each.get<std::string>() : text_at(each, "id"), key.reference);
    if (!is_listed || key.reference.empty())
        return binding_2(CheckOutcome::fail, "issuer-binding.not-listed",
                         "The key that the badge names is not one of the issuer's.", facts);
    auto const owner = text_at(key.document, "owner");
    bool const is_inside = key.asked_as.empty();
    if (!schemas::is_same_document(owner, graph.issuer_id) && !(is_inside && owner.empty()))
        return binding_2(CheckOutcome::fail, "issuer-binding.key-of-another",
                         "The key says that it belongs to somebody else: " + (owner.empty() ? "nobody" : owner) + ".",
                         facts);
    if (key.moved)
        return binding_2(CheckOutcome::fail, "issuer-binding.not-listed",
                         "What stands at the key's address is another key.", facts);
    return std::nullopt;
}

std::optional<Check> refuse_scope(Scope scope, Facts const& facts) {
    if (scope == Scope::outside)
        return binding_2(CheckOutcome::fail, "issuer-binding.out-of-scope",
                         "It stands at an address that does not speak for the issuer.", facts);
    if (scope == Scope::unknown_rule)
        return binding_2(CheckOutcome::unchecked, "issuer-binding.unknown-rule",
                         "The issuer has a rule about its addresses that is not known here.", facts);
    return std::nullopt;
}

Check judge_proof_2(Case& c) {
    auto const& graph = *c.open_badge_2;
    if (graph.rule == Rule::hosted) return judge_hosted(c, graph);
    if (graph.rule == Rule::signed_text && c.found.token) return judge_signed(c, graph);
    if (graph.rule == Rule::signed_text)
        return proof_2(CheckOutcome::fail, "proof.signed-text-missing",
                       "It says that it is signed, but this is not the signed text. Ask for that.", {});
    return proof_2(CheckOutcome::fail, "proof.no-rule", "It does not say how it can be verified.", {});
}

Check judge_binding_2(Case& c) {
    auto const& graph = *c.open_badge_2;
    bool const is_hosted = graph.rule == Rule::hosted;
    if (is_hosted && (graph.award.reach == Reach::unreachable || graph.award.reach == Reach::gone))
        return binding_2(CheckOutcome::unchecked, "issuer-binding.not-shown",
                         "Whose it is could not be found out without seeing it at its address.", facts_of(graph.award));
    if (!graph.is_endorsement)
        if (auto missing = missing_part(graph.badge, true)) return *std::move(missing);
    if (auto missing = missing_part(graph.issuer, false)) return *std::move(missing);
    auto facts = facts_of(graph.issuer);
    facts["issuer"] = graph.issuer_id;
    facts["host"] = graph.issuer.host;
    if (is_hosted)
        facts["address"] = graph.award.asked_as;
    else if (!graph.key.reference.empty())
        facts["key"] = graph.key.reference;
    auto const scope = is_hosted ? scope_of(graph) : Scope::inside;
    if (auto refused = is_hosted ? refuse_scope(scope, facts) : refuse_key(graph, facts)) return *std::move(refused);
    bool const has_address = !graph.issuer.asked_as.empty();
    if (!is_hosted && !has_address)
        return binding_2(CheckOutcome::unchecked, "issuer-binding.issuer-no-address",
                         "The issuer has no web address at which it could be looked up.", facts);
    c.binding_passed = true;
    if (!has_address || !schemas::read_web_address(text_at(graph.issuer.document, "id")))
        return binding_2(CheckOutcome::warn, "issuer-binding.issuer-not-web",
                         "The issuer's own name is no web address; only its host is known.", facts);
    if (scope == Scope::loosely)
        return binding_2(CheckOutcome::warn, "issuer-binding.loose-scope",
                         "The issuer's rule for addresses would let neighbours in.", facts);
    if (graph.badge.moved) {
        facts["found"] = graph.badge.detail;
        return binding_2(CheckOutcome::warn, "issuer-binding.badge-moved",
                         "The badge class gives another address as its own: " + graph.badge.detail + ".", facts);
    }
    if (is_hosted)
        return binding_2(CheckOutcome::pass, "issuer-binding.in-scope", "The address is one of the issuer's own.",
                         facts);
    return binding_2(CheckOutcome::pass, "issuer-binding.listed", "The issuer itself lists the key.", facts);
}

/// What is shown has no signature: pages and readers of the report are told which of the two it was.
Check told_by_rule(Check check, OpenBadge2 const& graph, char const* hosted_title) {
    if (graph.rule != Rule::hosted) return check;
    check.evidence["rule"] = "hosted";
    check.title = hosted_title;
    return check;
}

}  // namespace

Check check_open_badge_2_proof(Case& c) {
    return told_by_rule(judge_proof_2(c), *c.open_badge_2, "Shown by its issuer");
}

Check check_open_badge_2_binding(Case& c) {
    return told_by_rule(judge_binding_2(c), *c.open_badge_2, "Address of the issuer");
}

}  // namespace itqan::domain
