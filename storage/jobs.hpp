#pragma once
// Jobs: many items that one request sent and that are worked off in the background. Several processes may work on one
// job; an item is written once. Inputs are strangers' data: they go as soon as their item is done.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "storage/database.hpp"

namespace itqan::storage {

struct JobRow {
    std::string id;      ///< Random: whoever knows it may see the job.
    std::string kind;    ///< "verify".
    std::string client;  ///< Who sent it, hashed: how many jobs one client may have at once is counted by it.
    bool of_stranger = true;
    std::int64_t total = 0, done = 0;
    Instant created_at, expires_at;
};

struct JobItem {
    std::int64_t n = 0;          ///< From 1, in the order sent.
    std::string name;            ///< The link or the file's name, as the sender knows it.
    std::optional<Bytes> input;  ///< None once done.
    std::optional<std::string> recipient;
    std::optional<std::string> outcome;  ///< None while it waits.
    std::optional<std::string> result;   ///< JSON object.
};

void insert_job(Session& session, JobRow const& row);
void insert_job_item(Session& session, std::string_view job_id, JobItem const& item);
std::optional<JobRow> job(Session& session, std::string_view id);

/// Jobs that are here, and of those the ones that are not done: of all strangers or of all who are known, with the
/// items of what is here; and of one client.
struct JobCounts {
    std::int64_t kept = 0, open = 0, items = 0;
    std::int64_t kept_of_client = 0, open_of_client = 0;
};
JobCounts count_jobs(Session& session, std::string_view client, bool of_stranger, Instant now);

/// Jobs that are not done, and their items that wait.
struct JobBacklog {
    std::int64_t jobs = 0, items = 0;
};
JobBacklog job_backlog(Session& session, Instant now);

/// Leases the job of this kind that waited longest for its turn, until then; none when nothing waits.
std::optional<JobRow> lease_job(Session& session, std::string_view kind, Instant now, Instant until);
/// Ends the lease: the next process may go on at once.
void release_job(Session& session, std::string_view id);

/// The first items that wait, in order.
std::vector<JobItem> waiting_items(Session& session, std::string_view job_id, int limit);
/// Writes the outcome and erases what was sent. False when the item was done already.
bool finish_item(Session& session, std::string_view job_id, std::int64_t n, std::string_view outcome,
                 std::string_view result);

/// Items after `n`, done or not, without their inputs.
std::vector<JobItem> items_after(Session& session, std::string_view job_id, std::int64_t n, int limit);
/// How many items ended with each outcome.
std::map<std::string, std::int64_t> outcomes(Session& session, std::string_view job_id);

/// Deletes what ran out, at most `limit` items at a time; true when there may be more.
bool forget_expired_jobs(Session& session, Instant now, int limit);

}  // namespace itqan::storage
