#pragma once
// The table of cryptosuites and the steps they share. For data_integrity.cpp and the files of this folder only.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "crypto/data_integrity.hpp"

namespace itqan::crypto {

/// The hashes of one document under several proofs, by the algorithm and what its text depends on beside the document.
using KnownHashes = std::map<std::pair<HashAlgorithm, std::string>, Result<Bytes>>;

/// What one proof is about.
struct ProofInput {
    Json const& document;        ///< Without `proof`, or with the earlier proofs that are signed as well.
    Json const& proof;           ///< Without proofValue.
    std::string const& pointer;  ///< Where the proof stands in the document: "/proof/1".
    Canonicalizer const& canonicalizer;
    KnownHashes* known = nullptr;  ///< Of this very document; null where no other proof is over it.
};

struct Suite {
    std::string_view type;
    std::string_view cryptosuite;  ///< "" for a type that is its own suite.
    bool signs;                    ///< False for what we only read.
    bool embeds_context;           ///< The proof carries the document's @context (JCS suites).

    /// Nothing for a key that the suite has no use for.
    std::optional<HashAlgorithm> (*hash_of)(KeyType type);
    /// Transformation, proof configuration and hashing. Null where `verify` does not hash the document as a whole.
    Result<ProofHashes> (*transform)(ProofInput const& input, HashAlgorithm hash);
    /// Fills `hashes` as soon as they are known.
    Result<void> (*verify)(Suite const& suite, ProofInput const& input, std::string const& proof_value,
                           PublicKey const& key, ProofHashes& hashes);
};

/// Null when there is none.
Suite const* find_suite(std::string_view type, std::string_view cryptosuite);

// One file each.
extern Suite const ecdsa_jcs_2019;
extern Suite const ecdsa_rdfc_2019;
extern Suite const ecdsa_sd_2023;
extern Suite const ed25519_signature_2020;
extern Suite const eddsa_2022;
extern Suite const eddsa_jcs_2022;
extern Suite const eddsa_rdfc_2022;

std::optional<HashAlgorithm> eddsa_hash_of(KeyType type);  ///< Ed25519: SHA-256.
std::optional<HashAlgorithm> ecdsa_hash_of(KeyType type);  ///< P-256: SHA-256, P-384: SHA-384.

/// RDFC-1.0 of document and proof, both read with the document's @context.
Result<ProofHashes> transform_rdfc(ProofInput const& input, HashAlgorithm hash);
/// RFC 8785 of document and proof; the document's @context must begin with the proof's.
Result<ProofHashes> transform_jcs(ProofInput const& input, HashAlgorithm hash);

/// The N-Quads of the proof, read with the document's @context. Error: malformed "unexpected-context", and those of the
/// Canonicalizer, said where the proof stands.
Result<std::string> canonical_proof(ProofInput const& input, HashAlgorithm hash = HashAlgorithm::sha256);

/// "z" + base58btc of the signature over the hashes.
Result<std::string> sign_hashes(Suite const& suite, ProofInput const& input, Signer const& signer);
Result<void> verify_hashes(Suite const& suite, ProofInput const& input, std::string const& proof_value,
                           PublicKey const& key, ProofHashes& hashes);

}  // namespace itqan::crypto
