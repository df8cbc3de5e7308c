#pragma once
// What a context may do that is written out in a document (InlineContext::plain of json_ld_policy.hpp).

#include <optional>

#include "schemas/json.hpp"
#include "schemas/json_pointer.hpp"

namespace itqan::schemas {

/// The first thing that such a context, or a list of contexts, may not do: where, and what it is.
std::optional<Violation> inline_context_fault(Json const& contexts, Place const& place);

}  // namespace itqan::schemas
