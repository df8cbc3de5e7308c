#include <charconv>

#include "service/api/endpoint.hpp"
#include "storage/outbox.hpp"

namespace itqan::api {
namespace {

/// Issuers see what concerns them, administrators all.
std::optional<std::string> scope_of(Actor const& actor) {
    if (actor.acts_for_all()) return std::nullopt;
    return actor.issuer_id.value_or("");
}

Result<std::int64_t> after_of(Call const& call) {
    auto const text = call.query("after").value_or("0");
    std::int64_t after = 0;
    auto const [end, failure] = std::from_chars(text.data(), text.data() + text.size(), after);
    if (failure != std::errc{} || end != text.data() + text.size() || after < 0)
        return invalid_parameter("after", "must be the seq of an event");
    return after;
}

Json event_json(storage::EventRow const& row, bool with_actor) {
    Json json{{"seq", row.seq},
              {"recordedAt", row.recorded_at.text()},
              {"occurredAt", row.occurred_at.text()},
              {"kind", row.kind},
              {"subject", row.subject},
              {"issuerId", row.issuer_id ? Json(*row.issuer_id) : Json()},
              {"data", Json::parse(row.data)}};
    if (with_actor) json["actor"] = row.actor;
    return json;
}

Reply events(Call const& call, bool with_actor) {
    auto const after = after_of(call);
    if (!after) return after.error();
    auto const page = page_of(call);
    if (!page) return page.error();
    auto const rows = call.services.database.read([&](storage::Session& session) {
        return storage::settled_events(session, *after, scope_of(call.actor()), page->limit, call.now);
    });
    Json data = Json::array();
    for (auto const& row : rows)
        data.push_back(event_json(row, with_actor));
    bool const more = rows.size() == static_cast<std::size_t>(page->limit);
    return json_reply(
        200, {{"data", std::move(data)}, {"nextCursor", more ? Json(std::to_string(rows.back().seq)) : Json()}});
}

Reply list_events(Call const& call) {
    return events(call, false);
}
Reply list_audit(Call const& call) {
    return events(call, true);
}

Reply list_outbox(Call const& call) {
    auto const page = page_of(call);
    if (!page) return page.error();
    auto const rows = call.services.database.read(
        [&](storage::Session& session) { return storage::list_outbox(session, scope_of(call.actor()), page->limit); });
    Json data = Json::array();
    for (auto const& row : rows) {
        data.push_back({{"id", row.id},
                        {"kind", row.kind},
                        {"learnerId", row.learner_id ? Json(*row.learner_id) : Json()},
                        {"issuerId", row.issuer_id ? Json(*row.issuer_id) : Json()},
                        {"state", row.state},
                        {"attempts", row.attempts},
                        {"dueAt", row.due_at.text()},
                        {"lastError", row.last_error ? Json(*row.last_error) : Json()},
                        {"createdAt", row.created_at.text()},
                        {"doneAt", row.done_at ? Json(row.done_at->text()) : Json()}});
    }
    return json_reply(200, {{"data", std::move(data)}, {"nextCursor", nullptr}});
}

Endpoint reading(std::string path, std::string summary, std::string description, std::vector<Parameter> query,
                 std::function<Reply(Call const&)> handle) {
    return {.path = std::move(path),
            .tag = "audit",
            .summary = std::move(summary),
            .description = std::move(description),
            .roles = {Role::issuer, Role::admin},
            .answer = "Page",
            .query = std::move(query),
            .handle = std::move(handle)};
}

}  // namespace

std::vector<Endpoint> audit_endpoints() {
    std::vector<Parameter> const pages{{"after", "seq of the last event already known"},
                                       {"limit", "1 to 500, 100 by default"}};
    return {
        reading("/api/v1/events", "What happened, oldest first",
                "Ids only. Ask again with after = nextCursor, or with the last seq.", pages, list_events),
        reading("/api/v1/audit", "The same with who did it", "Actors are ids of tokens and learners, never names.",
                pages, list_audit),
        reading("/api/v1/outbox", "Mails and their delivery state, newest first",
                "waiting, done or parked; lastError is a code without addresses.",
                {{"limit", "1 to 500, 100 by default"}}, list_outbox),
    };
}

}  // namespace itqan::api
