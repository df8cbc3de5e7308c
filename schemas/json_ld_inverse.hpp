#pragma once
// The reverse of an active context, from IRIs to terms: sections 4.3 and 4.4 of https://www.w3.org/TR/json-ld11-api/.

#include <initializer_list>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/json_ld_context.hpp"

namespace itqan::schemas {

enum class TypeOrLanguage { type, language, any };

/// The terms for one IRI and one container, by the type or the language they stand for.
struct InverseTerms {
    std::map<std::string, std::string, std::less<>> language;
    std::map<std::string, std::string, std::less<>> type;
    std::string any;
};

struct InverseContext {
    std::map<std::string, std::map<std::uint8_t, InverseTerms>, std::less<>> terms;  ///< By IRI, by container.
    std::vector<TermDefinition const*> prefixes;  ///< Those that may begin a compact IRI.
};

InverseContext make_inverse_context(ActiveContext const& context);

/// The name under which a language and a direction are sought: "en_rtl", "_ltr", lower case.
std::string language_key(std::string_view language, std::optional<Direction> direction);

/// What a string without a language stands for in a context: its default language and direction, or "@none".
std::string default_language_key(ActiveContext const& context);

/// The term that fits best, or null.
std::string const* select_term(InverseContext const& inverse, std::string_view iri,
                               std::vector<Container> const& containers, TypeOrLanguage kind,
                               std::vector<std::string> const& preferred);

}  // namespace itqan::schemas
