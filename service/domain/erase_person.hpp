#pragma once
// The erasure of a person as one unit of work: rows, signed bytes, bits, event. Freeing the bytes in the files comes
// after it (Database::purge_deleted).

#include <string_view>

#include "schemas/actor.hpp"
#include "schemas/clock.hpp"
#include "schemas/result.hpp"
#include "storage/database.hpp"

namespace itqan::domain {

/// How many credentials were withdrawn; 0 also when it was done before. Error: not_found "unknown-learner".
Result<int> erase_person(storage::Session& session, Actor const& actor, std::string_view learner_id, Instant now);

}  // namespace itqan::domain
