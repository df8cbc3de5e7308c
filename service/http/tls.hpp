#pragma once
// The server's TLS settings (Mozilla "intermediate" without DHE). Included by the server's own files only.

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <openssl/ssl.h>

namespace itqan::http {

/// TLS 1.2 and 1.3, ALPN http/1.1 only; a server name that is not in `names` is refused, a missing one is served.
/// Throws std::runtime_error when the key is not the certificate's or a file cannot be read. `names` must outlive the
/// context.
std::shared_ptr<SSL_CTX> make_tls_context(std::filesystem::path const& certificate, std::filesystem::path const& key,
                                          std::vector<std::string> const& names);

}  // namespace itqan::http
