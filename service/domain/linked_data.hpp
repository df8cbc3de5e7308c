#pragma once
// The one JSON-LD processor of this process and what signs and judges with it. It holds published contexts and nothing
// else, so functions that use it stay functions of their input.

#include "crypto/canonicalizer.hpp"
#include "schemas/json_ld.hpp"
#include "schemas/rdf_canon.hpp"

namespace itqan::domain {

/// Knows the published contexts, loads nothing. Thread-safe.
schemas::JsonLdProcessor const& linked_data_processor();

/// The same with the work limit of production (decision 38).
crypto::Canonicalizer const& linked_data_canonicalizer();

/// For each of the many documents that one may hold, and for status lists: what decision 38 allows, cut down.
inline constexpr schemas::CanonLimits inner_limits{.few = 256, .work = 1024 * 1024};

}  // namespace itqan::domain
