#include "schemas/json_ld_inverse.hpp"

#include <algorithm>
#include <tuple>

#include "schemas/text.hpp"

namespace itqan::schemas {
namespace {

std::vector<TermDefinition const*> shortest_first(TermTable const& terms) {
    std::vector<TermDefinition const*> out;
    out.reserve(terms.size());
    terms.for_each([&out](TermDefinition const& definition) { out.push_back(&definition); });
    std::sort(out.begin(), out.end(), [](auto const* left, auto const* right) {
        return std::make_tuple(left->term.size(), std::string_view(left->term)) <
               std::make_tuple(right->term.size(), std::string_view(right->term));
    });
    return out;
}

/// Steps 3.11 to 3.16 for a definition that has a language or a direction: where it is entered.
std::string mapped_language_key(TermDefinition const& definition) {
    if (definition.language && definition.direction) {
        if (!*definition.language && !*definition.direction) return "@null";
        return language_key(definition.language->value_or(""), *definition.direction);
    }
    if (definition.language) return *definition.language ? ascii_lower(**definition.language) : "@null";
    return *definition.direction ? language_key("", *definition.direction) : "@none";
}

void enter(InverseTerms& terms, TermDefinition const& definition, std::string const& default_language) {
    auto const& term = definition.term;
    if (definition.is_reverse) {
        terms.type.try_emplace("@reverse", term);
    } else if (definition.type_keyword == Keyword::none) {
        terms.language.try_emplace("@any", term);
        terms.type.try_emplace("@any", term);
    } else if (definition.type) {
        terms.type.try_emplace(*definition.type, term);
    } else if (definition.language || definition.direction) {
        terms.language.try_emplace(mapped_language_key(definition), term);
    } else {
        terms.language.try_emplace(default_language, term);
        terms.language.try_emplace("@none", term);
        terms.type.try_emplace("@none", term);
    }
}

}  // namespace

std::string language_key(std::string_view language, std::optional<Direction> direction) {
    auto key = ascii_lower(language);
    if (direction) key.append("_").append(direction_name(*direction));
    return key;
}

std::string default_language_key(ActiveContext const& context) {
    if (!context.language && !context.direction) return "@none";
    return language_key(context.language.value_or(""), context.direction);
}

InverseContext make_inverse_context(ActiveContext const& context) {
    InverseContext inverse;
    auto const default_language = default_language_key(context);
    for (auto const* definition : shortest_first(context.terms)) {
        if (!definition->iri) continue;
        if (definition->is_prefix) inverse.prefixes.push_back(definition);
        auto& containers = inverse.terms[*definition->iri];
        auto const [entry, fresh] = containers.try_emplace(definition->container.kinds());
        if (fresh) entry->second.any = definition->term;
        enter(entry->second, *definition, default_language);
    }
    return inverse;
}

std::string const* select_term(InverseContext const& inverse, std::string_view iri,
                               std::vector<Container> const& containers, TypeOrLanguage kind,
                               std::vector<std::string> const& preferred) {
    auto const found = inverse.terms.find(iri);
    if (found == inverse.terms.end()) return nullptr;
    for (auto const container : containers) {
        auto const entry = found->second.find(container.kinds());
        if (entry == found->second.end()) continue;
        if (kind == TypeOrLanguage::any) return &entry->second.any;
        auto const& values = kind == TypeOrLanguage::type ? entry->second.type : entry->second.language;
        for (auto const& name : preferred) {
            if (auto const term = values.find(name); term != values.end()) return &term->second;
        }
    }
    return nullptr;
}

}  // namespace itqan::schemas
