#pragma once
// The addresses that may be asked of other hosts, read strictly: what two parsers could read differently is refused
// (T08).

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/result.hpp"

namespace itqan::http {

struct OutboundUrl {
    std::string host;  ///< Lower-case ASCII name of at least two labels.
    std::uint16_t port = 443;
    std::string target;  ///< Path and query, at least "/".

    std::string authority() const { return host + ":" + std::to_string(port); }
};

/// `allow` lists "host:port" that are taken although the name has one label, is "localhost" or the port is not 443
/// (decision 22). Addresses in numbers, users, other schemes and characters outside RFC 3986 are refused always.
/// Error: unprocessable "outbound-address", with the reason.
Result<OutboundUrl> read_outbound_url(std::string_view text, std::vector<std::string> const& allow);

}  // namespace itqan::http
