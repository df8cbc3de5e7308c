#pragma once
// The way out of this installation as its configuration allows it, and verification for threads that may wait for it
// (the command line, the jobs).

#include <memory>
#include <optional>
#include <string>

#include "service/config.hpp"
#include "service/domain/documents.hpp"
#include "service/http/way_out.hpp"

namespace itqan::service {

/// Null where the configuration has no way out. Throws std::runtime_error when a network or the ca_file cannot be used.
std::unique_ptr<http::WayOut> make_way_out(Config const& config);

/// The report, with the documents of others fetched as far as there is a way out (null: none). Errors: those of
/// OwnDocuments::verify.
Result<domain::Report> verify_fetching(domain::OwnDocuments& documents, http::WayOut* way_out, std::string const& input,
                                       std::optional<std::string> const& recipient, Instant now);

/// The same without an installation: every document is somebody else's. Errors: those of domain::verify_foreign.
Result<domain::Report> verify_fetching_alone(http::WayOut* way_out, std::string const& input,
                                             std::optional<std::string> const& recipient, Instant now);

}  // namespace itqan::service
