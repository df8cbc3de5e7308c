// Expansion of maps by language, index, id and type: section 5.1.2 steps 13.7 and 13.8 of
// https://www.w3.org/TR/json-ld11-api/.
#include <utility>

#include "schemas/json_ld_expand_object.hpp"
#include "schemas/rdf.hpp"

namespace itqan::schemas {

/// Step 13.7.
Json Expander::expand_language_map(ActiveContext const& active, TermDefinition const& definition, Json const& value) {
    auto result = Json::array();
    auto const& direction = definition.direction ? *definition.direction : active.direction;
    for (auto const& [language, texts] : value.get_ref<Json::object_t const&>()) {
        Step const step(run_, std::string_view(language));
        auto const has_language = keyword_for(active, language) != Keyword::none;
        if (has_language && !is_langtag(language) &&
            run_.loses("json-ld-invalid-language", "a language tag that is not well-formed")) {
            return nullptr;
        }
        auto const add = [&, &language = language](Json const& text) {  // Named: clang 14 captures no part of a pair.
            if (!run_.count_element()) return false;
            if (text.is_null()) return !run_.hides(null_is_dropped);
            if (!text.is_string()) return run_.fail("invalid language map value", "a language map holds texts");
            Json item{{"@value", text}};
            if (has_language) item["@language"] = language;
            if (direction) item["@direction"] = direction_name(*direction);
            result.push_back(std::move(item));
            return true;
        };
        if (!texts.is_array()) {
            if (!add(texts)) return nullptr;
            continue;
        }
        for (std::size_t i = 0; i < texts.size(); ++i) {
            Step const item_step(run_, i);
            if (!add(texts[i])) return nullptr;
        }
    }
    return result;
}

/// Steps 13.8.3.1 to 13.8.3.3.
ContextPtr Expander::map_context(ContextPtr const& active, TermDefinition const& definition, std::string const& index) {
    if (!definition.container.has(Container::id | Container::type)) return active;
    auto context = active->previous ? active->previous : active;
    if (!definition.container.has(Container::type)) return context;
    auto const* type = context->terms.find(index);
    return type != nullptr && type->context ? apply_scoped(run_, context, *type, {}) : context;
}

/// Step 13.8.
Json Expander::expand_index_map(ContextPtr const& active, TermDefinition const& definition, Json const& value) {
    auto result = Json::array();
    for (auto const& [index, element] : value.get_ref<Json::object_t const&>()) {
        Step const step(run_, std::string_view(index));
        auto const context = map_context(active, definition, index);
        if (!context) return nullptr;
        auto items = expand(context, definition.term, element, true);
        if (run_.failed()) return nullptr;
        if (items.is_null()) continue;
        items = as_array(std::move(items));
        for (auto& item : items) {
            if (definition.container.has(Container::graph) && !is_graph_object(item)) {
                item = Json{{"@graph", as_array(std::move(item))}};
            }
            if (!add_index(active, definition, index, item)) return nullptr;
            result.push_back(std::move(item));
        }
    }
    return result;
}

/// Steps 13.8.3.7.2 to 13.8.3.7.5: what the name in the map says of the item.
bool Expander::add_index(ContextPtr const& active, TermDefinition const& definition, std::string const& index,
                         Json& item) {
    auto const expanded = expand_iri(run_, *active, index);
    if (run_.failed()) return false;
    if (expanded == "@none") return true;
    if (definition.container.has(Container::index)) {
        if (definition.index && *definition.index != "@index") {
            return add_property_index(*active, definition, index, item);
        }
        if (!item.contains("@index")) item["@index"] = index;
    } else if (definition.container.has(Container::id)) {
        if (!item.contains("@id")) item["@id"] = nullable(expand_id(*active, index));
    } else {
        auto types = Json::array({nullable(expanded)});
        check_type_reference(run_, expanded, index);
        if (auto const known = item.find("@type"); known != item.end()) {
            for (auto& type : *known)
                types.push_back(std::move(type));
        }
        item["@type"] = std::move(types);
    }
    return !run_.failed();
}

bool Expander::add_property_index(ActiveContext const& active, TermDefinition const& definition,
                                  std::string const& index, Json& item) {
    auto const* property = active.terms.find(*definition.index);
    auto values = as_array(expand_value(run_, active, property, index));
    auto const name = expand_iri(run_, active, *definition.index);
    if (run_.failed()) return false;
    if (is_value_object(item)) return run_.fail("invalid value object", "a value that is to have a property");
    if (auto const known = item.find(*name); known != item.end()) {
        for (auto& value : *known)
            values.push_back(std::move(value));
    }
    item[*name] = std::move(values);
    return true;
}

}  // namespace itqan::schemas
