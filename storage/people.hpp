#pragma once
// Rows of people: learners, other named persons, free-text notes and the learner's random subject id per issuer. These
// are the only tables that hold names, addresses and free text; erase_learner() empties them.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "storage/database.hpp"

namespace itqan::storage {

struct LearnerRow {
    std::string id;
    std::optional<std::string> email;  ///< Normalised: trimmed, lower case.
    std::optional<std::string> name, name_ar;
    std::optional<std::string> organisation_id;
    std::string body;  ///< The element without id, name, name_ar, email: JSON object.
    Instant created_at;
    std::optional<Instant> erased_at;
};

void put_learner(Session& session, LearnerRow const& learner);
std::optional<LearnerRow> learner(Session& session, std::string_view id);
/// To be called by a unit that writes for a learner what it decided on rows that it only reads: of two such units that
/// run at once, one runs again. Costs nothing where units run alone.
void hold_learner(Session& session, std::string_view id);
std::optional<LearnerRow> learner_by_email(Session& session, std::string_view email);
/// Ordered as imported; the page starts after `after` ("" for the first) and has at most `limit` rows.
void each_learner(Session& session, std::string_view after, int limit,
                  std::function<void(LearnerRow const&)> const& each);

struct PersonRow {
    std::string id;
    std::optional<std::string> name, name_ar;
    std::string body;
};
void put_person(Session& session, PersonRow const& person);
std::optional<PersonRow> person(Session& session, std::string_view id);
void each_person(Session& session, std::function<void(PersonRow const&)> const& each);

/// Free text about something: about = "credential" | "evidence", subject = its id.
void add_note(Session& session, std::string_view about, std::string_view subject,
              std::optional<std::string> const& learner_id, std::string_view text, Instant now);
std::optional<std::string> latest_note(Session& session, std::string_view about, std::string_view subject);

/// The learner's "urn:uuid:" with this issuer, if one was given; put_subject refuses a second one (ConstraintError).
std::optional<std::string> subject_urn(Session& session, std::string_view issuer_id, std::string_view learner_id);
void put_subject(Session& session, std::string_view issuer_id, std::string_view learner_id, std::string_view urn);

/// Empties every row of the person: learner fields, notes, subject ids, mail links, sessions, tokens, outbox rows,
/// evidence bodies, credential details and all signed bytes. Ids, hashes and status positions stay; `erased_at` is set
/// on the learner and on the credentials. Returns the ids of the credentials.
std::vector<std::string> erase_learner(Session& session, std::string_view id, Instant now);

}  // namespace itqan::storage
