#include "schemas/iri.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "schemas/utf8.hpp"

namespace itqan::schemas {
namespace {

/// Where a character may stand, one bit for each place; none for bytes beyond ASCII.
enum IriPlace : std::uint8_t { in_scheme = 1, in_name = 2, in_user = 4, in_path = 8, in_query = 16, in_hex = 32 };

constexpr std::array<std::uint8_t, 256> make_iri_places() {
    std::array<std::uint8_t, 256> places{};
    auto const mark = [&places](std::string_view characters, unsigned bits) {
        for (char const c : characters) {
            auto& place = places[static_cast<unsigned char>(c)];
            place = static_cast<std::uint8_t>(place | bits);
        }
    };
    constexpr auto letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    constexpr auto digits = "0123456789";
    constexpr unsigned everywhere = in_name | in_user | in_path | in_query;
    mark(letters, everywhere | in_scheme);
    mark(digits, everywhere | in_scheme | in_hex);
    mark("ABCDEFabcdef", in_hex);
    mark("+-.", in_scheme);
    mark("-._~", everywhere);
    mark("!$&'()*+,;=", everywhere);
    mark(":", in_user | in_path | in_query);
    mark("@/", in_path | in_query);
    mark("?", in_query);
    return places;
}

constexpr auto iri_places = make_iri_places();

bool has_place(char c, unsigned place) {
    return (iri_places[static_cast<unsigned char>(c)] & place) != 0;
}

bool is_ascii_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_ascii_digit(char c) {
    return c >= '0' && c <= '9';
}

/// RFC 3987: ucschar.
bool is_ucschar(char32_t c) {
    if (c < 0xA0) return false;
    if (c < 0x10000) return c <= 0xD7FF || (c >= 0xF900 && c <= 0xFDCF) || (c >= 0xFDF0 && c <= 0xFFEF);
    return (c & 0xFFFF) <= 0xFFFD && c < 0xF0000 && (c < 0xE0000 || c >= 0xE1000);
}

/// RFC 3987: iprivate, which a query may hold.
bool is_private(char32_t c) {
    return (c >= 0xE000 && c <= 0xF8FF) || (c >= 0xF0000 && (c & 0xFFFF) <= 0xFFFD);
}

/// Whether every character and percent escape of a component may stand there.
bool is_component(std::string_view text, unsigned place, bool private_too = false) {
    for (std::size_t at = 0; at < text.size();) {
        char const c = text[at];
        if (has_place(c, place)) {
            ++at;
        } else if (c == '%') {
            if (text.size() - at < 3 || !has_place(text[at + 1], in_hex) || !has_place(text[at + 2], in_hex))
                return false;
            at += 3;
        } else {
            if (static_cast<unsigned char>(c) < 128) return false;
            auto const point = decode_utf8(text, at);
            if (!point || !(is_ucschar(point->value) || (private_too && is_private(point->value)))) return false;
            at += point->size;
        }
    }
    return true;
}

bool is_ipv4(std::string_view text) {
    for (auto part = 0; part < 4; ++part) {
        auto const end = part < 3 ? text.find('.') : text.size();
        if (end == std::string_view::npos || end == 0 || end > 3) return false;
        auto value = 0;
        for (char const c : text.substr(0, end)) {
            if (!is_ascii_digit(c)) return false;
            value = value * 10 + (c - '0');
        }
        if (value > 255 || (end > 1 && text.front() == '0')) return false;
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return true;
}

/// How many 16-bit groups a run of "h16:h16:..." holds; -1 where it is none. Only the last may be an IPv4 address.
int count_ipv6_groups(std::string_view text, bool ipv4_last) {
    if (text.empty()) return 0;
    for (auto groups = 0;; ++groups) {
        auto const colon = text.find(':');
        auto const group = text.substr(0, colon);
        if (colon == std::string_view::npos && ipv4_last && is_ipv4(group)) return groups + 2;
        if (group.empty() || group.size() > 4 ||
            !std::all_of(group.begin(), group.end(), [](char c) { return has_place(c, in_hex); })) {
            return -1;
        }
        if (colon == std::string_view::npos) return groups + 1;
        text.remove_prefix(colon + 1);
    }
}

bool is_ipv6(std::string_view text) {
    auto const gap = text.find("::");
    if (gap == std::string_view::npos) return count_ipv6_groups(text, true) == 8;
    auto const before = count_ipv6_groups(text.substr(0, gap), false);
    auto const after = count_ipv6_groups(text.substr(gap + 2), true);
    return before >= 0 && after >= 0 && before + after <= 7;
}

/// RFC 3986 IP-literal without its brackets.
bool is_ip_literal(std::string_view text) {
    if (text.empty() || (text.front() != 'v' && text.front() != 'V')) return is_ipv6(text);
    auto const dot = text.find('.');
    if (dot == std::string_view::npos || dot < 2 || dot + 1 == text.size()) return false;
    auto const version = text.substr(1, dot - 1);
    auto const address = text.substr(dot + 1);
    return std::all_of(version.begin(), version.end(), [](char c) { return has_place(c, in_hex); }) &&
           std::all_of(address.begin(), address.end(), [](char c) { return has_place(c, in_user); });
}

bool is_iri_authority(std::string_view text) {
    if (auto const at = text.find('@'); at != std::string_view::npos) {
        if (!is_component(text.substr(0, at), in_user)) return false;
        text.remove_prefix(at + 1);
    }
    auto host_end = text.find(':');
    if (text.starts_with('[')) {
        auto const close = text.find(']');
        if (close == std::string_view::npos || !is_ip_literal(text.substr(1, close - 1))) return false;
        host_end = close + 1;
    } else if (!is_component(text.substr(0, host_end), in_name)) {
        return false;
    }
    if (host_end >= text.size()) return true;
    auto const port = text.substr(host_end + 1);
    return text[host_end] == ':' && std::all_of(port.begin(), port.end(), is_ascii_digit);
}

bool are_valid(IriParts const& parts) {
    return (!parts.has_authority || is_iri_authority(parts.authority)) && is_component(parts.path, in_path) &&
           is_component(parts.query, in_query, true) && is_component(parts.fragment, in_query);
}

/// The path up to and with its last slash.
std::string_view directory_of(std::string_view path) {
    return path.substr(0, path.rfind('/') + 1);  // npos + 1 is 0
}

/// RFC 3986 section 5.2.3.
std::string merge_paths(IriParts const& base, std::string_view path) {
    if (base.has_authority && base.path.empty()) return "/" + std::string(path);
    std::string merged(directory_of(base.path));
    return merged += path;
}

/// Whether JSON-LD would take the text for a keyword: "@" and letters only.
bool reads_as_keyword(std::string_view text) {
    return text.size() > 1 && text.front() == '@' && std::all_of(text.begin() + 1, text.end(), is_ascii_letter);
}

/// From the directory of one path to another path; both are absolute or both are not.
std::string relative_path(std::string_view path, std::string_view base) {
    auto const from = directory_of(base);
    auto const to = directory_of(path);
    std::size_t shared = 0;
    for (std::size_t i = 0; i < std::min(from.size(), to.size()) && from[i] == to[i]; ++i) {
        if (from[i] == '/') shared = i + 1;
    }
    std::string out;
    for (auto ups = std::count(from.begin() + static_cast<std::ptrdiff_t>(shared), from.end(), '/'); ups > 0; --ups)
        out += "../";

    auto const rest = path.substr(shared);
    auto const first = rest.substr(0, rest.find('/'));
    auto const misread = rest.starts_with('/') || first.find(':') != std::string_view::npos;
    if (out.empty() && (rest.empty() || misread || reads_as_keyword(rest))) out = "./";
    return out += rest;
}

}  // namespace

IriParts split_iri(std::string_view text) {
    IriParts parts;
    std::size_t colon = 0;
    while (colon < text.size() && has_place(text[colon], in_scheme))
        ++colon;
    if (colon < text.size() && text[colon] == ':' && is_ascii_letter(text.front())) {
        parts.has_scheme = true;
        parts.scheme = text.substr(0, colon);
        text.remove_prefix(colon + 1);
    }
    if (auto const hash = text.find('#'); hash != std::string_view::npos) {
        parts.has_fragment = true;
        parts.fragment = text.substr(hash + 1);
        text = text.substr(0, hash);
    }
    if (auto const mark = text.find('?'); mark != std::string_view::npos) {
        parts.has_query = true;
        parts.query = text.substr(mark + 1);
        text = text.substr(0, mark);
    }
    if (text.starts_with("//")) {
        auto const slash = std::min(text.find('/', 2), text.size());
        parts.has_authority = true;
        parts.authority = text.substr(2, slash - 2);
        text.remove_prefix(slash);
    }
    parts.path = text;
    return parts;
}

std::string join_iri(IriParts const& parts) {
    std::string out;
    out.reserve(parts.scheme.size() + parts.authority.size() + parts.path.size() + parts.query.size() +
                parts.fragment.size() + 5);
    if (parts.has_scheme) (out += parts.scheme) += ':';
    if (parts.has_authority) (out += "//") += parts.authority;
    out += parts.path;
    if (parts.has_query) (out += '?') += parts.query;
    if (parts.has_fragment) (out += '#') += parts.fragment;
    return out;
}

bool is_absolute_iri(std::string_view text) {
    auto const parts = split_iri(text);
    return parts.has_scheme && are_valid(parts);
}

bool is_iri_reference(std::string_view text) {
    auto const parts = split_iri(text);
    if (!are_valid(parts)) return false;
    // RFC 3986 section 4.2: a colon in the first segment of a relative path would read as a scheme.
    auto const first = parts.path.substr(0, parts.path.find('/'));
    return parts.has_scheme || parts.has_authority || first.find(':') == std::string_view::npos;
}

std::string remove_dot_segments(std::string_view path) {
    if (path.find('.') == std::string_view::npos) return std::string(path);
    std::string out;
    out.reserve(path.size());
    auto const drop_last = [&out] {
        auto const slash = out.rfind('/');
        out.resize(slash == std::string::npos ? 0 : slash);
    };
    while (!path.empty()) {
        if (path.starts_with("../")) {
            path.remove_prefix(3);
        } else if (path.starts_with("./") || path.starts_with("/./")) {
            path.remove_prefix(2);
        } else if (path == "/.") {
            path = "/";
        } else if (path.starts_with("/../")) {
            path.remove_prefix(3);
            drop_last();
        } else if (path == "/..") {
            path = "/";
            drop_last();
        } else if (path == "." || path == "..") {
            path = {};
        } else {
            auto const end = std::min(path.find('/', 1), path.size());
            out += path.substr(0, end);
            path.remove_prefix(end);
        }
    }
    return out;
}

std::string resolve_iri(std::string_view reference, std::string_view base) {
    if (base.empty()) return std::string(reference);
    auto target = split_iri(reference);
    auto const from = split_iri(base);
    std::string path;
    if (target.has_scheme || target.has_authority) {
        path = remove_dot_segments(target.path);
    } else if (target.path.empty()) {
        path = from.path;
        if (!target.has_query) {
            target.query = from.query;
            target.has_query = from.has_query;
        }
    } else {
        path = remove_dot_segments(target.path.starts_with('/') ? std::string(target.path)
                                                                : merge_paths(from, target.path));
    }
    if (!target.has_scheme) {
        if (!target.has_authority) {
            target.authority = from.authority;
            target.has_authority = from.has_authority;
        }
        target.scheme = from.scheme;
        target.has_scheme = from.has_scheme;
    }
    target.path = path;
    return join_iri(target);
}

std::string relativise_iri(std::string_view iri, std::string_view base) {
    auto const from = split_iri(base);
    auto to = split_iri(iri);
    if (to.has_scheme != from.has_scheme || to.scheme != from.scheme || to.has_authority != from.has_authority ||
        to.authority != from.authority || to.path.starts_with('/') != from.path.starts_with('/')) {
        return std::string(iri);
    }
    std::string path;
    auto const same_document = to.path == from.path && (to.has_query || (to.has_fragment && !from.has_query));
    if (!same_document) path = relative_path(to.path, from.path);
    to.has_scheme = to.has_authority = false;
    to.scheme = to.authority = {};
    to.path = path;
    auto relative = join_iri(to);
    // Dot segments and empty paths in the IRI have no reference that leads to them.
    return resolve_iri(relative, base) == iri ? relative : std::string(iri);
}

}  // namespace itqan::schemas
