// Data Integrity ECDSA Cryptosuites 1.0, section 3.2: P-256 with SHA-256 or P-384 with SHA-384 over canonical RDF,
// which is canonicalised with the same hash.

#include "crypto/suites/suite.hpp"

namespace itqan::crypto {

Suite const ecdsa_rdfc_2019{"DataIntegrityProof", "ecdsa-rdfc-2019", true,         false,
                            ecdsa_hash_of,        transform_rdfc,    verify_hashes};

}  // namespace itqan::crypto
