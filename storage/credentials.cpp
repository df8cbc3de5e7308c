#include "storage/credentials.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

namespace itqan::storage {
namespace {

#define CREDENTIAL_COLUMNS                                                                                            \
    "id, issuer_id, learner_id, achievement_id, achievement_version, award_no, origin, status, reason, claim_state, " \
    "visibility, show_name, language, share_code, edition, awarded_at, valid_until, limited_by, status_list_id, "     \
    "status_position, details, created_at, changed_at, erased_at"

CredentialRow credential_from(Row const& row) {
    CredentialRow credential;
    credential.id = row.string(0);
    credential.issuer_id = row.string(1);
    credential.learner_id = row.string(2);
    credential.achievement_id = row.string(3);
    credential.achievement_version = static_cast<int>(row.integer(4));
    credential.award_no = static_cast<int>(row.integer(5));
    credential.origin = row.string(6);
    credential.status = row.string(7);
    credential.reason = row.optional_text(8);
    credential.claim_state = row.string(9);
    credential.visibility = row.string(10);
    credential.show_name = row.boolean(11);
    credential.language = row.string(12);
    credential.share_code = row.string(13);
    credential.edition = static_cast<int>(row.integer(14));
    credential.awarded_at = row.instant(15);
    credential.valid_until = row.optional_day(16);
    credential.limited_by = row.optional_text(17);
    credential.status_list_id = row.string(18);
    credential.status_position = row.integer(19);
    credential.details = row.string(20);
    credential.created_at = row.instant(21);
    credential.changed_at = row.instant(22);
    credential.erased_at = row.optional_instant(23);
    return credential;
}

#define DOCUMENT_COLUMNS "credential_id, edition, form, key_id, body, signed_at"

DocumentRow document_from(Row const& row) {
    return {row.string(0), static_cast<int>(row.integer(1)), row.string(2), row.string(3), row.string(4),
            row.instant(5)};
}

}  // namespace

void insert_credential(Session& session, CredentialRow const& row) {
    session.execute_later(
        "INSERT INTO credential (" CREDENTIAL_COLUMNS
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, "
        "$20, $21, $22, $23, $24)",
        row.id, row.issuer_id, row.learner_id, row.achievement_id, row.achievement_version, row.award_no, row.origin,
        row.status, row.reason, row.claim_state, row.visibility, row.show_name, row.language, row.share_code,
        row.edition, row.awarded_at, row.valid_until, row.limited_by, row.status_list_id, row.status_position,
        row.details, row.created_at, row.changed_at, row.erased_at);
}

void insert_document(Session& session, DocumentRow const& row) {
    session.execute_later("INSERT INTO credential_document (" DOCUMENT_COLUMNS
                          ") "
                          "VALUES ($1, $2, $3, $4, $5, $6)",
                          row.credential_id, row.edition, row.form, row.key_id, row.body, row.signed_at);
}

void replace_document(Session& session, DocumentRow const& row) {
    session.execute("DELETE FROM credential_document WHERE credential_id = $1 AND edition = $2 AND form = $3",
                    row.credential_id, row.edition, row.form);
    insert_document(session, row);
}

bool update_credential(Session& session, CredentialRow const& row, Instant expected_changed_at) {
    // Two changes within a millisecond must differ, or the second could not see the first.
    return session.execute(
               "UPDATE credential SET status = $2, reason = $3, claim_state = $4, visibility = $5, show_name = $6, "
               "language = $7, edition = $8, changed_at = CASE WHEN changed_at < $9 THEN $9 ELSE changed_at + 1 END "
               "WHERE id = $1 AND changed_at = $10",
               row.id, row.status, row.reason, row.claim_state, row.visibility, row.show_name, row.language,
               row.edition, row.changed_at, expected_changed_at) == 1;
}

std::optional<CredentialRow> credential(Session& session, std::string_view id) {
    std::optional<CredentialRow> found;
    session.query(
        "SELECT " CREDENTIAL_COLUMNS " FROM credential WHERE id = $1",
        [&](Row const& row) { found = credential_from(row); }, id);
    return found;
}

std::optional<CredentialRow> credential_by_share_code(Session& session, std::string_view code) {
    std::optional<CredentialRow> found;
    session.query(
        "SELECT " CREDENTIAL_COLUMNS " FROM credential WHERE share_code = $1",
        [&](Row const& row) { found = credential_from(row); }, code);
    return found;
}

std::vector<CredentialRow> credentials_of(Session& session, std::string_view learner_id) {
    std::vector<CredentialRow> rows;
    session.query(
        "SELECT " CREDENTIAL_COLUMNS " FROM credential WHERE learner_id = $1",
        [&](Row const& row) { rows.push_back(credential_from(row)); }, learner_id);
    // Sorted here: the rows are few, and a sorter of SQLite's costs more than reading them.
    std::sort(rows.begin(), rows.end(), [](CredentialRow const& left, CredentialRow const& right) {
        return std::tie(left.created_at, left.id) < std::tie(right.created_at, right.id);
    });
    return rows;
}

std::optional<DocumentRow> document(Session& session, std::string_view credential_id, int edition,
                                    std::string_view form) {
    std::optional<DocumentRow> found;
    session.query(
        "SELECT " DOCUMENT_COLUMNS " FROM credential_document WHERE credential_id = $1 AND edition = $2 AND form = $3",
        [&](Row const& row) { found = document_from(row); }, credential_id, edition, form);
    return found;
}

std::optional<DocumentRow> first_document(Session& session, std::string_view credential_id, int edition) {
    std::optional<DocumentRow> found;
    session.query(
        "SELECT " DOCUMENT_COLUMNS
        " FROM credential_document WHERE credential_id = $1 AND edition = $2 ORDER BY signed_at, form LIMIT 1",
        [&](Row const& row) { found = document_from(row); }, credential_id, edition);
    return found;
}

std::vector<CredentialRow> list_credentials(Session& session, CredentialFilter const& filter) {
    Instant created{std::numeric_limits<std::int64_t>::min()};
    if (!filter.after_id.empty()) {
        auto const last = credential(session, filter.after_id);
        if (!last) return {};
        created = last->created_at;
    }
    std::vector<CredentialRow> rows;
    auto const collect = [&](Row const& row) { rows.push_back(credential_from(row)); };
    // Three texts, so that each can use its index.
    if (filter.learner_id) {
        session.query("SELECT " CREDENTIAL_COLUMNS
                      " FROM credential WHERE learner_id = $1 AND (created_at, id) > ($2, $3) "
                      "AND (issuer_id = $4 OR $4 IS NULL) AND (achievement_id = $5 OR $5 IS NULL) "
                      "AND (status = $6 OR $6 IS NULL) ORDER BY created_at, id LIMIT $7",
                      collect, filter.learner_id, created, filter.after_id, filter.issuer_id, filter.achievement_id,
                      filter.status, filter.limit);
    } else if (filter.issuer_id) {
        session.query("SELECT " CREDENTIAL_COLUMNS
                      " FROM credential WHERE issuer_id = $1 AND (created_at, id) > ($2, $3) "
                      "AND (achievement_id = $4 OR $4 IS NULL) AND (status = $5 OR $5 IS NULL) "
                      "ORDER BY created_at, id LIMIT $6",
                      collect, filter.issuer_id, created, filter.after_id, filter.achievement_id, filter.status,
                      filter.limit);
    } else {
        session.query("SELECT " CREDENTIAL_COLUMNS
                      " FROM credential WHERE (created_at, id) > ($1, $2) AND (achievement_id = $3 OR $3 IS NULL) "
                      "AND (status = $4 OR $4 IS NULL) ORDER BY created_at, id LIMIT $5",
                      collect, created, filter.after_id, filter.achievement_id, filter.status, filter.limit);
    }
    return rows;
}

}  // namespace itqan::storage
