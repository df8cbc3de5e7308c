// Embedded proofs. Nobody signed the input, so nothing in it verifies; what is signed here verifies, and does not with
// another proof value or another name.

#include <array>

#include <nlohmann/json.hpp>

#include "crypto/data_integrity.hpp"
#include "crypto/did.hpp"
#include "crypto/rdf_canonicalizer.hpp"
#include "crypto/selective_disclosure.hpp"
#include "schemas/published_contexts.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace itqan;
using namespace itqan::crypto;

namespace {

struct Suite {
    char const* name;
    KeyType key;
};
constexpr std::array<Suite, 6> suites{{{"eddsa-rdfc-2022", KeyType::ed25519},
                                       {"eddsa-jcs-2022", KeyType::ed25519},
                                       {"ecdsa-rdfc-2019", KeyType::p256},
                                       {"ecdsa-rdfc-2019", KeyType::p384},
                                       {"ecdsa-jcs-2019", KeyType::p256},
                                       {"ecdsa-sd-2023", KeyType::p256}}};

/// Made anew in every process: no input can hold a signature of theirs.
LocalSigner const& signer_of(KeyType type) {
    static LocalSigner const ed25519(PrivateKey::generate(KeyType::ed25519), "ed25519");
    static LocalSigner const p256(PrivateKey::generate(KeyType::p256), "p256");
    static LocalSigner const p384(PrivateKey::generate(KeyType::p384), "p384");
    return type == KeyType::ed25519 ? ed25519 : type == KeyType::p256 ? p256 : p384;
}

/// Any method is some key's, so that every suite gets as far as the signature.
Result<PublicKey> find_key(std::string const& method, std::string const& purpose) {
    fuzz::require(!method.empty() && purpose == "assertionMethod", "a key is asked for by its method and purpose");
    auto const type = method.ends_with("p256")   ? KeyType::p256
                      : method.ends_with("p384") ? KeyType::p384
                                                 : KeyType::ed25519;
    return signer_of(type).public_key();
}

Canonicalizer const& canonicalizer() {
    static schemas::JsonLdProcessor const processor(schemas::published_contexts());
    static RdfCanonicalizer const rdf(processor);
    return rdf;
}

ProofRules rules() {
    return {Instant::parse("2026-11-27T12:00:00Z").value()};
}

/// The last proof of a document: the one that was added.
bool last_verifies(Json const& document) {
    auto const reports = judge_proofs(document, rules(), find_key, canonicalizer());
    return reports && reports->back().verified();
}

void judge(Json const& document) {
    auto const reports = judge_proofs(document, rules(), find_key, canonicalizer());
    if (!reports) {
        fuzz::require(!reports.error().code.empty(), "a refusal has a code");
        return;
    }
    for (auto const& report : *reports) {
        fuzz::require(!report.verified(), "nobody signed this");
        fuzz::require(!report.fault->code.empty(), "a fault has a code");
    }
}

Json& last_proof(Json& document) {
    auto& proof = document.at("proof");
    return proof.is_array() ? proof.back() : proof;
}

void sign(Json const& document, Suite const& suite) {
    auto const& signer = signer_of(suite.key);
    ProofOptions options;
    options.cryptosuite = suite.name;
    options.verification_method = std::string("https://example.org/keys#") + std::string(key_type_name(suite.key));
    auto made = add_proof(document, options, signer, canonicalizer());
    if (!made) return;
    if (suite.name == std::string_view("ecdsa-sd-2023")) {
        fuzz::require(!last_verifies(*made), "a base proof is for the holder only");
        made = derive_proof(*made, {"/type"}, canonicalizer());
        if (!made) return;
    }
    fuzz::require(last_verifies(*made), "what was signed verifies");

    auto other = *made;
    auto& value = last_proof(other).at("proofValue").get_ref<std::string&>();
    value[value.size() / 2] = value[value.size() / 2] == 'x' ? 'y' : 'x';
    fuzz::require(!last_verifies(other), "another proof value does not verify");
    if (!made->contains("name") || !made->at("name").is_string()) return;
    made->at("name").get_ref<std::string&>() += "!";
    fuzz::require(!last_verifies(*made), "another name does not verify");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const document = parse_json(fuzz::text_of(data, size));
    if (!document) return 0;
    judge(*document);
    sign(*document, suites[size % suites.size()]);
    return 0;
}
