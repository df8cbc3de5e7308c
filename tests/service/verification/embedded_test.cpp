// Badges under embedded Data Integrity proofs, made here and judged by the whole verifier.

#include <doctest/doctest.h>

#include <algorithm>

#include "crypto/bake.hpp"
#include "crypto/data_integrity.hpp"
#include "crypto/rdf_canonicalizer.hpp"
#include "crypto/selective_disclosure.hpp"
#include "schemas/published_contexts.hpp"
#include "schemas/status_list_credential.hpp"
#include "tests/service/verification/no_fetch.hpp"
#include "tests/service/verification/verification_house.hpp"

using namespace itqan;
using namespace itqan::domain;
using namespace itqan::tests;

namespace {

/// By the issuer's own listed method.
Json embed(TestIssuer const& issuer, std::string const& suite = "eddsa-rdfc-2022") {
    return embed(issuer.badge(), issuer, issuer.did() + "#1", suite);
}

Verifier knowing(TestIssuer const& issuer) {
    Verifier verifier;
    verifier.knows(issuer);
    return verifier;
}

std::string did_jwk(crypto::PublicKey const& key) {
    return "did:jwk:" + base64url_encode(as_bytes(key.to_jwk().dump()));
}

/// Pointers to all that a document says.
std::vector<std::string> all_members(Json const& document) {
    std::vector<std::string> pointers;
    for (auto const& [name, value] : document.items())
        if (name != "@context") pointers.push_back("/" + name);
    return pointers;
}

struct SuiteCase {
    char const* suite;
    crypto::KeyType key;
};
constexpr SuiteCase suites[] = {
    {"eddsa-rdfc-2022", crypto::KeyType::ed25519}, {"eddsa-jcs-2022", crypto::KeyType::ed25519},
    {"ecdsa-rdfc-2019", crypto::KeyType::p256},    {"ecdsa-rdfc-2019", crypto::KeyType::p384},
    {"ecdsa-jcs-2019", crypto::KeyType::p256},     {"ecdsa-jcs-2019", crypto::KeyType::p384}};

}  // namespace

TEST_CASE("a badge with an embedded proof of its issuer is valid") {
    for (auto const& [suite, key] : suites) {
        CAPTURE(suite);
        TestIssuer const issuer("nakhla", key);
        auto verifier = knowing(issuer);

        auto const report = verifier.verify(embed(issuer, suite).dump());

        CHECK_MESSAGE(report.verdict == Verdict::valid, summary(report));
        CHECK(code_of(report, "proof") == "proof.good");
        CHECK(code_of(report, "contexts") == "contexts.known");
        CHECK(code_of(report, "issuer-binding") == "issuer-binding.listed");
        CHECK(verifier.asked.empty());
    }
}

TEST_CASE("one changed letter fails at the proof") {
    for (auto const& [suite, key] : suites) {
        CAPTURE(suite);
        TestIssuer const issuer("nakhla", key);
        auto badge = embed(issuer, suite);
        badge["name"] = "Digital Health Foundatiom";

        auto const report = knowing(issuer).verify(badge.dump());

        CHECK(code_of(report, "proof") == "proof.bad-signature");
        CHECK(report.verdict == Verdict::invalid);
        CHECK(report.headline_code == "invalid");
    }
}

TEST_CASE("experts find suite, method and hashes of an embedded proof in the report") {
    TestIssuer const issuer("nakhla");
    auto const badge = embed(issuer);
    auto const judged = crypto::judge_proofs(
        badge, {at("2026-12-01T12:00:00Z")},
        [&](std::string const&, std::string const&) { return Result(issuer.signer().public_key()); }, canonicalizer());
    REQUIRE(judged);

    auto const report = knowing(issuer).verify(badge.dump());

    auto const& evidence = check_of(report, "proof").evidence;
    CHECK(evidence.at("cryptosuite") == "eddsa-rdfc-2022");
    CHECK(evidence.at("verificationMethod") == issuer.did() + "#1");
    CHECK(evidence.at("documentHash") == hex_encode(judged->front().hashes.document_hash));
    CHECK(evidence.at("proofHash") == hex_encode(judged->front().hashes.proof_hash));
    CHECK(evidence.at("thumbprint") == issuer.signer().public_key().thumbprint());
}

