#include "crypto/data_integrity.hpp"

#include <doctest/doctest.h>

#include "crypto/did.hpp"
#include "tests/crypto/integrity_support.hpp"

using namespace itqan;
using namespace itqan::crypto;
using tests::fault_code;
using tests::instant;

// The JCS suites show what all suites share: they need no contexts. data_integrity_rdf_test.cpp has the others.

namespace {

tests::NoRdf const no_rdf;

Instant const judged_at = instant("2026-11-27T12:00:00Z");

struct Party {
    explicit Party(KeyType type)
        : signer(PrivateKey::generate(type), "key"),
          method(resolve_did_key(did_key(signer.public_key()))->verification_method) {}

    LocalSigner signer;
    std::string method;
};

Party const& ed25519_party() {
    static Party const party(KeyType::ed25519);
    return party;
}

Json plain_credential() {
    return {{"@context", {"https://www.w3.org/ns/credentials/v2"}},
            {"id", "urn:uuid:2ed6657d-e927-468b-95e1-2665a8aea6a2"},
            {"type", {"VerifiableCredential"}},
            {"issuer", "https://issuer.example"},
            {"credentialSubject", {{"id", "did:example:learner"}, {"name", "ليلى"}}}};
}

ProofOptions jcs_options(Party const& party, char const* cryptosuite = "eddsa-jcs-2022") {
    ProofOptions made;
    made.cryptosuite = cryptosuite;
    made.verification_method = party.method;
    made.created = judged_at;
    return made;
}

Json sign_jcs(Json document, ProofOptions const& made, Party const& party = ed25519_party()) {
    auto result = add_proof(std::move(document), made, party.signer, no_rdf);
    REQUIRE_MESSAGE(result, fault_code(result));
    return std::move(*result);
}

std::string verify_jcs(Json const& document, ProofRules rules = {judged_at}) {
    return fault_code(verify_proofs(document, rules, {}, no_rdf));
}

/// Signs what `change` made of the options.
template <typename Change>
Json signed_with(Change change) {
    auto made = jcs_options(ed25519_party());
    change(made);
    return sign_jcs(plain_credential(), made);
}

/// A signed credential whose proof was changed afterwards.
template <typename Change>
Json tampered(Change change) {
    static Json const document = sign_jcs(plain_credential(), jcs_options(ed25519_party()));
    auto copy = document;
    change(copy["proof"]);
    return copy;
}

}  // namespace

TEST_CASE("a JCS proof verifies with each kind of key and only with the key that made it") {
    for (auto const& [type, cryptosuite, length] :
         {std::tuple{KeyType::ed25519, "eddsa-jcs-2022", 64}, std::tuple{KeyType::p256, "ecdsa-jcs-2019", 64},
          std::tuple{KeyType::p384, "ecdsa-jcs-2019", 96}}) {
        CAPTURE(std::string(cryptosuite));
        Party const party(type);
        Party const other(type);
        auto document = sign_jcs(plain_credential(), jcs_options(party, cryptosuite), party);

        auto const reports = judge_proofs(document, {judged_at}, {}, no_rdf);

        REQUIRE(reports);
        REQUIRE(reports->size() == 1);
        auto const& report = reports->front();
        CHECK(report.verified());
        CHECK(report.pointer == "/proof");
        CHECK(report.cryptosuite == cryptosuite);
        CHECK(report.verification_method == party.method);
        CHECK(report.created == judged_at);
        CHECK(report.key == party.signer.public_key());
        auto const value = document["proof"]["proofValue"].get<std::string>();
        auto const signature = base58btc_decode(std::string_view(value).substr(1));
        REQUIRE(signature);
        CHECK(signature->size() == static_cast<std::size_t>(length));
        CHECK(report.key->verify(report.hashes.combined(), *signature));
        CHECK(report.hashes.canonical_document == canonical_json(plain_credential()));
        document["proof"]["verificationMethod"] = other.method;
        CHECK(verify_jcs(document) == "proof-signature");
    }
}

