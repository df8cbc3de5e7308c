#include <algorithm>
#include <stdexcept>

#include "storage/catalog.hpp"
#include "storage/credentials.hpp"

namespace itqan::storage {
namespace {

StatusListRow status_list_from(Row const& row) {
    return {row.string(0), row.string(1), row.string(2), row.integer(3), row.integer(4), row.instant(5)};
}

}  // namespace

void insert_status_list(Session& session, StatusListRow const& row) {
    session.execute(
        "INSERT INTO status_list (id, issuer_id, purpose, length, reserved, created_at) "
        "VALUES ($1, $2, $3, $4, $5, $6)",
        row.id, row.issuer_id, row.purpose, row.length, row.reserved, row.created_at);
}

std::optional<StatusListRow> status_list(Session& session, std::string_view id) {
    std::optional<StatusListRow> found;
    session.query(
        "SELECT id, issuer_id, purpose, length, reserved, created_at FROM status_list WHERE id = $1",
        [&](Row const& row) { found = status_list_from(row); }, id);
    return found;
}

std::vector<StatusListRow> status_lists_of(Session& session, std::string_view issuer_id) {
    std::vector<StatusListRow> found;
    session.query(
        "SELECT id, issuer_id, purpose, length, reserved, created_at FROM status_list WHERE issuer_id = $1 "
        "ORDER BY created_at, id",
        [&](Row const& row) { found.push_back(status_list_from(row)); }, issuer_id);
    return found;
}

StatusListsFill status_lists_fill(Session& session) {
    StatusListsFill fill;
    session.query("SELECT length, reserved FROM status_list", [&](Row const& row) {
        auto const length = row.integer(0), reserved = row.integer(1);
        ++fill.lists;
        fill.positions += length;
        fill.reserved += reserved;
        if (reserved * 2 < length)
            fill.fullest_open =
                std::max(fill.fullest_open, static_cast<double>(reserved) / static_cast<double>(length));
    });
    return fill;
}

std::optional<StatusListRow> open_status_list(Session& session, std::string_view issuer_id, std::string_view purpose) {
    std::optional<StatusListRow> found;
    session.query(
        "SELECT id, issuer_id, purpose, length, reserved, created_at FROM status_list WHERE issuer_id = $1 "
        "AND purpose = $2 AND reserved * 2 < length ORDER BY created_at DESC, id DESC LIMIT 1",
        [&](Row const& row) { found = status_list_from(row); }, issuer_id, purpose);
    return found;
}

std::vector<std::int64_t> reserve_positions(Session& session, std::string_view list_id,
                                            std::vector<std::int64_t> const& wanted) {
    auto const list = status_list(session, list_id);
    if (!list) throw std::invalid_argument("there is no status list " + std::string(list_id));
    std::vector<std::int64_t> taken;
    for (auto const position : wanted) {
        if (position < 0 || position >= list->length)
            throw std::invalid_argument("a status list of " + std::to_string(list->length) + " has no position " +
                                        std::to_string(position));
        if (session.execute("INSERT INTO status_position (list_id, position) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                            list_id, position) == 1)
            taken.push_back(position);
    }
    session.execute("UPDATE status_list SET reserved = reserved + $2 WHERE id = $1", list_id, taken.size());
    return taken;
}

void set_status_bit(Session& session, std::string_view list_id, std::int64_t position, Instant now) {
    auto const changed =
        session.execute("INSERT INTO status_bit (list_id, position, set_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                        list_id, position, now);
    if (changed == 1) bump_change(session, "status");
}

bool is_status_bit_set(Session& session, std::string_view list_id, std::int64_t position) {
    bool is_set = false;
    session.query(
        "SELECT 1 FROM status_bit WHERE list_id = $1 AND position = $2", [&](Row const&) { is_set = true; }, list_id,
        position);
    return is_set;
}

std::vector<std::int64_t> set_positions(Session& session, std::string_view list_id) {
    std::vector<std::int64_t> positions;
    session.query(
        "SELECT position FROM status_bit WHERE list_id = $1 ORDER BY position",
        [&](Row const& row) { positions.push_back(row.integer(0)); }, list_id);
    return positions;
}

}  // namespace itqan::storage
