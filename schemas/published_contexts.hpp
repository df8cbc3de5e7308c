#pragma once
// The published JSON-LD contexts that are compiled in (schemas/contexts). No other context exists for the program.

#include "schemas/document_loader.hpp"

namespace itqan::schemas {

/// Read once, at the first call.
DocumentTable const& published_contexts();

}  // namespace itqan::schemas
