#include <nlohmann/json.hpp>

#include "service/web/language.hpp"
#include "service/web/routes.hpp"

namespace itqan::web {
namespace {

http::Response for_everybody(std::string_view media_type, std::string body) {
    auto answer = respond(200, media_type, std::move(body));
    answer.headers.add("access-control-allow-origin", "*");
    return answer;
}

Error no_such(std::string_view what) {
    return {Fault::not_found, "not-found", "There is no such " + std::string(what) + " here.", {}};
}

Answer issuer_did(WebContext const& context, http::Request const& request) {
    auto& services = context.services;
    return services.database.read([&](storage::Session& session) -> Answer {
        auto const programme = services.programmes.current(session);
        auto const* const issuer = programme->issuer_by_slug(path_value(request, "slug"));
        if (issuer == nullptr) return no_such("issuer");
        return for_everybody("application/did+json", services.keys.did_document(session, *issuer).dump());
    });
}

Answer installation_did(WebContext const& context) {
    auto& services = context.services;
    return services.database.read([&](storage::Session& session) -> Answer {
        return for_everybody("application/did+json", services.keys.installation_document(session).dump());
    });
}

Answer issuer_key(WebContext const& context, http::Request const& request) {
    auto& services = context.services;
    return services.database.read([&](storage::Session& session) -> Answer {
        auto const programme = services.programmes.current(session);
        auto const* const issuer = programme->issuer_by_slug(path_value(request, "slug"));
        if (issuer == nullptr) return no_such("key");
        auto jwk = services.keys.public_jwk(session, *issuer, path_value(request, "id"));
        if (!jwk) return jwk.error();
        return for_everybody("application/jwk+json", std::move(*jwk));
    });
}

/// Whether an If-None-Match header names the tag (RFC 9110 13.1.2); weak and strong forms compare equal.
bool names_tag(std::string_view header, std::string_view tag) {
    return header == "*" || (!header.empty() && header.find(tag) != std::string_view::npos);
}

/// What the JSON is called: many clients parse what is named JSON and nothing else.
std::string_view json_type_for(std::string_view accept) {
    for (std::string_view const type : {"application/vc", "application/ld+json", "application/json"})
        if (asks_for(accept, type)) return type;
    return "application/vc";
}

Answer status_list(WebContext const& context, http::Request const& request) {
    auto const programme = programme_of(context);
    auto const list = path_value(request, "list");
    auto const form = form_asked_for(request.header("accept"));
    auto& lists = context.services.status;
    auto const served = form ? lists.serve(list, *programme, *form) : lists.serve_either(list, *programme);
    if (!served) return served.error();
    bool const is_token = (*served)->form == domain::ProofForm::jwt;
    auto const type = is_token ? "application/vc+jwt" : json_type_for(request.header("accept"));
    auto answer = names_tag(request.header("if-none-match"), (*served)->etag) ? respond(304, type, "")
                                                                              : respond(200, type, (*served)->text);
    answer.headers.add("access-control-allow-origin", "*");
    answer.headers.add("vary", "Accept");
    answer.headers.add("etag", (*served)->etag);
    answer.headers.add("cache-control", "public, max-age=5, must-revalidate");
    return answer;
}

}  // namespace

std::vector<http::Route> document_routes(WebContext const& context) {
    return {get_route("/.well-known/did.json", [&context](auto const&) { return installation_did(context); }),
            get_route("/issuers/{slug}/did.json", [&context](auto const& r) { return issuer_did(context, r); }),
            get_route("/issuers/{slug}/keys/{id}", [&context](auto const& r) { return issuer_key(context, r); }),
            get_route("/status/{list}", [&context](auto const& r) { return status_list(context, r); })};
}

}  // namespace itqan::web
