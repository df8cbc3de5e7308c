// Which documents an Open Badges 2 award consists of, and what of them is there. The issuer is always what stands at
// its address: a profile written inside an award could allow any host.

#include <algorithm>

#include "schemas/web_scope.hpp"
#include "service/domain/verification_open_badge_2.hpp"

namespace itqan::domain {
namespace {

using schemas::OpenBadge2Class;
using Reach = OpenBadge2Part::Reach;
using Rule = OpenBadge2::Rule;

constexpr std::size_t most_endorsements_2 = 8;
/// Issuers of many badges have long lists of what they withdrew.
constexpr JsonLimits longest_revocation_list{1024 * 1024, 50'000};

std::string host_of_address(std::string_view address) {
    auto const read = schemas::read_web_address(address);
    return read ? read->host : std::string();
}

/// Where the document itself says that it is, compared with where it was found.
void place(OpenBadge2Part& part) {
    auto const id = text_at(part.document, "id");
    if (schemas::is_same_document(id, part.reference)) return;
    auto const own = schemas::read_web_address(id);
    if (own && own->host != part.host) {
        part.reach = Reach::elsewhere;
        part.detail = id;
        return;
    }
    part.moved = true;
    part.detail = id;
}

/// A document written inside another is that one's word, and has its host.
OpenBadge2Part written_inside(Json const& document, OpenBadge2Part const& around) {
    OpenBadge2Part part;
    part.reach = Reach::read;
    part.reference = text_at(document, "id");
    part.host = around.host;
    part.document = document;
    return part;
}

Rule rule_of(Json const& award) {
    auto const verification = award.value("verification", Json());
    if (has_type(verification, "HostedBadge") || has_type(verification, "hosted")) return Rule::hosted;
    if (has_type(verification, "SignedBadge") || has_type(verification, "signed")) return Rule::signed_text;
    return Rule::none;
}

void look_up_award(Case& c, OpenBadge2& graph) {
    auto& award = graph.award;
    if (graph.rule == Rule::hosted) {
        award = fetch_open_badge_2(c, text_at(graph.sent, "id"),
                                   {graph.is_endorsement ? OpenBadge2Class::endorsement : OpenBadge2Class::assertion});
        return;
    }
    if (graph.rule == Rule::signed_text && c.found.token) {
        award.reach = Reach::read;
        award.reference = text_at(graph.sent, "id");
        award.document = graph.sent;
    }
}

void look_up_badge(Case& c, OpenBadge2& graph) {
    auto const& said = graph.said();
    if (graph.is_endorsement || !said.contains("badge")) return;
    auto const& badge = said.at("badge");
    if (badge.is_object())
        graph.badge = written_inside(badge, graph.award);
    else
        graph.badge =
            fetch_open_badge_2(c, badge.is_string() ? badge.get<std::string>() : "", {OpenBadge2Class::badge_class});
}

void look_up_issuer(Case& c, OpenBadge2& graph) {
    auto const& carrier = graph.is_endorsement ? graph.award : graph.badge;
    auto const& says = graph.is_endorsement ? graph.said() : graph.badge.document;
    if (!says.is_object() || !says.contains("issuer")) return;
    auto const& issuer = says.at("issuer");
    auto const reference = issuer.is_string() ? issuer.get<std::string>() : text_at(issuer, "id");
    if (issuer.is_object() && !schemas::read_web_address(reference))
        graph.issuer = written_inside(issuer, carrier);
    else
        graph.issuer = fetch_open_badge_2(c, reference, {OpenBadge2Class::profile});
    graph.issuer_id = reference;
}

std::string first_key_of(Json const& profile) {
    auto key = profile.is_object() ? profile.value("publicKey", Json()) : Json();
    if (key.is_array() && key.size() == 1) key = Json(key.front());
    return key.is_string() ? key.get<std::string>() : text_at(key, "id");
}

/// A key may be written into the profile that lists it.
Json const* key_inside(Json const& profile, std::string const& reference) {
    if (!profile.is_object() || !profile.contains("publicKey")) return nullptr;
    auto const& keys = profile.at("publicKey");
    auto const is_it = [&](Json const& key) { return key.is_object() && text_at(key, "id") == reference; };
    if (is_it(keys)) return &keys;
    if (!keys.is_array()) return nullptr;
    auto const found = std::find_if(keys.begin(), keys.end(), is_it);
    return found == keys.end() ? nullptr : &*found;
}

void look_up_key(Case& c, OpenBadge2& graph) {
    if (graph.rule != Rule::signed_text || !c.found.token) return;
    auto reference = text_at(graph.sent.value("verification", Json()), "creator");
    if (reference.empty()) reference = first_key_of(graph.issuer.document);
    if (reference.empty()) return;
    auto const* const inside = key_inside(graph.issuer.document, reference);
    if (inside != nullptr && inside->contains("publicKeyPem")) {
        graph.key = written_inside(*inside, graph.issuer);
        return;
    }
    if (reference.find('#') != std::string::npos && graph.issuer.reach == Reach::awaited) return;
    graph.key = fetch_open_badge_2(c, reference, {OpenBadge2Class::key});
}

void add_endorsements(OpenBadge2& graph, Json const& carrier) {
    if (!carrier.is_object() || !carrier.contains("endorsement")) return;
    auto const& member = carrier.at("endorsement");
    for (auto const& each : member.is_array() ? member : Json::array({member})) {
        auto const id = each.is_string() ? each.get<std::string>() : text_at(each, "id");
        auto const is_it = [&id](InnerCredential const& known) { return known.about == id; };
        if (std::any_of(graph.endorsements.begin(), graph.endorsements.end(), is_it)) continue;
        if (graph.endorsements.size() == most_endorsements_2) {
            graph.has_too_many_endorsements = true;
            return;
        }
        InnerCredential inner;
        inner.about = id;  // Here the address of the endorsement itself.
        auto read = ReadCredential();
        read.kind = CredentialKind::badge_2;
        read.credential_id = id;
        read.is_reference = true;
        read.found.document = Json{{"type", "Endorsement"}, {"id", id}, {"verification", {{"type", "HostedBadge"}}}};
        inner.credential = std::make_shared<ReadCredential>(std::move(read));
        graph.endorsements.push_back(std::move(inner));
    }
}

}  // namespace

OpenBadge2Part fetch_open_badge_2(Case& c, std::string const& reference,
                                  std::initializer_list<OpenBadge2Class> wanted) {
    OpenBadge2Part part;
    part.reference = reference;
    auto const address = schemas::read_web_address(reference);
    if (!address) {
        part.reach = reference.empty() ? Reach::missing : Reach::no_address;
        return part;
    }
    part.asked_as = address->https();
    part.host = address->host;
    // Keys stand where the issuer says; what is hosted may have moved on its host.
    bool const is_key = *wanted.begin() == OpenBadge2Class::key;
    auto const* const document = is_key ? c.need(part.asked_as) : c.need_wherever(part.asked_as);
    if (document == nullptr) {
        if (*wanted.begin() == OpenBadge2Class::assertion) c.personal.insert(part.asked_as);
        part.reach = Reach::awaited;
        return part;
    }
    if (document->gone || !document->failure.empty()) {
        part.reach = document->gone ? Reach::gone : Reach::unreachable;
        part.detail = document->failure;
        return part;
    }
    if (!document->landed.empty() && host_of_address(document->landed) != part.host) {
        part.reach = Reach::elsewhere;
        part.detail = document->landed;
        return part;
    }
    part.landed = document->landed;
    bool const is_list = *wanted.begin() == OpenBadge2Class::revocation_list;
    auto json = parse_json(document->body, is_list ? longest_revocation_list : json_limits::credential);
    auto plain = json ? schemas::plain_open_badge_2(*json) : schemas::PlainOpenBadge2();
    // A withdrawn award may be nothing but its id and that word (section 4.11).
    auto const& answer = plain.document;
    if (answer.is_object() && answer.value("revoked", Json()) == true && !answer.contains("badge")) {
        part.reach = schemas::is_same_document(text_at(answer, "id"), reference) ? Reach::gone : Reach::broken;
        part.document = std::move(plain.document);
        return part;
    }
    auto const found = schemas::open_badge_2_class(answer);
    if (std::find(wanted.begin(), wanted.end(), found) == wanted.end()) {
        part.reach = Reach::broken;
        return part;
    }
    part.reach = Reach::read;
    part.document = std::move(plain.document);
    part.twice = std::move(plain.twice);
    place(part);
    return part;
}

void look_up_open_badge_2(Case& c) {
    auto const graph = std::make_shared<OpenBadge2>();
    c.open_badge_2 = graph;
    auto plain = schemas::plain_open_badge_2(c.found.document);
    graph->sent = std::move(plain.document);
    graph->award.twice = std::move(plain.twice);
    if (c.kind != CredentialKind::badge_2) return;
    graph->is_reference = c.credential.is_reference;
    graph->is_endorsement = schemas::open_badge_2_class(graph->sent) == OpenBadge2Class::endorsement;
    graph->rule = rule_of(graph->sent);
    look_up_award(c, *graph);
    if (graph->award.reach != Reach::awaited) {
        look_up_badge(c, *graph);
        look_up_issuer(c, *graph);
    }
    look_up_key(c, *graph);
    add_endorsements(*graph, graph->said());
    add_endorsements(*graph, graph->badge.document);
    add_endorsements(*graph, graph->issuer.document);
}

}  // namespace itqan::domain
