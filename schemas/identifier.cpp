#include "schemas/identifier.hpp"

#include <algorithm>

namespace itqan::schemas {
namespace {

constexpr std::size_t longest_url = 2'048;

bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}
bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_alphanumeric(char c) {
    return is_lower(c) || is_upper(c) || is_digit(c);
}

std::string lower_cased(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (is_upper(c)) c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

template <typename Predicate>
bool all_are(std::string_view text, Predicate predicate) {
    return std::all_of(text.begin(), text.end(), predicate);
}

/// RFC 1123 label, and an A-label that says something: "xn--" alone encodes nothing.
bool is_label(std::string_view label) {
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
    return all_are(label, [](char c) { return is_alphanumeric(c) || c == '-'; });
}

template <typename Predicate>
bool all_parts(std::string_view text, Predicate is_part) {
    for (;;) {
        auto const dot = text.find('.');
        if (!is_part(text.substr(0, dot))) return false;
        if (dot == std::string_view::npos) return true;
        text.remove_prefix(dot + 1);
    }
}

bool is_mail_domain(std::string_view domain) {
    if (domain.size() > 253 || domain.find('.') == std::string_view::npos || !all_parts(domain, is_label)) return false;
    auto const top = domain.substr(domain.rfind('.') + 1);
    return !all_are(top, is_digit);  // an address such as 127.0.0.1 is no domain
}

/// RFC 5322 3.2.3 dot-atom. A leading hyphen is refused because mail programs read it as an option.
bool is_local_part(std::string_view local) {
    if (local.empty() || local.size() > 64 || local.front() == '-') return false;
    return all_parts(local, [](std::string_view atom) {
        return !atom.empty() && all_are(atom, [](char c) {
            return is_alphanumeric(c) || std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
        });
    });
}

bool is_uri_character(char c) {
    auto const byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte < 0x7F && std::string_view("<>\"{}|\\^`").find(c) == std::string_view::npos;
}

/// After the scheme: host[:port], host a name or address without user info.
bool is_authority(std::string_view authority) {
    if (authority.empty() || authority.find('@') != std::string_view::npos) return false;
    auto host = authority;
    if (host.front() == '[') {
        auto const close = host.find(']');
        if (close == std::string_view::npos || close < 3) return false;
        auto const rest = host.substr(close + 1);
        return all_are(host.substr(1, close - 1), [](char c) { return is_alphanumeric(c) || c == ':' || c == '.'; }) &&
               (rest.empty() || (rest.front() == ':' && rest.size() <= 6 && all_are(rest.substr(1), is_digit)));
    }
    if (auto const colon = host.find(':'); colon != std::string_view::npos) {
        auto const port = host.substr(colon + 1);
        if (port.empty() || port.size() > 5 || !all_are(port, is_digit)) return false;
        host = host.substr(0, colon);
    }
    if (!host.empty() && host.back() == '.') host.remove_suffix(1);
    return host.size() <= 253 && all_parts(host, is_label);
}

}  // namespace

bool is_programme_id(std::string_view text) {
    return !text.empty() && text.size() <= 64 &&
           all_are(text, [](char c) { return is_alphanumeric(c) || c == '.' || c == '_' || c == '-'; });
}

bool is_email(std::string_view text) {
    auto const at = text.find('@');
    if (text.size() > 254 || at == std::string_view::npos) return false;
    return is_local_part(text.substr(0, at)) && is_mail_domain(text.substr(at + 1));
}

std::string normalize_email(std::string_view text) {
    auto const is_space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
    while (!text.empty() && is_space(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_space(text.back()))
        text.remove_suffix(1);
    return lower_cased(text);
}

bool is_https_url(std::string_view text) {
    constexpr std::string_view scheme = "https://";
    if (text.size() > longest_url || !all_are(text, is_uri_character) || text.size() < scheme.size()) return false;
    if (lower_cased(text.substr(0, scheme.size())) != scheme) return false;
    text.remove_prefix(scheme.size());
    return is_authority(text.substr(0, text.find_first_of("/?#")));
}

bool is_absolute_uri(std::string_view text) {
    auto const colon = text.find(':');
    if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size()) return false;
    auto const scheme = text.substr(0, colon);
    if (is_digit(scheme.front()) ||
        !all_are(scheme, [](char c) { return is_alphanumeric(c) || c == '+' || c == '-' || c == '.'; })) {
        return false;
    }
    // Credentials in the wild carry IRIs: bytes above ASCII pass, RFC 3987.
    return is_alphanumeric(scheme.front()) && all_are(text.substr(colon + 1), [](char c) {
               return static_cast<unsigned char>(c) >= 0x80 || is_uri_character(c);
           });
}

}  // namespace itqan::schemas
