#include "crypto/did.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include <doctest/doctest.h>

#include "tests/support/shared.hpp"

using namespace itqan;
using namespace itqan::crypto;

namespace {

Instant at(char const* text) {
    return Instant::parse(text).value();
}

std::string const did = "did:web:localhost%3A8443:issuers:nafath";

/// Three keys: one in use, one retired and expired, one revoked.
struct Document {
    PublicKey current = PrivateKey::generate(KeyType::ed25519).public_key();
    PublicKey expired = PrivateKey::generate(KeyType::p256).public_key();
    PublicKey revoked = PrivateKey::generate(KeyType::rsa).public_key();
    Json json = did_document(did, {"https://localhost:8443/issuers/nafath"},
                             {{"current", current, "https://localhost:8443/issuers/nafath/keys/current"},
                              {"expired", expired, {}, {}, at("2026-01-01T00:00:00Z")},
                              {"revoked", revoked, {}, at("2026-02-01T00:00:00Z")}});
};

std::string reason(AssertionKeys const& keys, std::string const& id) {
    auto const found =
        std::find_if(keys.refused.begin(), keys.refused.end(), [&](auto const& r) { return r.id == id; });
    return found == keys.refused.end() ? "" : found->reason;
}

}  // namespace

TEST_CASE("a did:key gives its key and its verification method") {
    // W3C eddsa suite, key pair of the test vectors.
    std::string const text = "did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2";
    std::string const method = text + "#z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2";

    auto const resolved = resolve_did_key(text);

    REQUIRE(resolved);
    CHECK(resolved->verification_method == method);
    CHECK(did_key(resolved->key) == text);
    REQUIRE(resolve_did_key(method));
    CHECK(resolve_did_key(method)->key == resolved->key);
    CHECK_FALSE(resolve_did_key(text + "#other"));
    CHECK_FALSE(resolve_did_key(text + "#"));
    CHECK_FALSE(resolve_did_key("did:key:"));
    CHECK_FALSE(resolve_did_key("did:key:zzzz"));
    CHECK_FALSE(resolve_did_key("did:web:example.com"));
}

TEST_CASE("a did:jwk gives its key and its only verification method") {
    // The example of the did:jwk method specification, P-256.
    std::string const text =
        "did:jwk:eyJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieCI6ImFjYklRaXVNczNpOF91c3pFakoydHBUdFJNNEVVM3l6OTFQSDZDZEgyVjAiLC"
        "J5IjoiX0tjeUxqOXZXTXB0bm1LdG00NkdxRHo4d2Y3NEk1TEtncmwyR3pIM25TRSJ9";
    auto const of_jwk = [](std::string_view jwk) { return "did:jwk:" + base64url_encode(as_bytes(jwk)); };

    auto const resolved = resolve_did_jwk(text);

    REQUIRE(resolved);
    CHECK(resolved->key.type() == KeyType::p256);
    CHECK(resolved->key.to_jwk().at("x") == "acbIQiuMs3i8_uszEjJ2tpTtRM4EU3yz91PH6CdH2V0");
    CHECK(resolved->verification_method == text + "#0");
    CHECK(resolve_did_jwk(text + "#0"));
    for (auto const& bad :
         {text + "#1", text + "#", text + "=", text + "#0#0", std::string("did:jwk:"), std::string("did:jwk:e30"),
          std::string("did:key:z6Mk"), of_jwk("[]"), of_jwk(R"({"kty":"oct","k":"AQ"})"),
          "did:jwk:" + std::string(3000, 'A'), of_jwk(R"({"kty":"OKP","crv":"X25519","x":"AQ"})")}) {
        CAPTURE(bad);
        CHECK_FALSE(resolve_did_jwk(bad));
    }
    CHECK(resolve_did_jwk(of_jwk(R"({"kty":"OKP","crv":"Ed25519","x":"AQ","d":"AQ"})")).error().code ==
          "private-key-exposed");
}

TEST_CASE("the key of a W3C eddsa proof verifies its signature") {
    auto const shared = tests::shared_dir();
    if (!shared) {
        MESSAGE("shared vectors are not here");
        return;
    }
    auto const folder = *shared / "vectors/vc-di-eddsa/TestVectors/eddsa-rdfc-2022";
    auto const signed_document = parse_json(tests::read_file(folder / "signedDataInt.json"));
    auto const hash = hex_decode(tests::read_file(folder / "combinedHashDataInt.txt"));
    auto const signature = hex_decode(tests::read_file(folder / "sigHexDataInt.txt"));
    REQUIRE(signed_document);
    REQUIRE(hash);
    REQUIRE(signature);

    auto const method = signed_document->at("proof").at("verificationMethod").get<std::string>();
    auto const key = PublicKey::from_multikey(method.substr(method.find('#') + 1));

    REQUIRE(key);
    CHECK(key->verify(*hash, *signature));
}

