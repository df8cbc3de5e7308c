#pragma once
// Embedded proofs (VC Data Integrity 1.0, https://www.w3.org/TR/vc-data-integrity/) of any JSON document: made, and
// judged without network, clock or policy. Whose key may speak for the issuer is the verifier's question.

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/canonicalizer.hpp"
#include "crypto/signer.hpp"
#include "schemas/clock.hpp"
#include "schemas/json.hpp"

namespace itqan::crypto {

/// A document with more proofs is refused: "proof-limit".
inline constexpr std::size_t most_proofs = 16;

/// What a new proof says about itself.
struct ProofOptions {
    std::string cryptosuite = "eddsa-rdfc-2022";
    std::string verification_method;
    std::string purpose = "assertionMethod";
    std::optional<std::string> id = {};  ///< A URL; needed where a later proof builds on this one.
    std::optional<Instant> created = {};
    std::optional<Instant> expires = {};
    std::vector<std::string> domain = {};
    std::optional<std::string> challenge = {};
    std::optional<std::string> nonce = {};
    std::vector<std::string> mandatory_pointers = {};  ///< ecdsa-sd-2023: JSON Pointers to what is always shown.
    std::vector<std::string> previous_proof = {};      ///< Ids of proofs of the document that are signed with it.
};

/// The document with one more proof, beside those it has (section 4.3). Where its @context knows no proofs, the data
/// integrity context is appended (section 2.4.1). Cryptosuites: eddsa-rdfc-2022, eddsa-jcs-2022, ecdsa-rdfc-2019,
/// ecdsa-jcs-2019, and ecdsa-sd-2023 for a base proof, which only derive_proof (selective_disclosure.hpp) makes fit to
/// be verified. The signature is checked before it leaves (sign_checked). Errors: as listed at ProofReport.
Result<Json> add_proof(Json document, ProofOptions const& options, Signer const& signer,
                       Canonicalizer const& canonicalizer);

/// Gives the key of a verification method that may be used for a purpose, from documents fetched before. did:key and
/// did:jwk are not asked for; they may lack the fragment, as they name one key only. Error: any; by convention
/// not_found "unknown-verification-method".
using FindKey = std::function<Result<PublicKey>(std::string const& method, std::string const& purpose)>;

/// What a verifier expects of every proof of a document.
struct ProofRules {
    Instant now;
    std::string purpose = "assertionMethod";
    std::vector<std::string> domain = {};       ///< Empty: any. Otherwise exactly this set.
    std::optional<std::string> challenge = {};  ///< Nothing: any.
};

/// What was hashed and signed, for experts. Empty as far as the verification did not get. Of ecdsa-sd-2023, "document"
/// is what is mandatory in it. Proofs of one document that sign the same text have it once, in the first of them.
struct ProofHashes {
    std::string canonical_proof;     ///< The proof without its value: N-Quads or RFC 8785 text.
    std::string canonical_document;  ///< Likewise.
    Bytes proof_hash;
    Bytes document_hash;

    Bytes combined() const;  ///< What the key signs: proof hash, document hash.
};

/// One proof and why it does not verify, if so. Codes:
/// malformed "malformed-proof" (no object, or a member that is no text, URL or date), "missing-purpose",
/// "missing-method", "missing-value", "value-encoding" (prefix or alphabet), "value-length", "unknown-proof-type",
/// "missing-cryptosuite", "proof-method" (no URL), "duplicate-proof-id", "unexpected-context";
/// unprocessable "unknown-cryptosuite", "proof-purpose", "proof-expired", "proof-domain", "proof-challenge",
/// "proof-key-type", "unknown-previous-proof", "context-mismatch" (JCS), "missing-context" (RDF), "proof-signature",
/// for ecdsa-sd-2023 "base-proof", "sd-labels", "sd-mandatory-lines", "sd-signature-count", "sd-previous-proof",
/// "unnamed-node"; those of resolve_did_key, resolve_did_jwk, FindKey and the Canonicalizer.
struct ProofReport {
    std::string pointer;  ///< "/proof" or "/proof/1".
    std::string id = {};
    std::string type = {};
    std::string cryptosuite = {};
    std::string verification_method = {};
    std::string purpose = {};
    std::optional<Instant> created = {};
    std::optional<Instant> expires = {};
    std::optional<PublicKey> key = {};
    ProofHashes hashes = {};
    std::optional<Error> fault = {};

    bool verified() const { return !fault; }
};

/// Judges every proof of a document, none of the documents within it. The document is authentic when all verify: a
/// proof that builds on others signs them too (previousProof, section 4.5). Errors: malformed "malformed-document" (no
/// object), "missing-proof", too_large "proof-limit" (more than 16 proofs).
Result<std::vector<ProofReport>> judge_proofs(Json const& document, ProofRules const& rules, FindKey const& find_key,
                                              Canonicalizer const& canonicalizer);

/// The same without a copy of the document: its proofs are out of it meanwhile and back in their place afterwards.
Result<std::vector<ProofReport>> judge_proofs_in_place(Json& document, ProofRules const& rules, FindKey const& find_key,
                                                       Canonicalizer const& canonicalizer);

/// The same in one word: the first fault of the document or its proofs.
Result<void> verify_proofs(Json const& document, ProofRules const& rules, FindKey const& find_key,
                           Canonicalizer const& canonicalizer);

}  // namespace itqan::crypto
