#pragma once
// A certificate authority of one installation and a server certificate under it, for demos and tests: browsers believe
// it only when they are told to. Production brings its own certificate.

#include <filesystem>
#include <string>
#include <vector>

#include "schemas/clock.hpp"
#include "schemas/result.hpp"

namespace itqan::http {

struct DemoCertificate {
    std::filesystem::path authority;    ///< PEM of the authority's certificate: what a client may trust.
    std::filesystem::path certificate;  ///< PEM of the server's certificate and the authority's.
    std::filesystem::path key;          ///< PEM, mode 0600.
};

/// Makes them (P-256, one year) in the folder unless usable ones for these names are there. The names "localhost",
/// 127.0.0.1 and ::1 are always among them. The authority's own key is thrown away: it signs once. Error: unavailable
/// "certificate-files".
Result<DemoCertificate> demo_certificate(std::filesystem::path const& folder, std::vector<std::string> const& names,
                                         Instant now);

}  // namespace itqan::http
