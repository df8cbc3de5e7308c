#include "tests/service/verification/open_badges_2_house.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "schemas/bytes.hpp"
#include "schemas/web_scope.hpp"

namespace itqan::tests {
namespace {

/// RFC 8410 section 4: the fixed beginning of an Ed25519 key, then its 32 bytes.
std::string pem_of(crypto::PublicKey const& key) {
    auto der = *hex_decode("302a300506032b6570032100");
    auto const raw = base64url_decode(key.to_jwk().at("x").get<std::string>());
    der.insert(der.end(), raw->begin(), raw->end());
    return "-----BEGIN PUBLIC KEY-----\n" + base64_encode(der) + "\n-----END PUBLIC KEY-----\n";
}

constexpr char const* context_2 = "https://w3id.org/openbadges/v2";

}  // namespace

void serve_published_assets(Verifier& verifier) {
    for (auto const& entry : std::filesystem::directory_iterator(*shared_dir() / "vectors/validator/ob20/assets"))
        if (entry.path().extension() == ".json")
            verifier.knows("https://example.org/" + entry.path().filename().string(), read_file(entry.path()));
}

void serve_at_own_id(Verifier& verifier, Json const& document) {
    auto const address = schemas::read_web_address(document.at("id").get<std::string>());
    if (address) verifier.knows(address->https(), document.dump());
}

OpenBadge2House::OpenBadge2House()
    : issuer("two"),
      assertion{{"@context", context_2},
                {"type", "Assertion"},
                {"id", "https://badges.example/assertions/1"},
                {"recipient",
                 {{"type", "email"},
                  {"hashed", true},
                  {"salt", "deadsea"},
                  {"identity", "sha256$ecf5409f3f4b91ab60cc5ef4c02aef7032354375e70cf4d8e43f6a1d29891942"}}},
                {"issuedOn", "2026-01-31T10:00:00Z"},
                {"badge", "https://badges.example/classes/robots"},
                {"verification", {{"type", "HostedBadge"}}}},
      badge{{"@context", context_2},
            {"type", "BadgeClass"},
            {"id", "https://badges.example/classes/robots"},
            {"name", "Robots"},
            {"description", "Builds robots."},
            {"criteria", {{"narrative", "Build one."}}},
            {"issuer", "https://badges.example/issuer"}},
      profile{{"@context", context_2},
              {"type", "Profile"},
              {"id", "https://badges.example/issuer"},
              {"name", "Robot School"},
              {"url", "https://school.example"},
              {"email", "office@school.example"},
              {"publicKey", "https://badges.example/key"}},
      key{{"@context", context_2},
          {"type", "CryptographicKey"},
          {"id", "https://badges.example/key"},
          {"owner", "https://badges.example/issuer"},
          {"publicKeyPem", pem_of(issuer.signer().public_key())}},
      revocations{{"@context", context_2},
                  {"type", "RevocationList"},
                  {"id", "https://badges.example/revocations"},
                  {"revokedAssertions", Json::array()}} {}

void OpenBadge2House::serve() {
    for (auto const* const document : {&assertion, &badge, &key, &revocations, &profile})
        serve_at_own_id(verifier, *document);
}

domain::Report OpenBadge2House::verify_hosted() {
    serve();
    return verifier.verify(assertion.dump());
}

void OpenBadge2House::make_signed() {
    assertion["verification"] = {{"type", "SignedBadge"}, {"creator", key.at("id")}};
}

std::string OpenBadge2House::signed_assertion() const {
    return issuer.sign_raw(R"({"alg":"EdDSA","typ":"JWT"})", assertion.dump());
}

}  // namespace itqan::tests
