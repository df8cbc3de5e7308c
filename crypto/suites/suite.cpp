#include "crypto/suites/suite.hpp"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "crypto/multibase.hpp"

namespace itqan::crypto {
namespace {

Error fault_in(ProofInput const& input, Fault fault, char const* code, std::string detail, char const* member = "") {
    return Error{fault, code, detail, {{input.pointer + member, std::move(detail)}}};
}

/// A context alone is a list of one.
Json context_list(Json const& context) {
    return context.is_array() ? context : Json::array({context});
}

bool begins_with(Json const& list, Json const& start) {
    return list.size() >= start.size() && std::equal(start.begin(), start.end(), list.begin());
}

/// `write` writes the document, unless its hash is known from an earlier proof. `form` is what the text depends on
/// beside document and hash algorithm.
template <typename Write>
Result<ProofHashes> hashes_of(ProofInput const& input, std::string proof, HashAlgorithm hash, std::string form,
                              Write write) {
    auto const key = std::pair(hash, std::move(form));
    if (input.known != nullptr) {
        if (auto const known = input.known->find(key); known != input.known->end()) {
            if (!known->second) return known->second.error();
            auto proof_hash = hash_with(hash, as_bytes(proof));
            return ProofHashes{std::move(proof), {}, std::move(proof_hash), *known->second};
        }
    }
    Result<std::string> document = write();
    auto document_hash = document ? Result(hash_with(hash, as_bytes(*document))) : document.error();
    if (input.known != nullptr) input.known->emplace(key, document_hash);
    if (!document_hash) return document_hash.error();
    auto proof_hash = hash_with(hash, as_bytes(proof));
    return ProofHashes{std::move(proof), std::move(*document), std::move(proof_hash), std::move(*document_hash)};
}

Result<HashAlgorithm> hash_for(Suite const& suite, ProofInput const& input, PublicKey const& key) {
    if (auto const hash = suite.hash_of(key.type())) return *hash;
    return fault_in(input, Fault::unprocessable, "proof-key-type",
                    "A key of type " + std::string(key_type_name(key.type())) + " does not sign with this cryptosuite.",
                    "/verificationMethod");
}

Result<Bytes> read_signature(ProofInput const& input, std::string const& proof_value, HashAlgorithm hash) {
    auto const malformed = [&](char const* code, std::string detail) {
        return fault_in(input, Fault::malformed, code, std::move(detail), "/proofValue");
    };
    if (!proof_value.starts_with('z')) return malformed("value-encoding", "A proofValue starts with z (base58btc).");
    auto signature = base58btc_decode(std::string_view(proof_value).substr(1));
    if (!signature) return malformed("value-encoding", "Behind z a proofValue holds base58btc characters only.");
    std::size_t const length = hash == HashAlgorithm::sha384 ? 96 : 64;
    if (signature->size() == length) return std::move(*signature);
    return malformed("value-length", "The signature has " + std::to_string(signature->size()) + " bytes, not " +
                                         std::to_string(length) + ".");
}

}  // namespace

Suite const* find_suite(std::string_view type, std::string_view cryptosuite) {
    static constexpr std::array<Suite const*, 7> suites{&eddsa_rdfc_2022,       &ecdsa_sd_2023,  &eddsa_jcs_2022,
                                                        &ecdsa_rdfc_2019,       &ecdsa_jcs_2019, &eddsa_2022,
                                                        &ed25519_signature_2020};
    auto const found = std::find_if(suites.begin(), suites.end(), [&](Suite const* suite) {
        return suite->type == type && suite->cryptosuite == cryptosuite;
    });
    return found == suites.end() ? nullptr : *found;
}

std::optional<HashAlgorithm> eddsa_hash_of(KeyType type) {
    return type == KeyType::ed25519 ? std::optional(HashAlgorithm::sha256) : std::nullopt;
}

std::optional<HashAlgorithm> ecdsa_hash_of(KeyType type) {
    if (type == KeyType::p256) return HashAlgorithm::sha256;
    return type == KeyType::p384 ? std::optional(HashAlgorithm::sha384) : std::nullopt;
}

Result<std::string> canonical_proof(ProofInput const& input, HashAlgorithm hash) {
    auto const& context = input.document.at("@context");
    auto options = input.proof;
    // The proof is read with the document's context: one of its own would be neither used nor signed.
    if (auto const own = options.find("@context"); own != options.end() && *own != context) {
        return fault_in(input, Fault::malformed, "unexpected-context",
                        "The @context of a proof over RDF is the document's or absent.", "/@context");
    }
    options["@context"] = context;
    auto text = input.canonicalizer.canonical_options(options, hash);
    if (text) return text;
    auto error = text.error();
    for (auto& violation : error.violations)
        violation.pointer.insert(0, input.pointer);
    return error;
}

Result<ProofHashes> transform_rdfc(ProofInput const& input, HashAlgorithm hash) {
    if (!input.document.contains("@context")) {
        return fault_in(input, Fault::unprocessable, "missing-context", "A document signed as RDF needs an @context.");
    }
    auto proof = canonical_proof(input, hash);
    if (!proof) return proof.error();
    return hashes_of(input, std::move(*proof), hash, "rdf",
                     [&] { return input.canonicalizer.canonical_nquads(input.document, hash); });
}

Result<ProofHashes> transform_jcs(ProofInput const& input, HashAlgorithm hash) {
    auto const whole = [&] { return canonical_json(input.document); };
    auto const context = input.proof.find("@context");
    if (context == input.proof.end()) return hashes_of(input, canonical_json(input.proof), hash, "jcs", whole);
    auto const own = input.document.find("@context");
    if (own == input.document.end() || !begins_with(context_list(*own), context_list(*context))) {
        return fault_in(input, Fault::unprocessable, "context-mismatch",
                        "The document's @context must begin with the proof's.", "/@context");
    }
    if (*own == *context) return hashes_of(input, canonical_json(input.proof), hash, "jcs", whole);
    auto form =
        input.known == nullptr ? std::string() : "jcs " + hex_encode(sha256(as_bytes(canonical_json(*context))));
    return hashes_of(input, canonical_json(input.proof), hash, std::move(form), [&] {
        auto document = input.document;
        document["@context"] = *context;
        return canonical_json(document);
    });
}

Result<std::string> sign_hashes(Suite const& suite, ProofInput const& input, Signer const& signer) {
    auto const hash = hash_for(suite, input, signer.public_key());
    if (!hash) return hash.error();
    auto const hashes = suite.transform(input, *hash);
    if (!hashes) return hashes.error();
    return "z" + base58btc_encode(sign_checked(signer, (*hashes).combined()));
}

Result<void> verify_hashes(Suite const& suite, ProofInput const& input, std::string const& proof_value,
                           PublicKey const& key, ProofHashes& hashes) {
    auto const hash = hash_for(suite, input, key);
    if (!hash) return hash.error();
    auto const signature = read_signature(input, proof_value, *hash);
    if (!signature) return signature.error();
    auto transformed = suite.transform(input, *hash);
    if (!transformed) return transformed.error();
    hashes = std::move(*transformed);
    if (key.verify(hashes.combined(), *signature)) return {};
    return fault_in(input, Fault::unprocessable, "proof-signature",
                    "The signature is not this key's over this document and proof.", "/proofValue");
}

}  // namespace itqan::crypto
