#include "crypto/rdf_canonicalizer.hpp"

#include <doctest/doctest.h>

#include "crypto/did.hpp"
#include "tests/crypto/integrity_support.hpp"

using namespace itqan;
using namespace itqan::crypto;
using tests::fault_code;
using tests::instant;
using tests::people_url;
using tests::person;
using tests::proofs_url;
using tests::small_contexts;

// The RDF cryptosuites with small contexts of our own: nothing here needs the published ones.

namespace {

std::string canonical_text(Json const& document) {
    auto const text = small_contexts().canonicalizer.canonical_nquads(document, HashAlgorithm::sha256);
    return text ? *text : text.error().code;
}

/// The canonical form of a person with one more member.
std::string canonical_with(char const* name, Json value) {
    auto document = person();
    document[name] = std::move(value);
    return canonical_text(document);
}

struct Holder {
    explicit Holder(KeyType type, char const* suite) : signer(PrivateKey::generate(type), "key") {
        options.cryptosuite = suite;
        options.verification_method = resolve_did_key(did_key(signer.public_key()))->verification_method;
        options.created = instant("2026-11-27T12:00:00Z");
    }

    Json sign(Json document) const {
        auto made = add_proof(std::move(document), options, signer, small_contexts().canonicalizer);
        REQUIRE_MESSAGE(made, fault_code(made));
        return std::move(*made);
    }

    LocalSigner signer;
    ProofOptions options;
};

std::string verify_rdf(Json const& document) {
    return fault_code(verify_proofs(document, {instant("2026-11-27T12:00:00Z")}, {}, small_contexts().canonicalizer));
}

}  // namespace

TEST_CASE("a document becomes sorted N-Quads with canonical blank nodes") {
    CHECK(canonical_text(person()) ==
          "<urn:people:1> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <urn:people:Person> .\n"
          "<urn:people:1> <urn:people:knows> _:c14n0 .\n"
          "<urn:people:1> <urn:people:name> \"ليلى\" .\n"
          "_:c14n0 <urn:people:name> \"Omar\" .\n");
}

TEST_CASE("the direction of a text is hashed") {
    CHECK(canonical_with("name", {{"@value", "ليلى"}, {"@language", "ar"}, {"@direction", "rtl"}})
              .find("\"ليلى\"^^<https://www.w3.org/ns/i18n#ar_rtl>") != std::string::npos);
}

TEST_CASE("a language is hashed in lower case, as other signers have it") {
    CHECK(canonical_with("name", {{"@value", "Layla"}, {"@language", "en-GB"}}).find("\"Layla\"@en-gb .") !=
          std::string::npos);
}

TEST_CASE("a context that is held by an object means what it holds") {
    auto const with_contexts = [](Json more) {
        auto document = person();
        document["@context"] = Json::array({people_url, std::move(more)});
        document["nick"] = "L";
        return canonical_text(document);
    };
    Json const terms{{"nick", "urn:people:nick"}};

    CHECK(with_contexts({{"@context", terms}}).find("<urn:people:nick> \"L\"") != std::string::npos);
    CHECK(with_contexts({{"@context", terms}}) == with_contexts(terms));
}

