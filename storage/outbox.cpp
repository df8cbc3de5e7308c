#include "storage/outbox.hpp"

#include <algorithm>
#include <tuple>

namespace itqan::storage {
namespace {

#define OUTBOX_COLUMNS                                                                                       \
    "id, kind, learner_id, issuer_id, data, state, attempts, due_at, leased_until, last_error, created_at, " \
    "done_at"

OutboxRow outbox_from(Row const& row) {
    return {row.string(0),
            row.string(1),
            row.optional_text(2),
            row.optional_text(3),
            row.string(4),
            row.string(5),
            static_cast<int>(row.integer(6)),
            row.instant(7),
            row.optional_instant(8),
            row.optional_text(9),
            row.instant(10),
            row.optional_instant(11)};
}

EventRow event_from(Row const& row) {
    return {row.integer(0), row.instant(1), row.instant(2),       row.string(3),
            row.string(4),  row.string(5),  row.optional_text(6), row.string(7)};
}

}  // namespace

void insert_outbox(Session& session, OutboxRow const& row) {
    session.execute_later("INSERT INTO outbox (" OUTBOX_COLUMNS
                          ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
                          row.id, row.kind, row.learner_id, row.issuer_id, row.data, row.state, row.attempts,
                          row.due_at, row.leased_until, row.last_error, row.created_at, row.done_at);
}

std::optional<OutboxRow> outbox_row(Session& session, std::string_view id) {
    std::optional<OutboxRow> found;
    session.query(
        "SELECT " OUTBOX_COLUMNS " FROM outbox WHERE id = $1", [&](Row const& row) { found = outbox_from(row); }, id);
    return found;
}

std::optional<OutboxRow> waiting_outbox(Session& session, std::string_view kind, std::string_view learner_id,
                                        Instant now) {
    std::optional<OutboxRow> found;
    session.query(
        "SELECT " OUTBOX_COLUMNS
        " FROM outbox WHERE learner_id = $1 AND kind = $2 AND state = 'waiting' "
        "AND (leased_until IS NULL OR leased_until <= $3) ORDER BY created_at DESC, id DESC LIMIT 1",
        [&](Row const& row) { found = outbox_from(row); }, learner_id, kind, now);
    return found;
}

void set_outbox_data(Session& session, std::string_view id, std::string_view data) {
    session.execute("UPDATE outbox SET data = $2 WHERE id = $1", id, data);
}

std::int64_t outbox_since(Session& session, std::string_view kind, std::string_view learner_id, Instant since) {
    std::int64_t count = 0;
    session.query(
        "SELECT count(*) FROM outbox WHERE learner_id = $1 AND kind = $2 AND created_at > $3",
        [&](Row const& row) { count = row.integer(0); }, learner_id, kind, since);
    return count;
}

std::optional<Instant> last_outbox(Session& session, std::string_view kind, std::string_view learner_id) {
    std::optional<Instant> created;
    session.query(
        "SELECT max(created_at) FROM outbox WHERE learner_id = $1 AND kind = $2",
        [&](Row const& row) { created = row.optional_instant(0); }, learner_id, kind);
    return created;
}

std::vector<OutboxRow> lease_outbox(Session& session, Instant now, Instant until, int limit) {
    std::vector<OutboxRow> rows;
    session.query(
        "UPDATE outbox SET leased_until = $2 WHERE id IN (SELECT id FROM outbox WHERE state = 'waiting' "
        "AND due_at <= $1 AND (leased_until IS NULL OR leased_until <= $1) ORDER BY due_at, id LIMIT $3) "
        "RETURNING " OUTBOX_COLUMNS,
        [&](Row const& row) { rows.push_back(outbox_from(row)); }, now, until, limit);
    // RETURNING promises no order.
    std::sort(rows.begin(), rows.end(), [](OutboxRow const& a, OutboxRow const& b) {
        return std::tie(a.due_at, a.id) < std::tie(b.due_at, b.id);
    });
    return rows;
}

void forget_outbox(Session& session, std::string_view id) {
    session.execute("DELETE FROM outbox WHERE id = $1", id);
}

void finish_outbox(Session& session, std::string_view id, Instant now) {
    session.execute(
        "UPDATE outbox SET state = 'done', done_at = $2, leased_until = NULL, last_error = NULL WHERE id = $1", id,
        now);
}

void retry_outbox(Session& session, std::string_view id, std::string_view error, std::optional<Instant> due_at) {
    session.execute(
        "UPDATE outbox SET attempts = attempts + 1, last_error = $2, leased_until = NULL, "
        "due_at = coalesce($3, due_at), state = CASE WHEN $3 IS NULL THEN 'parked' ELSE 'waiting' END WHERE id = $1",
        id, error, due_at);
}

OutboxBacklog outbox_backlog(Session& session) {
    OutboxBacklog backlog;
    session.query(
        "SELECT count(*), coalesce(sum(CASE WHEN attempts > 0 THEN 1 ELSE 0 END), 0), min(created_at) FROM outbox "
        "WHERE state = 'waiting'",
        [&](Row const& row) {
            backlog.waiting = row.integer(0);
            backlog.retried = row.integer(1);
            backlog.oldest = row.optional_instant(2);
        });
    session.query("SELECT count(*) FROM outbox WHERE state = 'parked'",
                  [&](Row const& row) { backlog.parked = row.integer(0); });
    return backlog;
}

std::vector<OutboxRow> list_outbox(Session& session, std::optional<std::string> const& issuer_id, int limit) {
    std::vector<OutboxRow> rows;
    auto const collect = [&](Row const& row) { rows.push_back(outbox_from(row)); };
    if (issuer_id) {
        session.query("SELECT " OUTBOX_COLUMNS
                      " FROM outbox WHERE issuer_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2",
                      collect, issuer_id, limit);
    } else {
        session.query("SELECT " OUTBOX_COLUMNS " FROM outbox ORDER BY created_at DESC, id DESC LIMIT $1", collect,
                      limit);
    }
    return rows;
}

void append_event(Session& session, EventRow const& row) {
    session.execute_later(
        "INSERT INTO event (recorded_at, occurred_at, actor, kind, subject, issuer_id, data) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7)",
        row.recorded_at, row.occurred_at, row.actor, row.kind, row.subject, row.issuer_id, row.data);
}

EventsEnd events_end(Session& session) {
    EventsEnd end;
    session.query("SELECT seq, recorded_at FROM event ORDER BY seq DESC LIMIT 1", [&](Row const& row) {
        end = {row.integer(0), row.instant(1)};
    });
    return end;
}

std::map<std::string, std::int64_t> event_counts(Session& session, std::int64_t after, std::int64_t until) {
    std::map<std::string, std::int64_t> counts;
    session.query(
        "SELECT kind, count(*) FROM event WHERE seq > $1 AND seq <= $2 GROUP BY kind",
        [&](Row const& row) { counts.emplace(row.string(0), row.integer(1)); }, after, until);
    return counts;
}

std::vector<EventRow> events_after(Session& session, std::int64_t seq, std::optional<std::string> const& issuer_id,
                                   int limit) {
    std::vector<EventRow> rows;
    auto const collect = [&](Row const& row) { rows.push_back(event_from(row)); };
    if (issuer_id) {
        session.query(
            "SELECT seq, recorded_at, occurred_at, actor, kind, subject, issuer_id, data FROM event "
            "WHERE issuer_id = $1 AND seq > $2 ORDER BY seq LIMIT $3",
            collect, issuer_id, seq, limit);
    } else {
        session.query(
            "SELECT seq, recorded_at, occurred_at, actor, kind, subject, issuer_id, data FROM event "
            "WHERE seq > $1 ORDER BY seq LIMIT $2",
            collect, seq, limit);
    }
    return rows;
}

namespace {

/// From the moment that an event names to the end of its unit: reading, waiting for a connection, running again, and
/// the longest unit (PostgresConfig), with room for clocks of nodes that differ.
constexpr std::int64_t longest_unit = 120'000;

/// The lowest number in (after, last] that comes behind a gap and is young; one above `last` when there is none. It
/// looks from the top as far down as events are young.
std::int64_t first_unsettled(Session& session, std::int64_t after, std::int64_t last, Instant now) {
    constexpr std::int64_t page = 5'000;
    std::int64_t unsettled = last + 1;
    std::int64_t above = 0;  // The number and its age that were seen last.
    bool above_is_young = false;
    for (auto top = last; top > after;) {
        std::int64_t rows = 0;
        bool all_old = true;
        session.query(
            "SELECT seq, recorded_at FROM event WHERE seq > $1 AND seq <= $2 ORDER BY seq DESC LIMIT $3",
            [&](Row const& row) {
                ++rows;
                if (above_is_young && row.integer(0) != above - 1) unsettled = above;
                above = row.integer(0);
                above_is_young = row.integer(1) > now.milliseconds - longest_unit;
                all_old = all_old && row.integer(1) < now.milliseconds - 2 * longest_unit;
            },
            after, top, page);
        if (rows < page || all_old) break;
        top = above - 1;
    }
    if (above_is_young && above != after + 1) unsettled = above;
    return unsettled;
}

}  // namespace

std::vector<EventRow> settled_events(Session& session, std::int64_t seq, std::optional<std::string> const& issuer_id,
                                     int limit, Instant now) {
    auto rows = events_after(session, seq, issuer_id, limit);
    if (session.runs_alone() || rows.empty()) return rows;
    auto const unsettled = first_unsettled(session, seq, rows.back().seq, now);
    std::erase_if(rows, [&](EventRow const& row) { return row.seq >= unsettled; });
    return rows;
}

}  // namespace itqan::storage
