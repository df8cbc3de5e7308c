#include "service/http/forward_proxy.hpp"

#include <algorithm>
#include <charconv>

#include <boost/asio/ip/address_v6.hpp>

#include "schemas/bytes.hpp"
#include "schemas/text.hpp"
#include "service/http/client.hpp"

namespace itqan::http {
namespace {

Error wrong() {
    return {Fault::unprocessable,
            "outbound-proxy",
            "must be the address of an HTTP proxy with its port, such as http://proxy.example:3128, without user and "
            "password (these go into a file)",
            {}};
}

bool is_host(std::string_view host) {
    return !host.empty() && host.size() <= 253 && host.front() != '-' && host.front() != '.' &&
           std::all_of(host.begin(), host.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
           });
}

}  // namespace

Result<ForwardProxy> read_forward_proxy(std::string_view text) {
    constexpr std::string_view scheme = "http://";
    if (ascii_lower(text.substr(0, scheme.size())) != scheme) return wrong();
    text.remove_prefix(scheme.size());
    if (text.ends_with('/')) text.remove_suffix(1);
    auto const colon = text.rfind(':');
    if (colon == std::string_view::npos) return wrong();
    ForwardProxy proxy;
    proxy.host = ascii_lower(text.substr(0, colon));
    if (proxy.host.starts_with('[') && proxy.host.ends_with(']')) {
        proxy.host = proxy.host.substr(1, proxy.host.size() - 2);
        boost::system::error_code failure;
        boost::asio::ip::make_address_v6(proxy.host, failure);
        if (failure) return wrong();
    } else if (!is_host(proxy.host)) {
        return wrong();
    }
    auto const* const last = text.data() + text.size();
    auto const [stop, failure] = std::from_chars(text.data() + colon + 1, last, proxy.port);
    if (failure != std::errc{} || stop != last || proxy.port == 0) return wrong();
    return proxy;
}

Result<void> set_proxy_credentials(ForwardProxy& proxy, std::string credentials) {
    bool const is_plain =
        std::none_of(credentials.begin(), credentials.end(), [](char c) { return (c >= 0 && c < 0x20) || c == 0x7f; });
    if (!is_plain || credentials.size() > 1'024 || credentials.find(':') == std::string::npos)
        return Error{Fault::unprocessable,
                     "outbound-proxy",
                     "must name a file whose first line is the proxy's user, a colon and the password",
                     {}};
    proxy.credentials = std::move(credentials);
    return {};
}

std::string connect_request(ForwardProxy const& proxy, std::string const& authority) {
    auto request = "CONNECT " + authority + " HTTP/1.1\r\nhost: " + authority + "\r\nuser-agent: Itqan\r\n";
    if (!proxy.credentials.empty())
        request += "proxy-authorization: Basic " + base64_encode(as_bytes(proxy.credentials)) + "\r\n";
    return request + "\r\n";
}

Result<void> read_connect_answer(std::string_view section) {
    bool const is_http = section.starts_with("HTTP/1.1 ") || section.starts_with("HTTP/1.0 ");
    int status = 0;
    if (is_http && section.size() > 12) std::from_chars(section.data() + 9, section.data() + 12, status);
    if (status >= 200 && status < 300) return {};
    if (status == 407)
        return Error{Fault::unavailable, std::string(outbound_busy), "the proxy asks for credentials (status 407)", {}};
    if (status < 100)
        return Error{Fault::unavailable, std::string(outbound_busy), "the proxy does not speak HTTP/1.1", {}};
    return Error{Fault::unavailable,
                 "outbound-proxy",
                 "the proxy gives no way there (status " + std::to_string(status) + ")",
                 {}};
}

}  // namespace itqan::http
