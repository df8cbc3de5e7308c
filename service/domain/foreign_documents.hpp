#pragma once
// What a verification needs of others, out of what the edge fetched: the limits of one question, and verification where
// there is no installation.

#include <optional>
#include <string>

#include "schemas/fetched.hpp"
#include "service/domain/verification.hpp"

namespace itqan::domain {

/// The document at a foreign address as it was fetched (null: there is no way out), or one whose `failure` says why
/// there is none; none when it still has to be fetched: then it is noted in `missing`. After 6 rounds or 32 addresses
/// what is missing counts as out of reach.
std::optional<Document> foreign_document(std::string const& address, Verification const& needed_by,
                                         FetchedDocuments const* fetched, DocumentNeeds& missing);

/// Puts what was fetched of the question's input, an https address, in its place; false when it still has to be
/// fetched. Error: unprocessable "not-reached" with the address and why.
Result<bool> follow_link(Question& question, FetchedDocuments const& fetched);

/// Either the report, or what the edge must fetch before the question is asked again (never both).
struct AskedReport {
    std::optional<Report> report;
    DocumentNeeds needs;
};

/// Verifies without an installation: every document is somebody else's. The question's input may be an https address.
/// Errors: those of Inquiry::open; unprocessable "not-reached" with the address and why.
Result<AskedReport> verify_foreign(Question question, Instant now, FetchedDocuments const* fetched);

}  // namespace itqan::domain
