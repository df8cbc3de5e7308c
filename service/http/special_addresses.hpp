#pragma once
// Which network addresses are not for everybody: every prefix of the two special-purpose address registries of IANA
// (data/, CC0, SHA-256 in README.md) and multicast. Whether a registry calls a prefix globally reachable does not
// matter (T08).

#include <string_view>
#include <vector>

namespace itqan::http {

/// Whether the address is a plain public unicast address. False also for text that is no address, for IPv6 outside
/// 2000::/3, and for IPv4 addresses written or wrapped as IPv6.
bool is_public_address(std::string_view address);

/// The prefixes of the registries, as written there: "10.0.0.0/8".
std::vector<std::string_view> special_prefixes();

}  // namespace itqan::http
