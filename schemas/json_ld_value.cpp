#include "schemas/json_ld_value.hpp"

#include <algorithm>
#include <utility>

namespace itqan::schemas {

Json const& context_in(Json const& document) {
    if (!document.is_object()) return document;
    auto const found = document.find("@context");
    return found == document.end() ? document : *found;
}

bool is_graph_object(Json const& element) {
    if (!has_entry(element, "@graph")) return false;
    auto const& members = element.get_ref<Json::object_t const&>();
    return std::all_of(members.begin(), members.end(), [](auto const& member) {
        return member.first == "@graph" || member.first == "@id" || member.first == "@index";
    });
}

bool is_simple_graph_object(Json const& element) {
    return is_graph_object(element) && !element.contains("@id");
}

bool is_node_object(Json const& element) {
    return element.is_object() && !element.contains("@value") && !element.contains("@list") &&
           !element.contains("@set");
}

Json as_array(Json value) {
    if (value.is_array()) return value;
    auto array = Json::array();
    array.push_back(std::move(value));
    return array;
}

void add_value(Json& object, std::string const& name, Json value, bool always_array) {
    auto& members = object.get_ref<Json::object_t&>();
    auto found = members.find(name);
    if (always_array) {
        if (found == members.end()) found = members.emplace(name, Json::array()).first;
        if (!found->second.is_array()) found->second = as_array(std::move(found->second));
    }
    if (value.is_array()) {
        for (auto& item : value)
            add_value(object, name, std::move(item), always_array);
    } else if (found == members.end()) {
        members.emplace(name, std::move(value));
    } else {
        if (!found->second.is_array()) found->second = as_array(std::move(found->second));
        found->second.push_back(std::move(value));
    }
}

Keyword keyword_for(ActiveContext const& context, std::string_view name) {
    if (auto const keyword = keyword_of(name); keyword != Keyword::no_keyword) return keyword;
    auto const* definition = context.terms.find(name);
    return definition == nullptr ? Keyword::no_keyword : definition->keyword;
}

Json nullable(std::optional<std::string> text) {
    return text ? Json(*std::move(text)) : Json(nullptr);
}

bool check_reference(JsonLdRun& run, std::optional<std::string_view> iri, std::string_view written) {
    if (run.failed()) return false;
    if (!run.options.safe) return true;
    if (!iri)
        return !run.loses("json-ld-reserved-term", "a reference that only looks like a keyword, which is dropped");
    if (has_iri_form(*iri) || is_blank_node(*iri)) return true;
    return !run.loses("json-ld-relative-iri",
                      "the relative IRI \"" + std::string(written) + "\", which is dropped; write it in full");
}

bool check_type_reference(JsonLdRun& run, std::optional<std::string_view> iri, std::string_view written) {
    if (run.failed()) return false;
    if (!run.options.safe || (iri && (has_iri_form(*iri) || is_blank_node(*iri)))) return true;
    auto const looks_relative = written.find_first_of(":/#?.") != std::string_view::npos;
    return !run.loses(looks_relative ? "json-ld-relative-type" : "json-ld-undefined-type",
                      "the type \"" + std::string(written) + "\", which no context defines and which is dropped");
}

Json expand_value(JsonLdRun& run, ActiveContext const& context, TermDefinition const* definition, Json const& value) {
    auto const coercion = definition == nullptr ? Keyword::no_keyword : definition->type_keyword;
    if (value.is_string() && (coercion == Keyword::id || coercion == Keyword::vocab)) {
        auto const& text = value.get_ref<std::string const&>();
        auto iri = expand_iri(run, context, text, {.document_relative = true, .vocab = coercion == Keyword::vocab});
        if (!check_reference(run, iri, text)) return nullptr;
        return Json{{"@id", nullable(std::move(iri))}};
    }
    Json result{{"@value", value}};
    if (definition != nullptr && definition->type && coercion != Keyword::id && coercion != Keyword::vocab &&
        coercion != Keyword::none) {
        result["@type"] = *definition->type;
    } else if (value.is_string()) {
        auto const& language = definition != nullptr && definition->language ? *definition->language : context.language;
        auto const& direction =
            definition != nullptr && definition->direction ? *definition->direction : context.direction;
        if (language) result["@language"] = *language;
        if (direction) result["@direction"] = direction_name(*direction);
    }
    return result;
}

}  // namespace itqan::schemas