TEST_CASE("a did:web and its address are one and the same") {
    struct Pair {
        char const *did, *base, *document;
    };
    for (auto const& [id, base, document] :
         {Pair{"did:web:example.com", "https://example.com", "https://example.com/.well-known/did.json"},
          Pair{"did:web:example.com:user:alice", "https://example.com/user/alice",
               "https://example.com/user/alice/did.json"},
          Pair{"did:web:localhost%3A8443:issuers:nafath", "https://localhost:8443/issuers/nafath",
               "https://localhost:8443/issuers/nafath/did.json"}}) {
        CHECK(*did_web_url(id) == document);
        CHECK(*did_web_of(base) == id);
    }
    for (auto const* url :
         {"http://example.com", "https://", "https://example.com/", "https://example.com/a//b",
          "https://user@example.com", "https://127.0.0.1", "https://example.com?x", "https://example.com:0",
          "https://example.com:65536", "https://example.com:", "https://example.com/.."}) {
        CAPTURE(url);
        CHECK_FALSE(did_web_of(url));
    }
}

TEST_CASE("the published did:web attacks are refused") {
    auto const shared = tests::shared_dir();
    if (!shared) {
        MESSAGE("shared vectors are not here");
        return;
    }
    auto const cases = parse_json(tests::read_file(*shared / "vectors/attacks/ssrf/didweb.json"));
    REQUIRE(cases);
    int seen = 0;
    for (auto const& each : *cases) {
        auto const id = each.at("did").get<std::string>();
        auto const expect = each.at("expect").get<std::string>();
        CAPTURE(each.dump());
        if (each.contains("document")) {
            auto const keys = read_assertion_keys(each.at("document"), id, at("2026-11-01T00:00:00Z"));
            CHECK((!keys || keys->keys.empty()));
        } else if (expect.starts_with("https:")) {
            REQUIRE(did_web_url(id));
            CHECK(*did_web_url(id) == expect.substr(0, expect.find(' ')));
        } else if (id == "did:web:localhost" || id == "did:web:example.com%3A22") {
            // Well-formed: which names and ports may be fetched is the outbound client's policy.
            CHECK(did_web_url(id));
        } else {
            CHECK_FALSE(did_web_url(id));
        }
        ++seen;
    }
    CHECK(seen >= 21);
}

TEST_CASE("a did:web that leaves its folder or hides a port is refused") {
    for (auto const* id :
         {"did:web:", "did:web:example.com:", "did:web:example.com::a", "did:web:example.com:..",
          "did:web:example.com:a%2Fb", "did:web:example.com:a/b", "did:web:example.com%3A", "did:web:%3A80",
          "did:web:example.com%3A080", "did:web:example.com%3A80%3A90", "did:web:example.com%3A99999",
          "did:web:Example.com", "did:web:example.com.", "did:web:1.2.3.4", "did:web:0x7f000001",
          "did:web:exampl\xc3\xa9.com", "DID:web:example.com", "did:webs:example.com"}) {
        CAPTURE(id);
        CHECK_FALSE(did_web_url(id));
    }
}

TEST_CASE("our DID document lists keys for assertion and keeps the revoked one in sight") {
    Document const document;

    CHECK(document.json.at("id") == did);
    CHECK(document.json.at("alsoKnownAs").at(0) == "https://localhost:8443/issuers/nafath");
    CHECK(document.json.at("assertionMethod") == Json::array({did + "#current", did + "#expired"}));
    auto const& methods = document.json.at("verificationMethod");
    REQUIRE(methods.size() == 3);
    CHECK(methods[0].at("type") == "JsonWebKey");
    CHECK(methods[0].at("controller") == did);
    CHECK(methods[0].at("publicKeyJwk").at("kid") == "https://localhost:8443/issuers/nafath/keys/current");
    CHECK(methods[1].at("expires") == "2026-01-01T00:00:00Z");
    CHECK(methods[2].at("revoked") == "2026-02-01T00:00:00Z");
    CHECK_FALSE(did_document(did, {}, {}).contains("assertionMethod"));
}

