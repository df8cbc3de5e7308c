#pragma once
// Many credentials verified in the background: a list becomes a job whose items are judged in order, a few at a time,
// in turn with the other jobs. It goes on after a restart. What was sent is erased as soon as it is judged; what is
// kept until the job runs out is the name under which it was sent and a short result.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "service/domain/verification.hpp"
#include "storage/jobs.hpp"

namespace itqan::domain {

/// What one may send. Known callers may send more, and strangers cannot take their room.
struct BatchLimits {
    bool of_strangers = true;
    std::size_t items = 1'000;
    std::size_t open_jobs = 2;    ///< Of one client at the same time,
    std::size_t jobs_a_day = 50;  ///< and kept.
    std::int64_t all_open_jobs = 64;
    std::int64_t all_kept_jobs = 2'000;
    std::int64_t all_kept_items = 200'000;
};
constexpr BatchLimits stranger_limits{};
constexpr BatchLimits known_limits{
    .of_strangers = false, .items = 10'000, .open_jobs = 4, .jobs_a_day = 500, .all_kept_items = 1'000'000};

struct BatchItem {
    std::string name;   ///< As the sender knows it; empty: the input itself, cut.
    std::string input;  ///< As Question::input, or an address.
    std::optional<std::string> recipient = std::nullopt;
};

/// A CSV list with a header line: column "input", "link" or "url", and "recipient" or "email" where there is one.
/// Errors: those of read_csv; unprocessable "no-input-column"; malformed "empty-list".
Result<std::vector<BatchItem>> read_batch_list(std::string_view csv);

struct BatchState {
    std::string id;
    std::int64_t total = 0, done = 0;
    std::map<std::string, std::int64_t> counts;  ///< By outcome: valid, warning, invalid, unchecked, unreadable.
    Instant created_at, expires_at;

    bool is_done() const { return done == total; }
};

struct BatchResult {
    std::int64_t n = 0;  ///< From 1.
    std::string name;
    std::string outcome;  ///< A verdict's name; "unreadable" when there is no credential to judge; "" while it waits.
    /// {headlineCode, headline, name, issuer, issuerName, validUntil, problems: [code]}; {code, detail} of what is
    /// unreadable. Members without a value are absent.
    Json result;
};

class VerifyBatches {
  public:
    using Verify = std::function<Result<Report>(std::string input, std::optional<std::string> const& recipient)>;

    VerifyBatches(storage::Database& database, Clock const& clock) : database_(database), clock_(clock) {}

    /// `client` tells senders apart: a principal, or an address as limits count it; only its hash is kept. Errors:
    /// malformed "empty-list"; too_large "list-too-long"; rate_limited "too-many-jobs"; unavailable "queue-full".
    Result<BatchState> start(std::vector<BatchItem> const& items, std::string const& client, BatchLimits const& limits);

    /// None where there is no such job, or no longer.
    std::optional<BatchState> state(std::string_view id);
    /// Results after number `n`, at most `limit`, in the order sent.
    std::vector<BatchResult> results(std::string_view id, std::int64_t n, int limit);

    /// Judges the next items of the job whose turn it is, for a few seconds; true when there may be more to do. Several
    /// threads may do so at once. An exception of `verify` makes its item "unreadable" and the others go on. Once
    /// `stops` says so, what was judged meanwhile is not counted and waits for the next start.
    bool run_once(Verify const& verify, std::function<bool()> const& stops = nullptr);
    /// Deletes some of what ran out; true when there may be more.
    bool forget_expired();

  private:
    storage::Database& database_;
    Clock const& clock_;
};

/// All results as CSV with a header line, and as a JSON array; `results` is asked page by page.
std::string batch_csv(VerifyBatches& batches, std::string_view id);
std::string batch_json(VerifyBatches& batches, std::string_view id);
/// One line of batch_csv, and its header line.
std::string batch_csv_header();
std::string batch_csv_row(BatchResult const& result);

/// What is kept and told of one report: no subject and no recipient.
BatchResult batch_result(std::int64_t n, std::string name, Result<Report> const& report);

}  // namespace itqan::domain
