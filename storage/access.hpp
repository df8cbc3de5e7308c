#pragma once
// Rows of who may enter: API tokens, sessions and links sent by mail. Only hashes of secrets are stored; what a role
// may do is decided in service/auth.

#include <optional>
#include <string>
#include <vector>

#include "storage/database.hpp"

namespace itqan::storage {

struct TokenRow {
    std::string id;
    std::string prefix;  ///< First characters of the secret, to recognise it in a list.
    std::string hash;    ///< SHA-256 hex of the secret.
    std::string role;    ///< admin, issuer, provider, lead, mentor, learner.
    std::optional<std::string> issuer_id, provider_id, organisation_id, learner_id;
    std::string scope;  ///< Space separated; "" or "history".
    Instant created_at;
    Instant expires_at;
    std::optional<Instant> revoked_at;
};
void insert_token(Session& session, TokenRow const& row);
std::optional<TokenRow> token_by_hash(Session& session, std::string_view hash);
std::vector<TokenRow> tokens(Session& session);
bool revoke_token(Session& session, std::string_view id, Instant now);  ///< Also revokes the sessions it opened.

struct SessionRow {
    std::string hash;
    std::string csrf;
    std::string role;
    std::optional<std::string> issuer_id, provider_id, organisation_id, learner_id;
    std::optional<std::string> token_id;
    Instant created_at;
    Instant used_at;
    Instant expires_at;
    std::optional<Instant> revoked_at;
};
void insert_session(Session& session, SessionRow const& row);
std::optional<SessionRow> session_by_hash(Session& session, std::string_view hash);
void touch_session(Session& session, std::string_view hash, Instant used_at);
void revoke_session(Session& session, std::string_view hash, Instant now);

struct MailLinkRow {
    std::string hash;
    std::string purpose;  ///< claim, sign-in.
    std::string learner_id;
    std::optional<std::string> mail_id;  ///< The outbox row whose credentials the link offers.
    Instant created_at;
    Instant expires_at;
    std::optional<Instant> used_at;
};
void insert_mail_link(Session& session, MailLinkRow const& row);
std::optional<MailLinkRow> mail_link(Session& session, std::string_view hash);
/// Marks it used if it was not; returns whether this call did.
bool use_mail_link(Session& session, std::string_view hash, Instant now);

}  // namespace itqan::storage