TEST_CASE("reading a DID document gives the keys that count and says why others do not") {
    Document const document;

    auto const keys = read_assertion_keys(document.json, did, at("2026-11-01T00:00:00Z"));

    REQUIRE(keys);
    REQUIRE(keys->keys.size() == 1);
    CHECK(keys->keys[0].id == did + "#current");
    CHECK(keys->find(document.current) == &keys->keys[0]);
    CHECK(keys->find(did + "#current") == &keys->keys[0]);
    CHECK(keys->find(document.expired) == nullptr);
    CHECK(keys->find(did + "#revoked") == nullptr);
    CHECK(reason(*keys, did + "#expired") == "expired");
    CHECK(reason(*keys, did + "#revoked") == "revoked");
    auto const earlier = read_assertion_keys(document.json, did, at("2025-12-31T23:59:59Z"));
    REQUIRE(earlier);
    CHECK(earlier->find(document.expired) != nullptr);
}

TEST_CASE("a method counts only under its own controller and id") {
    Document const document;
    auto const now = at("2026-11-01T00:00:00Z");
    auto const changed = [&](auto change) {
        auto json = document.json;
        change(json);
        return read_assertion_keys(json, did, now);
    };

    auto const controller = changed([](Json& j) { j["verificationMethod"][0]["controller"] = "did:web:evil.example"; });
    auto const no_controller = changed([](Json& j) { j["verificationMethod"][0].erase("controller"); });
    auto const unlisted = changed([](Json& j) { j["assertionMethod"] = Json::array(); });
    auto const foreign = changed([](Json& j) {
        j["verificationMethod"][0]["id"] = did + "x#current";
        j["assertionMethod"][0] = did + "x#current";
    });
    auto const broken_date = changed([](Json& j) { j["verificationMethod"][0]["revoked"] = "soon"; });
    auto const leaked = changed([](Json& j) { j["verificationMethod"][0]["publicKeyJwk"]["d"] = "AQ"; });
    auto const two_keys = changed([](Json& j) {
        j["verificationMethod"][0]["publicKeyMultibase"] = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2";
    });

    for (auto const* result : {&controller, &no_controller, &unlisted, &foreign, &broken_date, &leaked, &two_keys}) {
        REQUIRE(*result);
        CHECK((*result)->find(document.current) == nullptr);
    }
    CHECK(reason(*controller, did + "#current") == "controller");
    CHECK(reason(*no_controller, did + "#current") == "controller");
    CHECK(reason(*unlisted, did + "#current") == "not-listed");
    CHECK(reason(*foreign, did + "x#current") == "foreign-id");
    CHECK(reason(*broken_date, did + "#current") == "revoked");
    CHECK(reason(*leaked, did + "#current") == "private-key-exposed");
    CHECK(reason(*two_keys, did + "#current") == "invalid-key");
}

TEST_CASE("embedded methods, relative ids and Multikeys are read") {
    std::string const multikey = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2";
    std::string const issuer = "https://issuer.example";
    Json const relative{{"id", "#a"}, {"type", "Multikey"}, {"controller", issuer}, {"publicKeyMultibase", multikey}};
    auto const now = at("2026-11-01T00:00:00Z");

    auto const referenced = read_assertion_keys(
        {{"id", issuer}, {"verificationMethod", Json::array({relative})}, {"assertionMethod", Json::array({"#a"})}},
        issuer, now);
    auto const embedded =
        read_assertion_keys({{"id", issuer}, {"assertionMethod", Json::array({relative})}}, issuer, now);

    for (auto const* keys : {&referenced, &embedded}) {
        REQUIRE(*keys);
        REQUIRE((*keys)->find(issuer + "#a") != nullptr);
        CHECK((*keys)->find(issuer + "#a")->key.multikey() == multikey);
    }
}

TEST_CASE("a document of another id or shape is refused as a whole") {
    auto const now = at("2026-11-01T00:00:00Z");
    auto const method = [](char const* id) { return Json{{"id", id}}; };
    for (auto const& json :
         {Json(), Json("text"), Json::object(), Json{{"id", did + "/"}}, Json{{"id", did}, {"verificationMethod", "x"}},
          Json{{"id", did}, {"verificationMethod", Json::array({"x"})}}, Json{{"id", did}, {"assertionMethod", "x"}},
          Json{{"id", did}, {"assertionMethod", Json::array({5})}},
          Json{{"id", did}, {"verificationMethod", Json::array({method("#a"), method("#a")})}}}) {
        CAPTURE(json.dump());
        auto const keys = read_assertion_keys(json, did, now);
        REQUIRE_FALSE(keys);
        CHECK(keys.error().code == "did-document");
    }
}
