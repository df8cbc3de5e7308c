#pragma once
// The server's TLS settings (Mozilla "intermediate" without DHE) as a context for Asio. Included by server.cpp only.

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/ssl/context.hpp>

namespace itqan::http {

/// TLS 1.2 and 1.3, ALPN http/1.1 only; a server name that is not in `names` is refused, a missing one is served.
/// Throws std::runtime_error when the key is not the certificate's or a file cannot be read. `names` must outlive the
/// context.
std::shared_ptr<boost::asio::ssl::context> make_tls_context(std::filesystem::path const& certificate,
                                                            std::filesystem::path const& key,
                                                            std::vector<std::string> const& names);

}  // namespace itqan::http
