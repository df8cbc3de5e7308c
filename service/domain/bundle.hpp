#pragma once
// Bundles: the documents that verification asks for, in one file with their hashes and dates, so that badges can be
// judged without any connection. Whoever verifies with a bundle trusts the file as it lies there: it is not signed.

#include <set>
#include <string>
#include <vector>

#include "service/domain/services.hpp"
#include "service/domain/verification.hpp"

namespace itqan::domain {

namespace bundle_limits {
inline constexpr std::size_t bytes = 64 * 1024 * 1024;
inline constexpr std::size_t documents = 10'000;
inline constexpr std::size_t document_bytes = 4 * 1024 * 1024;
}  // namespace bundle_limits

struct Bundle {
    Instant created_at;
    std::string base;     ///< Base address of the installation that packed it.
    Documents documents;  ///< With `fetched_at`; those that could not be had with their `failure`.
};

/// DID documents, public keys and status lists of the installation and its issuers.
void pack_own(Bundle& bundle, Services& services);
/// What one credential is judged from besides. Errors: those of OwnDocuments::verify.
Result<void> pack_for(Bundle& bundle, Services& services, std::string input);

/// Error: too_large "bundle-too-large", one of bundle_limits.
Result<std::string> write_bundle(Bundle const& bundle);
/// Errors: too_large "bundle-too-large"; malformed "no-bundle" (no file of ours), unprocessable "bundle-damaged" (a
/// document's hash is another, an address stands there twice), each naming the document.
Result<Bundle> read_bundle(std::string_view text);

/// A report with what it lacked.
struct OfflineReport {
    Report report;
    std::set<std::string> absent;  ///< Addresses that verification asked for and the bundle does not hold.
};
/// Judges by the bundle alone. Errors: those of Inquiry::open; unprocessable "no-link-offline" for an address.
Result<OfflineReport> verify_offline(Bundle const& bundle, std::string input,
                                     std::optional<std::string> const& recipient, Instant now);

}  // namespace itqan::domain
