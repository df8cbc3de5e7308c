// The vectors of the W3C cryptosuites for EdDSA and ECDSA: each published intermediate value, signature and signed
// document.

#include <doctest/doctest.h>

#include "crypto/data_integrity.hpp"
#include "tests/crypto/integrity_support.hpp"

using namespace itqan;
using namespace itqan::crypto;
using tests::fault_code;
using tests::instant;

namespace {

std::filesystem::path vector_folder(char const* family) {
    return tests::shared_dir().value() / "vectors" / family / "TestVectors";
}

/// One folder of files that share an ending: canonDocJCS.txt, proofHashJCS.txt, signedJCS.json, ...
struct SuiteVector {
    char const *family, *folder, *ending, *unsigned_document, *key_pair;
};
constexpr char eddsa[] = "vc-di-eddsa";
constexpr char ecdsa[] = "vc-di-ecdsa";
constexpr char alumni[] = "unsigned.json";
constexpr char employment[] = "employmentAuth.json";
constexpr SuiteVector all_vectors[] = {
    {eddsa, "eddsa-rdfc-2022", "DataInt", alumni, "keyPair.json"},
    {eddsa, "eddsa-rdfc-2022/employ", "DataInt", employment, "keyPair.json"},
    {eddsa, "eddsa-jcs-2022", "JCS", alumni, "keyPair.json"},
    {eddsa, "Ed25519Signature2020", "EdSig", nullptr, "keyPair.json"},
    {ecdsa, "ecdsa-rdfc-2019-p256", "ECDSAP256", alumni, "p256KeyPair.json"},
    {ecdsa, "ecdsa-rdfc-2019-p256/employ", "ECDSAP256", employment, "p256KeyPair.json"},
    {ecdsa, "ecdsa-rdfc-2019-p384", "ECDSAP384", alumni, "p384KeyPair.json"},
    {ecdsa, "ecdsa-rdfc-2019-p384/employ", "ECDSAP384", employment, "p384KeyPair.json"},
    {ecdsa, "ecdsa-jcs-2019-p256", "JCSECDSAP256", alumni, "p256KeyPair.json"},
    {ecdsa, "ecdsa-jcs-2019-p384", "JCSECDSAP384", alumni, "p384KeyPair.json"},
};

std::string vector_text(SuiteVector const& vector, std::string const& name) {
    return tests::read_file(vector_folder(vector.family) / vector.folder / (name + vector.ending + ".txt"));
}

Json vector_json(SuiteVector const& vector, std::string const& name) {
    return tests::read_json(vector_folder(vector.family) / vector.folder / (name + vector.ending + ".json"));
}

LocalSigner vector_signer(Json const& pair) {
    auto const* name = pair.contains("secretKeyMultibase") ? "secretKeyMultibase" : "privateKeyMultibase";
    return {tests::secret_multikey(pair.at(name).get<std::string>()), "key"};
}

/// The options that a published proof was made with.
ProofOptions vector_options(Json const& proof) {
    ProofOptions options;
    options.cryptosuite = proof.at("cryptosuite").get<std::string>();
    options.verification_method = proof.at("verificationMethod").get<std::string>();
    options.purpose = proof.at("proofPurpose").get<std::string>();
    options.created = instant(proof.at("created").get_ref<std::string const&>().c_str());
    if (proof.contains("id")) options.id = proof["id"].get<std::string>();
    if (auto const previous = proof.find("previousProof"); previous != proof.end()) {
        options.previous_proof = previous->is_array() ? previous->get<std::vector<std::string>>()
                                                      : std::vector{previous->get<std::string>()};
    }
    return options;
}

ProofRules const vector_rules{instant("2026-11-27T12:00:00Z")};

std::string verify_vector(Json const& document) {
    return fault_code(verify_proofs(document, vector_rules, {}, tests::vector_contexts().canonicalizer()));
}

}  // namespace

TEST_CASE("each published signed document verifies over the published values") {
    NEEDS_SHARED();
    for (auto const& vector : all_vectors) {
        CAPTURE(std::string(vector.folder));

        auto const reports =
            judge_proofs(vector_json(vector, "signed"), vector_rules, {}, tests::vector_contexts().canonicalizer());

        REQUIRE_MESSAGE(reports, fault_code(reports));
        REQUIRE(reports->size() == 1);
        auto const& report = reports->front();
        CHECK_MESSAGE(report.verified(), (report.fault ? report.fault->code + report.fault->detail : ""));
        CHECK(report.hashes.canonical_document == vector_text(vector, "canonDoc"));
        CHECK(report.hashes.canonical_proof == vector_text(vector, "proofCanon"));
        CHECK(hex_encode(report.hashes.document_hash) == vector_text(vector, "docHash"));
        CHECK(hex_encode(report.hashes.proof_hash) == vector_text(vector, "proofHash"));
        CHECK(hex_encode(report.hashes.combined()) == vector_text(vector, "combinedHash"));
    }
}