TEST_CASE("a proof carries all that it was told") {
    auto const document = signed_with([](ProofOptions& made) {
        made.id = "urn:uuid:d94f792a-c546-4d06-b38a-da070ab56c23";
        made.purpose = "authentication";
        made.expires = instant("2027-01-01T00:00:00Z");
        made.domain = {"https://one.example", "https://two.example"};
        made.challenge = "uA1";
        made.nonce = "n";
    });

    auto proof = document.at("proof");
    CHECK(proof.at("proofValue").get<std::string>().starts_with("z"));
    proof.erase("proofValue");
    CHECK(proof == Json{{"@context", {"https://www.w3.org/ns/credentials/v2"}},
                        {"type", "DataIntegrityProof"},
                        {"id", "urn:uuid:d94f792a-c546-4d06-b38a-da070ab56c23"},
                        {"cryptosuite", "eddsa-jcs-2022"},
                        {"verificationMethod", ed25519_party().method},
                        {"proofPurpose", "authentication"},
                        {"created", "2026-11-27T12:00:00Z"},
                        {"expires", "2027-01-01T00:00:00Z"},
                        {"domain", {"https://one.example", "https://two.example"}},
                        {"challenge", "uA1"},
                        {"nonce", "n"}});
    CHECK(verify_jcs(document, {judged_at, "authentication", {"https://two.example", "https://one.example"}, "uA1"}) ==
          "");
}

TEST_CASE("what the verifier expects is compared with the signed proof") {
    auto const document = signed_with([](ProofOptions& made) {
        made.expires = instant("2026-11-27T12:00:01Z");
        made.domain = {"one.example"};
        made.challenge = "a";
    });
    auto const plain = sign_jcs(plain_credential(), jcs_options(ed25519_party()));

    CHECK(verify_jcs(document) == "");
    CHECK(verify_jcs(document, {instant("2026-11-27T12:00:01Z")}) == "proof-expired");
    CHECK(verify_jcs(document, {judged_at, "authentication"}) == "proof-purpose");
    CHECK(verify_jcs(document, {judged_at, "assertionMethod", {"one.example"}, "a"}) == "");
    CHECK(verify_jcs(document, {judged_at, "assertionMethod", {"two.example"}}) == "proof-domain");
    CHECK(verify_jcs(document, {judged_at, "assertionMethod", {"one.example", "two.example"}}) == "proof-domain");
    CHECK(verify_jcs(document, {judged_at, "assertionMethod", {}, "b"}) == "proof-challenge");
    CHECK(verify_jcs(plain, {judged_at, "assertionMethod", {"one.example"}}) == "proof-domain");
    CHECK(verify_jcs(plain, {judged_at, "assertionMethod", {}, "a"}) == "proof-challenge");
}

TEST_CASE("a document without a proof or of another shape is refused as a whole") {
    auto document = sign_jcs(plain_credential(), jcs_options(ed25519_party()));
    auto const with_proof = [&](Json proof) {
        document["proof"] = std::move(proof);
        return verify_jcs(document);
    };

    CHECK(verify_jcs(Json()) == "malformed-document");
    CHECK(verify_jcs(Json::array({document})) == "malformed-document");
    CHECK(verify_jcs(Json("text")) == "malformed-document");
    CHECK(verify_jcs(plain_credential()) == "missing-proof");
    CHECK(with_proof(nullptr) == "missing-proof");
    CHECK(with_proof(Json::array()) == "missing-proof");
    CHECK(with_proof("text") == "malformed-proof");
    CHECK(with_proof(5) == "malformed-proof");
    CHECK(with_proof(Json::array({nullptr})) == "malformed-proof");
    CHECK(with_proof(Json::array({Json::array({document})})) == "malformed-proof");
    CHECK(with_proof(Json::object()) == "unknown-proof-type");
    CHECK(with_proof(Json::array({Json::object()})) == "unknown-proof-type");
    Json many = Json::array();
    for (int i = 0; i < 17; ++i)
        many.push_back(Json::object());
    CHECK(with_proof(many) == "proof-limit");
}

