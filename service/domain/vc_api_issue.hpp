#pragma once
// What the VC-API signs: credentials as issuers send them and presentations of holders. Pure: JSON and a signer in,
// JSON out. Which path has which key, and where status positions come from, is vc_api.hpp's part.

#include <functional>
#include <string>

#include "crypto/signer.hpp"
#include "schemas/clock.hpp"
#include "schemas/json.hpp"
#include "service/domain/vc_api_documents.hpp"
#include "service/domain/vc_api_profiles.hpp"

namespace itqan::domain {

struct VcApiSigner {
    VcApiProfile const& profile;
    crypto::Signer const& signer;
    std::string did;
    std::string method;  ///< did:key:X#X
};

/// Signs a credential of VCDM 2.0 or 1.1: the issuer is filled in where it is absent, the structure is checked
/// (schemas/verifiable_credential.hpp), digests of known related resources are compared, nothing may get lost as
/// JSON-LD, and a context that defines proofs is appended where there is none. `status` gives a credentialStatus and is
/// asked last. Errors: malformed "invalid-body", "issuer-mismatch" (another issuer than the signer's DID),
/// "credential-structure", "related-resource", "vcdm-version" (an envelope of a 1.1 credential), "registered-claim" (a
/// member of one that is named like a claim); those of VcApiLinkedData::check_to_sign and crypto::add_proof.
Result<Json> issue_credential(VcApiRequest request, VcApiSigner const& signer, std::function<Json()> const& status,
                              VcApiLinkedData const& linked_data, Instant now);

/// A holder's embedded proof (purpose authentication) with options.challenge and options.domain. Errors: as above, and
/// malformed "presentation-structure", "holder-mismatch" (another holder than the signer's DID), "unsupported-profile"
/// (envelopes and selective disclosure).
Result<Json> prove_presentation(VcApiRequest request, VcApiSigner const& signer, VcApiLinkedData const& linked_data,
                                Instant now);

/// What a holder shows of a credential with a base proof of ecdsa-sd-2023: what is mandatory and what
/// options.selectivePointers name. Errors: malformed "invalid-body"; those of crypto::derive_proof.
Result<Json> derive_credential(VcApiRequest const& request, VcApiLinkedData const& linked_data);

}  // namespace itqan::domain
