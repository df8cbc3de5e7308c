#pragma once
// Data Integrity ECDSA Cryptosuites 1.0, section 3.6 (ecdsa-sd-2023): the issuer signs each statement, the holder shows
// some of them. For data_integrity.cpp and selective_disclosure.cpp.

#include <string>

#include "crypto/suites/sd_proof_value.hpp"
#include "crypto/suites/suite.hpp"

namespace itqan::crypto {

/// What an issuer takes anew for each proof.
struct SdSecrets {
    Bytes hmac_key;
    PrivateKey proof_key;  ///< P-256.

    static SdSecrets generate();
};

/// Names blank nodes by HMAC, so that their order tells nothing about what is hidden.
NameNode hmac_names(Bytes const& hmac_key);

/// The proofValue of a base proof. Error: "proof-key-type" unless the signer's key is P-256, and those of
/// Canonicalizer::group_nquads.
Result<std::string> sign_base(ProofInput const& input, std::vector<std::string> const& mandatory_pointers,
                              Signer const& signer, SdSecrets secrets);

}  // namespace itqan::crypto
