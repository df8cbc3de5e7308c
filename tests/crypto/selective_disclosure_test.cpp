#include "crypto/selective_disclosure.hpp"

#include <doctest/doctest.h>

#include "crypto/did.hpp"
#include "crypto/suites/ecdsa_sd_2023.hpp"
#include "crypto/suites/json_selection.hpp"
#include "tests/crypto/integrity_support.hpp"

using namespace itqan;
using namespace itqan::crypto;
using tests::fault_code;
using tests::instant;

namespace {

/// Json of a published map with numbers or texts as keys: {"dataType": "Map", "value": [[key, value], ...]}.
std::vector<std::size_t> positions_in(Json const& map) {
    std::vector<std::size_t> keys;
    for (auto const& entry : map.at("value"))
        keys.push_back(entry.at(0).get<std::size_t>());
    return keys;
}

/// One of the two published walks through the suite.
struct SdWalk {
    std::filesystem::path folder;
    std::filesystem::path root;
    std::vector<std::string> mandatory;
    std::vector<std::string> selective;

    SdWalk(std::string const& name, char const* mandatory_file, char const* selective_file)
        : root(tests::shared_dir().value() / "vectors/vc-di-ecdsa/TestVectors") {
        folder = root / "ecdsa-sd-2023" / name;
        mandatory = tests::read_json(root / mandatory_file).get<std::vector<std::string>>();
        selective = tests::read_json(root / selective_file).get<std::vector<std::string>>();
    }

    Json json(char const* file) const { return tests::read_json(folder / file); }
    Json unsigned_base() const {
        auto document = json("addSignedSDBase.json");
        document.erase("proof");
        return document;
    }
};

std::vector<SdWalk> const& sd_walks() {
    static std::vector<SdWalk> const both{{"employ", "employMandatory.json", "employSelective.json"},
                                          {"prc", "prCredMandatory.json", "prCredSelective.json"}};
    return both;
}

Canonicalizer const& sd_canonicalizer() {
    return tests::vector_contexts().canonicalizer();
}

ProofRules const sd_rules{instant("2026-11-27T12:00:00Z")};

std::string verify_shown(Json const& document) {
    return fault_code(verify_proofs(document, sd_rules, {}, sd_canonicalizer()));
}

Bytes published_hmac_key(SdWalk const& walk) {
    auto const text = tests::read_json(walk.root / "ecdsa-sd-2023/SDKeyMaterial.json").at("hmacKeyString");
    return hex_decode(text.get_ref<std::string const&>()).value();
}

Json hex_list(std::vector<Bytes> const& items) {
    auto list = Json::array();
    for (auto const& item : items)
        list.push_back(hex_encode(item));
    return list;
}

}  // namespace

TEST_CASE("JSON Pointers select values with the ids and types on the way to them") {
    Json const document{{"@context", "urn:c"},
                        {"id", "urn:a:1"},
                        {"type", {"A"}},
                        {"a/b", {{"id", "_:b0"}, {"type", "B"}, {"~", 1}, {"other", 2}}},
                        {"list", {{{"x", 1}}, {{"x", 2}, {"y", 3}}, {{"x", 4}}}}};
    auto const select = [&](std::vector<std::string> const& pointers) { return *select_json(document, pointers); };

    CHECK(select({}).is_null());
    CHECK(select({""}) == document);
    CHECK(select({"/a~1b/~0"}) ==
          Json{{"@context", "urn:c"}, {"id", "urn:a:1"}, {"type", {"A"}}, {"a/b", {{"type", "B"}, {"~", 1}}}});
    CHECK(select({"/list/2", "/list/1/y"}).at("list") == Json::parse(R"([{"y":3},{"x":4}])"));
    CHECK(select({"/list/1/y", "/list/1"}).at("list") == Json::parse(R"([{"x":2,"y":3}])"));
    for (auto const* missing : {"/none", "/list/3", "/list/01", "/list/-", "/list/x", "/id/0", "/a~1b/~0/x"}) {
        CAPTURE(std::string(missing));
        CHECK(fault_code(select_json(document, {missing})) == "pointer-target");
    }
    for (auto const* malformed : {"id", "/a~2b", "/~", "#/id"}) {
        CAPTURE(std::string(malformed));
        CHECK(fault_code(select_json(document, {malformed})) == "json-pointer");
    }
}

