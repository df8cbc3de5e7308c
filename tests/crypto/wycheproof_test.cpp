// Google's Wycheproof vectors through the public interface: PublicKey::from_jwk and PublicKey::verify.

#include <nlohmann/json.hpp>

#include <doctest/doctest.h>

#include "crypto/keys.hpp"
#include "tests/support/shared.hpp"

using namespace itqan;
using namespace itqan::crypto;

namespace {

Json load(std::filesystem::path const& path) {
    auto document = parse_json(tests::read_file(path), json_limits::case_package);
    REQUIRE(document);
    return std::move(*document);
}

std::string coordinate(std::string const& point, std::size_t index, std::size_t field) {
    return base64url_encode(*hex_decode(std::string_view(point).substr(2 + index * 2 * field, 2 * field)));
}

/// The group's key as a JWK: its own when it has one, else made of the point or the raw key.
Json jwk_of(Json const& group) {
    auto const& key = group.at("publicKey");
    if (key.contains("pk")) {
        auto const raw = *hex_decode(key.at("pk").get<std::string>());
        return {{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", base64url_encode(raw)}};
    }
    bool const p256 = key.at("curve") == "secp256r1";
    std::size_t const field = p256 ? 32 : 48;
    auto const point = key.at("uncompressed").get<std::string>();
    return {{"kty", "EC"},
            {"crv", p256 ? "P-256" : "P-384"},
            {"x", coordinate(point, 0, field)},
            {"y", coordinate(point, 1, field)}};
}

struct Count {
    int valid = 0, invalid = 0;
};

Count run(std::filesystem::path const& file) {
    Count count;
    auto const document = load(file);
    for (auto const& group : document.at("testGroups")) {
        auto const key = PublicKey::from_jwk(jwk_of(group));
        REQUIRE(key);
        if (group.contains("publicKeyJwk")) CHECK(*PublicKey::from_jwk(group.at("publicKeyJwk")) == *key);
        for (auto const& test : group.at("tests")) {
            bool const valid = test.at("result") == "valid";
            auto const message = *hex_decode(test.at("msg").get<std::string>());
            auto const signature = *hex_decode(test.at("sig").get<std::string>());
            CAPTURE(test.at("tcId").get<int>());
            CHECK(key->verify(message, signature) == valid);
            ++(valid ? count.valid : count.invalid);
        }
    }
    return count;
}

}  // namespace

TEST_CASE("Wycheproof signatures get the published verdict") {
    auto const shared = tests::shared_dir();
    if (!shared) {
        MESSAGE("shared vectors are not here");
        return;
    }
    auto const folder = *shared / "vectors/attacks/wycheproof";
    for (auto const* name :
         {"ed25519_test.json", "ecdsa_secp256r1_sha256_p1363_test.json", "ecdsa_secp384r1_sha384_p1363_test.json"}) {
        CAPTURE(name);
        auto const count = run(folder / name);
        CHECK(count.valid > 50);
        CHECK(count.invalid > 50);
    }
}

TEST_CASE("Wycheproof signatures in DER are no JWS signatures") {
    auto const shared = tests::shared_dir();
    if (!shared) {
        MESSAGE("shared vectors are not here");
        return;
    }
    int seen = 0;
    for (auto const* name : {"ecdsa_secp256r1_sha256_test.json", "ecdsa_secp384r1_sha384_test.json"}) {
        auto const document = load(*shared / "vectors/attacks/wycheproof" / name);
        for (auto const& group : document.at("testGroups")) {
            auto const key = PublicKey::from_jwk(jwk_of(group));
            REQUIRE(key);
            for (auto const& test : group.at("tests")) {
                CHECK_FALSE(key->verify(*hex_decode(test.at("msg").get<std::string>()),
                                        *hex_decode(test.at("sig").get<std::string>())));
                ++seen;
            }
        }
    }
    CHECK(seen > 900);
}