TEST_CASE("each malformed member of a proof has its own code") {
    struct Case {
        char const* member;
        Json value;  ///< Discarded: the member is taken away.
        char const* code;
    };
    auto const none = Json(Json::value_t::discarded);
    Case const cases[] = {{"type", none, "unknown-proof-type"},
                          {"type", nullptr, "malformed-proof"},
                          {"type", {"DataIntegrityProof"}, "malformed-proof"},
                          {"type", "", "malformed-proof"},
                          {"type", "Ed25519Signature2018", "unknown-proof-type"},
                          {"type", "dataIntegrityProof", "unknown-proof-type"},
                          {"cryptosuite", none, "missing-cryptosuite"},
                          {"cryptosuite", nullptr, "malformed-proof"},
                          {"cryptosuite", 7, "malformed-proof"},
                          {"cryptosuite", "eddsa-jcs-2023", "unknown-cryptosuite"},
                          {"cryptosuite", "bbs-2023", "unknown-cryptosuite"},
                          {"cryptosuite", "ecdsa-jcs-2019", "proof-key-type"},
                          {"verificationMethod", none, "missing-method"},
                          {"verificationMethod", nullptr, "malformed-proof"},
                          {"verificationMethod", {{"id", "did:key:x"}}, "malformed-proof"},
                          {"verificationMethod", "key-1", "proof-method"},
                          {"verificationMethod", "#key-1", "proof-method"},
                          {"verificationMethod", "https ://issuer.example", "proof-method"},
                          {"verificationMethod", "did:key:invalid", "invalid-did"},
                          {"verificationMethod", "did:key:invalid#invalid", "invalid-did"},
                          {"verificationMethod", ed25519_party().method + "x", "invalid-did"},
                          {"verificationMethod", "did:jwk:e30#0", "invalid-did"},
                          {"verificationMethod", "did:web:issuer.example#k", "unknown-verification-method"},
                          {"proofPurpose", none, "missing-purpose"},
                          {"proofPurpose", nullptr, "malformed-proof"},
                          {"proofPurpose", {"assertionMethod"}, "malformed-proof"},
                          {"proofPurpose", "invalidPurpose", "proof-purpose"},
                          {"created", "yesterday", "malformed-proof"},
                          {"created", "2026-11-27", "malformed-proof"},
                          {"created", "2026-13-27T12:00:00Z", "malformed-proof"},
                          {"created", 1795514400, "malformed-proof"},
                          {"created", nullptr, "malformed-proof"},
                          {"expires", "never", "malformed-proof"},
                          {"expires", nullptr, "malformed-proof"},
                          {"id", "456321", "malformed-proof"},
                          {"id", 456321, "malformed-proof"},
                          {"id", nullptr, "malformed-proof"},
                          {"id", {"urn:a:b"}, "malformed-proof"},
                          {"domain", 5, "malformed-proof"},
                          {"domain", Json::array(), "malformed-proof"},
                          {"domain", {"a", 5}, "malformed-proof"},
                          {"challenge", {"a"}, "malformed-proof"},
                          {"nonce", 1, "malformed-proof"},
                          {"previousProof", 456321, "malformed-proof"},
                          {"previousProof", nullptr, "malformed-proof"},
                          {"previousProof", Json::array(), "malformed-proof"},
                          {"previousProof", {"urn:a:b", 456321}, "malformed-proof"},
                          {"previousProof", {"urn:a:b", "urn:a:b"}, "malformed-proof"},
                          {"previousProof", "urn:a:b", "unknown-previous-proof"},
                          {"previousProof", {"urn:a:b"}, "unknown-previous-proof"},
                          {"proofValue", none, "missing-value"},
                          {"proofValue", nullptr, "missing-value"},
                          {"proofValue", Json::object(), "missing-value"},
                          {"proofValue", 5, "missing-value"},
                          {"proofValue", "", "value-encoding"},
                          {"proofValue", "z0OIl", "value-encoding"},
                          {"proofValue", "z" + std::string(300, '2'), "value-encoding"},
                          {"proofValue", "z", "value-length"},
                          {"proofValue", "z" + base58btc_encode(Bytes(63, 7)), "value-length"},
                          {"proofValue", "z" + base58btc_encode(Bytes(65, 7)), "value-length"},
                          {"proofValue", "z" + base58btc_encode(Bytes(96, 7)), "value-length"},
                          {"proofValue", "z" + base58btc_encode(Bytes(64, 0)), "proof-signature"},
                          {"proofValue", "z" + base58btc_encode(Bytes(64, 255)), "proof-signature"},
                          {"@context", {"https://www.w3.org/2018/credentials/v1"}, "context-mismatch"},
                          {"@context", nullptr, "context-mismatch"},
                          {"@context", none, "proof-signature"},
                          {"extra", "signed in JCS", "proof-signature"},
                          {"extra", nullptr, "proof-signature"}};
    for (auto const& each : cases) {
        CAPTURE(std::string(each.member));
        CAPTURE(each.value.dump());
        auto const document = tampered([&](Json& proof) {
            proof.erase(each.member);
            if (!each.value.is_discarded()) proof[each.member] = each.value;
        });

        CHECK(verify_jcs(document) == each.code);
    }
}

