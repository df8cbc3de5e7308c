#pragma once
// What the server's certificate says about itself: how long, for which names, and whether clients will find their way
// from it to an authority. It makes none and serves none.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/clock.hpp"
#include "schemas/result.hpp"

namespace itqan::http {

/// Where the certificates of the file lead.
enum class ChainEnd {
    believed,   ///< To an authority that this machine believes.
    own_root,   ///< To a root in the file itself that this machine does not know: a private authority.
    incomplete  ///< An issuer is neither in the file nor known here.
};

struct CertificateFacts {
    Instant not_before, not_after;
    std::vector<std::string> names;  ///< DNS names and addresses of the subject alternative name, as text.
};

/// Of the first certificate in a PEM file. Error: unavailable "certificate-file".
Result<CertificateFacts> read_certificate_facts(std::filesystem::path const& file);

/// Where the certificates of the file lead. It reads the system's authorities: not for every second. Error: as above.
Result<ChainEnd> chain_end(std::filesystem::path const& file);

/// Whether the PEM key is that certificate's. Error: unavailable "key-file", unprocessable "key-mismatch".
Result<void> check_key_fits(std::filesystem::path const& certificate, std::filesystem::path const& key);

/// Whether the certificate is good for this name; "*.example.org" covers one label (RFC 6125 6.4.3).
bool covers(CertificateFacts const& facts, std::string_view host);

}  // namespace itqan::http
