#pragma once
// A posted completion as a value: its form read and judged, everything that needs no row of the database.

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "schemas/actor.hpp"
#include "service/domain/evidence_reader.hpp"

namespace itqan::domain {

struct CompletionRequest {
    std::string provider_id;
    std::string external_id;
    Activity const* activity = nullptr;
    std::string learner_id;   ///< Or, when empty:
    std::string email, name;  ///< Normalised address; the name may be empty.
    StoredEvidence evidence;
};

/// The provider that the actor posts for: its own, or for administrators that of the activity; "" when unknown.
std::string provider_of(Actor const& actor, Programme const& programme, Json const& body);

/// Errors: malformed "invalid-body"; unprocessable "unknown-activity", "completed-in-future", "completed-too-long-ago",
/// "invalid-email" and those of read_evidence_element; forbidden "foreign-activity".
Result<CompletionRequest> read_completion_request(Actor const& actor, Programme const& programme, Json const& body,
                                                  Instant now);

}  // namespace itqan::domain
