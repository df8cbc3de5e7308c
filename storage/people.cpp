#include "storage/people.hpp"

namespace itqan::storage {
namespace {

#define LEARNER_COLUMNS "id, email, name, name_ar, organisation_id, body, created_at, erased_at"

LearnerRow learner_from(Row const& row) {
    return {row.string(0),        row.optional_text(1), row.optional_text(2), row.optional_text(3),
            row.optional_text(4), row.string(5),        row.instant(6),       row.optional_instant(7)};
}

PersonRow person_from(Row const& row) {
    return {row.string(0), row.optional_text(1), row.optional_text(2), row.string(3)};
}

}  // namespace

void put_learner(Session& session, LearnerRow const& learner) {
    session.execute(
        "INSERT INTO learner (id, email, name, name_ar, organisation_id, body, created_at, erased_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) "
        "ON CONFLICT (id) DO UPDATE SET email = excluded.email, name = excluded.name, name_ar = excluded.name_ar, "
        "organisation_id = excluded.organisation_id, body = excluded.body WHERE learner.erased_at IS NULL",
        learner.id, learner.email, learner.name, learner.name_ar, learner.organisation_id, learner.body,
        learner.created_at, learner.erased_at);
}

void hold_learner(Session& session, std::string_view id) {
    if (session.runs_alone()) return;
    session.execute("UPDATE learner SET body = body WHERE id = $1", id);
}

std::optional<LearnerRow> learner(Session& session, std::string_view id) {
    std::optional<LearnerRow> found;
    session.query(
        "SELECT " LEARNER_COLUMNS " FROM learner WHERE id = $1", [&](Row const& row) { found = learner_from(row); },
        id);
    return found;
}

std::optional<LearnerRow> learner_by_email(Session& session, std::string_view email) {
    std::optional<LearnerRow> found;
    session.query(
        "SELECT " LEARNER_COLUMNS " FROM learner WHERE email = $1", [&](Row const& row) { found = learner_from(row); },
        email);
    return found;
}

void each_learner(Session& session, std::string_view after, int limit,
                  std::function<void(LearnerRow const&)> const& each) {
    std::optional<std::int64_t> position;
    if (after.empty())
        position = 0;
    else
        session.query(
            "SELECT position FROM learner WHERE id = $1", [&](Row const& row) { position = row.integer(0); }, after);
    if (!position) return;
    session.query(
        "SELECT " LEARNER_COLUMNS " FROM learner WHERE position > $1 ORDER BY position LIMIT $2",
        [&](Row const& row) { each(learner_from(row)); }, *position, limit);
}

void put_person(Session& session, PersonRow const& person) {
    session.execute(
        "INSERT INTO person (id, name, name_ar, body) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (id) DO UPDATE SET name = excluded.name, name_ar = excluded.name_ar, body = excluded.body",
        person.id, person.name, person.name_ar, person.body);
}

std::optional<PersonRow> person(Session& session, std::string_view id) {
    std::optional<PersonRow> found;
    session.query(
        "SELECT id, name, name_ar, body FROM person WHERE id = $1", [&](Row const& row) { found = person_from(row); },
        id);
    return found;
}

void each_person(Session& session, std::function<void(PersonRow const&)> const& each) {
    session.query("SELECT id, name, name_ar, body FROM person ORDER BY id",
                  [&](Row const& row) { each(person_from(row)); });
}

void add_note(Session& session, std::string_view about, std::string_view subject,
              std::optional<std::string> const& learner_id, std::string_view text, Instant now) {
    session.execute_later(
        "INSERT INTO note (about, subject, n, learner_id, text, created_at) VALUES ($1, $2, "
        "(SELECT coalesce(max(n), 0) + 1 FROM note WHERE about = $1 AND subject = $2), $3, $4, $5)",
        about, subject, learner_id, text, now);
}

std::optional<std::string> latest_note(Session& session, std::string_view about, std::string_view subject) {
    std::optional<std::string> text;
    session.query(
        "SELECT text FROM note WHERE about = $1 AND subject = $2 ORDER BY n DESC LIMIT 1",
        [&](Row const& row) { text = row.string(0); }, about, subject);
    return text;
}

std::optional<std::string> subject_urn(Session& session, std::string_view issuer_id, std::string_view learner_id) {
    std::optional<std::string> urn;
    session.query(
        "SELECT urn FROM subject WHERE issuer_id = $1 AND learner_id = $2",
        [&](Row const& row) { urn = row.string(0); }, issuer_id, learner_id);
    return urn;
}

void put_subject(Session& session, std::string_view issuer_id, std::string_view learner_id, std::string_view urn) {
    session.execute_later("INSERT INTO subject (issuer_id, learner_id, urn) VALUES ($1, $2, $3)", issuer_id, learner_id,
                          urn);
}

}  // namespace itqan::storage
