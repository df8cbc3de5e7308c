#pragma once
// A badge as the service makes it, for the tests of writing, reading and judging badges.

#include "schemas/open_badge.hpp"

namespace itqan::tests {

/// Every optional member that our badges use is set: levels, results, identifiers, status, evidence, related.
schemas::Credential full_credential();

/// Only what Open Badges 3.0 requires.
schemas::Credential minimal_credential();

}  // namespace itqan::tests