TEST_CASE("what would not reach the N-Quads is an error") {
    CHECK(canonical_with("age", 5) == "json-ld-undefined-term");
    CHECK(canonical_with("type", {"Persona"}) == "json-ld-undefined-type");
    CHECK(canonical_with("id", "1") == "json-ld-relative-iri");
    CHECK(canonical_with("knows", "people/2") == "json-ld-relative-iri");
    CHECK(canonical_with("name", nullptr) == "json-ld-traceless");
    CHECK(canonical_with("name", Json::array()) == "json-ld-traceless");
    CHECK(canonical_with("name", Json::array({"x", nullptr})) == "json-ld-traceless");
    CHECK(canonical_with("name", {{"@value", nullptr}}) == "json-ld-traceless");
    CHECK(canonical_with("name", {{"@set", Json::array()}}) == "json-ld-traceless");
    CHECK(canonical_with("labels", Json::object()) == "json-ld-traceless");
    CHECK(canonical_with("labels", {{"en", nullptr}}) == "json-ld-traceless");
    CHECK(canonical_with("type", Json::array()) == "json-ld-traceless");
    CHECK(canonical_with("knows", {{"name", "x"}, {"@context", Json::object()}}) == "json-ld-traceless");
    CHECK(canonical_with("knows", {{"name", "x"}, {"@language", "en"}}) == "json-ld-traceless");
    CHECK(canonical_with("knows", {{"name", "x"}, {"@graph", Json::array()}}) == "json-ld-traceless");
    CHECK(canonical_with("knows", {{"@id", "urn:people:2"}, {"name", "x"}}) == "json-ld-keyword-alias");
    CHECK(canonical_with("knows", {{"@type", "Person"}, {"name", "x"}}) == "json-ld-keyword-alias");
    CHECK(canonical_with("@reverse", Json::object()) == "json-ld-traceless");
}

TEST_CASE("lists and JSON literals may be empty, since RDF says so") {
    CHECK(canonical_with("steps", Json::array()).find("#nil>") != std::string::npos);
    CHECK(canonical_with("data", nullptr).find("\"null\"") != std::string::npos);
    CHECK(canonical_with("data", Json::array()).find("\"[]\"") != std::string::npos);
    CHECK(canonical_with("data", {{"@id", nullptr}}).find("{\\\"@id\\\":null}") != std::string::npos);
    CHECK(canonical_with("name", {{"@value", "x"}, {"@type", "urn:a:b"}}).find("\"x\"^^<urn:a:b>") !=
          std::string::npos);
}

TEST_CASE("a context that nobody compiled in is not fetched") {
    auto document = person();
    document["@context"] = {people_url, "https://context.example/other"};

    CHECK(canonical_text(document) == "loading remote context failed");
}

TEST_CASE("RDF proofs are made and verified with each kind of key") {
    for (auto const& [type, suite] : {std::pair{KeyType::ed25519, "eddsa-rdfc-2022"},
                                      {KeyType::p256, "ecdsa-rdfc-2019"},
                                      {KeyType::p384, "ecdsa-rdfc-2019"}}) {
        CAPTURE(std::string(suite));
        Holder const holder(type, suite);

        auto const document = holder.sign(person());

        CHECK(document["@context"] == Json::array({people_url, proofs_url}));
        CHECK(verify_rdf(document) == "");
        auto changed = document;
        changed["knows"]["name"] = "Amal";
        CHECK(verify_rdf(changed) == "proof-signature");
    }
}

TEST_CASE("the older names of an EdDSA suite are read as far as the context defines them") {
    Holder const holder(KeyType::ed25519, "eddsa-rdfc-2022");
    auto document = holder.sign(person());

    document["proof"]["cryptosuite"] = "eddsa-2022";
    CHECK(verify_rdf(document) == "proof-signature");
    document["proof"].erase("cryptosuite");
    document["proof"]["type"] = "Ed25519Signature2020";
    CHECK(verify_rdf(document) == "json-ld-undefined-type");
}

TEST_CASE("proof options that are remembered are told apart by every member") {
    auto const& canonicalizer = small_contexts().canonicalizer;
    auto const document = Holder(KeyType::ed25519, "eddsa-rdfc-2022").sign(person());
    auto options = document.at("proof");
    options.erase("proofValue");
    options["@context"] = document.at("@context");
    auto const check = [&] {
        auto const known = canonicalizer.canonical_options(options, HashAlgorithm::sha256);
        auto const fresh = canonicalizer.canonical_nquads(options, HashAlgorithm::sha256);
        REQUIRE(known);
        CHECK(*known == *fresh);
    };

    check();
    check();
    options["created"] = "2026-11-27T12:00:01Z";
    check();
    options["challenge"] = "c";
    check();
    options["unheard"] = "of";
    CHECK_FALSE(canonicalizer.canonical_options(options, HashAlgorithm::sha256));
}

