#pragma once
// Compaction, section 6 of https://www.w3.org/TR/json-ld11-api/.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/json_ld_expand.hpp"
#include "schemas/json_ld_inverse.hpp"

namespace itqan::schemas {

/// Section 6.2. `value` is what the IRI is to be the property of, or null. Empty when the run failed.
std::string compact_iri(JsonLdRun& run, ActiveContext const& active, std::string const& iri,
                        Json const* value = nullptr, bool vocab = true, bool reverse = false);

/// What the recursion of compaction shares.
class Compactor {
  public:
    explicit Compactor(JsonLdRun& run) : run_(run) {}

    /// The algorithm of section 6.1.2. Anything when the run failed.
    Json compact(ContextPtr const& active, ActiveProperty property, Json const& element);

  private:
    struct Object;  ///< A map being compacted.
    struct Item;    ///< A value of one of its properties.

    Json compact_array(ContextPtr const& active, ActiveProperty property, Json const& element);
    Json compact_object(ContextPtr active, ActiveProperty property, Json const& element);
    Json compact_value(ActiveContext const& active, TermDefinition const* definition, Json const& value);
    ContextPtr enter(ContextPtr active, ActiveProperty property, Json const& element);
    ContextPtr enter_types(ContextPtr active, ActiveContext const& type_scoped, Json const& element);
    bool compact_member(Object& object, std::string const& name, Json const& value);
    bool compact_id(Object& object, Json const& value);
    bool compact_types(Object& object, Json const& value);
    bool compact_reverse(Object& object, Json const& value);
    bool compact_property(Object& object, std::string const& name, Json const& value);
    bool compact_item(Object& object, std::string const& term, Json const& expanded);
    Json* nest_result(Object& object, std::string const& term);
    void add_list(Object& object, Item& item);
    void add_graph(Object& object, Item& item);
    void add_plain_graph(Object& object, Item& item);
    bool add_to_map(Object& object, Item& item);
    std::optional<std::string> take_map_key(Object& object, Item& item);
    std::string member_for(ActiveContext const& active, Json const& compacted, std::string const& index);
    std::optional<std::string> take_first(Json& compacted, std::string const& name);

    std::string alias(ActiveContext const& active, char const* keyword) { return compact_iri(run_, active, keyword); }
    bool always_array() const { return !run_.options.compact_arrays; }

    JsonLdRun& run_;
};

}  // namespace itqan::schemas
