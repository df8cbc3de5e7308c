#pragma once
// Rows of credentials, their signed documents, issuer keys and status lists. Signed bytes are kept as they were signed.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "storage/database.hpp"

namespace itqan::storage {

struct CredentialRow {
    std::string id;  ///< UUIDv4, the public id.
    std::string issuer_id;
    std::string learner_id;
    std::string achievement_id;
    int achievement_version = 1;
    int award_no = 1;
    std::string origin;                 ///< rule, hand.
    std::string status;                 ///< active, suspended, revoked.
    std::optional<std::string> reason;  ///< Public reason of a revocation or suspension.
    std::string claim_state;            ///< offered, claimed, declined, disputed.
    std::string visibility;             ///< offered (claim link only), link, public, hidden.
    bool show_name = false;
    std::string language;  ///< en, ar.
    std::string share_code;
    int edition = 1;
    Instant awarded_at;
    std::optional<Day> valid_until;
    std::optional<std::string> limited_by;  ///< Why valid_until is that day: "evidence" or "validity".
    std::string status_list_id;
    std::int64_t status_position = 0;
    std::string details = "{}";  ///< Snapshot of the evaluation and evidence ids at issue: JSON object.
    Instant created_at;
    Instant changed_at;
    std::optional<Instant> erased_at;
};

struct DocumentRow {
    std::string credential_id;
    int edition = 1;
    std::string form;  ///< "eddsa-rdfc-2022", "jwt".
    std::string key_id;
    std::string body;
    Instant signed_at;
};

/// Throws ConstraintError when the award, the share code or the status position is taken.
void insert_credential(Session& session, CredentialRow const& row);
void insert_document(Session& session, DocumentRow const& row);
/// In the place of the document of the same credential, edition and form, when there is one.
void replace_document(Session& session, DocumentRow const& row);
/// Writes the changeable fields: status, reason, claim_state, visibility, show_name, language, edition, changed_at.
/// Returns false when the stored row is no longer as `expected_changed_at` says.
bool update_credential(Session& session, CredentialRow const& row, Instant expected_changed_at);

std::optional<CredentialRow> credential(Session& session, std::string_view id);
std::optional<CredentialRow> credential_by_share_code(Session& session, std::string_view code);
std::vector<CredentialRow> credentials_of(Session& session, std::string_view learner_id);
std::optional<DocumentRow> document(Session& session, std::string_view credential_id, int edition,
                                    std::string_view form);
/// The form that was signed first.
std::optional<DocumentRow> first_document(Session& session, std::string_view credential_id, int edition);

struct CredentialFilter {
    std::optional<std::string> issuer_id, learner_id, achievement_id, status;
    std::string after_id;  ///< Continue after this credential, oldest first.
    int limit = 100;
};
std::vector<CredentialRow> list_credentials(Session& session, CredentialFilter const& filter);

struct KeyRow {
    std::string id;
    std::string issuer_id;
    std::string type;        ///< ed25519, p256, p384, p521, rsa.
    std::string purpose;     ///< "assertion".
    std::string public_jwk;  ///< JSON.
    Bytes sealed;
    std::string state;  ///< next, active, retired, revoked.
    Instant created_at;
    std::optional<Instant> activated_at, retired_at, revoked_at;
};
void insert_key(Session& session, KeyRow const& row);
void update_key_state(Session& session, KeyRow const& row);                 ///< Also moves the change counter "keys".
std::vector<KeyRow> keys_of(Session& session, std::string_view issuer_id);  ///< Oldest first.
std::vector<KeyRow> revoked_keys(Session& session);                         ///< Of all issuers, oldest first.
std::optional<KeyRow> key(Session& session, std::string_view id);

struct StatusListRow {
    std::string id;
    std::string issuer_id;
    std::string purpose;
    std::int64_t length = 131072;
    std::int64_t reserved = 0;
    Instant created_at;
};
void insert_status_list(Session& session, StatusListRow const& row);
std::optional<StatusListRow> status_list(Session& session, std::string_view id);
std::vector<StatusListRow> status_lists_of(Session& session, std::string_view issuer_id);  ///< Oldest first.
/// All lists together, and the share that is taken of the fullest list that is still given out from (half is the end).
struct StatusListsFill {
    std::int64_t lists = 0, positions = 0, reserved = 0;
    double fullest_open = 0;
};
StatusListsFill status_lists_fill(Session& session);
/// The newest list of an issuer that is less than half reserved.
std::optional<StatusListRow> open_status_list(Session& session, std::string_view issuer_id, std::string_view purpose);
/// Takes the positions that are still free and returns them (each is now taken for ever).
std::vector<std::int64_t> reserve_positions(Session& session, std::string_view list_id,
                                            std::vector<std::int64_t> const& wanted);
void set_status_bit(Session& session, std::string_view list_id, std::int64_t position, Instant now);
bool is_status_bit_set(Session& session, std::string_view list_id, std::int64_t position);
std::vector<std::int64_t> set_positions(Session& session, std::string_view list_id);  ///< All that are set.

}  // namespace itqan::storage
