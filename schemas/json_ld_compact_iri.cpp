// IRI compaction, section 6.2 of https://www.w3.org/TR/json-ld11-api/.
#include <algorithm>
#include <utility>

#include "schemas/iri.hpp"
#include "schemas/json_ld_compact.hpp"
#include "schemas/text.hpp"

namespace itqan::schemas {
namespace {

std::string_view text_at(Json const& object, char const* name) {
    auto const found = object.find(name);
    return found != object.end() && found->is_string() ? found->get_ref<std::string const&>() : std::string_view();
}

std::optional<Direction> direction_of(Json const& value) {
    auto const text = text_at(value, "@direction");
    if (text.empty()) return std::nullopt;
    return text == "ltr" ? Direction::ltr : Direction::rtl;
}

/// What a term has to be like to hold a value, best first.
struct Wish {
    std::vector<Container> containers;
    TypeOrLanguage kind = TypeOrLanguage::language;
    std::string value = "@null";

    void prefer(unsigned container) { containers.push_back(container); }
    void prefer_with_set(unsigned container) {
        prefer(container);
        prefer(container | Container::set);
    }
    void set_type(std::string type) {
        kind = TypeOrLanguage::type;
        value = std::move(type);
    }
};

/// Step 4.7.4: the language and the type of an item of a list.
std::pair<std::string, std::string> item_kind(Json const& item) {
    if (!is_value_object(item)) return {"@none", "@id"};
    if (item.contains("@direction")) return {language_key(text_at(item, "@language"), direction_of(item)), "@none"};
    if (item.contains("@language")) return {ascii_lower(text_at(item, "@language")), "@none"};
    if (item.contains("@type")) return {"@none", std::string(text_at(item, "@type"))};
    return {"@null", "@none"};
}

/// Step 4.7.
void wish_for_list(Wish& wish, Json const& value, std::string const& default_language) {
    if (!value.contains("@index")) wish.prefer(Container::list);
    auto const& list = value.at("@list");
    std::string language = list.empty() ? default_language : "";
    std::string type;
    for (auto const& item : list) {
        auto [item_language, item_type] = item_kind(item);
        if (language.empty()) {
            language = std::move(item_language);
        } else if (item_language != language && is_value_object(item)) {
            language = "@none";
        }
        if (type.empty()) {
            type = std::move(item_type);
        } else if (item_type != type) {
            type = "@none";
        }
        if (language == "@none" && type == "@none") break;
    }
    if (!type.empty() && type != "@none") {
        wish.set_type(std::move(type));
    } else {
        wish.value = language.empty() ? "@none" : std::move(language);
    }
}

/// Step 4.8.
void wish_for_graph(Wish& wish, Json const& value) {
    auto const has_index = value.contains("@index");
    auto const has_id = value.contains("@id");
    if (has_index) wish.prefer_with_set(Container::graph | Container::index);
    if (has_id) wish.prefer_with_set(Container::graph | Container::id);
    wish.prefer_with_set(Container::graph);
    wish.prefer(Container::set);
    if (!has_index) wish.prefer_with_set(Container::graph | Container::index);
    if (!has_id) wish.prefer_with_set(Container::graph | Container::id);
    wish.prefer_with_set(Container::index);
    wish.set_type("@id");
}

/// Step 4.9.
void wish_for_value_or_node(Wish& wish, Json const* value) {
    if (value != nullptr && is_value_object(*value)) {
        auto const has_index = value->contains("@index");
        if (value->contains("@direction") && !has_index) {
            wish.value = language_key(text_at(*value, "@language"), direction_of(*value));
            wish.prefer_with_set(Container::language);
        } else if (value->contains("@language") && !has_index) {
            wish.value = ascii_lower(text_at(*value, "@language"));
            wish.prefer_with_set(Container::language);
        } else if (value->contains("@type")) {
            wish.set_type(std::string(text_at(*value, "@type")));
        }
    } else {
        wish.set_type("@id");
        wish.prefer_with_set(Container::id);
        wish.prefer_with_set(Container::type);
    }
    wish.prefer(Container::set);
}

Wish make_wish(ActiveContext const& active, Json const* value, bool reverse) {
    Wish wish;
    auto const is_object = value != nullptr && value->is_object();
    auto const has_index = is_object && value->contains("@index");
    if (has_index && !is_graph_object(*value)) wish.prefer_with_set(Container::index);
    if (reverse) {
        wish.set_type("@reverse");
        wish.prefer(Container::set);
    } else if (is_object && is_list_object(*value)) {
        wish_for_list(wish, *value, default_language_key(active));
    } else if (is_object && is_graph_object(*value)) {
        wish_for_graph(wish, *value);
    } else {
        wish_for_value_or_node(wish, value);
    }
    wish.prefer(Container::none);
    if (active.mode == ProcessingMode::json_ld_1_0) return wish;
    if (!has_index) wish.prefer_with_set(Container::index);
    if (is_object && value->size() == 1 && value->contains("@value")) wish.prefer_with_set(Container::language);
    return wish;
}

/// Steps 4.13 to 4.17.
std::vector<std::string> preferred_values(JsonLdRun& run, ActiveContext const& active, Wish& wish, Json const* value) {
    std::vector<std::string> preferred;
    if (wish.value == "@reverse") preferred.emplace_back("@reverse");
    auto const id = value != nullptr ? text_at(*value, "@id") : std::string_view();
    if ((wish.value == "@id" || wish.value == "@reverse") && !id.empty()) {
        auto const term = compact_iri(run, active, std::string(id));
        auto const* definition = active.terms.find(term);
        auto const is_term = definition != nullptr && definition->iri == id;
        for (auto const* name : {is_term ? "@vocab" : "@id", is_term ? "@id" : "@vocab", "@none"})
            preferred.emplace_back(name);
    } else {
        preferred.push_back(wish.value);
        preferred.emplace_back("@none");
        auto const list = value != nullptr && value->is_object() ? value->find("@list") : Json::const_iterator();
        if (value != nullptr && is_list_object(*value) && list->empty()) wish.kind = TypeOrLanguage::any;
    }
    preferred.emplace_back("@any");
    for (std::size_t i = 0, known = preferred.size(); i < known; ++i) {
        auto const bar = preferred[i].find('_');
        if (bar != std::string::npos) preferred.push_back(preferred[i].substr(bar));
    }
    return preferred;
}

/// Steps 6 to 8: prefix and rest, the shortest, then the least.
std::string compact_with_prefix(ActiveContext const& active, std::string const& iri, bool has_value) {
    std::string best;
    for (auto const* prefix : active.inverse().prefixes) {
        if (iri.size() <= prefix->iri->size() || !iri.starts_with(*prefix->iri)) continue;
        auto candidate = prefix->term + ":" + iri.substr(prefix->iri->size());
        auto const* definition = active.terms.find(candidate);
        if (definition != nullptr && (definition->iri != iri || has_value)) continue;
        auto const is_better =
            best.empty() || candidate.size() < best.size() || (candidate.size() == best.size() && candidate < best);
        if (is_better) best = std::move(candidate);
    }
    return best;
}

/// Step 9: an IRI whose scheme is a prefix would be read as a compact IRI.
bool is_confused_with_prefix(ActiveContext const& active, std::string_view iri) {
    auto const parts = split_iri(iri);
    if (!parts.has_scheme || parts.has_authority) return false;
    auto const* definition = active.terms.find(parts.scheme);
    return definition != nullptr && definition->is_prefix;
}

}  // namespace

std::string compact_iri(JsonLdRun& run, ActiveContext const& active, std::string const& iri, Json const* value,
                        bool vocab, bool reverse) {
    if (!run.spend_text(iri.size())) return {};
    if (!active.has_inverse() && !run.spend(active.terms.size())) return {};
    auto const& inverse = active.inverse();
    if (vocab && inverse.terms.find(iri) != inverse.terms.end()) {
        auto wish = make_wish(active, value, reverse);
        auto const preferred = preferred_values(run, active, wish, value);
        if (auto const* term = select_term(inverse, iri, wish.containers, wish.kind, preferred)) return *term;
    }
    if (vocab && active.vocab && iri.size() > active.vocab->size() && iri.starts_with(*active.vocab)) {
        auto suffix = iri.substr(active.vocab->size());
        if (active.terms.find(suffix) == nullptr) return suffix;
    }
    if (!run.spend(1 + inverse.prefixes.size() / 16)) return {};
    if (auto compact = compact_with_prefix(active, iri, value != nullptr); !compact.empty()) return compact;
    if (is_confused_with_prefix(active, iri)) {
        run.fail("IRI confused with prefix", "an IRI that would be read as a term and a rest");
        return {};
    }
    if (vocab) return iri;
    auto relative = active.base ? relativise_iri(iri, *active.base) : iri;
    if (has_keyword_form(relative)) relative.insert(0, "./");
    return relative;
}

}  // namespace itqan::schemas
