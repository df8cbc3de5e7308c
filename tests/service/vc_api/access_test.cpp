// Who may use the VC-API, when it exists, and what becomes of its keys.

#include "tests/service/vc_api/vc_api_house.hpp"

#include <doctest/doctest.h>

using namespace itqan;
using tests::credential_2;
using tests::VcApiHouse;

namespace {

constexpr char guarded_path[] = "/vc-api/issuers/eddsa-rdfc-2022/credentials/issue";

std::string issue_body() {
    return Json{{"credential", credential_2()}}.dump();
}

/// The same rows in a process that starts anew.
struct Restarted {
    explicit Restarted(tests::StarterHouse& house) : Restarted(house, house.kek) {}
    Restarted(tests::StarterHouse& house, crypto::KeyEncryptionKey const& kek)
        : keys(house.database(), kek, house.addresses, house.clock, crypto::KeyType::ed25519),
          services{house.clock,  house.database(), house.addresses, house.settings, house.programmes, keys,
                   house.status, house.issuance,   house.intake,    house.claims,   house.documents} {}

    domain::IssuerKeys keys;
    domain::Services services;
    domain::VcApi vc_api{services, {.enabled = true}};
};

Json issued(domain::VcApi& vc_api, char const* profile, Instant now) {
    auto const answer = vc_api.issue(profile, {{"credential", credential_2()}}, now);
    if (!answer) throw std::runtime_error("not issued: " + answer.error().code);
    return *answer;
}

std::string verdict_on(domain::VcApi& vc_api, Json const& body, Instant now) {
    auto const verified = vc_api.verify_credential(body, now);
    return verified ? "verified" : verified.error().code;
}

}  // namespace

TEST_CASE("without the configuration there is no VC-API, and no keys are made for it") {
    VcApiHouse house{domain::VcApiSettings{}};

    CHECK(house.send("GET", "/vc-api/issuers", "").status == 404);
    CHECK(house.send("POST", guarded_path, issue_body(), house.token(Role::admin)).status == 404);
    CHECK(house.verify(credential_2()).status == 404);
    auto const document = house.send("GET", "/openapi.json", "").body.dump();
    CHECK(document.find("/vc-api/") == std::string::npos);
    CHECK(house.house.keys.list("vc-api/eddsa-rdfc-2022").empty());
}

TEST_CASE("issuing takes an administrator's token, verifying takes none") {
    VcApiHouse house{domain::VcApiSettings{.enabled = true}};
    auto const issuer = house.token(Role::issuer, "nakhla");

    CHECK(house.send("POST", guarded_path, issue_body()).code() == "token-required");
    CHECK(house.send("POST", guarded_path, issue_body(), "itq_unknown").status == 401);
    CHECK(house.send("POST", guarded_path, issue_body(), house.token(Role::provider, "prv-qalam")).code() ==
          "wrong-role");
    CHECK(house.send("POST", "/vc-api/credentials/derive", "{}").status == 401);
    CHECK(house.send("POST", "/vc-api/presentations/prove", "{}").status == 401);
    for (auto const* const path : {guarded_path, "/vc-api/credentials/derive", "/vc-api/presentations/prove"}) {
        CAPTURE(std::string(path));
        auto const replied = house.send("POST", path, issue_body(), issuer);
        CHECK(replied.status == 403);
        CHECK(replied.code() == "wrong-role");
    }
    auto const issued = house.send("POST", guarded_path, issue_body(), house.token(Role::admin));
    CHECK(issued.status == 201);
    CHECK(house.verify(issued.body.at("verifiableCredential")).status == 200);
    CHECK(house.send("GET", "/vc-api/issuers", "").status == 200);
}

TEST_CASE("a profile that is none is not found") {
    auto& house = tests::common_house();

    CHECK(house.issue("eddsa-2099", credential_2()).status == 404);
    CHECK(house.issue("..", credential_2()).status == 404);
}

TEST_CASE("verifying is limited for strangers, issuing with a token is not") {
    tests::StarterHouse house;
    auth::Guard guard(house.database(), house.clock, house.addresses.base());
    http::RateLimits rates(http::RateSettings{});
    api::ApiContext context(house.services, guard, rates, {.enabled = true});
    http::Router const router(api::api_routes(context));
    http::Request request;
    request.method = "POST";
    request.path = "/vc-api/credentials/verify";
    request.client = "192.0.2.9";
    request.headers.add("content-type", "application/json");
    request.body = "{}";
    int answered = 0;
    while (router.handle(request).status == 400)
        ++answered;

    CHECK(answered == 60);
    CHECK(router.handle(request).status == 429);
}

