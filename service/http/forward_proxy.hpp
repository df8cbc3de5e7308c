#pragma once
// A forward proxy that the operator names (decision 22): where it is, and how it is asked for a tunnel to a host.

#include <cstdint>
#include <string>
#include <string_view>

#include "schemas/result.hpp"

namespace itqan::http {

struct ForwardProxy {
    std::string host;  ///< A name or an address; it may be private, because the operator named it.
    std::uint16_t port = 0;
    std::string credentials = {};  ///< "user:password" for Basic authentication; "" for none. Never logged.
};

/// "http://proxy.example:3128", "http://[::1]:3128"; nothing but a slash may follow. Error: unprocessable
/// "outbound-proxy", with what would be right; it never repeats the text.
Result<ForwardProxy> read_forward_proxy(std::string_view text);

/// "user:password", without line ends and other control characters (RFC 7617 section 2). Error: as above.
Result<void> set_proxy_credentials(ForwardProxy& proxy, std::string credentials);

/// The request for a tunnel to "host:port" (RFC 9110 section 9.3.6).
std::string connect_request(ForwardProxy const& proxy, std::string const& authority);

/// Whether the tunnel stands, by the proxy's header section: any 2xx. Error: unavailable; `outbound_busy` (it is our
/// own fault) where the proxy does not let us in, "outbound-proxy" where it does not get to the host.
Result<void> read_connect_answer(std::string_view section);

}  // namespace itqan::http
