#pragma once
// Work that leaves the process after its commit, and the append-only event table. Rows hold ids, never names or texts.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "storage/database.hpp"

namespace itqan::storage {

struct OutboxRow {
    std::string id;
    std::string kind;  ///< mail.claim, mail.sign-in.
    std::optional<std::string> learner_id, issuer_id;
    std::string data;               ///< JSON object of ids: {"credentialIds": [...]}.
    std::string state = "waiting";  ///< waiting, done, parked.
    int attempts = 0;
    Instant due_at;
    std::optional<Instant> leased_until;
    std::optional<std::string> last_error;
    Instant created_at;
    std::optional<Instant> done_at;
};
void insert_outbox(Session& session, OutboxRow const& row);
std::optional<OutboxRow> outbox_row(Session& session, std::string_view id);
/// The newest waiting row of this kind for the learner, if it is not leased: later badges join its mail.
std::optional<OutboxRow> waiting_outbox(Session& session, std::string_view kind, std::string_view learner_id,
                                        Instant now);
void set_outbox_data(Session& session, std::string_view id, std::string_view data);
/// How many rows of this kind were created for the learner since then.
std::int64_t outbox_since(Session& session, std::string_view kind, std::string_view learner_id, Instant since);
/// When the last row of this kind for the learner was created.
std::optional<Instant> last_outbox(Session& session, std::string_view kind, std::string_view learner_id);
/// Leases up to `limit` due rows until `until`, oldest first.
std::vector<OutboxRow> lease_outbox(Session& session, Instant now, Instant until, int limit);
/// Takes a row away that had nothing to do.
void forget_outbox(Session& session, std::string_view id);
void finish_outbox(Session& session, std::string_view id, Instant now);
/// Counts the attempt and tries again at `due_at`; parks the row when due_at is none.
void retry_outbox(Session& session, std::string_view id, std::string_view error, std::optional<Instant> due_at);

/// How much is in the outbox and not done.
struct OutboxBacklog {
    std::int64_t waiting = 0, retried = 0, parked = 0;  ///< `retried`: of those that wait, tried at least once.
    std::optional<Instant> oldest;                      ///< When the oldest that waits was created.
};
OutboxBacklog outbox_backlog(Session& session);

std::vector<OutboxRow> list_outbox(Session& session, std::optional<std::string> const& issuer_id, int limit);

struct EventRow {
    std::int64_t seq = 0;  ///< Given by append_event.
    Instant recorded_at;
    Instant occurred_at;
    std::string actor;    ///< "token:<id>", "session:<role>:<id>", "system".
    std::string kind;     ///< evidence.recorded, credential.issued, ...
    std::string subject;  ///< Id of what it is about.
    std::optional<std::string> issuer_id;
    std::string data = "{}";  ///< JSON object of ids.
};
void append_event(Session& session, EventRow const& row);

/// Where the events end now: their last number and when it was recorded.
struct EventsEnd {
    std::int64_t seq = 0;
    std::optional<Instant> recorded_at;
};
EventsEnd events_end(Session& session);
/// How many events of each kind lie behind `after`, up to and with `until`.
std::map<std::string, std::int64_t> event_counts(Session& session, std::int64_t after, std::int64_t until);
std::vector<EventRow> events_after(Session& session, std::int64_t seq, std::optional<std::string> const& issuer_id,
                                   int limit);
/// The same for a reader who goes on after the last one: ends before a number that a transaction may still hold, so
/// that none is passed over. Where units run alone numbers come in order and it ends nowhere.
std::vector<EventRow> settled_events(Session& session, std::int64_t seq, std::optional<std::string> const& issuer_id,
                                     int limit, Instant now);

}  // namespace itqan::storage
