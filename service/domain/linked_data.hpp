#pragma once
// The one JSON-LD processor of this process and what signs and judges with it. It holds published contexts and nothing
// else, so functions that use it stay functions of their input.

#include "crypto/canonicalizer.hpp"
#include "schemas/json_ld.hpp"

namespace itqan::domain {

/// Knows the published contexts, loads nothing. Thread-safe.
schemas::JsonLdProcessor const& linked_data_processor();

/// The same with the work limit of production (decision 38).
crypto::Canonicalizer const& linked_data_canonicalizer();

/// For the many documents that one may hold: together they may cost what a single one may, and a little more.
crypto::Canonicalizer const& linked_data_inner_canonicalizer();

}  // namespace itqan::domain
