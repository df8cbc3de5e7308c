#include "schemas/open_badge_forms.hpp"

#include <algorithm>

#include "schemas/bytes.hpp"

namespace itqan::schemas {
namespace {

constexpr std::string_view context_start = "https://purl.imsglobal.org/spec/ob/v3p0/context";

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}
bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}
bool is_alphanumeric(char c) {
    return is_digit(c) || is_lower(c) || is_upper(c);
}

template <typename Predicate>
bool all_are(std::string_view text, Predicate predicate) {
    return std::all_of(text.begin(), text.end(), predicate);
}

bool is_hash(std::string_view text, std::string_view prefix, std::size_t digits) {
    return text.starts_with(prefix) && text.size() == prefix.size() + digits && hex_decode(text.substr(prefix.size()));
}

}  // namespace

bool is_open_badge_context(std::string_view url) {
    if (!url.starts_with(context_start) || !url.ends_with(".json")) return false;
    url.remove_prefix(context_start.size());
    url.remove_suffix(5);
    return url.empty() ||
           (url.size() == 6 && url.starts_with("-3.") && is_digit(url[3]) && url[4] == '.' && is_digit(url[5]));
}

bool is_language_tag(std::string_view text) {
    auto const primary = text.substr(0, text.find('-'));
    if (primary.size() < 2 || primary.size() > 4 || !all_are(primary, is_lower)) return false;
    text.remove_prefix(primary.size());
    if (text.size() >= 5 && is_upper(text[1]) && is_lower(text[2])) {
        if (!all_are(text.substr(3, 2), is_lower)) return false;
        text.remove_prefix(5);
    }
    if (text.empty()) return true;
    auto const region = text.substr(1);
    return text[0] == '-' &&
           ((region.size() == 2 && all_are(region, is_upper)) || (region.size() == 3 && all_are(region, is_digit)));
}

bool is_extension_term(std::string_view text) {
    return text.starts_with("ext:") && text.size() > 4 && all_are(text.substr(4), [](char c) {
               return is_alphanumeric(c) || c == '.' || c == '-' || c == '_' || c == '|';
           });
}

bool is_compact_jws(std::string_view text) {
    auto const first = text.find('.');
    auto const last = text.rfind('.');
    if (first == std::string_view::npos || first == last || first == 0 || last + 1 == text.size()) return false;
    auto const is_part = [](std::string_view part) {
        return all_are(part, [](char c) { return is_alphanumeric(c) || c == '-' || c == '_'; });
    };
    return is_part(text.substr(0, first)) && is_part(text.substr(first + 1, last - first - 1)) &&
           is_part(text.substr(last + 1));
}

bool is_identity_hash(std::string_view text) {
    return is_hash(text, "sha256$", 64) || is_hash(text, "md5$", 32);
}

bool is_decimal(std::string_view text) {
    return !text.empty() && text.size() <= 16 && all_are(text, is_digit);
}

}  // namespace itqan::schemas
