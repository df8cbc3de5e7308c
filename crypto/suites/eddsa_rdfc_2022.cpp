// Data Integrity EdDSA Cryptosuites 1.0, section 3.2: Ed25519 over SHA-256 of canonical RDF. Its two older names are
// read, not written: eddsa-2022 differs in the name only, Ed25519Signature2020 (appendix) in having no cryptosuite.

#include "crypto/suites/suite.hpp"

namespace itqan::crypto {

Suite const eddsa_rdfc_2022{"DataIntegrityProof", "eddsa-rdfc-2022", true,         false,
                            eddsa_hash_of,        transform_rdfc,    verify_hashes};
Suite const eddsa_2022{"DataIntegrityProof", "eddsa-2022", false, false, eddsa_hash_of, transform_rdfc, verify_hashes};
Suite const ed25519_signature_2020{"Ed25519Signature2020", "",           false, false, eddsa_hash_of,
                                   transform_rdfc,         verify_hashes};

}  // namespace itqan::crypto