TEST_CASE("what the holder derives under ecdsa-sd-2023 is valid and the base proof is not") {
    TestIssuer const issuer("nakhla", crypto::KeyType::p256);
    auto verifier = knowing(issuer);
    auto const base = embed(issuer.badge(), issuer, issuer.did() + "#1", "ecdsa-sd-2023", {"/issuer"});
    auto unsigned_badge = base;
    unsigned_badge.erase("proof");
    auto derived = crypto::derive_proof(base, all_members(unsigned_badge), canonicalizer());
    REQUIRE_MESSAGE(derived, derived.error().detail);

    auto const whole = verifier.verify(derived->dump());
    auto const held_back = verifier.verify(base.dump());
    (*derived)["name"] = "Something else";
    auto const changed = verifier.verify(derived->dump());

    CHECK_MESSAGE(whole.verdict == Verdict::valid, summary(whole));
    CHECK(code_of(held_back, "proof") == "proof.base-proof");
    CHECK(held_back.verdict == Verdict::invalid);
    CHECK_MESSAGE(outcome_of(changed, "proof") == "fail", summary(changed));
}

TEST_CASE("an embedded proof by another key than the issuer's fails at the binding") {
    TestIssuer const victim("nakhla"), thief("sidra");
    auto verifier = knowing(victim);
    verifier.knows(thief);
    auto const thief_did = crypto::did_key(thief.signer().public_key());

    for (auto const& method : {thief_did + "#" + thief_did.substr(8), did_jwk(thief.signer().public_key()) + "#0"}) {
        auto const report = verifier.verify(embed(victim.badge(), thief, method).dump());
        CAPTURE(method);
        CHECK(outcome_of(report, "proof") == "pass");
        CHECK(code_of(report, "issuer-binding") == "issuer-binding.not-listed");
        CHECK(report.verdict == Verdict::invalid);
    }
    auto const foreign = verifier.verify(embed(victim.badge(), thief, thief.did() + "#1").dump());
    CHECK(code_of(foreign, "proof") == "proof.foreign-key");
    CHECK(outcome_of(foreign, "issuer-binding") == "fail");
    auto const lying = verifier.verify(embed(victim.badge(), thief, victim.did() + "#1").dump());
    CHECK(code_of(lying, "proof") == "proof.bad-signature");
    auto const unlisted = verifier.verify(embed(victim.badge(), thief, victim.did() + "#2").dump());
    CHECK(code_of(unlisted, "proof") == "proof.unknown-key");
    CHECK(outcome_of(unlisted, "issuer-binding") == "fail");
    CHECK(verifier.asked.empty());
}

TEST_CASE("a did:key or did:jwk issuer with an embedded proof needs no document") {
    for (auto const type : {crypto::KeyType::ed25519, crypto::KeyType::p256}) {
        TestIssuer const issuer("nakhla", type);
        auto const key = issuer.signer().public_key();
        auto const suite = type == crypto::KeyType::ed25519 ? "eddsa-rdfc-2022" : "ecdsa-rdfc-2019";
        for (auto const& did : {crypto::did_key(key), did_jwk(key)}) {
            CAPTURE(did);
            auto badge = issuer.badge();
            badge["issuer"]["id"] = did;
            badge.erase("credentialStatus");
            auto const fragment = did.starts_with("did:key:") ? did.substr(8) : std::string("0");
            Verifier verifier;

            auto const report = verifier.verify(embed(badge, issuer, did + "#" + fragment, suite).dump());

            CHECK_MESSAGE(report.verdict == Verdict::valid, summary(report));
            CHECK(verifier.asked.empty());
        }
    }
}

TEST_CASE("an embedded proof under a revoked key fails") {
    TestIssuer issuer("nakhla");
    auto const badge = embed(issuer);
    issuer.revoked = at("2026-11-15T00:00:00Z");

    auto const report = knowing(issuer).verify(badge.dump());

    CHECK(code_of(report, "proof") == "proof.key-revoked");
    CHECK(code_of(report, "issuer-binding") == "issuer-binding.key-revoked");
    CHECK(report.verdict == Verdict::invalid);
}

