#include "schemas/open_badge.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "schemas/open_badge_rules.hpp"
#include "tests/schemas/badge_samples.hpp"
#include "tests/support/shared.hpp"

using namespace itqan;
using namespace itqan::schemas;

TEST_SUITE("open badge") {
    TEST_CASE("a badge of ours starts with the three contexts and names its schema") {
        auto const badge = to_json(tests::full_credential());

        CHECK(badge.at("@context") == Json::array({"https://www.w3.org/ns/credentials/v2",
                                                   "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
                                                   "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"}));
        CHECK(badge.at("type") == Json::array({"VerifiableCredential", "OpenBadgeCredential"}));
        CHECK(badge.at("credentialSchema") ==
              Json::array(
                  {{{"id",
                     "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"},
                    {"type", "1EdTechJsonSchemaValidator2019"}}}));
        CHECK(badge.at("validUntil") == "2028-10-31T23:59:59Z");
    }

    TEST_CASE("one status entry is an object and two are an array") {
        auto credential = tests::full_credential();
        auto const one = to_json(credential);
        credential.status.push_back(
            {"BitstringStatusListEntry", std::nullopt, "suspension", "7", "https://badges.example/status/nakhla-2"});
        auto const two = to_json(credential);

        CHECK(one.at("credentialStatus").at("statusListIndex") == "94567");
        REQUIRE(two.at("credentialStatus").is_array());
        CHECK(two.at("credentialStatus").at(1).at("statusPurpose") == "suspension");
        CHECK(validate_open_badge(two, OpenBadgeProfile::own).empty());
    }

    TEST_CASE("what is absent leaves no trace in the document") {
        auto const badge = to_json(tests::minimal_credential());

        for (std::string const name :
             {"name", "description", "validUntil", "awardedDate", "evidence", "credentialStatus", "proof"}) {
            CAPTURE(name);
            CHECK_FALSE(badge.contains(name));
        }
        CHECK(badge.at("credentialSubject").at("achievement").at("criteria").size() == 1);
    }

    TEST_CASE("a badge of ours reads back as it was written") {
        for (auto const& credential : {tests::full_credential(), tests::minimal_credential()}) {
            auto const written = to_json(credential);

            auto const back = read_credential(written);

            REQUIRE(back);
            CHECK(canonical_json(to_json(*back)) == canonical_json(written));
        }
    }

    TEST_CASE("published badges of both data models can be shown") {
        auto const shared = tests::shared_dir();
        if (!shared) {
            MESSAGE("shared data is absent");
            return;
        }
        for (std::string const file : {"simple.json", "simple_v1.json", "complete_v1.json",
                                       "simple-did-key-method.json", "sd/derivedcredential.json"}) {
            CAPTURE(file);
            auto const document =
                parse_json(tests::read_file(*shared / "vectors/validator/ob30" / file), json_limits::credential);
            REQUIRE(document);
            auto const credential = read_credential(*document);
            REQUIRE(credential);
            CHECK_FALSE(credential->subject.achievement.name.empty());
            CHECK(credential->issuer.name.has_value());
        }
    }

    TEST_CASE("the complete sample of the older data model is read in full") {
        auto const shared = tests::shared_dir();
        if (!shared) {
            MESSAGE("shared data is absent");
            return;
        }
        auto const document =
            parse_json(tests::read_file(*shared / "vectors/validator/ob30/complete_v1.json"), json_limits::credential);
        REQUIRE(document);

        auto const credential = read_credential(*document);

        REQUIRE(credential);
        CHECK(credential->valid_from.text() == "2010-01-01T00:00:00Z");
        CHECK(credential->valid_until->text() == "2020-01-01T00:00:00Z");
        CHECK(credential->subject.identifier.size() == 2);
        CHECK_FALSE(credential->subject.identifier.front().hashed);
        CHECK(credential->subject.achievement.result_description.size() == 3);
        CHECK(credential->subject.achievement.result_description.at(1).rubric_criterion_level.at(0).name == "Mastery");
        CHECK(credential->subject.result.size() == 3);
        CHECK(credential->evidence.size() == 2);
        CHECK(credential->status.at(0).type == "1EdTechRevocationList");
        CHECK(credential->subject.achievement.image->caption == "1EdTech University Degree");
    }

    TEST_CASE("single values stand for lists and numbers for indexes") {
        auto badge = to_json(tests::full_credential());
        badge["credentialSubject"]["achievement"]["tag"] = "alone";
        badge["evidence"] = badge["evidence"][0];
        badge["credentialStatus"]["statusListIndex"] = 94567;
        badge["issuer"] = "did:web:a.example";
        badge["credentialSubject"]["achievement"]["image"] = "https://a.example/x.png";

        auto const credential = read_credential(badge);

        REQUIRE(credential);
        CHECK(credential->subject.achievement.tag == std::vector<std::string>{"alone"});
        CHECK(credential->evidence.size() == 1);
        CHECK(credential->status.at(0).list_index == "94567");
        CHECK(credential->issuer.id == "did:web:a.example");
        CHECK(credential->subject.achievement.image->id == "https://a.example/x.png");
    }

    TEST_CASE("a document that is no badge is refused with the place") {
        auto const place = [](std::string_view path, Json const& value) {
            auto badge = to_json(tests::minimal_credential());
            if (path.empty()) {
                badge = value;
            } else {
                badge[Json::json_pointer(std::string(path))] = value;
            }
            auto const credential = read_credential(badge);
            return credential ? "accepted"
                              : credential.error().code + " " + credential.error().violations.at(0).pointer;
        };
        CHECK(place("", Json::array()) == "credential-shape ");
        CHECK(place("/issuer", 7) == "credential-shape /issuer");
        CHECK(place("/credentialSubject", Json::array()) == "credential-shape /credentialSubject");
        CHECK(place("/credentialSubject/achievement", "x") == "credential-shape /credentialSubject/achievement");
        CHECK(place("/validFrom", "2026-11-01") == "credential-shape /validFrom");
        CHECK(place("/validUntil", "soon") == "accepted");
    }
}