TEST_CASE("a proofValue in another encoding or cut is refused") {
    auto const good = tampered([](Json&) {})["proof"]["proofValue"].get<std::string>();
    auto const with_value = [](std::string const& text) {
        return verify_jcs(tampered([&](Json& proof) { proof["proofValue"] = text; }));
    };
    auto const bytes = base58btc_decode(std::string_view(good).substr(1)).value();

    CHECK(with_value(good) == "");
    CHECK(with_value(good.substr(1)) == "value-encoding");
    CHECK(with_value("u" + base64url_encode(bytes)) == "value-encoding");
    CHECK(with_value("Z" + good.substr(1)) == "value-encoding");
    CHECK(with_value("z" + good) != "");
    CHECK(with_value(good + "1") != "");
    CHECK(with_value(good + " ") == "value-encoding");
    CHECK(with_value("z1" + good.substr(1)) == "value-length");
    CHECK(with_value(good.substr(0, good.size() - 2)) != "");
}

TEST_CASE("a date without a zone counts as UTC") {
    auto document = signed_with([](ProofOptions& made) { made.created = {}; });
    auto const dated = [&](char const* text) {
        auto const reports = judge_proofs({{"proof",
                                            {{"type", "DataIntegrityProof"},
                                             {"verificationMethod", "https://issuer.example/k"},
                                             {"proofPurpose", "assertionMethod"},
                                             {"created", text}}}},
                                          {judged_at}, {}, no_rdf);
        return reports->front().created;
    };

    CHECK_FALSE(document["proof"].contains("created"));
    CHECK(verify_jcs(document) == "");
    CHECK(dated("2026-11-27T12:00:00") == judged_at);
    CHECK(dated("2026-11-27T15:00:00.000+03:00") == judged_at);
    CHECK(dated("2026-11-27t12:00:00Z") == std::nullopt);
}

TEST_CASE("keys of other methods come from the caller, who hears the purpose") {
    auto made = jcs_options(ed25519_party());
    made.verification_method = "https://issuer.example/keys/1";
    made.purpose = "authentication";
    auto const document = sign_jcs(plain_credential(), made);
    std::string asked;
    FindKey const find = [&](std::string const& method, std::string const& purpose) -> Result<PublicKey> {
        asked = method + " " + purpose;
        return ed25519_party().signer.public_key();
    };
    FindKey const refuse = [](std::string const&, std::string const&) -> Result<PublicKey> {
        return Error{Fault::unprocessable, "revoked", "The key was revoked."};
    };
    ProofRules const rules{judged_at, "authentication"};

    CHECK(fault_code(verify_proofs(document, rules, find, no_rdf)) == "");
    CHECK(asked == "https://issuer.example/keys/1 authentication");
    CHECK(fault_code(verify_proofs(document, rules, refuse, no_rdf)) == "revoked");
    CHECK(fault_code(verify_proofs(document, rules, {}, no_rdf)) == "unknown-verification-method");
}

TEST_CASE("a did:key names its only key also without a fragment") {
    auto made = jcs_options(ed25519_party());
    made.verification_method = did_key(ed25519_party().signer.public_key());

    CHECK(verify_jcs(sign_jcs(plain_credential(), made)) == "");
}

TEST_CASE("a key as did:jwk is resolved without asking anybody") {
    Party const party(KeyType::p256);
    auto made = jcs_options(party, "ecdsa-jcs-2019");
    made.verification_method =
        "did:jwk:" + base64url_encode(as_bytes(canonical_json(party.signer.public_key().to_jwk()))) + "#0";

    auto const document = sign_jcs(plain_credential(), made, party);

    CHECK(verify_jcs(document) == "");
}

