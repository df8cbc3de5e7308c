// Selective disclosure over the routes: an issuer's base proof, what the holder shows, and what a verifier believes.

#include "tests/service/vc_api/vc_api_house.hpp"

#include <doctest/doctest.h>

using namespace itqan;
using tests::common_house;
using tests::credential_1;
using tests::credential_2;

namespace {

constexpr char sd[] = "ecdsa-sd-2023";

/// Sails and boards within arrays, as the W3C's suite has them, under a context that is written out.
Json achievement(Json credential) {
    credential["@context"].push_back(
        {{"@protected", true},
         {"Achievement",
          {{"@id", "urn:example:Achievement"},
           {"@context",
            {{"@protected", true},
             {"id", "@id"},
             {"type", "@type"},
             {"sailNumber", "urn:example:sailNumber"},
             {"sails",
              {{"@id", "urn:example:sails"},
               {"@context",
                {{"@protected", true}, {"sailName", "urn:example:sailName"}, {"size", "urn:example:size"}}}}}}}}},
         {"achievements", {{"@id", "urn:example:achievements"}, {"@type", "@id"}}}});
    credential["credentialSubject"] = {
        {"achievements",
         {{{"type", "Achievement"},
           {"sailNumber", "Earth101"},
           {"sails", {{{"sailName", "Osprey"}, {"size", 5.5}}, {{"sailName", "Eagle-FR"}, {"size", 6.1}}}}},
          {{"type", "Achievement"},
           {"sailNumber", "Mars101"},
           {"sails", {{{"sailName", "Chicken"}, {"size", 5.9}}}}}}}};
    return credential;
}

tests::Replied derive(Json const& credential, Json const& pointers) {
    return common_house().post("credentials/derive",
                               {{"verifiableCredential", credential}, {"options", {{"selectivePointers", pointers}}}});
}

Json derived(Json const& credential, Json const& pointers) {
    auto const replied = derive(credential, pointers);
    if (replied.status != 201) throw std::runtime_error("not derived: " + replied.body.dump());
    return replied.body.at("verifiableCredential");
}

}  // namespace

TEST_CASE("conformance 11: base proofs are refused and what is derived from them verifies, under 1.1 and 2.0") {
    for (auto credential : {credential_1(), credential_2()}) {
        credential["credentialSubject"]["name"] = "Layla";
        auto const base = common_house().issued(sd, credential);
        CHECK(base.at("proof").at("proofValue").get<std::string>().starts_with("u2V0A"));  // d9 5d 00
        CHECK(common_house().verify(base).code() == "base-proof");

        auto const shown = derived(base, {"/credentialSubject/id"});

        CHECK(shown.at("proof").at("proofValue").get<std::string>().starts_with("u2V0B"));  // d9 5d 01
        CHECK(shown.at("credentialSubject") == Json{{"id", "did:example:subject"}});
        auto const verified = common_house().verify(shown);
        CHECK_MESSAGE(verified.status == 200, verified.body.dump());
    }
}

TEST_CASE("conformance 11: without pointers the issuer and the dates are always shown") {
    auto credential = credential_2();
    credential["validFrom"] = "2026-01-01T00:00:00Z";
    credential["name"] = "Hidden";
    for (Json const& options : {Json(Json::object()), Json{{"mandatoryPointers", nullptr}}}) {
        auto const shown = derived(common_house().issued(sd, credential, options), {"/credentialSubject"});

        CHECK(shown.at("issuer") == common_house().did(sd));
        CHECK(shown.at("validFrom") == "2026-01-01T00:00:00Z");
        CHECK_FALSE(shown.contains("name"));
    }
}

TEST_CASE("conformance 11: pointers into nested objects and arrays select and leave out") {
    for (auto const& credential : {achievement(credential_1()), achievement(credential_2())}) {
        auto const base = common_house().issued(sd, credential, {{"mandatoryPointers", {"/issuer"}}});

        auto const shown = derived(
            base, {"/credentialSubject/achievements/0/sails/1", "/credentialSubject/achievements/1/sailNumber"});

        auto const& achievements = shown.at("credentialSubject").at("achievements");
        CHECK(achievements.at(0).at("sails").at(0).at("sailName") == "Eagle-FR");
        CHECK_FALSE(achievements.at(0).contains("sailNumber"));
        CHECK(achievements.at(1).at("sailNumber") == "Mars101");
        auto const verified = common_house().verify(shown);
        CHECK_MESSAGE(verified.status == 200, verified.body.dump());
    }
}

TEST_CASE("conformance 11: pointers that match nothing are refused") {
    auto const replied = common_house().issue(sd, credential_2(), {{"mandatoryPointers", {"/nowhere"}}});
    CHECK(replied.status == 400);
    CHECK(replied.code() == "pointer-target");
    CHECK(common_house().issue(sd, credential_2(), {{"mandatoryPointers", {7}}}).pointers() ==
          "/options/mandatoryPointers");
    CHECK(common_house().issue(sd, credential_2(), {{"mandatoryPointers", "nopointer"}}).code() == "json-pointer");
    auto const base = common_house().issued(sd, credential_2());
    CHECK(derive(base, {"/nowhere"}).code() == "pointer-target");
    CHECK(derive(base, 7).pointers() == "/options/selectivePointers");
    CHECK(derive(common_house().issued("eddsa-rdfc-2022", credential_2()), {"/issuer"}).code() == "sd-base-proof");
    CHECK(derive(credential_2(), {"/issuer"}).code() == "sd-base-proof");
}

TEST_CASE("conformance 11: derived proofs with another prefix, header or count of signatures are refused") {
    auto const shown = derived(common_house().issued(sd, credential_1()), {"/credentialSubject/id"});
    auto const value = shown.at("proof").at("proofValue").get<std::string>();
    auto const code_of = [&](std::string const& other) {
        auto changed = shown;
        changed["proof"]["proofValue"] = other;
        auto const replied = common_house().verify(changed);
        CHECK(replied.status == 400);
        return replied.code();
    };

    CHECK(code_of(value.substr(1)) == "value-encoding");
    CHECK(code_of("z" + value.substr(1)) == "value-encoding");
    CHECK_FALSE(code_of("u2V0C" + value.substr(5)).empty());
    auto more = shown;  // One statement more than there are signatures.
    more["expirationDate"] = "2040-01-01T00:00:00Z";
    CHECK(common_house().verify(more).code() == "sd-signature-count");
    auto changed = shown;
    changed["credentialSubject"]["id"] = "did:example:mallory";
    CHECK(common_house().verify(changed).status == 400);
}