TEST_CASE("a method at the issuer's origin is asked for, and counts when the issuer lists its key") {
    TestIssuer const issuer("nakhla"), stranger("nakhla");
    auto const method = std::string("https://badges.example/keys/multikey");
    auto verifier = knowing(issuer);
    auto const alone = verifier.verify(embed(issuer.badge(), issuer, method).dump());
    CHECK(code_of(alone, "proof") == "proof.unreachable");
    CHECK(alone.verdict == Verdict::unchecked);
    CHECK(verifier.asked == std::vector{method});

    auto const with = [&](TestIssuer const& signer, std::string const& controller) {
        verifier.knows(method, Json{{"id", method},
                                    {"type", "Multikey"},
                                    {"controller", controller},
                                    {"publicKeyMultibase", signer.signer().public_key().multikey()}}
                                   .dump());
        return verifier.verify(embed(issuer.badge(), signer, method).dump());
    };
    auto const listed = with(issuer, issuer.did());
    CHECK_MESSAGE(listed.verdict == Verdict::valid, summary(listed));
    auto const unlisted = with(stranger, issuer.did());
    CHECK(outcome_of(unlisted, "proof") == "pass");
    CHECK(code_of(unlisted, "issuer-binding") == "issuer-binding.not-listed");
    auto const of_another = with(issuer, "did:web:badges.example:issuers:sidra");
    CHECK(code_of(of_another, "proof") == "proof.foreign-key");
    CHECK(outcome_of(of_another, "issuer-binding") == "fail");
}

TEST_CASE("an embedded proof whose keys are out of reach is unchecked") {
    TestIssuer const issuer("nakhla");
    Verifier verifier;

    auto const report = verifier.verify(embed(issuer).dump());

    CHECK(code_of(report, "proof") == "proof.unreachable");
    CHECK(report.verdict == Verdict::unchecked);
    CHECK(verifier.asked == std::vector<std::string>{issuer.did(), issuer.list_address()});
}

TEST_CASE("an unknown context leaves what it means unchecked") {
    TestIssuer const issuer("nakhla");
    auto const url = std::string("https://unknown.example/terms.json");
    auto linked = embed(issuer);
    linked["@context"].push_back(url);
    auto plain = issuer.badge();
    plain["@context"].push_back(url);

    auto const over_rdf = knowing(issuer).verify(linked.dump());
    auto const over_json = knowing(issuer).verify(embed(plain, issuer, issuer.did() + "#1", "eddsa-jcs-2022").dump());

    CHECK(code_of(over_rdf, "proof") == "proof.unknown-context");
    CHECK(over_rdf.verdict == Verdict::unchecked);
    CHECK_MESSAGE(over_json.verdict == Verdict::warning, summary(over_json));
    CHECK(outcome_of(over_json, "proof") == "pass");
    for (auto const* report : {&over_rdf, &over_json}) {
        CHECK(outcome_of(*report, "contexts") == "unchecked");
        CHECK(code_of(*report, "contexts") == "contexts.unknown");
        CHECK(check_of(*report, "contexts").detail.find(url) != std::string::npos);
    }
}

TEST_CASE("a term that no context defines fails by name") {
    TestIssuer const issuer("nakhla");
    auto badge = embed(issuer);
    badge["licence"] = "surgery";

    auto const report = knowing(issuer).verify(badge.dump());

    CHECK(code_of(report, "contexts") == "contexts.undefined-term");
    CHECK(code_of(report, "proof") == "proof.lost-terms");
    CHECK(report.verdict == Verdict::invalid);
}

TEST_CASE("genuine badges under embedded proofs expire and are withdrawn") {
    TestIssuer const issuer("nakhla");
    auto const badge = embed(issuer).dump();
    auto later = knowing(issuer);
    later.now = at("2030-01-01T00:00:00Z");
    auto withdrawn = knowing(issuer);
    withdrawn.knows(issuer.list_address(), issuer.status_list({94567}));

    CHECK(later.verify(badge).headline_code == "expired");
    CHECK(withdrawn.verify(badge).headline_code == "revoked");
}

TEST_CASE("a status list under an embedded proof counts when a key of the issuer made it") {
    TestIssuer const issuer("nakhla"), stranger("nakhla");
    crypto::StatusList bits;
    bits.set(94567);
    schemas::StatusListFields fields;
    fields.id = issuer.list_address();
    fields.issuer = issuer.did();
    fields.valid_from = at("2026-11-01T00:00:00Z");
    fields.purpose = "revocation";
    fields.encoded_list = bits.encode();
    auto const list = schemas::to_json(fields);
    auto const badge = embed(issuer).dump();
    auto const code_with = [&](Json const& served) {
        auto verifier = knowing(issuer);
        verifier.knows(issuer.list_address(), served.dump());
        return code_of(verifier.verify(badge), "status");
    };
    auto const did = crypto::did_key(stranger.signer().public_key());
    auto changed = embed(list, issuer, issuer.did() + "#1");
    changed["validFrom"] = "2026-11-02T00:00:00Z";
    auto foreign = list;
    foreign["issuer"] = stranger.did() + "x";

    CHECK(code_with(embed(list, issuer, issuer.did() + "#1")) == "status.revoked");
    CHECK(code_with(list) == "status.unproven-list");
    CHECK(code_with(changed) == "status.unproven-list");
    CHECK(code_with(embed(list, stranger, issuer.did() + "#1")) == "status.unproven-list");
    CHECK(code_with(embed(list, stranger, did + "#" + did.substr(8))) == "status.unproven-list");
    CHECK(code_with(embed(foreign, issuer, issuer.did() + "#1")) == "status.foreign-list");
}

