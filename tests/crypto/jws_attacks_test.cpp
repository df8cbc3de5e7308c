// The JWS attack corpus at the layer where it applies here: parser, claims and signature against a fixed set of keys.

#include <nlohmann/json.hpp>

#include <doctest/doctest.h>

#include "crypto/vc_jwt.hpp"
#include "tests/support/shared.hpp"

using namespace itqan;
using namespace itqan::crypto;

namespace {

struct Trusted {
    std::string kid;
    PublicKey key;
};
using KeySets = std::map<std::string, std::vector<Trusted>>;

KeySets read_key_sets(Json const& trusted) {
    KeySets sets;
    for (auto const& [issuer, set] : trusted.items()) {
        for (auto const& jwk : set.at("keys")) {
            auto key = PublicKey::from_jwk(jwk);
            REQUIRE(key);
            sets[issuer].push_back({jwk.at("kid").get<std::string>(), *key});
        }
    }
    return sets;
}

/// The issuer's own key that the token names: by kid, by an equal jwk, and by both when both are there.
PublicKey const* key_for(CompactJws const& jws, std::vector<Trusted> const& set) {
    for (auto const& [kid, key] : set) {
        bool const named = !jws.kid || *jws.kid == kid;
        bool const same = !jws.jwk || *jws.jwk == key;
        if (named && same && (jws.kid || jws.jwk)) return &key;
    }
    return nullptr;
}

bool accepts(std::string const& text, KeySets const& sets) {
    auto const token = read_vc_jwt(text);
    if (!token) return false;
    for (auto const& fault : check_vc_jwt_claims(*token)) {
        if (fault.kind == ClaimFault::Kind::contradiction) return false;
    }
    auto const issuer = token->payload.find("iss");
    if (issuer == token->payload.end()) return false;
    auto const set = sets.find(issuer->get<std::string>());
    if (set == sets.end()) return false;
    auto const* key = key_for(token->jws, set->second);
    return key != nullptr && verify_jws(token->jws, *key);
}

}  // namespace

TEST_CASE("the published token attacks are refused and their controls accepted") {
    auto const shared = tests::shared_dir();
    if (!shared) {
        MESSAGE("shared vectors are not here");
        return;
    }
    auto const corpus =
        parse_json(tests::read_file(*shared / "vectors/attacks/jwt-attacks/cases.json"), json_limits::case_package);
    REQUIRE(corpus);
    auto const sets = read_key_sets(corpus->at("trusted"));
    int controls = 0, attacks = 0;

    for (auto const& each : corpus->at("cases")) {
        auto const id = each.at("id").get<std::string>();
        CAPTURE(id);
        // What kind of credential it is, the schema of the badge decides, not the token.
        bool const wanted = each.at("expect") == "accept" || id == "nested-proof-none";
        CHECK(accepts(each.at("jws").get<std::string>(), sets) == wanted);
        ++(wanted ? controls : attacks);
    }

    CHECK(controls >= 5);
    CHECK(attacks >= 48);
}
