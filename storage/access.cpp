#include "storage/access.hpp"

namespace itqan::storage {
namespace {

#define TOKEN_COLUMNS                                                                                              \
    "id, prefix, hash, role, issuer_id, provider_id, organisation_id, learner_id, scope, created_at, expires_at, " \
    "revoked_at"

TokenRow token_from(Row const& row) {
    return {row.string(0),        row.string(1),        row.string(2),        row.string(3),
            row.optional_text(4), row.optional_text(5), row.optional_text(6), row.optional_text(7),
            row.string(8),        row.instant(9),       row.instant(10),      row.optional_instant(11)};
}

}  // namespace

void insert_token(Session& session, TokenRow const& row) {
    session.execute("INSERT INTO api_token (" TOKEN_COLUMNS
                    ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
                    row.id, row.prefix, row.hash, row.role, row.issuer_id, row.provider_id, row.organisation_id,
                    row.learner_id, row.scope, row.created_at, row.expires_at, row.revoked_at);
}

std::optional<TokenRow> token_by_hash(Session& session, std::string_view hash) {
    std::optional<TokenRow> found;
    session.query(
        "SELECT " TOKEN_COLUMNS " FROM api_token WHERE hash = $1", [&](Row const& row) { found = token_from(row); },
        hash);
    return found;
}

std::vector<TokenRow> tokens(Session& session) {
    std::vector<TokenRow> rows;
    session.query("SELECT " TOKEN_COLUMNS " FROM api_token ORDER BY created_at, id",
                  [&](Row const& row) { rows.push_back(token_from(row)); });
    return rows;
}

bool revoke_token(Session& session, std::string_view id, Instant now) {
    session.execute("UPDATE session SET revoked_at = $2 WHERE token_id = $1 AND revoked_at IS NULL", id, now);
    return session.execute("UPDATE api_token SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL", id, now) == 1;
}

void insert_session(Session& session, SessionRow const& row) {
    session.execute(
        "INSERT INTO session (hash, csrf, role, issuer_id, provider_id, organisation_id, learner_id, token_id, "
        "created_at, used_at, expires_at, revoked_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        row.hash, row.csrf, row.role, row.issuer_id, row.provider_id, row.organisation_id, row.learner_id, row.token_id,
        row.created_at, row.used_at, row.expires_at, row.revoked_at);
}

std::optional<SessionRow> session_by_hash(Session& session, std::string_view hash) {
    std::optional<SessionRow> found;
    session.query(
        "SELECT hash, csrf, role, issuer_id, provider_id, organisation_id, learner_id, token_id, created_at, used_at, "
        "expires_at, revoked_at FROM session WHERE hash = $1",
        [&](Row const& row) {
            found =
                SessionRow{row.string(0),        row.string(1),        row.string(2),        row.optional_text(3),
                           row.optional_text(4), row.optional_text(5), row.optional_text(6), row.optional_text(7),
                           row.instant(8),       row.instant(9),       row.instant(10),      row.optional_instant(11)};
        },
        hash);
    return found;
}

void touch_session(Session& session, std::string_view hash, Instant used_at) {
    session.execute("UPDATE session SET used_at = $2 WHERE hash = $1 AND used_at < $2", hash, used_at);
}

void revoke_session(Session& session, std::string_view hash, Instant now) {
    session.execute("UPDATE session SET revoked_at = $2 WHERE hash = $1 AND revoked_at IS NULL", hash, now);
}

void insert_mail_link(Session& session, MailLinkRow const& row) {
    session.execute(
        "INSERT INTO mail_link (hash, purpose, learner_id, mail_id, created_at, expires_at, used_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7)",
        row.hash, row.purpose, row.learner_id, row.mail_id, row.created_at, row.expires_at, row.used_at);
}

std::optional<MailLinkRow> mail_link(Session& session, std::string_view hash) {
    std::optional<MailLinkRow> found;
    session.query(
        "SELECT hash, purpose, learner_id, mail_id, created_at, expires_at, used_at FROM mail_link WHERE hash = $1",
        [&](Row const& row) {
            found = MailLinkRow{row.string(0),  row.string(1),  row.string(2),          row.optional_text(3),
                                row.instant(4), row.instant(5), row.optional_instant(6)};
        },
        hash);
    return found;
}

bool use_mail_link(Session& session, std::string_view hash, Instant now) {
    return session.execute("UPDATE mail_link SET used_at = $2 WHERE hash = $1 AND used_at IS NULL", hash, now) == 1;
}

}  // namespace itqan::storage