TEST_CASE("of several proofs each must verify") {
    TestIssuer const issuer("nakhla"), witness("sidra");
    auto const did = crypto::did_key(witness.signer().public_key());
    auto const both = embed(embed(issuer), witness, did + "#" + did.substr(8));
    auto one_bad = both;
    one_bad["proof"][1]["created"] = "2026-11-02T12:00:00Z";
    auto verifier = knowing(issuer);

    auto const good = verifier.verify(both.dump());
    auto const bad = verifier.verify(one_bad.dump());

    CHECK_MESSAGE(good.verdict == Verdict::valid, summary(good));
    CHECK(check_of(good, "proof").evidence.contains("/proof/1 documentHash"));
    CHECK(code_of(bad, "proof") == "proof.bad-signature");
    CHECK(bad.verdict == Verdict::invalid);
}

TEST_CASE("a witness alone does not speak for the issuer") {
    TestIssuer const issuer("nakhla"), witness("sidra");
    auto const did = crypto::did_key(witness.signer().public_key());
    auto badge = embed(issuer.badge(), witness, did + "#" + did.substr(8));
    auto unknown = embed(issuer).at("proof");
    unknown["cryptosuite"] = "example-2099";
    badge["proof"] = Json::array({unknown, badge["proof"]});

    auto const report = knowing(issuer).verify(badge.dump());

    CHECK(code_of(report, "issuer-binding") == "issuer-binding.not-listed");
    CHECK(report.verdict == Verdict::invalid);
}

TEST_CASE("an unknown suite beside a good proof is a warning and alone unchecked") {
    TestIssuer const issuer("nakhla");
    auto badge = embed(issuer);
    auto unknown = badge.at("proof");
    unknown["cryptosuite"] = "example-2099";
    auto alone = badge;
    alone["proof"] = unknown;
    badge["proof"] = Json::array({unknown, badge.at("proof")});
    auto verifier = knowing(issuer);

    auto const beside = verifier.verify(badge.dump());
    auto const only = verifier.verify(alone.dump());

    CHECK(code_of(beside, "proof") == "proof.unknown-suite");
    CHECK_MESSAGE(beside.verdict == Verdict::warning, summary(beside));
    CHECK(outcome_of(beside, "issuer-binding") == "pass");
    CHECK(code_of(only, "proof") == "proof.unknown-suite");
    CHECK(only.verdict == Verdict::unchecked);
}

TEST_CASE("proofs that say the wrong thing about themselves fail with a reason") {
    TestIssuer const issuer("nakhla");
    auto verifier = knowing(issuer);
    auto const code_with = [&](char const* member, Json value) {
        auto badge = embed(issuer);
        badge["proof"][member] = std::move(value);
        auto const report = verifier.verify(badge.dump());
        CHECK(report.verdict == Verdict::invalid);
        return code_of(report, "proof");
    };

    CHECK(code_with("proofPurpose", "authentication") == "proof.purpose");
    CHECK(code_with("expires", "2026-11-02T00:00:00Z") == "proof.expired");
    CHECK(code_with("verificationMethod", "key-1") == "proof.no-key-named");
    CHECK(code_with("proofValue", 7) == "proof.malformed");
    CHECK(code_with("proofValue", "z1") == "proof.malformed");
    CHECK(code_with("previousProof", "urn:uuid:0") == "proof.chain");
    CHECK(code_with("cryptosuite", "ecdsa-rdfc-2019") == "proof.unsupported-key");
    auto none = embed(issuer);
    none["proof"] = Json::array();
    CHECK(code_of(verifier.verify(none.dump()), "proof") == "proof.missing");
}

TEST_CASE("more proofs than are read leave the badge unchecked") {
    TestIssuer const issuer("nakhla");
    auto badge = embed(issuer);
    badge["proof"] = Json(17, badge.at("proof"));

    auto const report = knowing(issuer).verify(badge.dump());

    CHECK(code_of(report, "proof") == "proof.too-large");
    CHECK(report.verdict == Verdict::unchecked);
}

