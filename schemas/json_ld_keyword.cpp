#include "schemas/json_ld_keyword.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace itqan::schemas {
namespace {

constexpr std::array<std::pair<std::string_view, Keyword>, 25> keyword_names{{{"@base", Keyword::base},
                                                                              {"@container", Keyword::container},
                                                                              {"@context", Keyword::context},
                                                                              {"@default", Keyword::default_value},
                                                                              {"@direction", Keyword::direction},
                                                                              {"@graph", Keyword::graph},
                                                                              {"@id", Keyword::id},
                                                                              {"@import", Keyword::import},
                                                                              {"@included", Keyword::included},
                                                                              {"@index", Keyword::index},
                                                                              {"@json", Keyword::json},
                                                                              {"@language", Keyword::language},
                                                                              {"@list", Keyword::list},
                                                                              {"@nest", Keyword::nest},
                                                                              {"@none", Keyword::none},
                                                                              {"@prefix", Keyword::prefix},
                                                                              {"@preserve", Keyword::preserve},
                                                                              {"@propagate", Keyword::propagate},
                                                                              {"@protected", Keyword::is_protected},
                                                                              {"@reverse", Keyword::reverse},
                                                                              {"@set", Keyword::set},
                                                                              {"@type", Keyword::type},
                                                                              {"@value", Keyword::value},
                                                                              {"@version", Keyword::version},
                                                                              {"@vocab", Keyword::vocab}}};

}  // namespace

Keyword keyword_of(std::string_view text) {
    if (text.size() < 3 || text[0] != '@') return Keyword::no_keyword;
    auto const found = std::lower_bound(keyword_names.begin(), keyword_names.end(), text,
                                        [](auto const& entry, std::string_view name) { return entry.first < name; });
    return found != keyword_names.end() && found->first == text ? found->second : Keyword::no_keyword;
}

bool has_keyword_form(std::string_view text) {
    auto const is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    return text.size() > 1 && text[0] == '@' && std::all_of(text.begin() + 1, text.end(), is_letter);
}

}  // namespace itqan::schemas
