#pragma once
// Who may post which evidence in which state, and who may move it (api.md, decision 16). Pure.

#include <string>
#include <string_view>

#include "schemas/actor.hpp"
#include "schemas/json.hpp"
#include "storage/evidence.hpp"
#include "storage/people.hpp"

namespace itqan::domain {

/// Whom a record counts as posted by: "programme", "provider:ID", "org:ID", "learner:ID".
std::string poster_of(Actor const& actor);

/// The state in which this actor's record of a kind starts; `named_person` is its mentor or assessor, `asked` what the
/// body says ("" for nothing). Errors: forbidden "not-yours-to-post"; unprocessable "status-not-allowed".
Result<std::string> starting_status(Actor const& actor, std::string_view kind, storage::LearnerRow const& learner,
                                    std::string_view named_person, std::string const& asked);

/// What verify, reject or retract makes of a record for this actor. Errors: not_found for those who may not know of it;
/// forbidden "not-yours-to-move"; conflict "wrong-state".
Result<std::string> next_status(Actor const& actor, storage::EvidenceRow const& row, storage::LearnerRow const& learner,
                                std::string_view named_person, std::string_view move);

}  // namespace itqan::domain
