#pragma once
// Reads evidence: one element of a starter file into what is stored, and stored rows back into the values that rules
// look at. It does not know which learners, providers or activities exist; the caller checks those.

#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "schemas/json.hpp"
#include "service/domain/evidence.hpp"

namespace itqan::domain {

/// One element, ready to be stored.
struct StoredEvidence {
    std::string id;          ///< "" when the element names none.
    std::string learner_id;  ///< "" when the element names none.
    Day occurred_on;         ///< The day it counts from.
    std::string status;      ///< "" when the element names none; always "verified" for self-assessments.
    bool eligible = true;
    std::optional<std::string> coi;
    std::optional<std::string> replaces;
    Json body;                             ///< The remaining members, without free text.
    std::optional<std::string> free_text;  ///< Links and narratives of a completion, as JSON text.
};

/// Kinds: completion, signoff, entrustment, experience, practice, self-assessment, external-badge. A completion without
/// hours gets its activity's. Errors: malformed "invalid-body" (shape); unprocessable "unknown-competency",
/// "unknown-epa", "unknown-role", "unknown-grade", "score-out-of-range", "completed-before-start", "ends-before-start".
Result<StoredEvidence> read_evidence_element(std::string_view kind, Json const& element, Programme const& programme);

/// Appends a stored row. `body_text` is a StoredEvidence body. Throws std::runtime_error when it is not, or when the
/// kind is unknown: rows are written by read_evidence_element only.
void add_to(Evidence& evidence, std::string_view kind, std::string_view id, std::string_view status, bool eligible,
            Day occurred_on, std::string_view body_text);

}  // namespace itqan::domain