TEST_CASE("a holder shows parts of a document and nothing else") {
    LocalSigner const signer(PrivateKey::generate(KeyType::p256), "key");
    ProofOptions options;
    options.cryptosuite = "ecdsa-sd-2023";
    options.verification_method = resolve_did_key(did_key(signer.public_key()))->verification_method;
    options.mandatory_pointers = {"/name"};
    auto const& small = tests::small_contexts().canonicalizer;
    auto document = tests::person();
    document["knows"] = Json::parse(R"([{"name": "Omar"}, {"name": "Amal", "knows": {"name": "Sami"}}])");
    auto const verified = [&](Json const& shown) { return fault_code(verify_proofs(shown, sd_rules, {}, small)); };

    auto const base = add_proof(document, options, signer, small);
    REQUIRE_MESSAGE(base, fault_code(base));
    auto const shown = derive_proof(*base, {"/knows/1/knows/name"}, small);

    REQUIRE_MESSAGE(shown, fault_code(shown));
    CHECK(shown->at("knows") == Json::parse(R"([{"knows": {"name": "Sami"}}])"));
    CHECK(verified(*shown) == "");
    CHECK(verified(*base) == "base-proof");
    CHECK(verified(*derive_proof(*base, {"/knows"}, small)) == "");
    auto changed = *shown;
    changed["knows"][0]["knows"]["name"] = "Omar";
    CHECK(verified(changed) == "proof-signature");
    auto moved = *shown;
    moved["knows"] = moved["knows"][0]["knows"];
    CHECK(verified(moved) != "");
    auto other = *base;
    other["knows"].push_back({{"name", "Nobody"}});
    CHECK(fault_code(derive_proof(other, {"/knows"}, small)) == "sd-signature-count");
}

TEST_CASE("selective disclosure refuses what it cannot sign part by part") {
    LocalSigner const p256(PrivateKey::generate(KeyType::p256), "key");
    LocalSigner const p384(PrivateKey::generate(KeyType::p384), "key");
    ProofOptions options;
    options.cryptosuite = "ecdsa-sd-2023";
    options.verification_method = "https://issuer.example/keys/1";
    options.mandatory_pointers = {"/steps/1"};
    auto const& small = tests::small_contexts().canonicalizer;
    auto document = tests::person();
    document["steps"] = {"one", "two", "three"};

    CHECK(fault_code(add_proof(document, options, p256, small)) == "unnamed-node");  // Not the list's node.
    options.mandatory_pointers = {"/name"};
    CHECK(fault_code(add_proof(document, options, p256, small)) == "");
    CHECK(fault_code(add_proof(document, options, p384, small)) == "proof-key-type");
    options.id = "urn:a:1";
    document = *add_proof(document, options, p256, small);
    options.id = {};
    options.previous_proof = {"urn:a:1"};
    CHECK(fault_code(add_proof(document, options, p256, small)) == "sd-previous-proof");
}

TEST_CASE("the published statements, groups and hashes of base proofs are reproduced") {
    NEEDS_SHARED();
    for (auto const& walk : sd_walks()) {
        auto const document = walk.unsigned_base();
        auto combined = walk.mandatory;
        combined.insert(combined.end(), walk.selective.begin(), walk.selective.end());
        auto const transform = walk.json("addBaseTransform.json");
        auto const indexes = walk.json("derivedGroupIndexes.json");

        auto const grouped = sd_canonicalizer().group_nquads(document, hmac_names(published_hmac_key(walk)),
                                                             {walk.mandatory, walk.selective, combined});

        REQUIRE_MESSAGE(grouped, fault_code(grouped));
        CHECK(Json(grouped->lines) == walk.json("addBaseDocHMACCanon.json"));
        CHECK(grouped->groups[0].lines == positions_in(transform.at("mandatory")));
        CHECK(Json(grouped->groups[0].lines) == indexes.at("mandatoryIndexes"));
        CHECK(Json(grouped->groups[1].lines) == indexes.at("selectiveIndexes"));
        CHECK(Json(grouped->groups[2].lines) == indexes.at("combinedIndexes"));
        std::string mandatory;
        for (auto const line : grouped->groups[0].lines)
            mandatory += grouped->lines[line];
        CHECK(hex_encode(sha256(as_bytes(mandatory))) == walk.json("addHashData.json").at("mandatoryHash"));
        auto const plain = sd_canonicalizer().canonical_nquads(document, HashAlgorithm::sha256);
        std::string published;
        for (auto const& line : walk.json("addBaseDocCanon.json"))
            published += line.get<std::string>();
        CHECK(*plain == published);
    }
}

