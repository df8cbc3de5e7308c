#pragma once
// What a holder does with a credential under ecdsa-sd-2023: makes a document that shows some of it. Issuing and
// verifying are in data_integrity.hpp.

#include <string>
#include <vector>

#include "crypto/canonicalizer.hpp"

namespace itqan::crypto {

/// The parts of a document that its issuer made mandatory and those at `selective_pointers` (JSON Pointers), with a
/// derived proof. The document has one proof, a base proof of ecdsa-sd-2023; whether it verifies is not looked at.
/// Errors: malformed "malformed-document", "sd-base-proof" (no such proof), "value-encoding", "value-length",
/// "json-pointer"; unprocessable "derived-proof", "pointer-target", "sd-nothing-selected", "sd-signature-count"; those
/// of the Canonicalizer.
Result<Json> derive_proof(Json const& document, std::vector<std::string> const& selective_pointers,
                          Canonicalizer const& canonicalizer);

}  // namespace itqan::crypto
