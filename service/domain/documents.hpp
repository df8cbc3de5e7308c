#pragma once
// Answers the verifier's needs from this installation: own DID documents, keys, credentials and status lists come from
// storage; foreign addresses are said to be out of reach until a guarded way out exists.

#include "service/domain/claims.hpp"
#include "service/domain/verification.hpp"

namespace itqan::domain {

class OwnDocuments {
  public:
    OwnDocuments(storage::Database& database, ProgrammeStore& programmes, IssuerKeys& keys, StatusLists& status,
                 Claims& claims, Addresses const& addresses);

    /// The document at an own address, or one whose `failure` says why there is none.
    Document get(std::string const& address);

    /// Verifies with own documents only, in at most 6 rounds. `input` may also be an https address of a badge of ours.
    /// Errors: those of domain::verify; unprocessable "foreign-address"; gone "credential-erased".
    Result<Report> verify(std::string input, std::optional<std::string> const& recipient, Instant now);

  private:
    Result<std::string> credential_at(std::string const& address);

    storage::Database& database_;
    ProgrammeStore& programmes_;
    IssuerKeys& keys_;
    StatusLists& status_;
    Claims& claims_;
    Addresses const& addresses_;
};

}  // namespace itqan::domain