TEST_CASE("a badge with an embedded proof is read from pictures and presentations") {
    NEEDS_SHARED();
    TestIssuer const issuer("nakhla");
    auto const badge = embed(issuer);
    auto verifier = knowing(issuer);
    auto const picture = [](char const* file) { return read_file(*shared_dir() / "vectors/validator/ob30" / file); };
    auto const png = crypto::bake_png(as_bytes(picture("simple-json.png")), badge.dump());
    REQUIRE_MESSAGE(png, png.error().detail);
    auto const svg = crypto::bake_svg(picture("simple-json.svg"), badge.dump());
    REQUIRE_MESSAGE(svg, svg.error().detail);
    Json const presentation{{"@context", {"https://www.w3.org/ns/credentials/v2"}},
                            {"type", "VerifiablePresentation"},
                            {"verifiableCredential", Json::array({badge})}};

    for (auto const& input : {std::string(as_text((*png).png)), *svg, presentation.dump()}) {
        auto const report = verifier.verify(input);
        CHECK_MESSAGE(report.verdict == Verdict::valid, summary(report));
    }
}

TEST_CASE("endorsements inside a badge may have contexts and proofs of their own") {
    TestIssuer const issuer("nakhla"), friendly("sidra");
    auto badge = issuer.badge();
    Json const endorsement{
        {"@context", badge.at("@context")},
        {"id", "urn:uuid:0e7c5a9c-7e4c-4a0e-9a36-7d8f4d3d6a10"},
        {"type", {"VerifiableCredential", "EndorsementCredential"}},
        {"name", "Endorsed"},
        {"issuer", {{"id", friendly.did()}, {"type", {"Profile"}}, {"name", "Sidra"}}},
        {"validFrom", "2026-11-01T00:00:00Z"},
        {"credentialSubject",
         {{"id", badge.at("id")}, {"type", {"EndorsementSubject"}}, {"endorsementComment", "Good."}}}};
    badge["endorsement"] = Json::array({embed(endorsement, friendly, friendly.did() + "#1")});

    auto const report = knowing(issuer).verify(embed(badge, issuer, issuer.did() + "#1").dump());

    CHECK_MESSAGE(outcome_of(report, "contexts") == "pass", summary(report));
    CHECK(outcome_of(report, "proof") == "pass");
    CHECK(code_of(report, "endorsements") == "endorsements.not-checked");  // Nobody knows the keys of its issuer.
    CHECK(report.verdict == Verdict::warning);
}

TEST_CASE("published attacks on linked data are refused whoever signs them") {
    NEEDS_SHARED();
    auto const cases = Json::parse(read_file(*shared_dir() / "vectors/attacks/jsonld-attacks/cases.json"));
    TestIssuer const issuer("nakhla");
    auto const did = crypto::did_key(issuer.signer().public_key());
    crypto::ProofOptions options;
    options.verification_method = did + "#" + did.substr(8);
    Json some_proof;
    int seen = 0;
    NoFetch no_fetch;
    for (auto const& each : cases) {
        auto document = each.at("document");
        auto const name = each.at("id").get<std::string>();
        CAPTURE(name);
        Verifier verifier;
        verifier.edge = no_fetch.edge();
        verifier.knows("https://issuer.example",
                       Json{{"id", "https://issuer.example"},
                            {"verificationMethod",
                             Json::array({{{"id", "https://issuer.example#1"},
                                           {"type", "Multikey"},
                                           {"controller", "https://issuer.example"},
                                           {"publicKeyMultibase", issuer.signer().public_key().multikey()}}})},
                            {"assertionMethod", Json::array({"https://issuer.example#1"})}}
                           .dump());
        if (auto const made = crypto::add_proof(document, options, issuer.signer(), canonicalizer()); made)
            document = *made;
        else
            document["proof"] = some_proof;

        auto const report = verifier.verify(document.dump());

        if (name == "control") {
            some_proof = document.at("proof");
            CHECK_MESSAGE(outcome_of(report, "proof") == "pass", summary(report));
            CHECK(outcome_of(report, "contexts") == "pass");
            CHECK(outcome_of(report, "issuer-binding") == "pass");
        } else if (name == "context-ssrf") {
            CHECK(code_of(report, "contexts") == "contexts.unknown");
            CHECK(code_of(report, "proof") == "proof.unknown-context");
        } else {
            CHECK_MESSAGE(outcome_of(report, "contexts") == "fail", summary(report));
            CHECK(report.verdict == Verdict::invalid);
        }
        CHECK(verifier.asked.empty());
        ++seen;
    }
    CHECK(seen == 16);
}
