#include "service/http/outbound_url.hpp"

#include <algorithm>
#include <charconv>

#include "schemas/text.hpp"

namespace itqan::http {
namespace {

constexpr std::size_t longest_url = 2'048;

Error refused(std::string why) {
    return {Fault::unprocessable, "outbound-address", "not asked: " + std::move(why), {}};
}

bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool is_label(std::string_view label) {
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
    return std::all_of(label.begin(), label.end(), [](char c) { return is_letter_or_digit(c) || c == '-'; });
}

/// A name whose last label is all digits, or a hexadecimal number, is an address to some resolvers.
bool is_number(std::string_view label) {
    auto const is_digit = [](char c) { return c >= '0' && c <= '9'; };
    return std::all_of(label.begin(), label.end(), is_digit) || label.starts_with("0x");
}

std::size_t count_labels(std::string_view host) {
    std::size_t count = 0;
    while (true) {
        auto const dot = host.find('.');
        if (!is_label(host.substr(0, dot))) return 0;
        ++count;
        if (dot == std::string_view::npos) return is_number(host) ? 0 : count;
        host.remove_prefix(dot + 1);
    }
}

/// Names that never leave a machine or a network (RFC 6761, 6762, 8375, 9476; "internal" is ICANN's for private use).
bool is_inner_name(std::string_view host) {
    for (std::string_view const end : {"localhost", "local", "internal", "home.arpa", "alt", "onion", "invalid"})
        if (host == end || (host.ends_with(end) && host[host.size() - end.size() - 1] == '.')) return true;
    return false;
}

bool is_target_character(char c) {
    return c > 0x20 && c < 0x7f && std::string_view("\"<>\\^`{|}").find(c) == std::string_view::npos;
}

}  // namespace

Result<OutboundUrl> read_outbound_url(std::string_view text, std::vector<std::string> const& allow) {
    constexpr std::string_view scheme = "https://";
    if (text.size() > longest_url) return refused("the address is longer than 2048 bytes");
    if (!std::all_of(text.begin(), text.end(), is_target_character))
        return refused("the address holds characters that no address has");
    if (ascii_lower(text.substr(0, scheme.size())) != scheme) return refused("only https addresses are asked");
    text = text.substr(scheme.size());
    if (auto const end = text.find_first_of("/?#"); end != std::string_view::npos && text[end] == '#')
        return refused("a fragment follows the host name");
    text = text.substr(0, text.find('#'));
    auto const end = text.find_first_of("/?");
    auto const authority = ascii_lower(text.substr(0, end));
    OutboundUrl url;
    url.target = end == std::string_view::npos ? "/" : std::string(text.substr(end));
    if (url.target.front() == '?') url.target.insert(0, "/");
    if (authority.find('@') != std::string::npos) return refused("the address names a user");
    auto const colon = authority.find(':');
    url.host = authority.substr(0, colon);
    if (colon != std::string::npos) {
        auto const* const last = authority.data() + authority.size();
        auto const [stop, failure] = std::from_chars(authority.data() + colon + 1, last, url.port);
        bool const is_plain = authority.compare(colon + 1, 1, "0") != 0;  // Others may read "0443" as another port.
        if (failure != std::errc{} || stop != last || url.port == 0 || !is_plain) return refused("its port is no port");
    }
    auto const labels = url.host.size() > 253 ? 0 : count_labels(url.host);
    if (labels == 0) return refused("\"" + authority + "\" is no host name in lower-case ASCII");
    if (std::find(allow.begin(), allow.end(), url.authority()) != allow.end()) return url;
    if (labels == 1 || is_inner_name(url.host)) return refused(url.host + " is a name inside a network");
    if (url.port != 443) return refused("port " + std::to_string(url.port) + " of " + url.host + " is not allowed");
    return url;
}

}  // namespace itqan::http
