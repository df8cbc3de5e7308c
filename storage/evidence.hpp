#pragma once
// Evidence rows of every kind and the first answers that are repeated for a repeated request. No rule lives here.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "storage/database.hpp"

namespace itqan::storage {

struct EvidenceRow {
    std::string id;
    std::string kind;    ///< completion, signoff, entrustment, experience, practice, self-assessment, external-badge.
    std::string source;  ///< The provider of a completion, else "programme" or the principal that posted it.
    std::string external_id;  ///< Unique per kind and source, for ever.
    std::string learner_id;
    Day occurred_on;
    Instant recorded_at;
    std::string status;  ///< verified, confirmed, pending, requested, proposed, rejected, revoked.
    bool eligible = true;
    std::optional<std::string> coi;
    std::optional<std::string> replaces;
    std::string body;  ///< The element's remaining members: JSON object, no free text.
};

/// Throws ConstraintError when the id or (kind, source, external_id) is taken.
void insert_evidence(Session& session, EvidenceRow const& row);
std::optional<EvidenceRow> evidence(Session& session, std::string_view id);
std::optional<EvidenceRow> evidence_by_external_id(Session& session, std::string_view kind, std::string_view source,
                                                   std::string_view external_id);
void each_evidence_of(Session& session, std::string_view learner_id,
                      std::function<void(EvidenceRow const&)> const& each);
/// Sets status (and eligibility); returns false when the row is not in `expected_status` any more.
bool set_evidence_status(Session& session, std::string_view id, std::string_view expected_status,
                         std::string_view status, bool eligible);
/// Changes with everything that decides about a learner's awards: evidence inserted or moved, credentials, erasure, and
/// the signing keys. The guard of a decision that was computed on a snapshot.
std::string decision_stamp(Session& session, std::string_view learner_id);

struct EvidencePage {
    std::optional<std::string> source;  ///< Only this provider's.
    std::optional<std::string> activity_id;
    Instant since{};
    std::string after_id;  ///< Continue after this row ("" from the start).
    int limit = 100;
};
std::vector<EvidenceRow> list_completions(Session& session, EvidencePage const& page);
/// The newest of them, `limit` rows; since and after_id do not count.
std::vector<EvidenceRow> newest_completions(Session& session, EvidencePage const& page);

struct AnswerRow {
    std::string scope;  ///< "completion:prv-qalam" (natural key) or "key:<principal>" (header).
    std::string key;
    std::string request_hash;  ///< SHA-256 hex of the RFC 8785 form of the body.
    int status = 0;
    std::optional<std::string> location;
    std::string body;
    Instant created_at;
    std::optional<Instant> expires_at;  ///< None: for ever.
};
std::optional<AnswerRow> answer(Session& session, std::string_view scope, std::string_view key, Instant now);
/// Throws ConstraintError when the (unexpired) key is taken; replaces an expired row.
void insert_answer(Session& session, AnswerRow const& row);
/// Deletes the answers whose time is over.
void forget_expired_answers(Session& session, Instant now);

}  // namespace itqan::storage
