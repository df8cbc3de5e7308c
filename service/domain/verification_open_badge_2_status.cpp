// Was an Open Badges 2 award withdrawn, who endorses it, to whom was it issued.

#include <algorithm>

#include "schemas/web_scope.hpp"
#include "service/domain/verification_open_badge_2.hpp"

namespace itqan::domain {
namespace {

using Facts = std::map<std::string, std::string>;
using Reach = OpenBadge2Part::Reach;

Check status_2(CheckOutcome outcome, char const* code, std::string detail, Facts facts = {}) {
    return make_check("status", outcome, code, std::move(detail), std::move(facts));
}

Check withdrawn(Json const& said, Facts facts) {
    if (auto reason = text_at(said, "revocationReason"); !reason.empty()) facts["reason"] = std::move(reason);
    return status_2(CheckOutcome::fail, "status.revoked", "The issuer has withdrawn it.", std::move(facts));
}

bool is_called_withdrawn(Json const& said) {
    return said.is_object() && said.value("revoked", Json()) == true;
}

Check judge_hosted_status(OpenBadge2 const& graph) {
    auto const& award = graph.award;
    Facts const facts{{"address", award.asked_as}};
    if (is_called_withdrawn(award.document)) return withdrawn(award.document, facts);
    if (award.reach == Reach::gone)
        return status_2(CheckOutcome::fail, "status.gone",
                        "The issuer's server says that it was there and was taken away (410).", facts);
    if (!award.is_read())
        return status_2(CheckOutcome::unchecked, "status.not-shown",
                        "Whether it was withdrawn would be told at its address.", facts);
    return status_2(CheckOutcome::pass, "status.shown", "The issuer shows it and does not call it withdrawn.", facts);
}

/// The list is the issuer's: of its host, or of another host and naming it.
bool is_list_of(OpenBadge2 const& graph, OpenBadge2Part const& list) {
    auto const named = issuer_id_of(list.document);
    if (!named.empty()) return schemas::is_same_document(named, graph.issuer_id);
    return list.host == graph.issuer.host;
}

/// The entry about the award, as text, {id} or {uid}; null when there is none.
Json const* entry_about(Json const& list, Json const& award) {
    auto const id = text_at(award, "id"), uid = text_at(award, "uid");
    auto const is_it = [&](std::string const& named) {
        return !named.empty() && ((!id.empty() && schemas::is_same_document(named, id)) || named == uid);
    };
    for (auto const& entry : list.at("revokedAssertions"))
        if (is_it(entry.is_string() ? entry.get<std::string>() : text_at(entry, "id")) || is_it(text_at(entry, "uid")))
            return &entry;
    return nullptr;
}

Check judge_signed_status(Case& c, OpenBadge2 const& graph) {
    if (is_called_withdrawn(graph.said())) return withdrawn(graph.said(), {});
    if (!graph.issuer.is_read())
        return status_2(CheckOutcome::unchecked, "status.no-profile",
                        "The issuer, who would say where withdrawals are told, could not be read.");
    auto const address = text_at(graph.issuer.document, "revocationList");
    if (address.empty())
        return status_2(CheckOutcome::absent, "status.none", "The issuer names no list of what it withdraws.");
    auto const list = fetch_open_badge_2(c, address, {schemas::OpenBadge2Class::revocation_list});
    Facts facts{{"list", address}};
    if (!list.asked_as.empty()) facts["asked-as"] = list.asked_as;
    switch (list.reach) {
        case Reach::read:
            break;
        case Reach::elsewhere:
            return status_2(CheckOutcome::unchecked, "status.foreign-list", "The list is of another host.", facts);
        case Reach::broken:
            return status_2(CheckOutcome::unchecked, "status.unreadable-list",
                            "What stands at the list's address is no revocation list.", facts);
        default:
            return status_2(CheckOutcome::unchecked, "status.unreachable",
                            "The revocation list could not be fetched: " + list.detail + ".", facts);
    }
    if (!schemas::validate_open_badge_2(list.document, schemas::OpenBadge2Class::revocation_list).empty())
        return status_2(CheckOutcome::unchecked, "status.unreadable-list", "The revocation list is broken.", facts);
    if (!is_list_of(graph, list))
        return status_2(CheckOutcome::unchecked, "status.foreign-list", "The revocation list is of another issuer.",
                        facts);
    if (auto const* const entry = entry_about(list.document, graph.said())) return withdrawn(*entry, facts);
    return status_2(CheckOutcome::pass, "status.in-force", "Not withdrawn, by the issuer's own list.", facts);
}

/// An endorsement of the award, the badge class or the issuer is about one of these.
bool is_about(OpenBadge2 const& graph, std::string const& endorsed) {
    for (auto const& id :
         {text_at(graph.said(), "id"), text_at(graph.badge.document, "id"), graph.badge.reference, graph.issuer_id})
        if (!id.empty() && schemas::is_same_document(id, endorsed)) return true;
    return false;
}

}  // namespace

Check check_open_badge_2_status(Case& c) {
    auto const& graph = *c.open_badge_2;
    if (graph.rule == OpenBadge2::Rule::signed_text) return judge_signed_status(c, graph);
    return judge_hosted_status(graph);
}

Check check_open_badge_2_endorsements(Case& c) {
    auto const& graph = *c.open_badge_2;
    auto const count = graph.endorsements.size();
    std::size_t good = 0;
    auto const check = [&](CheckOutcome outcome, char const* code, char const* detail) {
        Facts facts;
        if (count > 0) facts = {{"count", std::to_string(count)}, {"good", std::to_string(good)}};
        return make_check("endorsements", outcome, code, detail, std::move(facts));
    };
    if (graph.has_too_many_endorsements)
        return check(CheckOutcome::unchecked, "endorsements.too-many", "It names more endorsements than are checked.");
    if (count == 0) return check(CheckOutcome::absent, "endorsements.none", "The badge names no endorsements.");
    bool is_bad = false, is_about_another = false;
    for (auto const& report : c.endorsements) {
        bool const is_good = report.verdict == Verdict::valid || report.verdict == Verdict::warning;
        if (report.verdict == Verdict::invalid)
            is_bad = true;
        else if (is_good && !is_about(graph, text_at(report.credential, "endorsed")))
            is_about_another = true;
        else if (is_good)
            ++good;
    }
    if (is_bad) return check(CheckOutcome::warn, "endorsements.bad", "An endorsement of it cannot be relied on.");
    if (is_about_another)
        return check(CheckOutcome::warn, "endorsements.other-subject", "An endorsement of it is about something else.");
    if (good < count)
        return check(CheckOutcome::unchecked, "endorsements.not-checked",
                     "Not every endorsement of it could be checked.");
    return check(CheckOutcome::pass, "endorsements.good", "Every endorsement of it is genuine and in force.");
}

Check check_open_badge_2_recipient(Case& c) {
    if (c.kind == CredentialKind::badge_2_part)
        return make_check("recipient", CheckOutcome::fail, "recipient.no-award", "A description is issued to nobody.");
    auto const recipient = c.open_badge_2->said().value("recipient", Json());
    schemas::IdentityObject identity;
    identity.identity_hash = text_at(recipient, "identity");
    identity.identity_type = text_at(recipient, "type");
    identity.hashed = recipient.is_object() && recipient.value("hashed", Json()) == true;
    if (auto salt = text_at(recipient, "salt"); !salt.empty()) identity.salt = std::move(salt);
    if (identity.identity_hash.empty())
        return make_check("recipient", CheckOutcome::unchecked, "recipient.nobody",
                          "The badge names nobody that could be compared.");
    if (is_identity_of(*c.question.recipient, identity))
        return make_check("recipient", CheckOutcome::pass, "recipient.match", "Issued to the person you asked about.");
    return make_check("recipient", CheckOutcome::fail, "recipient.other", "Not issued to the person you asked about.");
}

}  // namespace itqan::domain
