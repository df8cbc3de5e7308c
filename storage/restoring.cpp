#include "storage/restoring.hpp"

namespace itqan::storage {

std::int64_t close_status_lists(Session& session) {
    std::int64_t open = 0;
    session.query("SELECT count(*) FROM status_list WHERE reserved * 2 < length",
                  [&](Row const& row) { open = row.integer(0); });
    session.execute("UPDATE status_list SET reserved = length");
    return open;
}

bool put_published_bit(Session& session, std::string_view list_id, std::int64_t position, Instant now) {
    session.execute("INSERT INTO status_position (list_id, position) VALUES ($1, $2) ON CONFLICT DO NOTHING", list_id,
                    position);
    if (is_status_bit_set(session, list_id, position)) return false;
    set_status_bit(session, list_id, position, now);
    return true;
}

std::optional<CredentialRow> credential_at(Session& session, std::string_view list_id, std::int64_t position) {
    std::optional<std::string> id;
    session.query(
        "SELECT id FROM credential WHERE status_list_id = $1 AND status_position = $2",
        [&](Row const& row) { id = row.string(0); }, list_id, position);
    return id ? credential(session, *id) : std::nullopt;
}

std::int64_t end_sessions(Session& session) {
    session.execute("UPDATE outbox SET leased_until = NULL WHERE leased_until IS NOT NULL");
    session.execute("UPDATE job SET leased_until = NULL WHERE leased_until IS NOT NULL");
    return session.execute("DELETE FROM session");
}

}  // namespace itqan::storage
