#include "service/api/routes.hpp"

#include <memory>

#include "schemas/text.hpp"
#include "service/api/endpoint.hpp"
#include "service/api/openapi.hpp"
#include "service/http/problem.hpp"

namespace itqan::api {
namespace {

constexpr std::size_t upload_bytes = 7 * 1024 * 1024;

JsonLimits limits_of(Payload payload) {
    switch (payload) {
        case Payload::batch:
        case Payload::list:
            return json_limits::batch;
        case Payload::credential:
        case Payload::signed_document:
            return json_limits::credential;
        case Payload::case_package:
            return json_limits::case_package;
        case Payload::upload:
            return {.bytes = upload_bytes, .tokens = 2'000, .string_bytes = upload_bytes};
        case Payload::none:
        case Payload::optional_command:
        case Payload::command:
            break;
    }
    return json_limits::command;
}

/// What is read of a body before its JSON limits judge it. The VC-API answers 400 for a document that is too large, and
/// not the 413 of a body that nobody reads.
JsonLimits room_of(Payload payload) {
    auto limits = limits_of(payload);
    if (payload == Payload::signed_document) limits.bytes *= 4;
    return limits;
}

bool is_type(http::Request const& request, std::string_view wanted) {
    auto const type = request.header("content-type");
    if (!equal_ignoring_case(type.substr(0, wanted.size()), wanted)) return false;
    auto const rest = type.substr(wanted.size());
    return rest.empty() || rest.front() == ';' || rest.front() == ' ';
}

/// The body as JSON; null where there is none, and for forms, which the resource reads itself.
Result<Json> read_body(Endpoint const& endpoint, http::Request const& request) {
    if (endpoint.payload == Payload::none) {
        if (request.body.empty() || request.body == "{}") return Json();
        return Error{Fault::malformed, "invalid-body", "This address takes no body.", {{"", "must be absent"}}};
    }
    if (endpoint.payload == Payload::optional_command && request.body.empty()) return Json();
    if (endpoint.payload == Payload::upload &&
        (is_type(request, "multipart/form-data") || is_type(request, "image/png") || is_type(request, "image/jpeg") ||
         is_type(request, "image/svg+xml") || is_type(request, "application/pdf")))
        return Json();
    if (endpoint.payload == Payload::list && is_type(request, "text/csv")) return Json();
    if (!is_type(request, "application/json"))
        return Error{Fault::media_type, "unsupported-media-type", "Send Content-Type: application/json.", {}};
    // One element of a batch is a command and gets a command's room.
    auto const first = request.body.find_first_not_of(" \t\r\n");
    bool const is_command =
        endpoint.payload == Payload::batch && (first == std::string::npos || request.body[first] != '[');
    auto body = parse_json(request.body, is_command ? json_limits::command : limits_of(endpoint.payload));
    // null would look like an absent body to the resource.
    if (body && body->is_null())
        return Error{Fault::malformed, "invalid-body", "The body is null.", {{"", "must be an object"}}};
    return body;
}

http::RateLimits::Work work_of(Endpoint const& endpoint) {
    using Work = http::RateLimits::Work;
    bool const is_costly = endpoint.payload == Payload::upload || endpoint.payload == Payload::signed_document ||
                           endpoint.payload == Payload::list;
    return is_costly ? Work::verify : Work::plain;
}

Result<std::optional<auth::Caller>> caller_of(ApiContext& context, Endpoint const& endpoint,
                                              http::Request const& request) {
    bool const is_open = endpoint.is_vc_api && context.vc_api->is_open();
    if (endpoint.roles.empty() || is_open) return context.guard.identify(request);
    auto caller = context.guard.require(request, endpoint.roles);
    if (!caller) return caller.error();
    return std::optional<auth::Caller>(std::move(*caller));
}

Reply run(ApiContext& context, Endpoint const& endpoint, http::Request const& request, auth::Caller const* caller,
          Instant now) {
    auto body = read_body(endpoint, request);
    if (!body) return endpoint.is_vc_api ? domain::as_bad_request(body.error()) : body.error();
    Call const call{context, context.services, request, caller, std::move(*body), now};
    return endpoint.handle(call);
}

/// Whoever is counted learns in every answer what is left.
Reply run_within_rate(ApiContext& context, Endpoint const& endpoint, http::Request const& request) {
    auto const now = context.services.clock.wall();
    auto const caller = caller_of(context, endpoint, request);
    if (!caller) return caller.error();
    auto const work = work_of(endpoint);
    auto const principal = *caller ? (*caller)->principal : "";
    Result<void> const rate =
        request.is_counted ? Result<void>() : context.rates.admit(work, principal, request.client, now);
    request.is_counted = true;
    auto reply = rate ? run(context, endpoint, request, *caller ? &**caller : nullptr, now) : Reply(rate.error());
    if (reply && !reply->awaits.addresses.empty()) return reply;
    auto response = reply ? std::move(*reply) : http::problem(reply.error());
    context.rates.tell(response, work, principal, request.client, now);
    return response;
}

}  // namespace

std::vector<Endpoint> const& endpoints() {
    static std::vector<Endpoint> const all = [] {
        std::vector<Endpoint> joined;
        for (auto const make : {completion_endpoints, evidence_endpoints, learner_endpoints, credential_endpoints,
                                verify_endpoints, verify_batch_endpoints, vc_api_endpoints, programme_endpoints,
                                key_endpoints, token_endpoints, audit_endpoints, case_endpoints}) {
            for (auto& endpoint : make())
                joined.push_back(std::move(endpoint));
        }
        return joined;
    }();
    return all;
}

std::vector<http::Route> api_routes(ApiContext& context) {
    std::vector<http::Route> routes;
    std::vector<Endpoint> served;
    for (auto const& endpoint : endpoints()) {
        if (endpoint.is_vc_api && !context.vc_api) continue;
        served.push_back(endpoint);
        routes.push_back({std::string(verb_name(endpoint.verb)), endpoint.path, room_of(endpoint.payload),
                          [&context, &endpoint](http::Request const& request) {
                              return run_within_rate(context, endpoint, request);
                          }});
    }
    auto const document =
        std::make_shared<std::string const>(openapi_document(served, context.services.addresses.base()).dump());
    routes.push_back({"GET", "/openapi.json", json_limits::command,
                      [document](http::Request const&) -> Reply { return json_text_reply(200, *document); }});
    return routes;
}

}  // namespace itqan::api
