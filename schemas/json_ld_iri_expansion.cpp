// Section 5.2 of https://www.w3.org/TR/json-ld11-api/.
#include <algorithm>

#include "schemas/iri.hpp"
#include "schemas/json_ld_context_processing.hpp"
#include "schemas/json_ld_term_definition.hpp"

namespace itqan::schemas {
namespace {

using IriView = std::optional<std::string_view>;

IriView joined_in(std::string& storage, JsonLdRun& run, std::string_view head, std::string_view tail) {
    if (!run.spend_text(head.size() + tail.size())) return std::nullopt;
    storage.assign(head).append(tail);
    return storage;
}

/// Step 6 for a text with a colon: the IRI, or nothing when it is none.
IriView expand_with_colon(std::string& storage, JsonLdRun& run, ContextFields const& context, std::string_view value,
                          std::size_t colon, TermDefiner* definer) {
    auto const prefix = value.substr(0, colon);
    auto const suffix = value.substr(colon + 1);
    if (prefix == "_" || suffix.starts_with("//")) return value;
    if (definer != nullptr && !definer->define_if_local(prefix)) return std::nullopt;
    auto const* definition = context.terms.find(prefix);
    if (definition != nullptr && definition->iri && definition->is_prefix) {
        return joined_in(storage, run, *definition->iri, suffix);
    }
    if (has_iri_form(value)) return value;
    return std::nullopt;
}

}  // namespace

IriView expand_iri_in(std::string& storage, JsonLdRun& run, ContextFields const& context, std::string_view value,
                      IriMeaning meaning, TermDefiner* definer) {
    if (keyword_of(value) != Keyword::no_keyword) return value;
    if (has_keyword_form(value)) return std::nullopt;
    if (definer != nullptr && !definer->define_if_local(value)) return std::nullopt;
    if (auto const* definition = context.terms.find(value)) {
        if (definition->keyword != Keyword::no_keyword || meaning.vocab) return definition->iri;
    }
    if (auto const colon = value.find(':', 1); colon != std::string_view::npos) {
        auto const iri = expand_with_colon(storage, run, context, value, colon, definer);
        if (iri || run.failed()) return iri;
    }
    if (meaning.vocab && context.vocab) return joined_in(storage, run, *context.vocab, value);
    if (meaning.document_relative && context.base) {
        if (!run.spend_text(context.base->size() + value.size())) return std::nullopt;
        return storage = resolve_iri(value, *context.base);
    }
    return value;
}

std::optional<std::string> expand_iri(JsonLdRun& run, ContextFields const& context, std::string_view value,
                                      IriMeaning meaning, TermDefiner* definer) {
    std::string storage;
    auto const iri = expand_iri_in(storage, run, context, value, meaning, definer);
    if (!iri) return std::nullopt;
    return std::string(*iri);
}

bool has_iri_form(std::string_view text) {
    auto const is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    auto const in_scheme = [&is_letter](char c) {
        return is_letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
    };
    auto const is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
    if (text.empty() || !is_letter(text[0])) return false;
    auto const colon = std::find_if_not(text.begin(), text.end(), in_scheme);
    return colon != text.end() && *colon == ':' && std::none_of(colon, text.end(), is_blank);
}

bool is_blank_node(std::string_view text) {
    return text.starts_with("_:");
}

}  // namespace itqan::schemas
