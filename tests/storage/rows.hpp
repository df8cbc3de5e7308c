#pragma once
// Complete rows for tests that care about one field of them.

#include <string>

#include "storage/access.hpp"
#include "storage/credentials.hpp"
#include "storage/evidence.hpp"
#include "storage/outbox.hpp"
#include "storage/people.hpp"
#include "tests/storage/temporary_database.hpp"

namespace itqan::tests {

inline storage::LearnerRow learner_row(std::string const& id) {
    return {id, id + "@example.org", "Name of " + id, std::nullopt, "org-1", R"({"roles":["nurse"]})", noon, {}};
}

inline storage::EvidenceRow evidence_row(std::string const& id, std::string const& learner_id = "lrn-1") {
    return {id,   "completion", "prv-1", "ext-" + id,  learner_id,   noon.day(),
            noon, "verified",   true,    std::nullopt, std::nullopt, R"({"activityId":"act-1","score":80})"};
}

inline storage::CredentialRow credential_row(std::string const& id, std::string const& learner_id = "lrn-1") {
    storage::CredentialRow row;
    row.id = id;
    row.issuer_id = "iss-1";
    row.learner_id = learner_id;
    row.achievement_id = "ach-" + id;
    row.origin = "rule";
    row.status = "active";
    row.claim_state = "offered";
    row.visibility = "offered";
    row.language = "en";
    row.share_code = "share-" + id;
    row.awarded_at = noon;
    row.status_list_id = "list-1";
    row.status_position = static_cast<std::int64_t>(std::hash<std::string>{}(id) % 131072);
    row.details = R"({"evidence":["ev-1"]})";
    row.created_at = noon;
    row.changed_at = noon;
    return row;
}

inline storage::OutboxRow outbox_row_of(std::string const& id, std::string const& learner_id = "lrn-1") {
    storage::OutboxRow row;
    row.id = id;
    row.kind = "mail.claim";
    row.learner_id = learner_id;
    row.issuer_id = "iss-1";
    row.data = R"({"credentialIds":[]})";
    row.due_at = noon;
    row.created_at = noon;
    return row;
}

inline storage::TokenRow token_row(std::string const& id) {
    return {id,           "itq_" + id,  "hash-" + id, "provider", std::nullopt, "prv-1",
            std::nullopt, std::nullopt, "history",    noon,       after(1000),  std::nullopt};
}

inline storage::SessionRow session_row(std::string const& hash) {
    return {hash,    "csrf",       "learner", std::nullopt, std::nullopt, std::nullopt,
            "lrn-1", std::nullopt, noon,      noon,         after(1000),  std::nullopt};
}

}  // namespace itqan::tests
