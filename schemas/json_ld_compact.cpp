#include "schemas/json_ld_compact.hpp"

#include <algorithm>
#include <utility>

#include "schemas/json_ld_compact_object.hpp"

namespace itqan::schemas {
namespace {

TermDefinition const* term_of(ActiveContext const& active, ActiveProperty property) {
    return property ? active.terms.find(*property) : nullptr;
}

}  // namespace

Json Compactor::compact(ContextPtr const& active, ActiveProperty property, Json const& element) {
    Level const level(run_);
    if (run_.failed() || !run_.count_element() || element.is_primitive()) return element;
    if (element.is_array()) return compact_array(active, property, element);
    return compact_object(active, property, element);
}

/// Step 3.
Json Compactor::compact_array(ContextPtr const& active, ActiveProperty property, Json const& element) {
    auto result = Json::array();
    for (auto const& item : element) {
        auto compacted = compact(active, property, item);
        if (run_.failed()) return nullptr;
        if (!compacted.is_null()) result.push_back(std::move(compacted));
    }
    auto const* definition = term_of(*active, property);
    auto const stays = result.size() != 1 || always_array() || property == "@graph" || property == "@set" ||
                       (definition != nullptr && definition->container.has(Container::list | Container::set));
    if (stays) return result;
    return std::move(result[0]);
}

/// Steps 5 and 6.
ContextPtr Compactor::enter(ContextPtr active, ActiveProperty property, Json const& element) {
    auto const outer = active;
    auto const only_id = element.size() == 1 && element.contains("@id");
    if (active->previous && !element.contains("@value") && !only_id) active = active->previous;
    auto const* definition = term_of(*outer, property);
    if (definition == nullptr || !definition->context) return active;
    return apply_scoped(run_, active, *definition, {.override_protected = true});
}

/// Step 11.
ContextPtr Compactor::enter_types(ContextPtr active, ActiveContext const& type_scoped, Json const& element) {
    auto const types = element.find("@type");
    if (types == element.end()) return active;
    std::vector<std::string> terms;
    for (auto const& type : as_array(*types)) {
        if (type.is_string()) terms.push_back(compact_iri(run_, *active, type.get_ref<std::string const&>()));
    }
    std::sort(terms.begin(), terms.end());
    for (auto const& term : terms) {
        auto const* definition = type_scoped.terms.find(term);
        if (definition == nullptr || !definition->context) continue;
        active = apply_scoped(run_, active, *definition, {.propagate = false});
        if (!active) return nullptr;
    }
    return active;
}

/// Steps 5 to 12.
Json Compactor::compact_object(ContextPtr active, ActiveProperty property, Json const& element) {
    auto const type_scoped = active;
    active = enter(std::move(active), property, element);
    if (!active) return nullptr;
    auto const* definition = term_of(*active, property);
    if (element.contains("@value") || element.contains("@id")) {
        auto value = compact_value(*active, definition, element);
        if (run_.failed()) return nullptr;
        auto const is_json = definition != nullptr && definition->type_keyword == Keyword::json;
        if (is_scalar(value) || is_json) return value;
    }
    if (is_list_object(element) && definition != nullptr && definition->container.has(Container::list)) {
        return compact(active, property, element.at("@list"));
    }
    active = enter_types(std::move(active), *type_scoped, element);
    if (!active) return nullptr;
    Object object{active, type_scoped, property, Json::object()};
    for (auto const& [name, value] : element.get_ref<Json::object_t const&>()) {
        if (!compact_member(object, name, value) || run_.failed()) return nullptr;
    }
    return std::move(object.result);
}

/// Step 12.
bool Compactor::compact_member(Object& object, std::string const& name, Json const& value) {
    auto const keyword = keyword_of(name);
    if (keyword == Keyword::id) return compact_id(object, value);
    if (keyword == Keyword::type) return compact_types(object, value);
    if (keyword == Keyword::reverse) return compact_reverse(object, value);
    auto const* definition = term_of(*object.active, object.property);
    if (keyword == Keyword::index && definition != nullptr && definition->container.has(Container::index)) return true;
    if (keyword == Keyword::direction || keyword == Keyword::index || keyword == Keyword::language ||
        keyword == Keyword::value) {
        object.result[alias(*object.active, name.c_str())] = value;
        return true;
    }
    return compact_property(object, name, value);
}

/// Step 12.1.
bool Compactor::compact_id(Object& object, Json const& value) {
    auto compacted = value;
    if (value.is_string()) {
        compacted = compact_iri(run_, *object.active, value.get_ref<std::string const&>(), nullptr, false);
    }
    object.result[alias(*object.active, "@id")] = std::move(compacted);
    return true;
}

/// Step 12.2.
bool Compactor::compact_types(Object& object, Json const& value) {
    auto compacted = value;
    auto const shorten = [&](Json& type) {
        if (type.is_string()) type = compact_iri(run_, *object.type_scoped, type.get_ref<std::string const&>());
    };
    if (value.is_array()) {
        for (auto& type : compacted)
            shorten(type);
    } else {
        shorten(compacted);
    }
    auto const name = alias(*object.active, "@type");
    auto const* definition = object.active->terms.find(name);
    auto const is_set = object.active->mode == ProcessingMode::json_ld_1_1 && definition != nullptr &&
                        definition->container.has(Container::set);
    add_value(object.result, name, std::move(compacted), is_set || always_array());
    return true;
}

/// Step 12.3.
bool Compactor::compact_reverse(Object& object, Json const& value) {
    auto compacted = compact(object.active, "@reverse", value);
    if (run_.failed() || !compacted.is_object()) return false;
    auto rest = Json::object();
    for (auto& [term, items] : compacted.get_ref<Json::object_t&>()) {
        auto const* definition = object.active->terms.find(term);
        if (definition == nullptr || !definition->is_reverse) {
            rest[term] = std::move(items);
            continue;
        }
        auto const is_set = definition->container.has(Container::set);
        add_value(object.result, term, std::move(items), is_set || always_array());
    }
    if (!rest.empty()) object.result[alias(*object.active, "@reverse")] = std::move(rest);
    return true;
}

/// Steps 12.7 and 12.8.
bool Compactor::compact_property(Object& object, std::string const& name, Json const& value) {
    auto const is_reverse = object.property == "@reverse";
    if (value.is_array() && value.empty()) {
        auto const term = compact_iri(run_, *object.active, name, &value, true, is_reverse);
        auto* target = nest_result(object, term);
        if (target != nullptr) add_value(*target, term, Json::array(), true);
        return target != nullptr;
    }
    auto const compact_one = [&](Json const& item) {
        auto const term = compact_iri(run_, *object.active, name, &item, true, is_reverse);
        return !run_.failed() && compact_item(object, term, item);
    };
    if (!value.is_array()) return compact_one(value);
    return std::all_of(value.begin(), value.end(), compact_one);
}

/// Steps 12.8.2 and 12.8.3: where the members of a nested term go. Null when the run failed.
Json* Compactor::nest_result(Object& object, std::string const& term) {
    auto const* definition = object.active->terms.find(term);
    if (definition == nullptr || !definition->nest) return &object.result;
    if (keyword_for(*object.active, *definition->nest) != Keyword::nest) {
        run_.fail("invalid @nest value", "@nest of a term that does not stand for @nest");
        return nullptr;
    }
    auto& nested = object.result[*definition->nest];
    if (nested.is_null()) nested = Json::object();
    return &nested;
}

}  // namespace itqan::schemas
