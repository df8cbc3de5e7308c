// Compaction of a value of a property into the container of its term: section 6.1.2 step 12.8 of
// https://www.w3.org/TR/json-ld11-api/.
#include <utility>

#include "schemas/json_ld_compact_object.hpp"

namespace itqan::schemas {
namespace {

Json& map_member(Json& target, std::string const& name) {
    auto& map = target[name];
    if (!map.is_object()) map = Json::object();
    return map;
}

Json one_member(std::string name, Json value) {
    auto object = Json::object();
    object[std::move(name)] = std::move(value);
    return object;
}

std::optional<std::string> optional_text(Json const& object, char const* name) {
    auto const found = object.find(name);
    if (found == object.end() || !found->is_string()) return std::nullopt;
    return found->get<std::string>();
}

}  // namespace

bool Compactor::compact_item(Object& object, std::string const& term, Json const& expanded) {
    auto* target = nest_result(object, term);
    if (target == nullptr) return false;
    auto const is_list = is_list_object(expanded);
    auto const is_graph = !is_list && is_graph_object(expanded);
    auto const& element = is_list ? expanded.at("@list") : is_graph ? expanded.at("@graph") : expanded;
    Item item{term, expanded, compact(object.active, term, element), object.active->terms.find(term), *target, false};
    if (run_.failed()) return false;
    item.always_array = item.in(Container::set) || term == "@graph" || term == "@list" || always_array();
    if (is_list) {
        add_list(object, item);
    } else if (is_graph) {
        add_graph(object, item);
    } else if (item.in(Container::language | Container::index | Container::id | Container::type) &&
               !item.in(Container::graph)) {
        return add_to_map(object, item);
    } else {
        item.add(std::move(item.compacted));
    }
    return !run_.failed();
}

/// Step 12.8.7.
void Compactor::add_list(Object& object, Item& item) {
    item.compacted = as_array(std::move(item.compacted));
    if (item.in(Container::list)) {
        item.target[item.term] = std::move(item.compacted);
        return;
    }
    auto list = one_member(alias(*object.active, "@list"), std::move(item.compacted));
    if (item.expanded.contains("@index")) list[alias(*object.active, "@index")] = item.expanded.at("@index");
    item.add(std::move(list));
}

/// Step 12.8.8.
void Compactor::add_graph(Object& object, Item& item) {
    auto const& active = *object.active;
    auto const is_simple = is_simple_graph_object(item.expanded);
    if (item.in(Container::graph) && item.in(Container::id)) {
        auto const id = optional_text(item.expanded, "@id");
        auto const key = id ? compact_iri(run_, active, *id, nullptr, false) : alias(active, "@none");
        add_value(map_member(item.target, item.term), key, std::move(item.compacted), item.always_array);
    } else if (item.in(Container::graph) && item.in(Container::index) && is_simple) {
        auto const index = optional_text(item.expanded, "@index");
        auto const key = index ? *index : alias(active, "@none");
        add_value(map_member(item.target, item.term), key, std::move(item.compacted), item.always_array);
    } else if (item.in(Container::graph) && is_simple) {
        // Several nodes in an array would be read as several graphs.
        if (item.compacted.is_array() && item.compacted.size() > 1) {
            item.compacted = one_member(alias(active, "@included"), std::move(item.compacted));
        }
        item.add(std::move(item.compacted));
    } else {
        add_plain_graph(object, item);
    }
}

/// Step 12.8.8.4.
void Compactor::add_plain_graph(Object& object, Item& item) {
    auto const& active = *object.active;
    auto graph = one_member(alias(active, "@graph"), std::move(item.compacted));
    if (auto const id = optional_text(item.expanded, "@id")) {
        graph[alias(active, "@id")] = compact_iri(run_, active, *id, nullptr, false);
    }
    if (auto const index = optional_text(item.expanded, "@index")) graph[alias(active, "@index")] = *index;
    item.add(std::move(graph));
}

/// Step 12.8.9.
bool Compactor::add_to_map(Object& object, Item& item) {
    auto key = take_map_key(object, item);
    if (run_.failed()) return false;
    if (!key) key = alias(*object.active, "@none");
    add_value(map_member(item.target, item.term), *key, std::move(item.compacted), item.always_array);
    return true;
}

/// Steps 12.8.9.4 to 12.8.9.8.
std::optional<std::string> Compactor::take_map_key(Object& object, Item& item) {
    auto const& active = *object.active;
    if (item.in(Container::language)) {
        if (item.expanded.contains("@value")) item.compacted = item.expanded.at("@value");
        return optional_text(item.expanded, "@language");
    }
    if (item.in(Container::index)) {
        auto const& index = item.definition->index;
        if (!index || *index == "@index") return optional_text(item.expanded, "@index");
        return take_first(item.compacted, member_for(active, item.compacted, *index));
    }
    if (item.in(Container::id)) return take_first(item.compacted, alias(active, "@id"));
    auto key = take_first(item.compacted, alias(active, "@type"));
    if (item.compacted.is_object() && item.compacted.size() == 1 && item.expanded.contains("@id") &&
        keyword_for(active, item.compacted.begin().key()) == Keyword::id) {
        item.compacted = compact(object.active, item.term, Json{{"@id", item.expanded.at("@id")}});
    }
    return key;
}

/// Step 12.8.9.6.1. The values decide which term a property got, so that it is sought among the members.
std::string Compactor::member_for(ActiveContext const& active, Json const& compacted, std::string const& index) {
    auto const iri = expand_iri(run_, active, index);
    if (!iri || !compacted.is_object()) return index;
    for (auto const& [name, value] : compacted.get_ref<Json::object_t const&>()) {
        if (name == index || expand_iri(run_, active, name) == iri) return name;
    }
    return index;
}

/// Removes and returns the first text of a member.
std::optional<std::string> Compactor::take_first(Json& compacted, std::string const& name) {
    if (!compacted.is_object() || !compacted.contains(name)) return std::nullopt;
    auto& member = compacted[name];
    auto const& first = member.is_array() && !member.empty() ? member[0] : member;
    if (!first.is_string()) return std::nullopt;
    auto key = first.get<std::string>();
    if (member.is_array() && member.size() > 2) {
        member.erase(0);
    } else if (member.is_array() && member.size() == 2) {
        auto rest = std::move(member[1]);
        member = std::move(rest);
    } else {
        compacted.erase(name);
    }
    return key;
}

}  // namespace itqan::schemas