TEST_CASE("a proof over RDF has no context of its own") {
    auto document = Holder(KeyType::ed25519, "eddsa-rdfc-2022").sign(person());

    document["proof"]["@context"] = people_url;
    CHECK(verify_rdf(document) == "unexpected-context");
    document["proof"]["@context"] = document["@context"];
    CHECK(verify_rdf(document) == "");
    document.erase("@context");
    CHECK(verify_rdf(document) == "missing-context");
}

TEST_CASE("a relative id that a base made absolute is refused when the base is gone") {
    auto document = person();
    document["@context"] = {people_url, {{"@base", "https://issuer.example/"}}};
    document["id"] = "1";
    Holder const holder(KeyType::ed25519, "eddsa-rdfc-2022");

    auto signed_document = holder.sign(document);

    CHECK(verify_rdf(signed_document) == "");
    signed_document["@context"].erase(1);
    CHECK(verify_rdf(signed_document) == "json-ld-relative-iri");
}

TEST_CASE("what is wrong in a proof or a document is said where it stands") {
    auto document = Holder(KeyType::ed25519, "eddsa-rdfc-2022").sign(person());
    auto const place = [](Json const& changed) {
        auto const verified =
            verify_proofs(changed, {instant("2026-11-27T12:00:00Z")}, {}, small_contexts().canonicalizer);
        return verified.error().violations.at(0).pointer;
    };
    auto in_proof = document;
    in_proof["proof"]["extra"] = 5;
    document["knows"]["extra"] = 5;

    CHECK(place(in_proof) == "/proof/extra");
    CHECK(place(document) == "/knows/extra");
}

TEST_CASE("a chain of RDF proofs signs the proofs it builds on") {
    Holder first(KeyType::ed25519, "eddsa-rdfc-2022");
    Holder second(KeyType::p256, "ecdsa-rdfc-2019");
    first.options.id = "urn:uuid:26329423-bec9-4b2e-88cb-a7c7d9dc4544";
    second.options.previous_proof = {*first.options.id};

    auto const chain = second.sign(first.sign(person()));

    CHECK(verify_rdf(chain) == "");
    auto exchanged = chain;
    first.options.created = instant("2026-11-27T11:00:00Z");
    exchanged["proof"][0] = first.sign(person())["proof"];
    CHECK(verify_rdf(exchanged) == "proof-signature");
}

TEST_CASE("proofs over JSON text and over RDF stand side by side and build on each other") {
    Holder text(KeyType::ed25519, "eddsa-jcs-2022");
    Holder statements(KeyType::p384, "ecdsa-rdfc-2019");
    text.options.id = "urn:uuid:26329423-bec9-4b2e-88cb-a7c7d9dc4544";

    auto const both = statements.sign(text.sign(person()));
    statements.options.previous_proof = {*text.options.id};
    auto const chain = statements.sign(text.sign(person()));
    statements.options.previous_proof = {};
    statements.options.id = "urn:uuid:8cc9022b-6b14-4cf3-8571-74972c5feb54";
    text.options.previous_proof = {*statements.options.id};
    auto const other_chain = text.sign(statements.sign(person()));

    for (auto const* document : {&both, &chain, &other_chain}) {
        CHECK(verify_rdf(*document) == "");
        auto changed = *document;
        changed["name"] = "Amal";
        auto const reports =
            judge_proofs(changed, {instant("2026-11-27T12:00:00Z")}, {}, small_contexts().canonicalizer);
        REQUIRE(reports);
        for (auto const& report : *reports)
            CHECK((report.fault ? report.fault->code : "") == "proof-signature");
    }
    auto broken = chain;
    broken["proof"][0]["created"] = "2026-11-27T11:00:00Z";
    CHECK(verify_rdf(broken) == "proof-signature");
}

TEST_CASE("blank nodes have no labels in a document, so that no graph can be tied into knots") {
    CHECK(canonical_with("id", "_:b0") == "json-ld-blank-id");
    CHECK(canonical_with("knows", "_:b0") == "json-ld-blank-id");
    CHECK(canonical_with("knows", {{"id", "_:b0"}, {"name", "x"}}) == "json-ld-blank-id");
}
