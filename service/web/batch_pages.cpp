#include "service/web/routes.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "schemas/text.hpp"
#include "service/domain/verify_batches.hpp"
#include "service/http/networks.hpp"
#include "service/web/badge_page.hpp"

namespace itqan::web {
namespace {

constexpr int rows_shown = 200;
constexpr std::string_view waits_for = "2";  ///< Seconds until the page asks again by itself.

domain::VerifyBatches batches_of(WebContext const& context) {
    return {context.services.database, context.services.clock};
}

Page batch_page(Visitor const& visitor) {
    Page page;
    page.name = "batch";
    page.title = visitor.locale->text("batch.title");
    page.section = "verify";
    page.indexable = true;
    return page;
}

Tone outcome_tone(std::string_view outcome) {
    if (outcome == "valid") return {"good", "✓"};
    if (outcome == "invalid" || outcome == "unreadable") return {"bad", "✕"};
    if (outcome.empty()) return {"quiet", "…"};
    return {"warn", outcome == "warning" ? "!" : "?"};
}

std::string text_at(Json const& object, char const* member) {
    auto const found = object.find(member);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Html words_of(domain::BatchResult const& result, Locale const& locale) {
    auto const key = "verify.headline." + text_at(result.result, "headlineCode");
    if (locale.has(key)) {
        auto const until = Instant::parse(text_at(result.result, "validUntil"));
        return locale.markup(key, {{"day", until ? locale.day(until->day()) : "–"}});
    }
    auto const reason = "batch.reason." + text_at(result.result, "code");
    if (locale.has(reason)) return locale.markup(reason);
    auto const said = text_at(result.result, result.outcome == "unreadable" ? "detail" : "headline");
    return foreign(said.empty() ? "–" : said, "en");
}

View row_view(domain::BatchResult const& result, Locale const& locale) {
    auto const tone = outcome_tone(result.outcome);
    auto const issuer = text_at(result.result, "issuerName");
    View row;
    row.set("number", locale.number(result.n)).set("sent", foreign(result.name));
    row.set("tone", tone.name).set("icon", tone.icon);
    row.set("outcome", locale.text("batch.outcome." + (result.outcome.empty() ? "waiting" : result.outcome)));
    if (!result.outcome.empty()) row.set("words", words_of(result, locale));
    if (auto const name = text_at(result.result, "name"); !name.empty()) row.set("badge", foreign(name));
    if (!issuer.empty()) row.set("issuer", foreign(issuer));
    return row;
}

void append_lines(std::vector<domain::BatchItem>& items, std::string_view text) {
    while (!text.empty()) {
        auto const end = std::min(text.find('\n'), text.size());
        if (auto const line = trimmed(text.substr(0, end)); !line.empty()) items.push_back({"", std::string(line)});
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

bool is_list(http::Part const& part) {
    auto const name = ascii_lower(part.file_name.value_or(""));
    return part.media_type.starts_with("text/csv") || name.ends_with(".csv");
}

/// Links line by line, lists, and badges as files.
Result<std::vector<domain::BatchItem>> read_items(http::Request const& request) {
    auto const parts = http::read_multipart(request);
    if (!parts) return parts.error();
    std::vector<domain::BatchItem> items;
    for (auto const& part : *parts) {
        if (part.name == "links") append_lines(items, part.body);
        if (part.name != "file" || part.body.empty()) continue;
        if (!is_list(part)) {
            items.push_back({part.file_name.value_or(""), part.body});
            continue;
        }
        auto listed = domain::read_batch_list(part.body);
        if (!listed) return listed.error();
        items.insert(items.end(), std::make_move_iterator(listed->begin()), std::make_move_iterator(listed->end()));
    }
    return items;
}

Answer get_form(WebContext const& context, Visitor const& visitor, http::Request const&) {
    return show(context, visitor, batch_page(visitor));
}

Answer post_form(WebContext const& context, Visitor const& visitor, http::Request const& request) {
    auto const refuse = [&](Error const& error) {
        auto page = batch_page(visitor);
        page.status = error.fault == Fault::unavailable ? 503 : error.fault == Fault::rate_limited ? 429 : 422;
        page.content.set("error", error_words(*visitor.locale, error));
        return show(context, visitor, page);
    };
    if (auto const same = context.guard.require_same_origin(request); !same) return same.error();
    auto const items = read_items(request);
    if (!items) return refuse(items.error());
    auto const client = visitor.caller ? visitor.caller->principal : http::limit_key(request.client);
    auto const& limits = visitor.caller ? domain::known_limits : domain::stranger_limits;
    auto const state = batches_of(context).start(*items, client, limits);
    if (!state) return refuse(state.error());
    return see_other("/verify/batch/" + state->id);
}

Answer get_job(WebContext const& context, Visitor const& visitor, http::Request const& request) {
    auto batches = batches_of(context);
    auto const state = batches.state(path_value(request, "id"));
    if (!state) return Error{Fault::not_found, "not-found", "There is no such list, or no longer.", {}};
    auto const& locale = *visitor.locale;
    auto page = batch_page(visitor);
    page.name = "batch-result";
    page.indexable = false;
    page.content.set("progress", locale.text("batch.progress", {{"done", locale.number(state->done)},
                                                                {"total", locale.number(state->total)}}));
    page.content.set("done", std::to_string(state->done)).set("total", std::to_string(state->total));
    page.content.set("is_done", state->is_done());
    page.content.set("until", locale.text("batch.until", {{"moment", locale.moment(state->expires_at)}}));
    std::vector<View> counts;
    for (auto const* const outcome : {"valid", "warning", "unchecked", "invalid", "unreadable"}) {
        auto const found = state->counts.find(outcome);
        if (found == state->counts.end()) continue;
        auto const tone = outcome_tone(outcome);
        counts.push_back(View()
                             .set("tone", tone.name)
                             .set("icon", tone.icon)
                             .set("outcome", locale.text("batch.outcome." + found->first))
                             .set("count", locale.number(found->second)));
    }
    page.content.set_list("counts", std::move(counts));
    std::vector<View> rows;
    for (auto const& result : batches.results(state->id, 0, rows_shown))
        rows.push_back(row_view(result, locale));
    page.content.set_list("rows", std::move(rows));
    page.content.set("has_more", state->total > rows_shown);
    auto const address = "/api/v1/jobs/" + state->id;
    page.content.set("csv_url", Url::of(address + "/result.csv")).set("json_url", Url::of(address + "/result.json"));
    auto answer = show(context, visitor, page);
    if (!state->is_done()) answer.headers.add("refresh", std::string(waits_for));
    return answer;
}

}  // namespace

std::vector<http::Route> batch_routes(WebContext const& context) {
    return {page_route(context, "/verify/batch",
                       [&context](auto const& v, auto const& r) { return get_form(context, v, r); }),
            file_route(context, "/verify/batch",
                       [&context](auto const& v, auto const& r) { return post_form(context, v, r); }),
            page_route(context, "/verify/batch/{id}",
                       [&context](auto const& v, auto const& r) { return get_job(context, v, r); })};
}

}  // namespace itqan::web
