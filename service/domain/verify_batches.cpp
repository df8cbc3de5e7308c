#include "service/domain/verify_batches.hpp"

#include <algorithm>
#include <exception>

#include "crypto/digest.hpp"
#include "crypto/random.hpp"
#include "schemas/csv.hpp"
#include "schemas/identifier.hpp"
#include "schemas/text.hpp"

namespace itqan::domain {
namespace {

constexpr char kind[] = "verify";
constexpr std::int64_t kept_for = std::int64_t{24} * 3600 * 1000;
constexpr std::int64_t lease = 15'000;  ///< Two who work on one item do no harm; an item is written once.
constexpr int items_at_once = 16;
constexpr int rows_at_once = 500;
constexpr std::size_t longest_name = 500;
constexpr std::int64_t longest_turn = 5'000;  ///< Then the next job, also when hosts are slow.

Error list_error(Fault fault, char const* code, std::string detail, char const* pointer = "/items") {
    return {fault, code, detail, {{pointer, detail}}};
}

/// At most that many bytes, cut between characters.
std::string shortened(std::string_view text, std::size_t most) {
    if (text.size() <= most) return std::string(text);
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U)
        --most;
    return std::string(text.substr(0, most));
}

/// Names of files are bytes; what is kept of them is text.
std::string as_readable(std::string const& name) {
    if (is_utf8(name) && name.find('\0') == std::string::npos) return name;
    std::string readable;
    readable.reserve(name.size());
    for (char const c : name)
        readable += static_cast<unsigned char>(c) < 0x80 && c != '\0' ? c : '?';
    return readable;
}

std::string name_of(BatchItem const& item, std::size_t number) {
    if (!item.name.empty()) return shortened(as_readable(item.name), longest_name);
    // Without its query, which may be a secret, as inputs are.
    if (schemas::is_https_url(item.input))
        return shortened(std::string_view(item.input).substr(0, item.input.find_first_of("?#")), longest_name);
    return "#" + std::to_string(number);
}

BatchState state_of(storage::Session& session, storage::JobRow const& job) {
    return {job.id, job.total, job.done, storage::outcomes(session, job.id), job.created_at, job.expires_at};
}

Result<void> admit(storage::JobCounts const& counts, BatchLimits const& limits) {
    if (static_cast<std::size_t>(counts.open_of_client) >= limits.open_jobs ||
        static_cast<std::size_t>(counts.kept_of_client) >= limits.jobs_a_day)
        return Error{Fault::rate_limited,
                     "too-many-jobs",
                     "At most " + std::to_string(limits.open_jobs) + " of your lists run at the same time and " +
                         std::to_string(limits.jobs_a_day) + " are kept for a day.",
                     {}};
    if (counts.open >= limits.all_open_jobs || counts.kept >= limits.all_kept_jobs ||
        counts.items >= limits.all_kept_items)
        return Error{Fault::unavailable, "queue-full", "Many lists wait to be verified. Send this one later.", {}};
    return {};
}

/// A column by one of its names.
std::optional<std::size_t> column_of(schemas::CsvTable const& table, std::initializer_list<std::string_view> names) {
    for (std::size_t i = 0; i < table.header.size(); ++i)
        for (auto const name : names)
            if (equal_ignoring_case(table.header[i], name)) return i;
    return std::nullopt;
}

std::string text_of(Json const& object, char const* name) {
    auto const found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

template <typename Each>
void each_result(VerifyBatches& batches, std::string_view id, Each const& each) {
    for (std::int64_t last = 0;;) {
        auto const page = batches.results(id, last, rows_at_once);
        for (auto const& result : page)
            each(result);
        if (page.size() < rows_at_once) return;
        last = page.back().n;
    }
}

Json result_to_json(BatchResult const& result) {
    auto json = result.result;
    json["n"] = result.n;
    json["input"] = result.name;
    json["outcome"] = result.outcome;
    return json;
}

}  // namespace

Result<std::vector<BatchItem>> read_batch_list(std::string_view csv) {
    auto const table = schemas::read_csv(csv);
    if (!table) return table.error();
    auto const input = column_of(*table, {"input", "link", "url", "credential"});
    if (!input)
        return list_error(Fault::unprocessable, "no-input-column",
                          "The list needs a header line with a column \"input\", \"link\" or \"url\".", "line 1");
    auto const recipient = column_of(*table, {"recipient", "email"});
    std::vector<BatchItem> items;
    items.reserve(table->rows.size());
    for (auto const& row : table->rows) {
        BatchItem item{"", std::string(trimmed(row.cells[*input]))};
        if (recipient)
            if (auto const whom = trimmed(row.cells[*recipient]); !whom.empty()) item.recipient = std::string(whom);
        items.push_back(std::move(item));
    }
    return items;
}

BatchResult batch_result(std::int64_t n, std::string name, Result<Report> const& report) {
    BatchResult result{n, std::move(name), "unreadable", Json::object()};
    if (!report) {
        result.result = Json{{"code", report.error().code}, {"detail", shortened(report.error().detail, longest_name)}};
        return result;
    }
    if (report->headline_code == "description") {
        result.result = Json{{"code", "description"}, {"detail", "A description, not an award to anybody."}};
        return result;
    }
    result.outcome = verdict_name(report->verdict);
    auto& told = result.result;
    told = Json{{"headlineCode", report->headline_code}, {"headline", shortened(report->headline, longest_name)}};
    auto const put = [&](char const* member, std::string const& value) {
        if (!value.empty()) told[member] = shortened(value, longest_name);
    };
    if (auto const& credential = report->credential; credential.is_object()) {
        put("name", text_of(credential, "name"));
        put("validUntil", text_of(credential, "validUntil"));
        if (auto const issuer = credential.find("issuer"); issuer != credential.end() && issuer->is_object()) {
            put("issuer", text_of(*issuer, "id"));
            put("issuerName", text_of(*issuer, "name"));
        }
    }
    auto problems = Json::array();
    for (auto const& check : report->checks)
        if (check.outcome != CheckOutcome::pass && check.outcome != CheckOutcome::absent)
            problems.push_back(check.code);
    told["problems"] = std::move(problems);
    return result;
}

Result<BatchState> VerifyBatches::start(std::vector<BatchItem> const& items, std::string const& client,
                                        BatchLimits const& limits) {
    if (items.empty()) return list_error(Fault::malformed, "empty-list", "The list holds nothing to verify.");
    if (items.size() > limits.items)
        return list_error(Fault::too_large, "list-too-long",
                          "A list has at most " + std::to_string(limits.items) + " items, this one has " +
                              std::to_string(items.size()) + ".");
    auto const now = clock_.wall();
    storage::JobRow row;
    row.id = crypto::random_code(26);
    row.kind = kind;
    row.client = crypto::sha256_hex("verify-batch " + client);
    row.of_stranger = limits.of_strangers;
    row.total = static_cast<std::int64_t>(items.size());
    row.created_at = now;
    row.expires_at = Instant{now.milliseconds + kept_for};
    return database_.write([&](storage::Session& session) -> Result<BatchState> {
        if (auto const fine = admit(storage::count_jobs(session, row.client, row.of_stranger, now), limits); !fine)
            return fine.error();
        storage::insert_job(session, row);
        for (std::size_t i = 0; i < items.size(); ++i) {
            auto const& item = items[i];
            auto const bytes = as_bytes(item.input);
            storage::insert_job_item(session, row.id,
                                     {static_cast<std::int64_t>(i + 1), name_of(item, i + 1),
                                      Bytes(bytes.begin(), bytes.end()), item.recipient, std::nullopt, std::nullopt});
        }
        return state_of(session, row);
    });
}

std::optional<BatchState> VerifyBatches::state(std::string_view id) {
    auto const now = clock_.wall();
    return database_.read([&](storage::Session& session) -> std::optional<BatchState> {
        auto const row = storage::job(session, id);
        if (!row || row->kind != kind || row->expires_at <= now) return std::nullopt;
        return state_of(session, *row);
    });
}

std::vector<BatchResult> VerifyBatches::results(std::string_view id, std::int64_t n, int limit) {
    auto const rows =
        database_.read([&](storage::Session& session) { return storage::items_after(session, id, n, limit); });
    std::vector<BatchResult> results;
    for (auto const& row : rows)
        results.push_back(
            {row.n, row.name, row.outcome.value_or(""), row.result ? Json::parse(*row.result) : Json::object()});
    return results;
}

bool VerifyBatches::run_once(Verify const& verify, std::function<bool()> const& stops) {
    auto const now = clock_.wall();
    auto const leased = database_.write([&](storage::Session& session) {
        return storage::lease_job(session, kind, now, Instant{now.milliseconds + lease});
    });
    if (!leased) return false;
    auto const items = database_.read(
        [&](storage::Session& session) { return storage::waiting_items(session, leased->id, items_at_once); });
    std::vector<BatchResult> results;
    auto const is_over = [&] { return clock_.wall().milliseconds - now.milliseconds > longest_turn; };
    for (auto const& item : items) {
        if (is_over()) break;
        try {
            results.push_back(
                batch_result(item.n, item.name, verify(std::string(as_text(*item.input)), item.recipient)));
        } catch (storage::DatabaseError const&) {
            throw;  // The lease runs out and the items are judged again.
        } catch (std::exception const&) {
            results.push_back(batch_result(
                item.n, item.name, Error{Fault::unavailable, "not-verified", "This could not be verified here.", {}}));
        }
        // Cut off, it may say only that we stop.
        if (stops && stops()) {
            results.pop_back();
            break;
        }
    }
    database_.write([&](storage::Session& session) {
        for (auto const& result : results)
            storage::finish_item(session, leased->id, result.n, result.outcome,
                                 result.result.dump(-1, ' ', false, Json::error_handler_t::replace));
        storage::release_job(session, leased->id);
    });
    return true;
}

bool VerifyBatches::forget_expired() {
    auto const now = clock_.wall();
    return database_.write(
        [&](storage::Session& session) { return storage::forget_expired_jobs(session, now, rows_at_once); });
}

std::string batch_csv_header() {
    return schemas::write_csv_row(
        {"n", "input", "outcome", "headline", "name", "issuer", "issuerName", "validUntil", "problems", "detail"});
}

std::string batch_csv_row(BatchResult const& result) {
    auto const& told = result.result;
    std::string problems;
    if (auto const found = told.find("problems"); found != told.end())
        for (auto const& code : *found)
            problems += (problems.empty() ? "" : " ") + code.get<std::string>();
    if (auto const code = text_of(told, "code"); !code.empty()) problems = code;
    return schemas::write_csv_row({std::to_string(result.n), result.name, result.outcome, text_of(told, "headline"),
                                   text_of(told, "name"), text_of(told, "issuer"), text_of(told, "issuerName"),
                                   text_of(told, "validUntil"), problems, text_of(told, "detail")});
}

std::string batch_csv(VerifyBatches& batches, std::string_view id) {
    auto csv = batch_csv_header();
    each_result(batches, id, [&](BatchResult const& result) { csv += batch_csv_row(result); });
    return csv;
}

std::string batch_json(VerifyBatches& batches, std::string_view id) {
    std::string json = "[";
    each_result(batches, id, [&](BatchResult const& result) {
        json += (json.size() > 1 ? ",\n" : "\n") +
                result_to_json(result).dump(-1, ' ', false, Json::error_handler_t::replace);
    });
    return json + "\n]\n";
}

}  // namespace itqan::domain
