#pragma once
// The shapes of expanded JSON-LD, and the smaller algorithms that expansion, compaction and the way to RDF share.

#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "schemas/json_ld_context_processing.hpp"

namespace itqan::schemas {

inline bool has_entry(Json const& element, char const* name) {
    return element.is_object() && element.contains(name);
}
inline bool is_value_object(Json const& element) {
    return has_entry(element, "@value");
}
inline bool is_list_object(Json const& element) {
    return has_entry(element, "@list");
}
inline bool is_scalar(Json const& element) {
    return element.is_primitive() && !element.is_null();
}

/// The @context of a document that has one, or the value itself.
Json const& context_in(Json const& document);

/// @graph, and nothing else but @id and @index.
bool is_graph_object(Json const& element);

/// A graph object without an @id.
bool is_simple_graph_object(Json const& element);

/// An object that is neither a value, a list nor a set.
bool is_node_object(Json const& element);

/// The value in an array, or as it is when it is one.
Json as_array(Json value);

/// The macro "add value" of section 2.1: to a member that may hold something already, element by element.
void add_value(Json& object, std::string const& name, Json value, bool always_array);

/// The keyword a member's name stands for in a context.
Keyword keyword_for(ActiveContext const& context, std::string_view name);

/// Section 5.3. Null when the run failed.
Json expand_value(JsonLdRun& run, ActiveContext const& context, TermDefinition const* definition, Json const& value);

/// In safe mode, fails for what would be no absolute IRI or blank node in RDF: `iri` is `written` expanded.
bool check_reference(JsonLdRun& run, std::optional<std::string_view> iri, std::string_view written);
bool check_type_reference(JsonLdRun& run, std::optional<std::string_view> iri, std::string_view written);

Json nullable(std::optional<std::string> text);

}  // namespace itqan::schemas