TEST_CASE("keys are made once, sealed, survive a restart, and nothing of the programme finds them") {
    tests::StarterHouse house;
    domain::VcApi first(house.services, {.enabled = true});
    auto const before = first.issuers();
    REQUIRE(before);
    CHECK(before->at("issuers").size() == domain::vc_api_profiles().size());

    Restarted second(house);
    CHECK(second.vc_api.issuers()->at("issuers") == before->at("issuers"));

    auto const rows = house.keys.list("vc-api/ecdsa-sd-2023");
    REQUIRE(rows.size() == 1);
    CHECK(rows.front().sealed.size() > 32);
    CHECK(rows.front().public_jwk.find("\"d\"") == std::string::npos);
    auto const programme = house.database().read([&](storage::Session& s) { return house.programmes.current(s); });
    for (auto const& issuer : programme->issuers)
        for (auto const& row : house.keys.list(issuer.id))
            CHECK_FALSE(row.issuer_id.starts_with("vc-api/"));
    CHECK_THROWS(house.keys.ensure_did_key("nakhla", crypto::KeyType::ed25519));
}

TEST_CASE("a key that is revoked by hand signs no more, leaves the list and is not replaced at a restart") {
    tests::StarterHouse house;
    domain::VcApi vc_api(house.services, {.enabled = true});
    auto const row = house.keys.list("vc-api/jwt").front();

    REQUIRE(house.keys.revoke(Actor{}, row.id));

    CHECK(vc_api.issue("jwt", {{"credential", credential_2()}}, house.clock.now).error().code == "no-active-key");
    CHECK(vc_api.issuers()->at("issuers").size() == domain::vc_api_profiles().size() - 1);
    Restarted second(house);
    CHECK(second.vc_api.issue("jwt", {{"credential", credential_2()}}, house.clock.now).error().code ==
          "no-active-key");
    CHECK(second.vc_api.issuers()->at("issuers").size() == domain::vc_api_profiles().size() - 1);
    CHECK(house.keys.list("vc-api/jwt").size() == 1);
}

TEST_CASE("what a key of ours signed fails once the key is revoked by hand, though a did:key names itself") {
    tests::StarterHouse house;
    domain::VcApi vc_api(house.services, {.enabled = true});
    auto const now = house.clock.now;
    auto const token = issued(vc_api, "jwt", now);
    auto const embedded = issued(vc_api, "eddsa-jcs-2022", now);
    auto const other = issued(vc_api, "ecdsa-rdfc-2019-p256", now);
    auto const presentation =
        vc_api.prove({{"presentation",
                       {{"@context", {"https://www.w3.org/ns/credentials/v2"}}, {"type", {"VerifiablePresentation"}}}},
                      {"options", {{"profile", "eddsa-jcs-2022"}}}},
                     now);
    REQUIRE(presentation);
    for (auto const& body : {token, embedded, other})
        CHECK(verdict_on(vc_api, body, now) == "verified");
    CHECK(vc_api.verify_presentation(*presentation, now));

    for (auto const* const id : {"vc-api/jwt", "vc-api/eddsa-jcs-2022"})
        REQUIRE(house.keys.revoke(Actor{}, house.keys.list(id).front().id));

    auto const refused = vc_api.verify_credential(embedded, now);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == "revoked-key");
    CHECK(refused.error().violations.front().pointer == "/verifiableCredential/proof/verificationMethod");
    CHECK(verdict_on(vc_api, token, now) == "revoked-key");
    CHECK(vc_api.verify_presentation(*presentation, now).error().code == "revoked-key");
    CHECK(verdict_on(vc_api, other, now) == "verified");
    Restarted second(house);
    CHECK(verdict_on(second.vc_api, embedded, now) == "revoked-key");
    CHECK(verdict_on(second.vc_api, other, now) == "verified");
}

TEST_CASE("keys that another key-encryption key sealed are an error, not an empty list") {
    tests::StarterHouse house;
    domain::VcApi const first(house.services, {.enabled = true});
    auto const kek = crypto::KeyEncryptionKey::from_bytes(crypto::SecretBytes(Bytes(32, 1)));

    Restarted second(house, kek);

    auto const issuers = second.vc_api.issuers();
    REQUIRE_FALSE(issuers);
    CHECK(issuers.error().code == "sealed-key");
}
