#include "service/api/call.hpp"

#include <charconv>

namespace itqan::api {
namespace {

constexpr int largest_page = 500;

/// The body as it counts for a key: two addresses never share an answer, even for equal bodies.
Json keyed_body(Call const& call) {
    return {{"to", call.request.method + " " + call.request.path}, {"body", call.body}};
}

}  // namespace

std::string Call::path(std::string_view name) const {
    auto const found = request.parameters.find(name);
    return found == request.parameters.end() ? std::string() : found->second;
}

std::optional<std::string> Call::query(std::string_view name) const {
    return http::query_value(request, name);
}

http::Response json_text_reply(int status, std::string body) {
    http::Response response;
    response.status = status;
    response.headers.add("content-type", "application/json");
    response.body = std::move(body);
    return response;
}

http::Response json_reply(int status, Json const& body) {
    return json_text_reply(status, body.dump());
}

http::Response answer_reply(domain::Answer const& answer) {
    auto response = json_text_reply(answer.status, answer.body);
    if (answer.location) response.headers.add("location", *answer.location);
    if (answer.replayed) response.headers.add("idempotency-replayed", "true");
    return response;
}

Result<Day> as_of(Call const& call) {
    auto const text = call.query("asOf");
    if (!text) return call.services.clock.domain().day();
    if (auto const day = Day::parse(*text)) return *day;
    return invalid_parameter("asOf", "must be a date such as 2026-11-01");
}

Result<Page> page_of(Call const& call) {
    Page page;
    page.after = call.query("cursor").value_or("");
    if (page.after.size() > 64) return invalid_parameter("cursor", "must be the nextCursor of a page");
    auto const limit = call.query("limit");
    if (!limit) return page;
    auto const* const end = limit->data() + limit->size();
    auto const [stop, failure] = std::from_chars(limit->data(), end, page.limit);
    if (failure != std::errc{} || stop != end || page.limit < 1 || page.limit > largest_page)
        return invalid_parameter("limit", "must be a whole number from 1 to 500");
    return page;
}

Json page_json(std::vector<Json> items, std::vector<std::string> const& ids, Page const& page) {
    auto const limit = static_cast<std::size_t>(page.limit);
    bool const more = items.size() > limit;
    if (more) items.resize(limit);
    return {{"data", std::move(items)}, {"nextCursor", more ? Json(ids.at(limit - 1)) : Json()}};
}

Reply once(Call const& call, std::function<Result<domain::Answer>(domain::Keep const&)> const& act) {
    auto const key = std::string(call.request.header("idempotency-key"));
    auto const answer =
        domain::once(call.services.database, call.caller->principal, key, keyed_body(call), call.now, act);
    if (!answer) return answer.error();
    return answer_reply(*answer);
}

Reply once_kept_after(Call const& call, std::function<Result<domain::Answer>()> const& act) {
    return once(call, [&](domain::Keep const& keep) {
        auto answer = act();
        if (answer && keep) call.services.database.write([&](storage::Session& session) { keep(session, *answer); });
        return answer;
    });
}

Error not_found(std::string_view what) {
    return {
        Fault::not_found, "not-found", "There is no such " + std::string(what) + ", or it is not yours to see.", {}};
}

Error invalid_parameter(std::string_view name, std::string_view detail) {
    return {Fault::malformed,
            "invalid-parameter",
            "The query parameter \"" + std::string(name) + "\" " + std::string(detail) + ".",
            {}};
}

}  // namespace itqan::api
