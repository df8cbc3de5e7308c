#pragma once
// A new learner by an administrator's hand: one element of learners.json. Learners also come to be by completions that
// name an e-mail address; that is the domain's intake.

#include "service/api/call.hpp"
#include "storage/people.hpp"

namespace itqan::api {

/// 201 with the learner's id. Errors: malformed "invalid-body"; unprocessable "unknown-organisation", "unknown-role";
/// conflict "already-exists" for an id or an address that is taken.
Reply create_learner(Call const& call);

Json learner_json(storage::LearnerRow const& learner);

}  // namespace itqan::api
