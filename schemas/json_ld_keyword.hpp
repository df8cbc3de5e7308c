#pragma once
// The keywords of JSON-LD 1.1, and what only looks like one.

#include <cstdint>
#include <string_view>

namespace itqan::schemas {

enum class Keyword : std::uint8_t {
    no_keyword,
    base,
    container,
    context,
    default_value,
    direction,
    graph,
    id,
    import,
    included,
    index,
    json,
    language,
    list,
    nest,
    none,
    prefix,
    preserve,
    propagate,
    is_protected,
    reverse,
    set,
    type,
    value,
    version,
    vocab
};

/// The keyword a text is, or no_keyword.
Keyword keyword_of(std::string_view text);

/// "@" and nothing but letters: reserved, whether a keyword or not (JSON-LD 1.1 section 1.7).
bool has_keyword_form(std::string_view text);

}  // namespace itqan::schemas
