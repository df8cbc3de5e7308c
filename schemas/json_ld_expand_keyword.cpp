// Expansion of the members that are keywords: section 5.1.2 step 13.4 of https://www.w3.org/TR/json-ld11-api/.
#include <algorithm>
#include <utility>

#include "schemas/json_ld_expand_object.hpp"
#include "schemas/rdf.hpp"

namespace itqan::schemas {

bool has_json_type(ActiveContext const& active, Json const& element) {
    for (auto const& [key, value] : element.get_ref<Json::object_t const&>()) {
        if (keyword_for(active, key) != Keyword::type) continue;
        if (value.is_array() && value.empty()) return false;
        auto const& last = value.is_array() ? value.back() : value;
        return last.is_string() && keyword_for(active, last.get_ref<std::string const&>()) == Keyword::json;
    }
    return false;
}

bool loses_term(JsonLdRun& run, std::string_view key) {
    if (!run.options.safe) return false;
    auto const name = "\"" + std::string(key) + "\"";
    if (has_keyword_form(key)) return run.loses("json-ld-reserved-term", "the reserved word " + name);
    return run.loses("json-ld-undefined-term",
                     "the member " + name + ", which no context defines and which is dropped");
}

bool hides_keyword(JsonLdRun& run, ActiveContext const& active, std::string const& key, Json const& element) {
    if (!run.options.exact || !key.starts_with('@') || element.contains("@value") || key == "@list") return false;
    Step const step(run, std::string_view(key));
    if (element.at(key).empty()) return run.hides("a keyword with nothing in it");
    auto const* alias = active.terms.find(std::string_view(key).substr(1));
    return alias != nullptr && alias->iri == key &&
           run.hides("the word " + key + ", for which the context has a name", "json-ld-keyword-alias");
}

bool hides_term(JsonLdRun& run, ActiveContext const& active, std::string_view name, TermDefinition const* definition,
                std::string_view iri) {
    if (!run.options.exact || (definition != nullptr && definition->is_published)) return false;
    if (!run.spend(1 + active.terms.size() / 8)) return true;
    std::string_view known;
    active.terms.for_each([&](TermDefinition const& other) {
        if (other.is_published && other.term != name && other.iri == iri) known = other.term;
    });
    if (known.empty()) return false;
    return run.hides("\"" + std::string(name) + "\", which published contexts call \"" + std::string(known) + "\"",
                     "json-ld-term-alias");
}

bool Expander::expand_keyword(Object& object, ContextPtr const& active, ActiveProperty property, Keyword keyword,
                              Json const& value) {
    if (property == "@reverse") {
        return run_.fail("invalid reverse property map", "a keyword among reverse properties");
    }
    switch (keyword) {
        case Keyword::id:
        case Keyword::type:
        case Keyword::graph:
        case Keyword::included:
        case Keyword::reverse:
            return expand_node_keyword(object, active, keyword, value);
        case Keyword::list:
            return expand_list(object, active, property, value);
        case Keyword::set:
            return expand_set(object, active, property, value);
        case Keyword::value:
        case Keyword::language:
        case Keyword::direction:
        case Keyword::index:
            return expand_value_keyword(object, keyword, value);
        default:
            return !run_.loses("json-ld-reserved-term", "a keyword that has no meaning in this place");
    }
}

bool Expander::expand_node_keyword(Object& object, ContextPtr const& active, Keyword keyword, Json const& value) {
    switch (keyword) {
        case Keyword::id:
            if (object.result.contains("@id")) return run_.fail("colliding keywords", "two members that mean @id");
            if (!value.is_string()) return run_.fail("invalid @id value", "an @id is a text");
            object.result["@id"] = nullable(expand_id(*active, value.get_ref<std::string const&>()));
            return !run_.failed();
        case Keyword::type:
            return expand_types(object, value);
        case Keyword::graph: {
            if (object.result.contains("@graph")) return run_.fail("colliding keywords", "two that mean @graph");
            auto graph = expand(active, "@graph", value);
            if (run_.failed()) return false;
            object.result["@graph"] = graph.is_null() ? Json::array() : as_array(std::move(graph));
            return true;
        }
        case Keyword::included:
            return expand_included(object, active, value);
        default:
            return expand_reverse(object, active, value);
    }
}

std::optional<std::string> Expander::expand_id(ActiveContext const& active, std::string const& value) {
    auto iri = expand_iri(run_, active, value, {.document_relative = true, .vocab = false});
    check_reference(run_, iri, value);
    return iri;
}

std::optional<std::string> Expander::expand_type(ActiveContext const& type_scoped, std::string const& value) {
    auto iri = expand_iri(run_, type_scoped, value, {.document_relative = true});
    if (iri != "@json" && check_type_reference(run_, iri, value) && iri)
        hides_term(run_, type_scoped, value, type_scoped.terms.find(value), *iri);
    return iri;
}

/// Step 13.4.4.
bool Expander::expand_types(Object& object, Json const& value) {
    auto const has_types = object.result.contains("@type");
    if (has_types && is_1_0()) return run_.fail("colliding keywords", "two members that mean @type");
    auto const is_text = [](Json const& item) { return item.is_string(); };
    if (!value.is_string() && !(value.is_array() && std::all_of(value.begin(), value.end(), is_text))) {
        return run_.fail("invalid type value", "a type is a text or an array of texts");
    }
    if (value.empty() && run_.hides(nothing_in_array)) return false;
    Json types;
    if (value.is_string()) {
        types = nullable(expand_type(*object.type_scoped, value.get_ref<std::string const&>()));
    } else {
        types = Json::array();
        for (auto const& type : value)
            types.push_back(nullable(expand_type(*object.type_scoped, type.get_ref<std::string const&>())));
    }
    if (run_.failed()) return false;
    if (has_types) {
        auto all = as_array(std::move(object.result["@type"]));
        for (auto& type : types = as_array(std::move(types)))
            all.push_back(std::move(type));
        types = std::move(all);
    }
    object.result["@type"] = std::move(types);
    return true;
}

/// Step 13.4.6.
bool Expander::expand_included(Object& object, ContextPtr const& active, Json const& value) {
    if (is_1_0()) return !run_.loses("json-ld-lost-value", "@included in a JSON-LD 1.0 document");
    auto nodes = as_array(expand(active, std::nullopt, value));
    if (run_.failed()) return false;
    if (!std::all_of(nodes.begin(), nodes.end(), is_node_object)) {
        return run_.fail("invalid @included value", "what is included is a node");
    }
    auto& included = object.result["@included"];
    if (included.is_null()) included = Json::array();
    for (auto& node : nodes)
        included.push_back(std::move(node));
    return true;
}

/// Step 13.4.11.
bool Expander::expand_list(Object& object, ContextPtr const& active, ActiveProperty property, Json const& value) {
    if (!property || *property == "@graph") {
        return !run_.loses("json-ld-lost-value", "a list that belongs to no property");
    }
    if (object.result.contains("@list")) return run_.fail("colliding keywords", "two members that mean @list");
    auto items = expand(active, property, value);
    if (run_.failed()) return false;
    object.result["@list"] = items.is_null() ? Json::array() : as_array(std::move(items));
    return true;
}

/// Step 13.4.12.
bool Expander::expand_set(Object& object, ContextPtr const& active, ActiveProperty property, Json const& value) {
    if (object.result.contains("@set")) return run_.fail("colliding keywords", "two members that mean @set");
    auto items = expand(active, property, value);
    if (!run_.failed()) object.result["@set"] = std::move(items);
    return !run_.failed();
}

/// Step 13.4.13.
bool Expander::expand_reverse(Object& object, ContextPtr const& active, Json const& value) {
    if (!value.is_object()) return run_.fail("invalid @reverse value", "@reverse is an object");
    auto expanded = expand(active, "@reverse", value);
    if (run_.failed() || !expanded.is_object()) return !run_.failed();
    auto const twice = expanded.find("@reverse");
    if (twice != expanded.end()) {
        for (auto& [property, items] : twice->get_ref<Json::object_t&>())
            add_value(object.result, property, std::move(items), true);
        expanded.erase(twice);
    }
    for (auto& [property, items] : expanded.get_ref<Json::object_t&>()) {
        if (!add_reverse(object, property, std::move(items))) return false;
    }
    return true;
}

/// Steps 13.4.7 to 13.4.10.
bool Expander::expand_value_keyword(Object& object, Keyword keyword, Json const& value) {
    auto& result = object.result;
    auto const set = [&](char const* name, bool valid, std::string_view code, std::string_view what) {
        if (result.contains(name)) return run_.fail("colliding keywords", "two members that mean " + std::string(name));
        if (!valid) return run_.fail(code, what);
        result[name] = value;
        return true;
    };
    switch (keyword) {
        case Keyword::value:
            if (object.is_json && is_1_0()) {
                return run_.fail("invalid value object value", "a JSON literal in a JSON-LD 1.0 document");
            }
            return set("@value", object.is_json || value.is_primitive(), "invalid value object value",
                       "a @value is a text, a number, true, false or null");
        case Keyword::language:
            if (value.is_string() && !is_langtag(value.get_ref<std::string const&>()) &&
                run_.loses("json-ld-invalid-language", "a language tag that is not well-formed")) {
                return false;
            }
            return set("@language", value.is_string(), "invalid language-tagged string", "a @language is a text");
        case Keyword::direction:
            if (is_1_0()) return !run_.loses("json-ld-lost-direction", "@direction in a JSON-LD 1.0 document");
            return set("@direction", value == "ltr" || value == "rtl", "invalid base direction",
                       "a @direction is \"ltr\" or \"rtl\"");
        default:
            return set("@index", value.is_string(), "invalid @index value", "an @index is a text");
    }
}

}  // namespace itqan::schemas
