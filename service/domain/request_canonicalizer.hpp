#pragma once
// Bounds what one request may cost: all documents in it draw on one budget of work.

#include <cstdint>

#include "crypto/rdf_canonicalizer.hpp"
#include "service/domain/linked_data.hpp"

namespace itqan::domain {

/// For one document with its proofs: what telling its blank nodes apart may cost, and half as much for the rest.
inline constexpr std::uint64_t own_work = 24 * 1024 * 1024;
/// For all endorsements and nested credentials in it together: the largest record of ordinary badges needs less.
inline constexpr std::uint64_t inner_work = 16 * 1024 * 1024;

/// Beside the limits of each document, the budget `work` (schemas::CanonBudget) that all of one request share; beyond
/// it everything is too_large. For one request and one thread.
class RequestCanonicalizer final : private schemas::CanonBudget, public crypto::RdfCanonicalizer {
  public:
    RequestCanonicalizer(schemas::CanonLimits const& limits, std::uint64_t work)
        : CanonBudget(work), RdfCanonicalizer(linked_data_processor(), limits, this) {}

    RequestCanonicalizer(RequestCanonicalizer const&) = delete;
    RequestCanonicalizer& operator=(RequestCanonicalizer const&) = delete;
};

}  // namespace itqan::domain
