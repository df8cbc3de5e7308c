// Data Integrity EdDSA Cryptosuites 1.0, section 3.3: Ed25519 over SHA-256 of RFC 8785 text.

#include "crypto/suites/suite.hpp"

namespace itqan::crypto {

Suite const eddsa_jcs_2022{"DataIntegrityProof", "eddsa-jcs-2022", true,         true,
                           eddsa_hash_of,        transform_jcs,    verify_hashes};

}  // namespace itqan::crypto