TEST_CASE("in a set of proofs each must verify") {
    Party const second(KeyType::p384);
    auto const once = sign_jcs(plain_credential(), jcs_options(ed25519_party()));
    auto const twice = sign_jcs(once, jcs_options(second, "ecdsa-jcs-2019"), second);
    auto const spoil = [&](std::size_t index) {
        auto copy = twice;
        copy["proof"][index]["created"] = "2026-11-27T12:00:01Z";
        return copy;
    };

    auto const reports = judge_proofs(spoil(1), {judged_at}, {}, no_rdf);

    REQUIRE(twice["proof"].size() == 2);
    CHECK(twice["proof"][0] == once["proof"]);
    CHECK(verify_jcs(twice) == "");
    CHECK(verify_jcs(spoil(0)) == "proof-signature");
    CHECK(verify_jcs(spoil(1)) == "proof-signature");
    REQUIRE(reports);
    CHECK((*reports)[0].verified());
    CHECK((*reports)[1].pointer == "/proof/1");
    REQUIRE((*reports)[1].fault);
    CHECK((*reports)[1].fault->violations.at(0).pointer == "/proof/1/proofValue");
}

TEST_CASE("a proof that builds on others signs them") {
    std::string const first = "urn:uuid:26329423-bec9-4b2e-88cb-a7c7d9dc4544";
    std::string const second = "urn:uuid:8cc9022b-6b14-4cf3-8571-74972c5feb54";
    auto made = jcs_options(ed25519_party());
    made.id = first;
    auto document = sign_jcs(plain_credential(), made);
    made.id = second;
    document = sign_jcs(document, made);
    made.id = {};
    made.previous_proof = {first};
    auto const on_one = sign_jcs(document, made);
    made.previous_proof = {first, second};
    auto const on_both = sign_jcs(document, made);
    auto const after = [](Json copy, auto change) {
        change(copy["proof"]);
        return verify_jcs(copy);
    };
    // An earlier proof that is good by itself, but not the one that was built on.
    auto other = jcs_options(ed25519_party());
    other.id = first;
    other.created = instant("2026-11-27T11:59:59Z");
    auto const replacement = sign_jcs(plain_credential(), other)["proof"];

    CHECK(on_one["proof"][2]["previousProof"] == first);
    CHECK(on_both["proof"][2]["previousProof"] == Json::array({first, second}));
    CHECK(verify_jcs(on_one) == "");
    CHECK(verify_jcs(on_both) == "");
    CHECK(after(on_both, [&](Json& proof) { proof[0] = replacement; }) == "proof-signature");
    CHECK(after(on_one, [&](Json& proof) { proof[0] = replacement; }) == "proof-signature");
    CHECK(after(on_one, [](Json& proof) { proof.erase(1); }) == "");
    CHECK(after(on_both, [](Json& proof) { proof.erase(1); }) == "unknown-previous-proof");
    CHECK(after(on_both, [](Json& proof) { proof.erase(0); }) == "unknown-previous-proof");
    CHECK(after(on_both, [](Json& proof) { proof[2].erase("previousProof"); }) == "proof-signature");
    CHECK(after(on_both, [](Json& proof) { proof[1]["id"] = proof[0]["id"]; }) == "duplicate-proof-id");
    CHECK(after(on_one, [](Json& proof) { proof.push_back(proof[0]); }) == "duplicate-proof-id");
}

TEST_CASE("a proof that names itself or a circle of proofs does not verify") {
    auto const itself = tampered([](Json& proof) {
        proof["id"] = "urn:a:1";
        proof["previousProof"] = "urn:a:1";
    });
    auto circle = sign_jcs(sign_jcs(plain_credential(), jcs_options(ed25519_party())), jcs_options(ed25519_party()));
    for (std::size_t i = 0; i < 2; ++i) {
        circle["proof"][i]["id"] = "urn:a:" + std::to_string(i);
        circle["proof"][i]["previousProof"] = "urn:a:" + std::to_string(1 - i);
    }

    CHECK(verify_jcs(itself) == "proof-signature");
    CHECK(verify_jcs(circle) == "proof-signature");
}

