#include "storage/catalog.hpp"
#include "storage/credentials.hpp"

namespace itqan::storage {
namespace {

#define KEY_COLUMNS \
    "id, issuer_id, type, purpose, public_jwk, sealed, state, created_at, activated_at, retired_at, revoked_at"

KeyRow key_from(Row const& row) {
    auto const sealed = row.blob(5);
    return {row.string(0),           row.string(1),           row.string(2),
            row.string(3),           row.string(4),           Bytes(sealed.begin(), sealed.end()),
            row.string(6),           row.instant(7),          row.optional_instant(8),
            row.optional_instant(9), row.optional_instant(10)};
}

}  // namespace

void insert_key(Session& session, KeyRow const& row) {
    session.execute("INSERT INTO issuer_key (" KEY_COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
                    row.id, row.issuer_id, row.type, row.purpose, row.public_jwk, row.sealed, row.state, row.created_at,
                    row.activated_at, row.retired_at, row.revoked_at);
    bump_change(session, "keys");
}

void update_key_state(Session& session, KeyRow const& row) {
    session.execute(
        "UPDATE issuer_key SET state = $2, activated_at = $3, retired_at = $4, revoked_at = $5 WHERE id = $1", row.id,
        row.state, row.activated_at, row.retired_at, row.revoked_at);
    bump_change(session, "keys");
}

std::vector<KeyRow> keys_of(Session& session, std::string_view issuer_id) {
    std::vector<KeyRow> rows;
    session.query(
        "SELECT " KEY_COLUMNS " FROM issuer_key WHERE issuer_id = $1 ORDER BY created_at, id",
        [&](Row const& row) { rows.push_back(key_from(row)); }, issuer_id);
    return rows;
}

std::vector<KeyRow> revoked_keys(Session& session) {
    std::vector<KeyRow> rows;
    session.query("SELECT " KEY_COLUMNS " FROM issuer_key WHERE state = 'revoked' ORDER BY created_at, id",
                  [&](Row const& row) { rows.push_back(key_from(row)); });
    return rows;
}

std::optional<KeyRow> key(Session& session, std::string_view id) {
    std::optional<KeyRow> found;
    session.query(
        "SELECT " KEY_COLUMNS " FROM issuer_key WHERE id = $1", [&](Row const& row) { found = key_from(row); }, id);
    return found;
}

}  // namespace itqan::storage
