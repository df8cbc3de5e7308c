#pragma once
// Expansion, section 5.1 of https://www.w3.org/TR/json-ld11-api/.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/json_ld_value.hpp"

namespace itqan::schemas {

/// Null, or the name of the member being expanded: a term, or "@graph" and the like.
using ActiveProperty = std::optional<std::string_view>;

/// What the recursion of expansion shares.
class Expander {
  public:
    explicit Expander(JsonLdRun& run);

    /// The algorithm of section 5.1.2. Null for nothing, and when the run failed.
    Json expand(ContextPtr const& active, ActiveProperty property, Json const& element, bool from_map = false);

    /// The context a document starts with: base and expand_context. Null when the run failed.
    ContextPtr initial_context();

    /// Steps 7 to 9: the context within an object, before its types. Null when the run failed.
    ContextPtr enter_object(ContextPtr active, ActiveProperty property, Json const& element, bool from_map);

    /// Steps 10 and 11.
    ContextPtr enter_types(ContextPtr const& type_scoped, Json const& element);

    /// Section 5.1.2 steps 13.5 to 13.9: the expanded value of a member that is a property.
    Json expand_member(ContextPtr const& active, std::string_view key, Json const& value);

    /// An @id or a member of a map by @id.
    std::optional<std::string> expand_id(ActiveContext const& active, std::string const& value);
    std::optional<std::string> expand_type(ActiveContext const& type_scoped, std::string const& value);

    JsonLdRun& run() { return run_; }

  private:
    struct Object;  ///< A map being expanded.

    Json expand_scalar(ContextPtr const& active, ActiveProperty property, Json const& element);
    Json expand_array(ContextPtr const& active, ActiveProperty property, Json const& element, bool from_map);
    Json expand_object(ContextPtr active, ActiveProperty property, Json const& element, bool from_map);
    bool expand_members(Object& object, ContextPtr const& active, ActiveProperty property, Json const& element);
    bool expand_nested(Object& object, ContextPtr const& active, std::string const& nesting, Json const& element);
    bool expand_nested_value(Object& object, ContextPtr active, std::string const& nesting, Json const& value);
    bool expand_property(Object& object, ContextPtr const& active, std::string const& key, std::string_view iri,
                         Json const& value);
    bool add_reverse(Object& object, std::string const& iri, Json items);
    bool expand_keyword(Object& object, ContextPtr const& active, ActiveProperty property, Keyword keyword,
                        Json const& value);
    bool expand_node_keyword(Object& object, ContextPtr const& active, Keyword keyword, Json const& value);
    bool expand_value_keyword(Object& object, Keyword keyword, Json const& value);
    bool expand_types(Object& object, Json const& value);
    bool expand_included(Object& object, ContextPtr const& active, Json const& value);
    bool expand_list(Object& object, ContextPtr const& active, ActiveProperty property, Json const& value);
    bool expand_set(Object& object, ContextPtr const& active, ActiveProperty property, Json const& value);
    bool expand_reverse(Object& object, ContextPtr const& active, Json const& value);
    Json expand_language_map(ActiveContext const& active, TermDefinition const& definition, Json const& value);
    Json expand_index_map(ContextPtr const& active, TermDefinition const& definition, Json const& value);
    ContextPtr map_context(ContextPtr const& active, TermDefinition const& definition, std::string const& index);
    bool add_index(ContextPtr const& active, TermDefinition const& definition, std::string const& index, Json& item);
    bool add_property_index(ActiveContext const& active, TermDefinition const& definition, std::string const& index,
                            Json& item);
    Json finish(Object& object, ActiveProperty property);
    bool finish_value(Json& result);
    bool finish_container(Json& result);
    bool drop_free_floating(Json& result);
    bool is_1_0() const { return run_.options.mode == ProcessingMode::json_ld_1_0; }

    JsonLdRun& run_;
    std::shared_ptr<std::string const> base_url_;
};

}  // namespace itqan::schemas