TEST_CASE("a JCS proof binds the context it was made with, and contexts behind it stay free") {
    auto const document = sign_jcs(plain_credential(), jcs_options(ed25519_party()));
    auto const with_context = [&](Json context) {
        auto copy = document;
        copy["@context"] = std::move(context);
        return verify_jcs(copy);
    };
    std::string const v2 = "https://www.w3.org/ns/credentials/v2";

    CHECK(with_context({v2}) == "");
    CHECK(with_context(v2) == "");
    CHECK(with_context({v2, "https://other.example"}) == "");
    CHECK(with_context({"https://other.example", v2}) == "context-mismatch");
    CHECK(with_context(Json::array()) == "context-mismatch");
    CHECK(with_context("https://other.example") == "context-mismatch");
    CHECK(with_context(nullptr) == "context-mismatch");
    auto without = document;
    without.erase("@context");
    CHECK(verify_jcs(without) == "context-mismatch");
}

TEST_CASE("documents that are no JSON-LD are signed and verified with JCS") {
    auto const document = sign_jcs({{"name", "a"}}, jcs_options(ed25519_party()));
    auto added = document;
    added["@context"] = "https://www.w3.org/ns/credentials/v2";

    CHECK_FALSE(document.contains("@context"));
    CHECK_FALSE(document["proof"].contains("@context"));
    CHECK(verify_jcs(document) == "");
    CHECK(verify_jcs(added) == "proof-signature");
}

TEST_CASE("a context without proofs gets the one that defines them") {
    auto const context_of = [](Json context) {
        auto document = plain_credential();
        document["@context"] = std::move(context);
        return sign_jcs(document, jcs_options(ed25519_party()))["@context"];
    };
    std::string const v1 = "https://www.w3.org/2018/credentials/v1";
    std::string const integrity = "https://w3id.org/security/data-integrity/v2";

    CHECK(context_of({v1}) == Json::array({v1, integrity}));
    CHECK(context_of(v1) == Json::array({v1, integrity}));
    CHECK(context_of({v1, integrity}) == Json::array({v1, integrity}));
    CHECK(context_of("https://www.w3.org/ns/credentials/v2") == "https://www.w3.org/ns/credentials/v2");
}

TEST_CASE("nothing is signed that would not verify") {
    Party const rsa_like(KeyType::p521);
    auto const refused = [](auto change, Party const& party = ed25519_party()) {
        auto made = jcs_options(ed25519_party());
        change(made);
        return fault_code(add_proof(plain_credential(), made, party.signer, no_rdf));
    };

    CHECK(refused([](ProofOptions& made) { made.cryptosuite = "eddsa-2022"; }) == "unknown-cryptosuite");
    CHECK(refused([](ProofOptions& made) { made.cryptosuite = ""; }) == "unknown-cryptosuite");
    CHECK(refused([](ProofOptions& made) { made.cryptosuite = "ecdsa-jcs-2019"; }) == "proof-key-type");
    CHECK(refused([](ProofOptions&) {}, rsa_like) == "proof-key-type");
    CHECK(refused([](ProofOptions& made) { made.cryptosuite = "ecdsa-jcs-2019"; }, rsa_like) == "proof-key-type");
    CHECK(refused([](ProofOptions& made) { made.id = "456321"; }) == "malformed-proof");
    CHECK(refused([](ProofOptions& made) { made.verification_method = "key-1"; }) == "proof-method");
    CHECK(refused([](ProofOptions& made) { made.verification_method = ""; }) == "malformed-proof");
    CHECK(refused([](ProofOptions& made) { made.previous_proof = {"urn:a:b"}; }) == "unknown-previous-proof");
    CHECK(fault_code(add_proof(Json::array(), jcs_options(ed25519_party()), ed25519_party().signer, no_rdf)) ==
          "malformed-document");
    CHECK(fault_code(add_proof(
              {{"proof", {{"id", "urn:a:b"}}}},
              [] {
                  auto made = jcs_options(ed25519_party());
                  made.id = "urn:a:b";
                  return made;
              }(),
              ed25519_party().signer, no_rdf)) == "duplicate-proof-id");
}
