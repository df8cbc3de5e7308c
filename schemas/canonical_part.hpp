#pragma once
// RFC 8785 text of documents that share a large part: the part is written once and put into each of them.

#include <string>
#include <vector>

#include "schemas/json.hpp"

namespace itqan {

/// A value's RFC 8785 form, and where in a document it belongs.
struct CanonicalPart {
    std::vector<std::string> place;  ///< Member names from the root.
    std::string text;
};

/// The RFC 8785 form of `value` with the part in its place, where the document holds any value to be replaced.
std::string canonical_json(Json const& value, CanonicalPart const& part);

}  // namespace itqan
