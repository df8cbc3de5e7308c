#include "service/api/endpoint.hpp"
#include "service/http/problem.hpp"
#include "storage/evidence.hpp"

namespace itqan::api {
namespace {

constexpr std::size_t largest_batch = 1000;

bool is_dry_run(Call const& call) {
    return call.query("dryRun") == "true";
}

/// One element of a 207: {index, status, body | problem}. The body's bytes are spliced in as they were first answered.
std::string batch_item(std::size_t index, Result<domain::Answer> const& result) {
    auto const head = "{\"index\":" + std::to_string(index) + ",\"status\":";
    if (result) return head + std::to_string(result->status) + ",\"body\":" + result->body + "}";
    return head + std::to_string(http::status_of(result.error().fault)) +
           ",\"problem\":" + http::problem_text(result.error()) + "}";
}

domain::Answer post_batch(Call const& call, bool dry_run) {
    std::string body = "{\"results\":[";
    for (std::size_t index = 0; index < call.body.size(); ++index) {
        domain::Intake::Options options;
        options.dry_run = dry_run;
        if (index > 0) body += ',';
        body += batch_item(index, call.services.intake.complete(call.actor(), call.body.at(index), options));
    }
    return {207, std::nullopt, body + "]}", false};
}

Reply post_completions(Call const& call) {
    bool const dry_run = is_dry_run(call);
    if (call.body.is_array()) {
        if (call.body.size() > largest_batch)
            return Error{
                Fault::too_large, "batch-too-large", "A batch holds at most 1000 completions; send several.", {}};
        if (dry_run) return answer_reply(post_batch(call, true));
        return once_kept_after(call, [&]() -> Result<domain::Answer> { return post_batch(call, false); });
    }
    domain::Intake::Options options;
    options.dry_run = dry_run;
    if (dry_run) {
        auto const answer = call.services.intake.complete(call.actor(), call.body, options);
        if (!answer) return answer.error();
        return answer_reply(*answer);
    }
    std::shared_ptr<Pending> depends_on;
    if (call.request.may_depend) options.depends_on = &depends_on;
    auto reply = once(call, [&](domain::Keep const& keep) {
        options.keep = keep;
        return call.services.intake.complete(call.actor(), call.body, options);
    });
    if (reply) reply->depends_on = std::move(depends_on);
    return reply;
}

Reply get_completion(Call const& call) {
    auto completion = call.services.intake.completion(call.actor(), call.path("id"));
    if (!completion) return completion.error();
    return json_reply(200, *completion);
}

Result<Instant> since_of(Call const& call) {
    auto const text = call.query("since");
    if (!text) return Instant{};
    if (auto const instant = Instant::parse(*text)) return *instant;
    if (auto const day = Day::parse(*text)) return Instant::start_of(*day);
    return invalid_parameter("since", "must be a date or an RFC 3339 date-time");
}

Reply list_completions(Call const& call) {
    auto const since = since_of(call);
    if (!since) return since.error();
    auto const page = page_of(call);
    if (!page) return page.error();
    storage::EvidencePage wanted;
    if (!call.actor().acts_for_all()) wanted.source = call.actor().provider_id.value_or("");
    wanted.activity_id = call.query("activityId");
    wanted.since = *since;
    wanted.after_id = page->after;
    wanted.limit = page->limit + 1;
    auto const rows =
        call.services.database.read([&](storage::Session& s) { return storage::list_completions(s, wanted); });

    std::vector<Json> items;
    std::vector<std::string> ids;
    for (auto const& row : rows) {
        auto completion = call.services.intake.completion(call.actor(), row.id);
        if (!completion) continue;
        items.push_back(std::move(*completion));
        ids.push_back(row.id);
    }
    return json_reply(200, page_json(std::move(items), ids, *page));
}

}  // namespace

std::vector<Endpoint> completion_endpoints() {
    return {
        {.verb = Verb::post,
         .path = "/api/v1/completions",
         .tag = "completions",
         .summary = "Post one completion or an array of up to 1000",
         .description =
             "One is answered 201 with its effects; an array 207 with {results: [{index, status, body | problem}]}, "
             "each "
             "item on its own. (provider, externalId) is unique for ever: a repeat gets the first answer byte for byte "
             "with Idempotency-Replayed: true, another body 422. With dryRun=true the form and the rights are checked "
             "and "
             "nothing is written (200).",
         .roles = {Role::provider, Role::admin},
         .payload = Payload::batch,
         .request = "Completion",
         .status = 201,
         .answer = "CompletionAnswer",
         .query = {{"dryRun", "true: check only"}},
         .keyed = true,
         .handle = post_completions},
        {.path = "/api/v1/completions",
         .tag = "completions",
         .summary = "Completions as they stand, a provider's own only",
         .roles = {Role::provider, Role::admin},
         .answer = "Page",
         .query = {{"since", "recorded at or after this date or date-time"},
                   {"activityId", "of this activity only"},
                   {"cursor", "nextCursor of the page before"},
                   {"limit", "1 to 500, 100 by default"}},
         .handle = list_completions},
        {.path = "/api/v1/completions/{id}",
         .tag = "completions",
         .summary = "One completion",
         .roles = {Role::provider, Role::admin},
         .answer = "CompletionAnswer",
         .handle = get_completion},
    };
}

}  // namespace itqan::api
