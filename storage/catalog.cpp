#include "storage/catalog.hpp"

namespace itqan::storage {

void put_programme_item(Session& session, ProgrammeItem const& item, Instant now) {
    session.execute(
        "INSERT INTO programme_item (kind, id, position, body, updated_at) "
        "VALUES ($1, $2, (SELECT coalesce(max(position), 0) + 1 FROM programme_item WHERE kind = $1), $3, $4) "
        "ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body, updated_at = excluded.updated_at",
        item.kind, item.id, item.body, now);
}

std::optional<std::string> programme_item(Session& session, std::string_view kind, std::string_view id) {
    std::optional<std::string> body;
    session.query(
        "SELECT body FROM programme_item WHERE kind = $1 AND id = $2", [&](Row const& row) { body = row.string(0); },
        kind, id);
    return body;
}

void each_programme_item(Session& session, std::string_view kind,
                         std::function<void(ProgrammeItem const&)> const& each) {
    session.query(
        "SELECT id, body FROM programme_item WHERE kind = $1 ORDER BY position",
        [&](Row const& row) {
            each({std::string(kind), row.string(0), row.string(1)});
        },
        kind);
}

void put_achievement(Session& session, AchievementRow const& row, Instant now) {
    session.execute(
        "INSERT INTO achievement (issuer_id, id, version, position, status, body, updated_at) "
        "VALUES ($1, $2, $3, (SELECT coalesce(max(position), 0) + 1 FROM achievement), $4, $5, $6) "
        "ON CONFLICT (issuer_id, id, version) DO UPDATE SET status = excluded.status, body = excluded.body, "
        "updated_at = excluded.updated_at",
        row.issuer_id, row.id, row.version, row.status, row.body, now);
}

void each_achievement(Session& session, std::function<void(AchievementRow const&)> const& each) {
    session.query(
        "SELECT issuer_id, id, version, status, body FROM achievement ORDER BY position", [&](Row const& row) {
            each({row.string(0), row.string(1), static_cast<int>(row.integer(2)), row.string(3), row.string(4)});
        });
}

std::int64_t change_count(Session& session, std::string_view topic) {
    std::int64_t count = 0;
    session.query(
        "SELECT n FROM change WHERE topic = $1", [&](Row const& row) { count = row.integer(0); }, topic);
    return count;
}

void each_change_count(Session& session, std::function<void(std::string_view topic, std::int64_t count)> const& each) {
    session.query("SELECT topic, n FROM change", [&](Row const& row) { each(row.text(0), row.integer(1)); });
}

void bump_change(Session& session, std::string_view topic) {
    session.execute("INSERT INTO change (topic, n) VALUES ($1, 1) ON CONFLICT (topic) DO UPDATE SET n = change.n + 1",
                    topic);
}

}  // namespace itqan::storage