TEST_CASE("each published signature is the published key's, in both of its encodings") {
    NEEDS_SHARED();
    for (auto const& vector : all_vectors) {
        CAPTURE(std::string(vector.folder));
        auto const pair = tests::read_json(vector_folder(vector.family) / vector.key_pair);
        auto const key = PublicKey::from_multikey(pair.at("publicKeyMultibase").get<std::string>());
        auto const signature = hex_decode(vector_text(vector, "sigHex"));
        auto const combined = hex_decode(vector_text(vector, "combinedHash"));
        REQUIRE(key);
        REQUIRE(signature);
        REQUIRE(combined);

        CHECK(key->verify(*combined, *signature));
        CHECK("z" + base58btc_encode(*signature) == vector_text(vector, "sigBTC58"));
        CHECK(vector_signer(pair).public_key() == *key);
    }
}

TEST_CASE("signing the published documents with the published keys gives the published proofs") {
    NEEDS_SHARED();
    for (auto const& vector : all_vectors) {
        if (vector.unsigned_document == nullptr) continue;  // Ed25519Signature2020 is read, not written.
        CAPTURE(std::string(vector.folder));
        auto const published = vector_json(vector, "signed");
        auto const document = tests::read_json(vector_folder(vector.family) / vector.unsigned_document);
        auto const signer = vector_signer(tests::read_json(vector_folder(vector.family) / vector.key_pair));

        auto made = add_proof(document, vector_options(published.at("proof")), signer,
                              tests::vector_contexts().canonicalizer());

        REQUIRE_MESSAGE(made, fault_code(made));
        CHECK(verify_vector(*made) == "");
        if (vector.family == eddsa) {
            CHECK(*made == published);
        } else {  // ECDSA has a random part here.
            auto expected = published;
            expected["proof"].erase("proofValue");
            (*made)["proof"].erase("proofValue");
            CHECK(*made == expected);
        }
    }
}

TEST_CASE("the published set and chain of proofs are reproduced step by step") {
    NEEDS_SHARED();
    auto const folder = vector_folder(eddsa) / "proof-set-chain";
    auto const pairs = tests::read_json(folder / "multiKeyPairs.json");
    auto document = tests::read_json(folder / "unsigned.json");
    struct Proof {
        char const *pair, *config, *document;
    };
    for (auto const& [pair, config, result] : {Proof{"keyPair1", "proofSetConfig1.json", "signedProofSet1.json"},
                                               Proof{"keyPair2", "proofSetConfig2.json", "signedProofSet2.json"},
                                               Proof{"keyPair3", "proofChainConfig1.json", "signedProofChain1.json"},
                                               Proof{"keyPair4", "proofChainConfig2.json", "signedProofChain2.json"}}) {
        CAPTURE(std::string(result));
        auto const signer = vector_signer(pairs.at(pair));

        auto made = add_proof(document, vector_options(tests::read_json(folder / config)), signer,
                              tests::vector_contexts().canonicalizer());

        REQUIRE_MESSAGE(made, fault_code(made));
        document = std::move(*made);
        CHECK(document == tests::read_json(folder / result));
        CHECK(verify_vector(document) == "");
    }
}

TEST_CASE("in the published chain no proof that another builds on can be exchanged or left out") {
    NEEDS_SHARED();
    auto const chain = tests::read_json(vector_folder(eddsa) / "proof-set-chain/signedProofChain2.json");
    for (std::size_t index = 0; index < 3; ++index) {
        CAPTURE(index);
        auto without = chain;
        without["proof"].erase(index);
        auto changed = chain;
        changed["proof"][index]["created"] = "2023-02-24T23:36:39Z";
        auto renamed = chain;
        renamed["proof"][index]["id"] = "urn:uuid:00000000-0000-4000-8000-000000000000";

        CHECK(verify_vector(without) == "unknown-previous-proof");
        CHECK(verify_vector(changed) == "proof-signature");
        CHECK_FALSE(verify_vector(renamed).empty());
    }
    auto shorter = chain;
    shorter["proof"].erase(3);
    CHECK(verify_vector(shorter) == "");
}
