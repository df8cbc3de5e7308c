#pragma once
// What the files of expansion share.

#include "schemas/json_ld_expand.hpp"

namespace itqan::schemas {

struct Expander::Object {
    ContextPtr type_scoped;
    Json result;
    bool is_json;  ///< Its @value is a JSON literal.
};

/// Whether the last type of an object, as step 12 takes it, is @json.
bool has_json_type(ActiveContext const& active, Json const& element);

/// In safe mode, fails for a member whose name means nothing and returns true.
bool loses_term(JsonLdRun& run, std::string_view key);

}  // namespace itqan::schemas
