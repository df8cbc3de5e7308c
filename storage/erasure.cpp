#include "storage/people.hpp"

namespace itqan::storage {
namespace {

std::vector<std::string> erase_credentials(Session& session, std::string_view learner_id, Instant now) {
    std::vector<std::string> ids;
    // A later changed_at makes an edition that is being signed right now fail its check.
    session.query(
        "UPDATE credential SET details = '{}', reason = NULL, show_name = 0, erased_at = coalesce(erased_at, $2), "
        "changed_at = CASE WHEN changed_at < $2 THEN $2 ELSE changed_at + 1 END WHERE learner_id = $1 RETURNING id",
        [&](Row const& row) { ids.push_back(row.string(0)); }, learner_id, now);
    for (auto const& id : ids)
        session.execute("DELETE FROM credential_document WHERE credential_id = $1", id);
    // The first answer to an award by hand repeats the signed document.
    session.execute(
        "DELETE FROM answer WHERE location IN "
        "(SELECT '/api/v1/credentials/' || id FROM credential WHERE learner_id = $1)",
        learner_id);
    return ids;
}

void erase_texts(Session& session, std::string_view learner_id) {
    session.execute(
        "DELETE FROM note WHERE about = 'credential' AND subject IN (SELECT id FROM credential WHERE learner_id = $1)",
        learner_id);
    session.execute(
        "DELETE FROM note WHERE about = 'evidence' AND subject IN (SELECT id FROM evidence WHERE learner_id = $1)",
        learner_id);
    session.execute("DELETE FROM note WHERE learner_id = $1", learner_id);
    // The stamp moves too: a decision made on the bodies must not be written after they are gone.
    session.execute(
        "UPDATE evidence SET body = '{}', coi = NULL, "
        "revision = (SELECT max(e.revision) + 1 FROM evidence AS e WHERE e.learner_id = $1) WHERE learner_id = $1",
        learner_id);
}

void erase_access(Session& session, std::string_view learner_id) {
    session.execute("DELETE FROM session WHERE learner_id = $1", learner_id);
    session.execute("DELETE FROM session WHERE token_id IN (SELECT id FROM api_token WHERE learner_id = $1)",
                    learner_id);
    session.execute("DELETE FROM api_token WHERE learner_id = $1", learner_id);
    session.execute("DELETE FROM mail_link WHERE learner_id = $1", learner_id);
    session.execute("DELETE FROM outbox WHERE learner_id = $1 AND state <> 'done'", learner_id);
    // What a mail server said may quote the address.
    session.execute("UPDATE outbox SET last_error = NULL WHERE learner_id = $1", learner_id);
}

}  // namespace

std::vector<std::string> erase_learner(Session& session, std::string_view id, Instant now) {
    erase_texts(session, id);
    erase_access(session, id);
    session.execute("DELETE FROM subject WHERE learner_id = $1", id);
    session.execute(
        "UPDATE learner SET email = NULL, name = NULL, name_ar = NULL, organisation_id = NULL, body = '{}', "
        "erased_at = coalesce(erased_at, $2) WHERE id = $1",
        id, now);
    return erase_credentials(session, id, now);
}

}  // namespace itqan::storage
