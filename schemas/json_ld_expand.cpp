#include "schemas/json_ld_expand.hpp"

#include <algorithm>
#include <utility>

#include "schemas/iri.hpp"
#include "schemas/json_ld_expand_object.hpp"

namespace itqan::schemas {
namespace {

bool has_value_or_only_id(ActiveContext const& context, Json const& element) {
    auto const& members = element.get_ref<Json::object_t const&>();
    if (members.size() == 1 && keyword_for(context, members.begin()->first) == Keyword::id) return true;
    auto const& names = context.value_names();
    return std::any_of(names.begin(), names.end(), [&members](auto const& name) { return members.contains(name); });
}

/// The first member after `last` that means @type, or null.
Json::object_t::value_type const* next_types(ActiveContext const& context, Json const& element, std::string_view last) {
    auto const& members = element.get_ref<Json::object_t const&>();
    for (auto const& name : context.type_names()) {
        if (name <= last) continue;
        if (auto const found = members.find(name); found != members.end()) return &*found;
    }
    return nullptr;
}

TermDefinition const* definition_of(ActiveContext const& context, ActiveProperty property) {
    return property ? context.terms.find(*property) : nullptr;
}

}  // namespace

Expander::Expander(JsonLdRun& run) : run_(run), base_url_(std::make_shared<std::string const>(run.options.base)) {}

ContextPtr Expander::initial_context() {
    auto active = run_.cache.initial(run_.options);
    auto const& extra = run_.options.expand_context;
    if (!extra) return active;
    return process_context(run_, active, {nullptr, &context_in(*extra), base_url_}, {});
}

Json Expander::expand(ContextPtr const& active, ActiveProperty property, Json const& element, bool from_map) {
    Level const level(run_);
    if (run_.failed() || !run_.count_element()) return nullptr;
    if (element.is_null()) {
        run_.hides(null_is_dropped);
        return nullptr;
    }
    if (element.is_array()) return expand_array(active, property, element, from_map);
    if (element.is_object()) return expand_object(active, property, element, from_map);
    return expand_scalar(active, property, element);
}

/// Step 4.
Json Expander::expand_scalar(ContextPtr const& active, ActiveProperty property, Json const& element) {
    if (!property || *property == "@graph") {
        run_.loses("json-ld-lost-value", "a value that belongs to no property");
        return nullptr;
    }
    auto const* definition = definition_of(*active, property);
    if (definition == nullptr || !definition->context) return expand_value(run_, *active, definition, element);
    auto const scoped = apply_scoped(run_, active, *definition, {});
    if (!scoped) return nullptr;
    return expand_value(run_, *scoped, definition_of(*scoped, property), element);
}

/// Step 5.
Json Expander::expand_array(ContextPtr const& active, ActiveProperty property, Json const& element, bool from_map) {
    auto const* definition = definition_of(*active, property);
    auto const in_list = definition != nullptr && definition->container.has(Container::list);
    auto result = Json::array();
    for (std::size_t i = 0; i < element.size(); ++i) {
        Step const step(run_, i);
        auto item = expand(active, property, element[i], from_map);
        if (run_.failed()) return nullptr;
        if (in_list && item.is_array()) item = Json{{"@list", std::move(item)}};
        if (item.is_array()) {
            for (auto& value : item)
                result.push_back(std::move(value));
        } else if (!item.is_null()) {
            result.push_back(std::move(item));
        }
    }
    return result;
}

ContextPtr Expander::enter_object(ContextPtr active, ActiveProperty property, Json const& element, bool from_map) {
    auto const outer = active;
    if (active->previous && !from_map && !has_value_or_only_id(*active, element)) active = active->previous;
    auto const* definition = definition_of(*outer, property);
    if (definition != nullptr && definition->context) {
        active = apply_scoped(run_, active, *definition, {.override_protected = true});
        if (!active) return nullptr;
    }
    auto const context = element.find("@context");
    if (context == element.end()) return active;
    Step const step(run_, std::string_view("@context"));
    if (context->is_structured() && context->empty() && run_.hides("an @context with nothing in it")) return nullptr;
    return process_context(run_, active, {nullptr, &*context, base_url_}, {});
}

ContextPtr Expander::enter_types(ContextPtr const& type_scoped, Json const& element) {
    auto active = type_scoped;
    std::vector<std::string_view> types;
    auto const note = [&types, &type_scoped](Json const& type) {
        if (!type.is_string()) return;
        auto const* definition = type_scoped->terms.find(type.get_ref<std::string const&>());
        if (definition != nullptr && definition->context) types.push_back(definition->term);
    };
    auto const* member = next_types(*active, element, {});
    for (; member != nullptr; member = next_types(*active, element, member->first)) {
        auto const& [key, value] = *member;
        types.clear();
        if (!value.is_array()) note(value);
        if (value.is_array()) std::for_each(value.begin(), value.end(), note);
        std::sort(types.begin(), types.end());
        for (auto const type : types) {
            active = apply_scoped(run_, active, *type_scoped->terms.find(type), {.propagate = false});
            if (!active) return nullptr;
        }
    }
    return active;
}

/// Steps 6 to 19.
Json Expander::expand_object(ContextPtr active, ActiveProperty property, Json const& element, bool from_map) {
    active = enter_object(std::move(active), property, element, from_map);
    if (!active) return nullptr;
    Object object{active, Json::object(), false};
    active = enter_types(object.type_scoped, element);
    if (!active) return nullptr;
    object.is_json = has_json_type(*active, element);
    if (!expand_members(object, active, property, element)) return nullptr;
    return finish(object, property);
}

/// Steps 13 and 14.
bool Expander::expand_members(Object& object, ContextPtr const& active, ActiveProperty property, Json const& element) {
    std::vector<std::string const*> nests;
    for (auto const& [key, value] : element.get_ref<Json::object_t const&>()) {
        if (key == "@context") continue;
        if (hides_keyword(run_, *active, key, element)) return false;
        Step const step(run_, std::string_view(key));
        std::string storage;
        auto const iri = expand_iri_in(storage, run_, *active, key, {});
        if (run_.failed()) return false;
        auto const keyword = iri ? keyword_of(*iri) : Keyword::no_keyword;
        if (keyword == Keyword::nest && property != "@reverse") {
            nests.push_back(&key);
        } else if (keyword != Keyword::no_keyword) {
            if (!expand_keyword(object, active, property, keyword, value)) return false;
        } else if (!iri || iri->find(':') == std::string_view::npos) {
            if (loses_term(run_, key)) return false;
        } else if (hides_term(run_, *active, key, active->terms.find(key), *iri) ||
                   !expand_property(object, active, key, *iri, value)) {
            return false;
        }
    }
    return std::all_of(nests.begin(), nests.end(), [&](std::string const* nesting) {
        Step const step(run_, std::string_view(*nesting));
        return expand_nested(object, active, *nesting, element.at(*nesting));
    });
}

/// Step 14.
bool Expander::expand_nested(Object& object, ContextPtr const& active, std::string const& nesting,
                             Json const& element) {
    if (!element.is_array()) return expand_nested_value(object, active, nesting, element);
    for (std::size_t i = 0; i < element.size(); ++i) {
        Step const step(run_, i);
        if (!expand_nested_value(object, active, nesting, element[i])) return false;
    }
    return true;
}

bool Expander::expand_nested_value(Object& object, ContextPtr active, std::string const& nesting, Json const& value) {
    Level const level(run_);
    if (run_.failed() || !run_.count_element()) return false;
    auto const holds_value = [&active](auto const& member) {
        return keyword_for(*active, member.first) == Keyword::value;
    };
    auto const* members = value.is_object() ? value.get_ptr<Json::object_t const*>() : nullptr;
    if (members == nullptr || std::any_of(members->begin(), members->end(), holds_value)) {
        return run_.fail("invalid @nest value", "what is nested is an object without @value");
    }
    if (value.contains("@context") && run_.loses("json-ld-lost-value", "an @context where none is read")) return false;
    auto const* definition = active->terms.find(nesting);
    if (definition != nullptr && definition->context) {
        active = apply_scoped(run_, active, *definition, {.override_protected = true});
        if (!active) return false;
    }
    return expand_members(object, active, nesting, value);
}

/// Steps 13.5 to 13.14.
bool Expander::expand_property(Object& object, ContextPtr const& active, std::string const& key, std::string_view iri,
                               Json const& value) {
    if (!run_.spend_text(iri.size())) return false;
    auto expanded = expand_member(active, key, value);
    if (run_.failed()) return false;
    if (expanded.is_null()) return true;
    if (is_blank_node(iri) && !run_.options.generalized_rdf &&
        run_.loses("json-ld-blank-property", "a property that is a blank node, which RDF does not have")) {
        return false;
    }
    auto const* definition = active->terms.find(key);
    std::string const name(iri);
    if (definition != nullptr && definition->is_reverse) return add_reverse(object, name, std::move(expanded));
    add_value(object.result, name, std::move(expanded), true);
    return true;
}

Json Expander::expand_member(ContextPtr const& active, std::string_view key, Json const& value) {
    auto const* definition = active->terms.find(key);
    if (definition == nullptr) return expand(active, key, value);
    auto const container = definition->container;
    Json expanded;
    if (definition->type_keyword == Keyword::json) {
        expanded = Json{{"@value", value}, {"@type", "@json"}};
    } else if (container.has(Container::language) && value.is_object()) {
        expanded = expand_language_map(*active, *definition, value);
    } else if (container.has(Container::index | Container::type | Container::id) && value.is_object()) {
        expanded = expand_index_map(active, *definition, value);
    } else {
        expanded = expand(active, key, value);
    }
    if (expanded.is_null()) return expanded;
    if (container.has(Container::list) && !is_list_object(expanded)) {
        expanded = Json{{"@list", as_array(std::move(expanded))}};
    }
    if (container.has(Container::graph) && !container.has(Container::id | Container::index)) {
        auto graphs = Json::array();
        for (auto& item : expanded = as_array(std::move(expanded)))
            graphs.push_back(Json{{"@graph", as_array(std::move(item))}});
        expanded = std::move(graphs);
    }
    if (expanded.is_array() && expanded.empty()) run_.hides(nothing_in_array);
    return expanded;
}

/// Step 13.13.
bool Expander::add_reverse(Object& object, std::string const& iri, Json items) {
    auto& reverse = object.result["@reverse"];
    if (reverse.is_null()) reverse = Json::object();
    for (auto& item : items = as_array(std::move(items))) {
        if (is_value_object(item) || is_list_object(item)) {
            return run_.fail("invalid reverse property value", "a reverse property whose value is no node");
        }
        add_value(reverse, iri, std::move(item), true);
    }
    return true;
}

/// Steps 15 to 19.
Json Expander::finish(Object& object, ActiveProperty property) {
    auto& result = object.result;
    if (result.contains("@value")) {
        if (!finish_value(result)) return nullptr;
    } else if (result.contains("@type") && !result["@type"].is_array()) {
        result["@type"] = as_array(std::move(result["@type"]));
    } else if (result.contains("@set") || result.contains("@list")) {
        if (!finish_container(result)) return nullptr;
    }
    if (result.is_object() && !result.contains("@value") &&
        (result.contains("@language") || result.contains("@direction"))) {
        run_.hides("a language or direction without a value");
    }
    if (result.is_object() && result.size() == 1 && result.contains("@language")) {
        run_.loses("json-ld-lost-value", "a language without a value");
        return nullptr;
    }
    if (!property || *property == "@graph") drop_free_floating(result);
    return run_.failed() ? Json(nullptr) : std::move(result);
}

/// Step 15. What says nothing becomes null.
bool Expander::finish_value(Json& result) {
    auto const type = result.find("@type");
    auto const has_type = type != result.end();
    auto const has_language = result.contains("@language");
    for (auto const& [name, value] : result.get_ref<Json::object_t const&>()) {
        auto const keyword = keyword_of(name);
        if (keyword != Keyword::value && keyword != Keyword::type && keyword != Keyword::language &&
            keyword != Keyword::direction && keyword != Keyword::index) {
            return run_.fail("invalid value object", "a value with members that only nodes have");
        }
    }
    if (has_type && (has_language || result.contains("@direction"))) {
        return run_.fail("invalid value object", "a value with a type and a language or direction");
    }
    if (has_type && *type == "@json") return true;
    auto const& value = result["@value"];
    if (value.is_null() || (value.is_array() && value.empty())) {
        result = nullptr;
        return !run_.hides("a value that is null, which is dropped");
    }
    if (has_language && !value.is_string()) {
        return run_.fail("invalid language-tagged value", "only a text has a language");
    }
    if (has_type && !(type->is_string() && has_iri_form(type->get_ref<std::string const&>()))) {
        return run_.fail("invalid typed value", "the @type of a value is an IRI");
    }
    return true;
}

/// Step 17.
bool Expander::finish_container(Json& result) {
    auto const expected = result.contains("@index") ? 2U : 1U;
    if (result.size() > expected) {
        return run_.fail("invalid set or list object", "a set or a list has no other members than @index");
    }
    auto const set = result.find("@set");
    if (set == result.end()) return true;
    auto items = std::move(*set);
    result = std::move(items);
    return true;
}

/// Step 19.
bool Expander::drop_free_floating(Json& result) {
    if (!result.is_object()) return true;
    auto const only_id = result.size() == 1 && result.contains("@id");
    if (!result.empty() && !result.contains("@value") && !result.contains("@list") && !only_id) return true;
    result = nullptr;
    return !run_.loses("json-ld-lost-value", "an object that says nothing");
}

}  // namespace itqan::schemas
