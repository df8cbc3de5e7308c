#include "storage/jobs.hpp"

namespace itqan::storage {
namespace {

#define JOB_COLUMNS "id, kind, client, of_stranger, total, done, created_at, expires_at"

JobRow job_from(Row const& row) {
    return {row.string(0),  row.string(1),  row.string(2),  row.boolean(3),
            row.integer(4), row.integer(5), row.instant(6), row.instant(7)};
}

}  // namespace

void insert_job(Session& session, JobRow const& row) {
    session.execute("INSERT INTO job (" JOB_COLUMNS ", served_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $7)", row.id,
                    row.kind, row.client, row.of_stranger, row.total, row.done, row.created_at, row.expires_at);
}

void insert_job_item(Session& session, std::string_view job_id, JobItem const& item) {
    session.execute("INSERT INTO job_item (job_id, n, name, input, recipient) VALUES ($1, $2, $3, $4, $5)", job_id,
                    item.n, item.name, ByteView(item.input.value()), item.recipient);
}

std::optional<JobRow> job(Session& session, std::string_view id) {
    std::optional<JobRow> found;
    session.query(
        "SELECT " JOB_COLUMNS " FROM job WHERE id = $1", [&](Row const& row) { found = job_from(row); }, id);
    return found;
}

JobCounts count_jobs(Session& session, std::string_view client, bool of_stranger, Instant now) {
    JobCounts counts;
    session.query(
        "SELECT count(*), coalesce(sum(CASE WHEN done < total THEN 1 ELSE 0 END), 0), coalesce(sum(total), 0), "
        "coalesce(sum(CASE WHEN client = $1 THEN 1 ELSE 0 END), 0), "
        "coalesce(sum(CASE WHEN client = $1 AND done < total THEN 1 ELSE 0 END), 0) FROM job "
        "WHERE of_stranger = $2 AND expires_at > $3",
        [&](Row const& row) {
            counts = {row.integer(0), row.integer(1), row.integer(2), row.integer(3), row.integer(4)};
        },
        client, of_stranger, now);
    return counts;
}

JobBacklog job_backlog(Session& session, Instant now) {
    JobBacklog backlog;
    session.query(
        "SELECT count(*), coalesce(sum(total - done), 0) FROM job WHERE done < total AND expires_at > $1",
        [&](Row const& row) {
            backlog = {row.integer(0), row.integer(1)};
        },
        now);
    return backlog;
}

std::optional<JobRow> lease_job(Session& session, std::string_view kind, Instant now, Instant until) {
    std::optional<JobRow> leased;
    session.query(
        "UPDATE job SET leased_until = $3, served_at = $2 WHERE id = (SELECT id FROM job WHERE kind = $1 "
        "AND done < total AND expires_at > $2 AND (leased_until IS NULL OR leased_until <= $2) "
        "ORDER BY served_at, id LIMIT 1) RETURNING " JOB_COLUMNS,
        [&](Row const& row) { leased = job_from(row); }, kind, now, until);
    return leased;
}

void release_job(Session& session, std::string_view id) {
    session.execute("UPDATE job SET leased_until = NULL WHERE id = $1", id);
}

std::vector<JobItem> waiting_items(Session& session, std::string_view job_id, int limit) {
    std::vector<JobItem> items;
    session.query(
        "SELECT n, name, input, recipient FROM job_item WHERE job_id = $1 AND n > "
        "(SELECT done FROM job WHERE id = $1) AND outcome IS NULL ORDER BY n LIMIT $2",
        [&](Row const& row) {
            auto const input = row.blob(2);
            items.push_back({row.integer(0), row.string(1), Bytes(input.begin(), input.end()), row.optional_text(3),
                             std::nullopt, std::nullopt});
        },
        job_id, limit);
    return items;
}

bool finish_item(Session& session, std::string_view job_id, std::int64_t n, std::string_view outcome,
                 std::string_view result) {
    auto const written = session.execute(
        "UPDATE job_item SET outcome = $3, result = $4, input = NULL, recipient = NULL "
        "WHERE job_id = $1 AND n = $2 AND outcome IS NULL",
        job_id, n, outcome, result);
    if (written == 0) return false;
    session.execute("UPDATE job SET done = done + 1 WHERE id = $1", job_id);
    return true;
}

std::vector<JobItem> items_after(Session& session, std::string_view job_id, std::int64_t n, int limit) {
    std::vector<JobItem> items;
    session.query(
        "SELECT n, name, outcome, result FROM job_item WHERE job_id = $1 AND n > $2 ORDER BY n LIMIT $3",
        [&](Row const& row) {
            items.push_back({row.integer(0), row.string(1), std::nullopt, std::nullopt, row.optional_text(2),
                             row.optional_text(3)});
        },
        job_id, n, limit);
    return items;
}

std::map<std::string, std::int64_t> outcomes(Session& session, std::string_view job_id) {
    std::map<std::string, std::int64_t> counts;
    session.query(
        "SELECT outcome, count(*) FROM job_item WHERE job_id = $1 AND outcome IS NOT NULL GROUP BY outcome",
        [&](Row const& row) { counts[row.string(0)] = row.integer(1); }, job_id);
    return counts;
}

bool forget_expired_jobs(Session& session, Instant now, int limit) {
    std::optional<std::string> expired;
    session.query(
        "SELECT id FROM job WHERE expires_at <= $1 ORDER BY expires_at LIMIT 1",
        [&](Row const& row) { expired = row.string(0); }, now);
    if (!expired) return false;
    auto const gone = session.execute(
        "DELETE FROM job_item WHERE job_id = $1 AND n IN (SELECT n FROM job_item WHERE job_id = $1 LIMIT $2)", *expired,
        limit);
    if (gone < limit) session.execute("DELETE FROM job WHERE id = $1", *expired);
    return true;
}

}  // namespace itqan::storage