TEST_CASE("the published base proofs are read as what they were made of") {
    NEEDS_SHARED();
    for (auto const& walk : sd_walks()) {
        auto const proof = walk.json("addSignedSDBase.json").at("proof");
        auto const raw = walk.json("addRawBaseSignatureInfo.json");
        auto const text = proof.at("proofValue").get<std::string>();

        auto const value = read_base_value(text);

        REQUIRE_MESSAGE(value, fault_code(value));
        CHECK(hex_encode(value->base_signature) == raw.at("baseSignature"));
        CHECK("z" + base58btc_encode(value->public_key) == raw.at("publicKey"));
        CHECK(value->hmac_key == published_hmac_key(walk));
        CHECK(hex_list(value->signatures) == raw.at("signatures"));
        CHECK(value->mandatory_pointers == walk.mandatory);
        CHECK(write_value(*value) == text);
        CHECK(verify_shown(walk.json("addSignedSDBase.json")) == "base-proof");
    }
}

TEST_CASE("deriving from the published base proofs gives the published derived proofs") {
    NEEDS_SHARED();
    for (auto const& walk : sd_walks()) {
        auto const published = walk.json("derivedRevealDocument.json");

        auto const derived = derive_proof(walk.json("addSignedSDBase.json"), walk.selective, sd_canonicalizer());

        REQUIRE_MESSAGE(derived, fault_code(derived));
        CHECK(*derived == published);
        auto shown = *derived;
        shown.erase("proof");
        CHECK(shown == walk.json("derivedUnsignedReveal.json"));
        auto const value = read_derived_value(published.at("proof").at("proofValue").get<std::string>());
        REQUIRE(value);
        auto const disclosed = walk.json("derivedDisclosureData.json");
        CHECK(hex_list(value->signatures) == disclosed.at("signatures"));
        CHECK(Json(value->mandatory_lines) == disclosed.at("mandatoryIndexes"));
        CHECK(value->labels.size() == disclosed.at("labelMap").at("value").size());
    }
}

TEST_CASE("the published derived proofs verify over the published values") {
    NEEDS_SHARED();
    for (auto const& walk : sd_walks()) {
        auto const data = walk.json("verifyCreateVerifyData.json");

        auto const reports = judge_proofs(walk.json("derivedRevealDocument.json"), sd_rules, {}, sd_canonicalizer());

        REQUIRE(reports);
        auto const& report = reports->front();
        CHECK_MESSAGE(report.verified(), (report.fault ? report.fault->code : ""));
        CHECK(hex_encode(report.hashes.proof_hash) == data.at("proofHash"));
        CHECK(hex_encode(report.hashes.document_hash) == data.at("mandatoryHash"));
    }
}

TEST_CASE("what we issue is derived and verified, and what is hidden does not show") {
    NEEDS_SHARED();
    LocalSigner const signer(PrivateKey::generate(KeyType::p256), "key");
    ProofOptions options;
    options.cryptosuite = "ecdsa-sd-2023";
    options.verification_method = resolve_did_key(did_key(signer.public_key()))->verification_method;
    options.mandatory_pointers = {"/issuer", "/validFrom"};
    auto const& walk = sd_walks().front();
    auto const sign = [&] { return add_proof(walk.unsigned_base(), options, signer, sd_canonicalizer()); };

    auto const base = sign();
    REQUIRE_MESSAGE(base, fault_code(base));
    auto const derived = derive_proof(*base, {"/credentialSubject/birthCountry"}, sd_canonicalizer());
    auto const minimal = derive_proof(*base, {}, sd_canonicalizer());
    auto const whole = derive_proof(*base, {""}, sd_canonicalizer());

    REQUIRE_MESSAGE(derived, fault_code(derived));
    CHECK(verify_shown(*derived) == "");
    CHECK(derived->dump().find("SMITH") == std::string::npos);
    CHECK(derived->at("credentialSubject").at("birthCountry") == "Bahamas");
    REQUIRE_MESSAGE(minimal, fault_code(minimal));
    CHECK(verify_shown(*minimal) == "");
    CHECK_FALSE(minimal->contains("credentialSubject"));
    REQUIRE_MESSAGE(whole, fault_code(whole));
    CHECK(verify_shown(*whole) == "");
    CHECK((*sign())["proof"]["proofValue"] != base->at("proof").at("proofValue"));
    CHECK(fault_code(derive_proof(*base, {"/none"}, sd_canonicalizer())) == "pointer-target");
    CHECK(fault_code(derive_proof(*derived, {"/issuer"}, sd_canonicalizer())) == "derived-proof");
    CHECK(fault_code(derive_proof(walk.unsigned_base(), {"/issuer"}, sd_canonicalizer())) == "sd-base-proof");
    options.mandatory_pointers = {"/none"};
    CHECK(fault_code(sign()) == "pointer-target");
    options.mandatory_pointers = {};
    auto const free = sign();
    REQUIRE(free);
    CHECK(fault_code(derive_proof(*free, {}, sd_canonicalizer())) == "sd-nothing-selected");
    CHECK(verify_shown(*derive_proof(*free, {"/issuer"}, sd_canonicalizer())) == "");
}

