// Data Integrity ECDSA Cryptosuites 1.0, section 3.3: P-256 with SHA-256 or P-384 with SHA-384 over RFC 8785 text.

#include "crypto/suites/suite.hpp"

namespace itqan::crypto {

Suite const ecdsa_jcs_2019{"DataIntegrityProof", "ecdsa-jcs-2019", true,         true,
                           ecdsa_hash_of,        transform_jcs,    verify_hashes};

}  // namespace itqan::crypto
