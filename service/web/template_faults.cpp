#include "service/web/template.hpp"

#include <array>

namespace itqan::web {
namespace {

bool is_address_attribute(std::string_view name) {
    constexpr std::array<std::string_view, 5> names{"href", "src", "action", "formaction", "poster"};
    for (auto const known : names)
        if (name == known) return true;
    return false;
}

/// A literal own path or https address, or exactly one {{*_url}} tag.
bool is_address_value(std::string_view value) {
    if (value.starts_with("#")) return value.find("{{") == std::string_view::npos;
    if (value.find("{{") == std::string_view::npos)
        return (value.starts_with("/") && !value.starts_with("//")) || value.starts_with("https://");
    if (!value.starts_with("{{") || value.find("}}") != value.size() - 2) return false;
    auto const name = value.substr(2, value.size() - 4);
    return name == "url" || name.ends_with("_url");
}

bool is_space(char c) {
    return c == ' ' || c == '\n' || c == '\t';
}

/// Looks at the attributes of one start tag, `tag` without its angle brackets.
void judge_tag(std::string_view tag, std::vector<std::string>& faults) {
    auto const whole = std::string(tag.substr(0, 60));
    while (true) {
        auto const equals = tag.find('=');
        if (equals == std::string_view::npos) return;
        auto start = equals;
        while (start > 0 && !is_space(tag[start - 1]) && tag[start - 1] != '}')
            --start;
        auto const name = tag.substr(start, equals - start);
        if (equals + 1 >= tag.size() || tag[equals + 1] != '"') {
            faults.push_back("attribute '" + std::string(name) + "' is not quoted in <" + whole);
            return;
        }
        auto const end = tag.find('"', equals + 2);
        if (end == std::string_view::npos) {
            faults.push_back("attribute '" + std::string(name) + "' is not closed in <" + whole);
            return;
        }
        auto const value = tag.substr(equals + 2, end - equals - 2);
        if (name == "style") faults.push_back("the style attribute is forbidden by the content security policy");
        if (name.starts_with("on")) faults.push_back("handler attribute '" + std::string(name) + "' is inline script");
        if (is_address_attribute(name) && !is_address_value(value))
            faults.push_back("address '" + std::string(value) + "' is neither a literal nor one {{..._url}}");
        tag = tag.substr(end + 1);
    }
}

}  // namespace

std::vector<std::string> template_faults(std::string_view text) {
    std::vector<std::string> faults;
    if (text.find("{{{") != std::string_view::npos) faults.push_back("three braces print unescaped");
    for (auto at = text.find("{{"); at != std::string_view::npos; at = text.find("{{", at + 2)) {
        auto const first = text.find_first_not_of(' ', at + 2);
        if (first != std::string_view::npos && (text[first] == '&' || text[first] == '='))
            faults.push_back("{{& and {{= are refused");
    }
    for (auto at = text.find('<'); at != std::string_view::npos; at = text.find('<', at + 1)) {
        // The end of a start tag: the first > outside a quoted value.
        bool quoted = false;
        auto end = at + 1;
        while (end < text.size() && (quoted || text[end] != '>'))
            quoted = quoted != (text[end++] == '"');
        auto const tag = text.substr(at + 1, end - at - 1);
        if (tag.starts_with("!") || tag.starts_with("/")) continue;
        if (tag.starts_with("style")) faults.push_back("a style element is forbidden by the content security policy");
        if (tag.starts_with("script") && tag.find("src=\"") == std::string_view::npos)
            faults.push_back("an inline script is forbidden by the content security policy");
        judge_tag(tag, faults);
    }
    return faults;
}

}  // namespace itqan::web
