#include "service/http/networks.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace itqan::http {
namespace {

/// Network byte order; empty for text that is no address.
std::string bytes_of(std::string_view text) {
    std::string const address(text);
    unsigned char buffer[16];
    if (inet_pton(AF_INET, address.c_str(), buffer) == 1) return std::string(reinterpret_cast<char const*>(buffer), 4);
    if (inet_pton(AF_INET6, address.c_str(), buffer) != 1) return {};
    std::string const bytes(reinterpret_cast<char const*>(buffer), 16);
    static std::string const mapped("\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
    return bytes.starts_with(mapped) ? bytes.substr(12) : bytes;
}

bool same_prefix(std::string const& left, std::string const& right, unsigned bits) {
    for (unsigned i = 0; i < bits; ++i) {
        auto const mask = static_cast<unsigned>(0x80 >> (i % 8));
        if ((static_cast<unsigned char>(left[i / 8]) & mask) != (static_cast<unsigned char>(right[i / 8]) & mask))
            return false;
    }
    return true;
}

}  // namespace

Result<Networks> Networks::read(std::vector<std::string> const& cidrs) {
    Networks made;
    for (auto const& cidr : cidrs) {
        auto const slash = cidr.find('/');
        Network network{bytes_of(cidr.substr(0, slash)), 0};
        auto const bits = static_cast<unsigned>(8 * network.bytes.size());
        network.prefix = bits;
        bool fits = !network.bytes.empty();
        if (slash != std::string::npos) {
            auto const* const end = cidr.data() + cidr.size();
            auto const [stop, failure] = std::from_chars(cidr.data() + slash + 1, end, network.prefix);
            fits = fits && failure == std::errc{} && stop == end && network.prefix <= bits;
        }
        if (!fits)
            return Error{
                Fault::unprocessable, "config-value", "\"" + cidr + "\" is no network such as 10.0.0.0/8.", {}};
        made.networks_.push_back(std::move(network));
    }
    return made;
}

bool Networks::contains(std::string_view address) const {
    auto const bytes = bytes_of(address);
    for (auto const& network : networks_)
        if (network.bytes.size() == bytes.size() && same_prefix(network.bytes, bytes, network.prefix)) return true;
    return false;
}

std::string limit_key(std::string_view address) {
    auto bytes = bytes_of(address);
    if (bytes.empty()) return std::string(address);
    bool const is_v4 = bytes.size() == 4;
    if (!is_v4) std::fill(bytes.begin() + 8, bytes.end(), '\0');
    char text[INET6_ADDRSTRLEN];
    inet_ntop(is_v4 ? AF_INET : AF_INET6, bytes.data(), text, sizeof text);
    return is_v4 ? std::string(text) : std::string(text) + "/64";
}

std::string client_of(std::string const& peer, std::string_view forwarded_for, Networks const& trusted) {
    std::string client = peer;
    while (trusted.contains(client) && !forwarded_for.empty()) {
        auto const comma = forwarded_for.rfind(',');
        auto hop = forwarded_for.substr(comma == std::string_view::npos ? 0 : comma + 1);
        forwarded_for = comma == std::string_view::npos ? std::string_view{} : forwarded_for.substr(0, comma);
        while (hop.starts_with(' '))
            hop.remove_prefix(1);
        while (hop.ends_with(' '))
            hop.remove_suffix(1);
        if (bytes_of(hop).empty()) break;
        client = std::string(hop);
    }
    return client;
}

}  // namespace itqan::http
