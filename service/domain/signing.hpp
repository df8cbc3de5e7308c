#pragma once
// A document of an issuer in its two signed forms: written, and read again.

#include <string>

#include "schemas/canonical_part.hpp"
#include "service/domain/issuer_keys.hpp"

namespace itqan::domain {

/// The signed text: JSON with an embedded proof (RFC 8785 form), or a compact VC-JWT. The key is the issuer's for this
/// form. `part` is a large part of the document that was written earlier. Signing checks its own signature. Errors:
/// those of crypto::add_proof, for terms and addresses that would not be signed.
Result<std::string> sign_document(ProofForm form, IssuerKeys::Active const& key, Json document, Instant now,
                                  CanonicalPart const* part = nullptr);

/// Throws std::runtime_error when the row names none.
ProofForm form_of(storage::DocumentRow const& document);

/// What a document signed here says, without its proof. Throws std::runtime_error when it cannot be read.
Json read_signed(storage::DocumentRow const& document);

}  // namespace itqan::domain
