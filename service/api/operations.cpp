#include "service/api/operations.hpp"

#include <algorithm>

#include "service/api/call.hpp"
#include "storage/database.hpp"

namespace itqan::api {
namespace {

http::Response text_reply(std::string type, std::string body) {
    http::Response response;
    response.headers.add("content-type", std::move(type));
    response.body = std::move(body);
    return response;
}

bool is_administrator(auth::Guard& guard, http::Request const& request) {
    if (request.header("authorization").empty() && request.header("cookie").empty()) return false;
    try {
        auto const caller = guard.identify(request);
        return caller && *caller && (*caller)->actor.is(Role::admin);
    } catch (storage::DatabaseError const&) {
        return false;  // Who cannot be known is a stranger, and is told how things are all the same.
    }
}

/// Whether asking the storage is known to fail, or to take as long as it is frozen.
bool has_no_storage(Readiness const& readiness) {
    return std::any_of(readiness.checks.begin(), readiness.checks.end(),
                       [](Readiness::Check const& check) { return check.name == "storage" && check.status != "ok"; });
}

Json readiness_json(Readiness const& readiness, bool with_details) {
    Json checks = Json::array();
    for (auto const& check : readiness.checks) {
        Json one{{"name", check.name}, {"status", check.status}};
        if (with_details && !check.detail.empty()) one["detail"] = check.detail;
        if (with_details && !check.remedy.empty()) one["do"] = check.remedy;
        checks.push_back(std::move(one));
    }
    auto const* const status = readiness.is_failed ? "failed" : readiness.is_degraded ? "degraded" : "ready";
    return {{"status", status}, {"writes", readiness.can_write}, {"checks", std::move(checks)}};
}

Reply ready(Readiness const& readiness, http::Request const& request, bool with_details) {
    auto const purpose = http::query_value(request, "for");
    if (purpose && *purpose != "writes" && *purpose != "reads")
        return invalid_parameter("for", "must be reads or writes");
    bool const serves = !readiness.is_failed && (purpose != "writes" || readiness.can_write);
    // A system's words may hold bytes that are no UTF-8.
    auto response =
        text_reply("application/json",
                   readiness_json(readiness, with_details).dump(-1, ' ', false, Json::error_handler_t::replace));
    response.status = serves ? 200 : 503;
    if (!serves) response.headers.add("retry-after", "2");
    return response;
}

}  // namespace

std::vector<http::Route> health_routes(auth::Guard& guard, std::function<Readiness()> readiness,
                                       std::function<bool(http::Request const&)> is_inside) {
    auto const alive = [](http::Request const&) -> Reply { return text_reply("text/plain; charset=utf-8", "alive\n"); };
    auto const tell = [&guard, readiness = std::move(readiness),
                       is_inside = std::move(is_inside)](http::Request const& request) {
        auto const now = readiness();
        bool const with_details =
            (is_inside && is_inside(request)) || (!has_no_storage(now) && is_administrator(guard, request));
        return ready(now, request, with_details);
    };
    return {{"GET", "/livez", json_limits::command, alive},
            {"GET", "/healthz", json_limits::command, alive},
            {"GET", "/readyz", json_limits::command, tell}};
}

std::vector<http::Route> metrics_routes(std::function<std::string()> render) {
    return {{"GET", "/metrics", json_limits::command,
             [render = std::move(render)](http::Request const&) -> Reply {
                 return text_reply("text/plain; version=0.0.4; charset=utf-8", render());
             },
             http::Audience::internal_only}};
}

Json operations_documentation() {
    auto const answer = [](char const* description, char const* type, Json const& schema) {
        return Json{{"description", description}, {"content", {{type, {{"schema", schema}}}}}};
    };
    Json const reference{{"$ref", "#/components/schemas/Readiness"}};
    Json const alive{{"summary", "Whether the process answers"},
                     {"tags", {"Operations"}},
                     {"parameters", Json::array()},
                     {"security", Json::array()},
                     {"responses", {{"200", answer("It answers.", "text/plain", Json{{"type", "string"}})}}}};
    Json const ready{
        {"summary", "Whether requests can be served"},
        {"description",
         "degraded is still 200: reads are served, something needs an operator. With for=writes it is 503 while "
         "nothing "
         "can be written. Administrators also get detail and do of each check."},
        {"tags", {"Operations"}},
        {"parameters", Json::array({{{"name", "for"},
                                     {"in", "query"},
                                     {"description", "What the caller wants to send here."},
                                     {"schema", {{"type", "string"}, {"enum", {"reads", "writes"}}}}}})},
        {"security", Json::array()},
        {"responses",
         {{"200", answer("Ready or degraded.", "application/json", reference)},
          {"503", answer("Not even reads are served, or with for=writes no writes.", "application/json", reference)}}}};
    return {{"/livez", {{"get", alive}}}, {"/healthz", {{"get", alive}}}, {"/readyz", {{"get", ready}}}};
}

}  // namespace itqan::api
