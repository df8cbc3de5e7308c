#include "crypto/suites/ecdsa_sd_2023.hpp"

#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "crypto/multibase.hpp"
#include "crypto/random.hpp"

namespace itqan::crypto {
namespace {

Error sd_fault(ProofInput const& input, char const* code, std::string detail) {
    return Error{Fault::unprocessable, code, detail, {{input.pointer + "/proofValue", std::move(detail)}}};
}

std::optional<HashAlgorithm> p256_hash_of(KeyType type) {
    return type == KeyType::p256 ? std::optional(HashAlgorithm::sha256) : std::nullopt;
}

Result<PublicKey> key_of(Bytes const& multikey) {
    return PublicKey::from_multikey("z" + base58btc_encode(multikey));
}

/// Section 3.5.1 (serializeSignData).
Bytes sign_data(ProofHashes const& hashes, Bytes const& public_key) {
    auto data = hashes.proof_hash;
    data.insert(data.end(), public_key.begin(), public_key.end());
    data.insert(data.end(), hashes.document_hash.begin(), hashes.document_hash.end());
    return data;
}

/// The proof and the mandatory lines, which stand for the document.
Result<ProofHashes> hash_mandatory(ProofInput const& input, std::string mandatory) {
    auto proof = canonical_proof(input);
    if (!proof) return proof.error();
    auto proof_hash = sha256(as_bytes(*proof));
    auto document_hash = sha256(as_bytes(mandatory));
    return ProofHashes{std::move(*proof), std::move(mandatory), std::move(proof_hash), std::move(document_hash)};
}

/// Lines at the given positions, joined, and the others.
struct Split {
    std::string chosen;
    std::vector<std::string> others;
};

Split split(std::vector<std::string> const& lines, std::vector<std::size_t> const& positions) {
    Split result;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (std::binary_search(positions.begin(), positions.end(), i)) {
            result.chosen += lines[i];
        } else {
            result.others.push_back(lines[i]);
        }
    }
    return result;
}

bool ascend_below(std::vector<std::size_t> const& positions, std::size_t end) {
    auto const unordered = std::adjacent_find(positions.begin(), positions.end(), std::greater_equal<>());
    return unordered == positions.end() && (positions.empty() || positions.back() < end);
}

/// Names as the holder gave them. Two nodes of one name would become one.
Result<NameNode> label_names(ProofInput const& input, std::map<std::size_t, Bytes> const& labels) {
    std::set<Bytes> distinct;
    for (auto const& [index, label] : labels)
        distinct.insert(label);
    if (distinct.size() != labels.size()) return sd_fault(input, "sd-labels", "Two blank nodes have one label.");
    return NameNode([labels](std::size_t index) {
        auto const found = labels.find(index);
        return found == labels.end() ? std::string() : "u" + base64url_encode(found->second);
    });
}

/// Section 3.6.8 (createVerifyData) and 3.6.7: a derived proof.
Result<void> verify_derived(Suite const&, ProofInput const& input, std::string const& proof_value, PublicKey const& key,
                            ProofHashes& hashes) {
    if (!p256_hash_of(key.type())) return sd_fault(input, "proof-key-type", "ecdsa-sd-2023 is signed with P-256 only.");
    auto const value = read_derived_value(proof_value);
    if (!value) return value.error();
    auto const proof_key = key_of(value->public_key);
    if (!proof_key || proof_key->type() != KeyType::p256) {
        return sd_fault(input, "value-encoding", "The key in the proofValue is no P-256 key.");
    }
    auto const names = label_names(input, value->labels);
    if (!names) return names.error();
    if (!input.document.contains("@context")) return sd_fault(input, "missing-context", "The document needs @context.");
    auto const lines = input.canonicalizer.named_nquads(input.document, *names);
    if (!lines) return lines.error();
    if (!ascend_below(value->mandatory_lines, lines->size())) {
        return sd_fault(input, "sd-mandatory-lines", "The mandatory statements are not statements of the document.");
    }
    auto parts = split(*lines, value->mandatory_lines);
    if (parts.others.size() != value->signatures.size()) {
        return sd_fault(input, "sd-signature-count", "Each statement that is not mandatory needs its own signature.");
    }
    auto hashed = hash_mandatory(input, std::move(parts.chosen));
    if (!hashed) return hashed.error();
    hashes = std::move(*hashed);
    if (!key.verify(sign_data(hashes, value->public_key), value->base_signature)) {
        return sd_fault(input, "proof-signature", "The base signature is not this key's over this proof.");
    }
    for (std::size_t i = 0; i < parts.others.size(); ++i) {
        if (!proof_key->verify(as_bytes(parts.others[i]), value->signatures[i])) {
            return sd_fault(input, "proof-signature", "A statement is not what was signed: " + parts.others[i]);
        }
    }
    return {};
}

}  // namespace

Suite const ecdsa_sd_2023{"DataIntegrityProof", "ecdsa-sd-2023", true, false, p256_hash_of, nullptr, verify_derived};

SdSecrets SdSecrets::generate() {
    return {random_bytes(32), PrivateKey::generate(KeyType::p256)};
}

NameNode hmac_names(Bytes const& hmac_key) {
    return [hmac_key](std::size_t index) {
        return "u" + base64url_encode(hmac_sha256(hmac_key, as_bytes("c14n" + std::to_string(index))));
    };
}

Result<std::string> sign_base(ProofInput const& input, std::vector<std::string> const& mandatory_pointers,
                              Signer const& signer, SdSecrets secrets) {
    if (!p256_hash_of(signer.public_key().type())) {
        return sd_fault(input, "proof-key-type", "ecdsa-sd-2023 is signed with P-256 only.");
    }
    if (!input.document.contains("@context")) return sd_fault(input, "missing-context", "The document needs @context.");
    if (input.document.contains("proof")) {
        return sd_fault(input, "sd-previous-proof", "A proof whose parts can be hidden does not build on others.");
    }
    auto const grouped =
        input.canonicalizer.group_nquads(input.document, hmac_names(secrets.hmac_key), {mandatory_pointers});
    if (!grouped) return grouped.error();
    auto parts = split(grouped->lines, grouped->groups.front().lines);
    auto const hashes = hash_mandatory(input, std::move(parts.chosen));
    if (!hashes) return hashes.error();

    SdBaseValue value;
    value.public_key = base58btc_decode(std::string_view(secrets.proof_key.public_key().multikey()).substr(1)).value();
    value.base_signature = sign_checked(signer, sign_data(*hashes, value.public_key));
    value.hmac_key = std::move(secrets.hmac_key);
    value.mandatory_pointers = mandatory_pointers;
    LocalSigner const proof_signer(std::move(secrets.proof_key), "proof key");
    for (auto const& line : parts.others)
        value.signatures.push_back(sign_checked(proof_signer, as_bytes(line)));
    return write_value(value);
}

}  // namespace itqan::crypto
