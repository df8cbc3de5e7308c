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

/// In exact mode, fails for a keyword over nothing and for one that the context has a name for, and returns true.
bool hides_keyword(JsonLdRun& run, ActiveContext const& active, std::string const& key, Json const& element);

/// In exact mode, fails for a name that means what a published context has another name for, and returns true.
/// `definition` is the name's own, or null.
bool hides_term(JsonLdRun& run, ActiveContext const& active, std::string_view name, TermDefinition const* definition,
                std::string_view iri);

inline constexpr std::string_view nothing_in_array = "an empty array, which is dropped";
inline constexpr std::string_view null_is_dropped = "null, which is dropped";

}  // namespace itqan::schemas