TEST_CASE("a derived proof whose parts do not fit is refused for that reason") {
    NEEDS_SHARED();
    auto const document = sd_walks().front().json("derivedRevealDocument.json");
    auto const good = document.at("proof").at("proofValue").get<std::string>();
    auto const with_text = [&](std::string const& text) {
        auto copy = document;
        copy["proof"]["proofValue"] = text;
        return verify_shown(copy);
    };
    auto const changed = [&](auto change) {
        auto value = *read_derived_value(good);
        change(value);
        return with_text(write_value(value));
    };
    auto const bytes = base64url_decode(std::string_view(good).substr(1)).value();
    auto const patched = [&](std::size_t at, std::uint8_t byte) {
        auto copy = bytes;
        copy[at] = byte;
        return with_text("u" + base64url_encode(copy));
    };

    CHECK(changed([](SdDerivedValue&) {}) == "");
    CHECK(changed([](SdDerivedValue& v) { v.signatures.pop_back(); }) == "sd-signature-count");
    CHECK(changed([](SdDerivedValue& v) { v.signatures.push_back(v.signatures[0]); }) == "sd-signature-count");
    CHECK(changed([](SdDerivedValue& v) { std::swap(v.signatures[0], v.signatures[1]); }) == "proof-signature");
    CHECK(changed([](SdDerivedValue& v) { v.base_signature[0] ^= 1; }) == "proof-signature");
    CHECK(changed([](SdDerivedValue& v) { v.mandatory_lines.pop_back(); }) == "sd-signature-count");
    CHECK(changed([](SdDerivedValue& v) { v.mandatory_lines.back() = 99; }) == "sd-mandatory-lines");
    CHECK(changed([](SdDerivedValue& v) { v.mandatory_lines.push_back(0); }) == "sd-mandatory-lines");
    CHECK(changed([](SdDerivedValue& v) { v.labels.erase(0); }) == "unnamed-node");
    CHECK(changed([](SdDerivedValue& v) { v.labels[1] = v.labels[0]; }) == "sd-labels");
    CHECK(changed([](SdDerivedValue& v) { std::swap(v.labels[1], v.labels[0]); }) == "proof-signature");
    CHECK(changed([](SdDerivedValue& v) { v.labels[0].pop_back(); }) == "value-length");
    CHECK(changed([](SdDerivedValue& v) { v.signatures[0].pop_back(); }) == "value-length");
    CHECK(changed([](SdDerivedValue& v) { v.public_key[0] ^= 1; }) == "value-encoding");
    CHECK(changed([](SdDerivedValue& v) {
              v.public_key =
                  base58btc_decode(
                      std::string_view(PrivateKey::generate(KeyType::p256).public_key().multikey()).substr(1))
                      .value();
          }) == "proof-signature");
    CHECK(with_text("z" + good.substr(1)) == "value-encoding");
    CHECK(with_text(good.substr(1)) == "value-encoding");
    CHECK(with_text("u") == "value-encoding");
    CHECK(with_text("u" + base64url_encode(ByteView(bytes).first(3))) == "value-encoding");
    CHECK(with_text(good.substr(0, good.size() - 8)) == "value-encoding");
    CHECK(with_text(good + "AAAA") == "value-encoding");
    CHECK(patched(0, 0xd8) == "value-encoding");
    CHECK(patched(2, 0x02) == "value-encoding");
    CHECK(patched(2, 0x00) == "base-proof");
    CHECK(patched(3, 0x84) == "value-encoding");
    CHECK(patched(3, 0x9f) == "value-encoding");  // An indefinite length.
    CHECK(patched(4, 0xd8) == "value-encoding");  // A tag.
    CHECK(patched(4, 0x5b) == "value-encoding");
    for (std::size_t length = 0; length < bytes.size(); ++length)
        CHECK(with_text("u" + base64url_encode(ByteView(bytes).first(length))) == "value-encoding");
}
