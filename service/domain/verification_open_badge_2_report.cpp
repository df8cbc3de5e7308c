// What an Open Badges 2 document says, for display: in the members that reports on Open Badges 3.0 have.

#include "service/domain/verification_open_badge_2.hpp"

namespace itqan::domain {
namespace {

using schemas::OpenBadge2Class;

void put_text(Json& out, char const* name, std::string const& text) {
    if (!text.empty()) out[name] = text;
}

/// A criteria object's narrative, or its address.
std::string criteria_of(Json const& badge) {
    auto const criteria = badge.value("criteria", Json());
    if (criteria.is_string()) return criteria.get<std::string>();
    auto const narrative = text_at(criteria, "narrative");
    return narrative.empty() ? text_at(criteria, "id") : narrative;
}

Json alignment_of(Json const& badge) {
    auto all = Json::array();
    auto const alignment = badge.value("alignment", Json::array());
    for (auto const& each : alignment.is_array() ? alignment : Json::array({alignment})) {
        if (text_at(each, "targetName").empty()) continue;
        Json one{{"name", text_at(each, "targetName")}, {"url", text_at(each, "targetUrl")}};
        put_text(one, "code", text_at(each, "targetCode"));
        put_text(one, "framework", text_at(each, "targetFramework"));
        all.push_back(std::move(one));
    }
    return all;
}

Json evidence_of_award(Json const& award) {
    auto all = Json::array();
    auto const evidence = award.value("evidence", Json::array());
    for (auto const& each : evidence.is_array() ? evidence : Json::array({evidence})) {
        auto one = Json::object();
        put_text(one, "id", each.is_string() ? each.get<std::string>() : text_at(each, "id"));
        put_text(one, "name", text_at(each, "name"));
        put_text(one, "narrative", text_at(each, "narrative"));
        all.push_back(std::move(one));
    }
    return all;
}

Json achievement_of(Json const& badge, std::string const& reference) {
    Json about{{"id", reference}, {"name", text_at(badge, "name")}, {"description", text_at(badge, "description")}};
    put_text(about, "inLanguage", text_at(badge, "@language"));
    put_text(about, "version", text_at(badge, "version"));
    return about;
}

/// `host` is where the profile stands, which counts; the id is what was asked for or what it says.
Json issuer_of(OpenBadge2 const& graph) {
    Json issuer{{"id", graph.issuer_id}};
    put_text(issuer, "host", graph.issuer.host);
    put_text(issuer, "name", text_at(graph.issuer.document, "name"));
    put_text(issuer, "url", text_at(graph.issuer.document, "url"));
    return issuer;
}

Json said_by_description(Json const& document) {
    Json said{{"id", text_at(document, "id")}, {"name", text_at(document, "name")}};
    put_text(said, "description", text_at(document, "description"));
    if (schemas::open_badge_2_class(document) == OpenBadge2Class::profile)
        said["issuer"] = Json{{"id", said.at("id")}, {"name", said.at("name")}};
    if (auto const issuer = issuer_id_of(document); !issuer.empty()) said["issuer"] = Json{{"id", issuer}};
    if (schemas::open_badge_2_class(document) == OpenBadge2Class::badge_class) {
        said["achievement"] = achievement_of(document, text_at(document, "id"));
        put_text(said, "criteria", criteria_of(document));
        said["alignment"] = alignment_of(document);
    }
    return said;
}

void put_dates(Json& said, Case const& verified) {
    if (auto const from = open_badge_2_start(verified)) said["validFrom"] = from->text();
    if (auto const until = open_badge_2_end(verified)) said["validUntil"] = until->text();
}

}  // namespace

std::string open_badge_2_in_words(Case const& verified) {
    auto const& graph = *verified.open_badge_2;
    std::string const edition = "Open Badges 2.0 ";
    if (verified.kind == CredentialKind::badge_2_part) {
        switch (schemas::open_badge_2_class(graph.sent)) {
            case OpenBadge2Class::badge_class:
                return edition + "badge class";
            case OpenBadge2Class::profile:
                return edition + "profile";
            case OpenBadge2Class::key:
                return edition + "key";
            case OpenBadge2Class::revocation_list:
                return edition + "revocation list";
            case OpenBadge2Class::alignment:
                return edition + "alignment";
            default:
                return edition + "document";
        }
    }
    auto const what = edition + (graph.is_endorsement ? "endorsement" : "assertion");
    if (graph.rule == OpenBadge2::Rule::hosted) return what + " (hosted)";
    if (verified.found.token) return what + " (signed, " + verified.found.token->jws.algorithm + ")";
    return what + " (not signed)";
}

Json said_by_open_badge_2(Case const& verified) {
    auto const& graph = *verified.open_badge_2;
    if (verified.kind == CredentialKind::badge_2_part) return said_by_description(graph.sent);
    auto const& award = graph.said();
    if (graph.is_endorsement) {
        auto const claim = award.value("claim", Json());
        Json said{{"id", text_at(award, "id")}, {"endorsed", text_at(claim, "id")}, {"issuer", issuer_of(graph)}};
        put_text(said, "comment", text_at(claim, "endorsementComment"));
        put_dates(said, verified);
        return said;
    }
    auto const& badge = graph.badge.document;
    Json said{{"id", text_at(award, "id")}, {"name", text_at(badge, "name")}, {"issuer", issuer_of(graph)}};
    put_text(said, "description", text_at(award, "narrative"));
    auto recipient = Json::object();
    auto const named = award.value("recipient", Json());
    if (named.is_object() && named.value("hashed", Json()) == false)
        put_text(recipient, "id", text_at(named, "identity"));
    said["recipient"] = std::move(recipient);
    said["achievement"] = achievement_of(badge, graph.badge.reference);
    put_text(said, "criteria", badge.is_object() ? criteria_of(badge) : "");
    said["alignment"] = badge.is_object() ? alignment_of(badge) : Json::array();
    said["evidence"] = evidence_of_award(award);
    put_dates(said, verified);
    return said;
}

}  // namespace itqan::domain
