#include "schemas/web_scope.hpp"

#include <algorithm>

#include "schemas/iri.hpp"
#include "schemas/text.hpp"

namespace itqan::schemas {
namespace {

constexpr std::size_t longest = 2048;

bool is_plain(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return c > 0x20 && c < 0x7f && c != '\\' && c != '<' && c != '>' && c != '"' && c != '^' && c != '`' &&
               c != '{' && c != '|' && c != '}';
    });
}

bool is_host_name(std::string_view host) {
    if (host.empty() || host.front() == '.' || host.front() == '-' || host.back() == '.' || host.back() == '-')
        return false;
    if (host.find("..") != std::string_view::npos) return false;
    return std::all_of(host.begin(), host.end(),
                       [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.'; });
}

/// "host" or "host:port" without the scheme's own port.
std::optional<std::string> read_authority(std::string_view authority, std::string_view own_port) {
    auto const colon = authority.find(':');
    auto const host = ascii_lower(authority.substr(0, colon));
    if (!is_host_name(host)) return std::nullopt;
    if (colon == std::string_view::npos) return host;
    auto const port = authority.substr(colon + 1);
    bool const is_number = !port.empty() && port.size() <= 5 && port.front() != '0' &&
                           std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!is_number) return std::nullopt;
    return port == own_port ? host : host + ":" + std::string(port);
}

bool is_straight_path(std::string_view path) {
    auto const lower = ascii_lower(path);
    for (auto const* const hidden : {"%2e", "%2f", "%5c", "%00"})
        if (lower.find(hidden) != std::string::npos) return false;
    return remove_dot_segments(path) == path;
}

std::string_view without_json_ending(std::string_view path) {
    return path.ends_with(".json") ? path.substr(0, path.size() - 5) : path;
}

}  // namespace

std::optional<WebAddress> read_web_address(std::string_view text) {
    if (text.empty() || text.size() > longest || !is_plain(text)) return std::nullopt;
    auto const parts = split_iri(text);
    auto const scheme = ascii_lower(parts.scheme);
    if (!parts.has_authority || (scheme != "http" && scheme != "https")) return std::nullopt;
    auto const host = read_authority(parts.authority, scheme == "http" ? "80" : "443");
    if (!host || !is_straight_path(parts.path)) return std::nullopt;
    WebAddress address{*host, parts.path.empty() ? "/" : std::string(parts.path)};
    if (parts.has_query) address.path += "?" + std::string(parts.query);
    return address;
}

bool is_same_document(std::string_view a, std::string_view b) {
    if (a == b) return true;
    auto const first = read_web_address(a), second = read_web_address(b);
    if (!first || !second || split_iri(a).fragment != split_iri(b).fragment) return false;
    return first->host == second->host && without_json_ending(first->path) == without_json_ending(second->path);
}

bool is_of_origin(WebAddress const& address, std::string_view origin) {
    if (origin.find("://") == std::string_view::npos) return address.host == ascii_lower(origin);
    auto const read = read_web_address(origin);
    return read && read->path == "/" && read->host == address.host;
}

Prefix prefix_of(WebAddress const& address, std::string_view start) {
    auto const read = read_web_address(start);
    if (!read || read->host != address.host || !address.path.starts_with(read->path)) return Prefix::none;
    auto const& path = read->path;
    bool const ends_here = path.size() == address.path.size() || path.back() == '/' || path.back() == '?' ||
                           path.back() == '=' || address.path[path.size()] == '/' || address.path[path.size()] == '?';
    return ends_here ? Prefix::whole_segments : Prefix::inside_a_segment;
}

}  // namespace itqan::schemas
