#pragma once
// Lists of IP networks from the configuration: which peers are our proxies, who is not counted by limits.

#include <string>
#include <string_view>
#include <vector>

#include "schemas/result.hpp"

namespace itqan::http {

class Networks {
  public:
    /// "10.0.0.0/8", "2001:db8::/32" or a single address. Error: unprocessable "config-value".
    static Result<Networks> read(std::vector<std::string> const& cidrs);

    /// An IPv4 address written inside IPv6 counts as the IPv4 one. False for text that is no address.
    bool contains(std::string_view address) const;

  private:
    struct Network {
        std::string bytes;  ///< 4 or 16.
        unsigned prefix = 0;
    };
    std::vector<Network> networks_;
};

/// What limits count a client by: an IPv4 address, the first 64 bits of an IPv6 one, since a customer has as many as
/// that; other text as it is.
std::string limit_key(std::string_view address);

/// The client of a request: the peer, or with a trusted peer the last address in X-Forwarded-For that is not trusted.
std::string client_of(std::string const& peer, std::string_view forwarded_for, Networks const& trusted);

}  // namespace itqan::http
