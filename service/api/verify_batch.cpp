#include "schemas/csv.hpp"
#include "service/api/endpoint.hpp"
#include "service/domain/body_reader.hpp"
#include "service/domain/verify_batches.hpp"
#include "service/http/networks.hpp"

namespace itqan::api {
namespace {

domain::VerifyBatches batches_of(Call const& call) {
    return {call.services.database, call.services.clock};
}

Json state_json(domain::Addresses const& addresses, domain::BatchState const& state) {
    auto const address = addresses.base() + "/api/v1/jobs/" + state.id;
    Json json{{"id", state.id},
              {"kind", "verify"},
              {"state", state.is_done() ? "done" : "running"},
              {"total", state.total},
              {"done", state.done},
              {"counts", state.counts},
              {"createdAt", state.created_at.text()},
              {"expiresAt", state.expires_at.text()},
              {"url", address}};
    if (state.is_done()) json["results"] = Json{{"csv", address + "/result.csv"}, {"json", address + "/result.json"}};
    return json;
}

Result<domain::BatchItem> read_item(Json const& element, std::size_t index) {
    if (element.is_string()) return domain::BatchItem{"", element.get<std::string>()};
    domain::BodyReader reader(element, "/" + std::to_string(index));
    domain::BatchItem item;
    item.input = reader.required_document("input");
    item.name = reader.text("name", 500).value_or("");
    item.recipient = reader.text("recipient", 320);
    if (auto const shape = reader.finish(); !shape) return shape.error();
    return item;
}

Result<std::vector<domain::BatchItem>> read_items(Call const& call) {
    if (call.body.is_null()) return domain::read_batch_list(call.request.body);
    if (!call.body.is_array())
        return Error{Fault::malformed, "invalid-body", "Send a list.", {{"", "must be an array"}}};
    std::vector<domain::BatchItem> items;
    items.reserve(call.body.size());
    for (std::size_t i = 0; i < call.body.size(); ++i) {
        auto item = read_item(call.body[i], i);
        if (!item) return item.error();
        items.push_back(std::move(*item));
    }
    return items;
}

Reply start(Call const& call) {
    auto const items = read_items(call);
    if (!items) return items.error();
    auto const& limits = call.caller != nullptr ? domain::known_limits : domain::stranger_limits;
    auto const state = batches_of(call).start(
        *items, call.caller != nullptr ? call.caller->principal : http::limit_key(call.request.client), limits);
    if (!state) return state.error();
    auto reply = json_reply(202, state_json(call.services.addresses, *state));
    reply.headers.add("location", "/api/v1/jobs/" + state->id);
    reply.headers.add("retry-after", "1");
    return reply;
}

Result<domain::BatchState> state_of(Call const& call) {
    auto state = batches_of(call).state(call.path("id"));
    if (!state) return not_found("job");
    return std::move(*state);
}

Reply get_job(Call const& call) {
    auto const state = state_of(call);
    if (!state) return state.error();
    return json_reply(200, state_json(call.services.addresses, *state));
}

Reply finished(Call const& call, std::string_view media_type, std::string_view ending,
               std::string (*write)(domain::VerifyBatches&, std::string_view)) {
    auto const state = state_of(call);
    if (!state) return state.error();
    if (!state->is_done())
        return Error{Fault::conflict, "job-running",
                     std::to_string(state->done) + " of " + std::to_string(state->total) + " are done. Ask again."};
    auto batches = batches_of(call);
    http::Response reply;
    reply.headers.add("content-type", std::string(media_type));
    reply.headers.add("content-disposition", "attachment; filename=\"verified." + std::string(ending) + "\"");
    reply.headers.add("cache-control", "no-store");
    reply.body = write(batches, state->id);
    return reply;
}

Reply get_csv(Call const& call) {
    return finished(call, "text/csv; charset=utf-8", "csv", domain::batch_csv);
}

Reply get_json(Call const& call) {
    return finished(call, "application/json", "json", domain::batch_json);
}

}  // namespace

std::vector<Endpoint> verify_batch_endpoints() {
    return {
        {.verb = Verb::post,
         .path = "/api/v1/verify/batch",
         .tag = "verify",
         .summary = "Verify many credentials",
         .description =
             "No token needed: up to 1 000 items, with a token 10 000. A JSON array of texts or objects, or CSV with "
             "a column input, link or url (and recipient). Each input is erased when it is judged, the results after "
             "a day.",
         .payload = Payload::list,
         .request = "VerifyBatchRequest",
         .status = 202,
         .answer = "Job",
         .handle = start},
        {.path = "/api/v1/jobs/{id}",
         .tag = "verify",
         .summary = "How far a list is",
         .description = "The id is known to its sender alone.",
         .answer = "Job",
         .handle = get_job},
        {.path = "/api/v1/jobs/{id}/result.csv",
         .tag = "verify",
         .summary = "The results of a list as CSV",
         .description = "409 job-running until all items are done.",
         .handle = get_csv},
        {.path = "/api/v1/jobs/{id}/result.json",
         .tag = "verify",
         .summary = "The results of a list as JSON",
         .description = "409 job-running until all items are done.",
         .handle = get_json}};
}

}  // namespace itqan::api
