#include "schemas/open_badge_rules.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/schemas/badge_samples.hpp"
#include "tests/support/shared.hpp"

using namespace itqan;
using namespace itqan::schemas;

namespace {

std::string pointers(Json const& document, OpenBadgeProfile profile = OpenBadgeProfile::published) {
    std::string out;
    for (auto const& violation : validate_open_badge(document, profile)) {
        CHECK_FALSE(violation.detail.empty());
        out += (out.empty() ? "" : ", ") + (violation.pointer.empty() ? "root" : violation.pointer);
    }
    return out;
}

Json changed(Json document, char const* pointer, Json value) {
    document[Json::json_pointer(pointer)] = std::move(value);
    return document;
}

Json removed(Json document, char const* parent, char const* name) {
    document[Json::json_pointer(parent)].erase(name);
    return document;
}

struct Mutation {
    char const* at;
    Json value;
    char const* reported;
};

std::string sample_pointers(std::filesystem::path const& shared, std::string const& file) {
    auto const document =
        parse_json(tests::read_file(shared / "vectors/validator/ob30" / file), json_limits::credential);
    return pointers(document.operator*());
}

constexpr char const* achievement = "/credentialSubject/achievement";

}  // namespace

TEST_SUITE("open badge rules") {
    TEST_CASE("what we build breaks no rule, whether judged as ours or as published") {
        for (auto const& credential : {tests::full_credential(), tests::minimal_credential()}) {
            CHECK(pointers(to_json(credential), OpenBadgeProfile::own) == "");
            CHECK(pointers(to_json(credential), OpenBadgeProfile::published) == "");
        }
    }

    TEST_CASE("a changed member is reported by its pointer") {
        auto const badge = to_json(tests::full_credential());
        Mutation const table[] = {
            {"/@context", "https://www.w3.org/ns/credentials/v2", "/@context"},
            {"/@context/0", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json", "/@context/0"},
            {"/@context/1", "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json", "/@context/1"},
            {"/@context/1", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.33.json", "/@context/1"},
            {"/@context/2", {{"name", "https://schema.org/name"}}, "/@context/2"},
            {"/id", "no uri", "/id"},
            {"/id", 7, "/id"},
            {"/type", Json::array({"VerifiableCredential", "OtherCredential"}), "/type"},
            {"/type", Json::array({"OpenBadgeCredential"}), "/type"},
            {"/name", Json(), "/name"},
            {"/name", Json::array({"a"}), "/name"},
            {"/validFrom", "2026-11-01T12:00:00", "/validFrom"},
            {"/validFrom", "2026-11-01", "/validFrom"},
            {"/validUntil", "2026-10-01T00:00:00Z", "/validUntil"},
            {"/awardedDate", 1762000000, "/awardedDate"},
            {"/issuer", 7, "/issuer"},
            {"/issuer/type", "Organization", "/issuer/type"},
            {"/issuer/url", "badges.example", "/issuer/url"},
            {"/issuer/image", "https://badges.example/logo.png", "/issuer/image"},
            {"/issuer/image/type", Json::array({"Image"}), "/issuer/image/type"},
            {"/issuer/parentOrg",
             {{"id", "did:example:1"}, {"type", Json::array({"Other"})}},
             "/issuer/parentOrg/type"},
            {"/issuer/otherIdentifier",
             Json::array({{{"type", "Entry"}, {"identifier", "1"}, {"identifierType", "nope"}}}),
             "/issuer/otherIdentifier/0/type, /issuer/otherIdentifier/0/identifierType"},
            {"/credentialSubject", Json::array({badge.at("credentialSubject")}), "/credentialSubject"},
            {"/credentialSubject/type", Json::array({"Person"}), "/credentialSubject/type"},
            {"/credentialSubject/id", "lrn-001", "/credentialSubject/id"},
            {"/credentialSubject/identifier", Json::array(), "/credentialSubject/identifier"},
            {"/credentialSubject/identifier/0/hashed", "true", "/credentialSubject/identifier/0/hashed"},
            {"/credentialSubject/identifier/0/identityHash", "a@example.com",
             "/credentialSubject/identifier/0/identityHash"},
            {"/credentialSubject/identifier/1/identityType", "email", "/credentialSubject/identifier/1/identityType"},
            {"/credentialSubject/source",
             {{"id", "did:example:1"}, {"type", "Other"}},
             "/credentialSubject/source/type"},
            {"/credentialSubject/creditsEarned", "3", "/credentialSubject/creditsEarned"},
            {"/credentialSubject/achievement/type", "Badge", "/credentialSubject/achievement/type"},
            {"/credentialSubject/achievement/achievementType", "Nonsense",
             "/credentialSubject/achievement/achievementType"},
            {"/credentialSubject/achievement/achievementType",
             "ext:", "/credentialSubject/achievement/achievementType"},
            {"/credentialSubject/achievement/criteria", "pass", "/credentialSubject/achievement/criteria"},
            {"/credentialSubject/achievement/criteria", Json::object(), "/credentialSubject/achievement/criteria"},
            {"/credentialSubject/achievement/inLanguage", "english", "/credentialSubject/achievement/inLanguage"},
            {"/credentialSubject/achievement/tag/0", 1, "/credentialSubject/achievement/tag/0"},
            {"/credentialSubject/achievement/alignment/0/targetUrl", "x",
             "/credentialSubject/achievement/alignment/0/targetUrl"},
            {"/credentialSubject/achievement/alignment/0/targetType", "Item",
             "/credentialSubject/achievement/alignment/0/targetType"},
            {"/credentialSubject/achievement/resultDescription/0/resultType", "Grade",
             "/credentialSubject/achievement/resultDescription/0/resultType"},
            {"/credentialSubject/achievement/resultDescription/0/requiredLevel", "urn:x:9",
             "/credentialSubject/achievement/resultDescription/0/requiredLevel"},
            {"/credentialSubject/achievement/resultDescription/0/allowedValue", Json(),
             "/credentialSubject/achievement/resultDescription/0/allowedValue"},
            {"/credentialSubject/achievement/resultDescription/0/rubricCriterionLevel/4/type", Json::array({"Level"}),
             "/credentialSubject/achievement/resultDescription/0/rubricCriterionLevel/4/type"},
            {"/credentialSubject/achievement/related/0/id", "x", "/credentialSubject/achievement/related/0/id"},
            {"/credentialSubject/result/0/type", Json::array({"Score"}), "/credentialSubject/result/0/type"},
            {"/credentialSubject/result/0/resultDescription", "urn:x:9",
             "/credentialSubject/result/0/resultDescription"},
            {"/credentialSubject/result/0/achievedLevel", "urn:x:9", "/credentialSubject/result/0/achievedLevel"},
            {"/credentialSubject/result/0/status", "Done", "/credentialSubject/result/0/status"},
            {"/credentialSubject/result/0/value", 3, "/credentialSubject/result/0/value"},
            {"/evidence/0/type", Json::array({"Proof"}), "/evidence/0/type"},
            {"/credentialSchema/0/id", "schema.json", "/credentialSchema/0/id"},
            {"/credentialStatus", "https://badges.example/status/1", "/credentialStatus"},
            {"/credentialStatus/type", Json(), "/credentialStatus/type, /credentialStatus/type"},
            {"/credentialStatus/id", "https://badges.example/status/nakhla-1", "/credentialStatus/id"},
            {"/credentialStatus/statusListIndex", "-1", "/credentialStatus/statusListIndex"},
            {"/credentialStatus/statusListIndex", 1.5, "/credentialStatus/statusListIndex"},
            {"/credentialStatus/statusPurpose", 1, "/credentialStatus/statusPurpose"},
            {"/credentialStatus/statusListCredential", "x", "/credentialStatus/statusListCredential"},
            {"/credentialStatus/statusSize", 0, "/credentialStatus/statusSize"},
            {"/refreshService", {{"id", "https://a.example/r"}}, "/refreshService/type"},
            {"/endorsementJwt", Json::array({"a.b"}), "/endorsementJwt/0"},
            {"/proof", "z123", "/proof"},
            {"/extra", {{"deep", Json::array({1, Json()})}}, "/extra/deep/1"}};
        for (auto const& mutation : table) {
            CAPTURE(mutation.at);
            CAPTURE(mutation.value.dump());
            CHECK(pointers(changed(badge, mutation.at, mutation.value)) == mutation.reported);
        }
    }

    TEST_CASE("a missing member is reported where it belongs") {
        auto const badge = to_json(tests::full_credential());
        std::pair<char const*, char const*> const table[] = {
            {"", "id"},
            {"", "type"},
            {"", "issuer"},
            {"", "validFrom"},
            {"", "credentialSubject"},
            {"", "@context"},
            {"/issuer", "id"},
            {"/issuer", "type"},
            {"/credentialSubject", "type"},
            {"/credentialSubject", "achievement"},
            {"/credentialSubject/identifier/0", "identityHash"},
            {"/credentialSubject/identifier/1", "hashed"},
            {achievement, "id"},
            {achievement, "name"},
            {achievement, "description"},
            {achievement, "criteria"},
            {"/credentialSubject/achievement/alignment/0", "targetName"},
            {"/credentialSubject/achievement/alignment/0", "targetUrl"},
            {"/credentialSubject/achievement/image", "id"},
            {"/credentialSubject/achievement/resultDescription/0", "name"},
            {"/credentialSubject/achievement/resultDescription/0", "resultType"},
            {"/credentialStatus", "statusListIndex"},
            {"/credentialStatus", "statusListCredential"},
            {"/evidence/0", "type"},
            {"/credentialSchema/0", "type"}};
        for (auto const& [parent, name] : table) {
            auto const where = std::string(parent) + "/" + name;
            CAPTURE(where);
            auto const found = validate_open_badge(removed(badge, parent, name));
            CHECK(std::any_of(found.begin(), found.end(),
                              [&where](Violation const& violation) { return violation.pointer == where; }));
        }
    }

    TEST_CASE("a subject needs an id or an identifier") {
        auto const badge = to_json(tests::minimal_credential());

        CHECK(pointers(removed(badge, "/credentialSubject", "id")) == "/credentialSubject");
        CHECK(pointers(removed(to_json(tests::full_credential()), "/credentialSubject", "id")) == "");
    }

    TEST_CASE("a result of type Status must carry a status") {
        auto badge = to_json(tests::full_credential());
        badge["credentialSubject"]["achievement"]["resultDescription"].push_back(
            {{"id", "urn:x:status"}, {"type", {"ResultDescription"}}, {"name", "Status"}, {"resultType", "Status"}});
        badge["credentialSubject"]["result"].push_back({{"type", {"Result"}}, {"resultDescription", "urn:x:status"}});

        CHECK(pointers(badge) == "/credentialSubject/result/1/status");
        badge["credentialSubject"]["result"][1]["status"] = "Completed";
        CHECK(pointers(badge) == "");
        badge["credentialSubject"]["result"][1]["achievedLevel"] = "urn:uuid:d05a0867-d0ad-4b03-bdb5-28fb5d2aab71";
        CHECK(pointers(badge) == "");
        CHECK(pointers(badge, OpenBadgeProfile::own) == "/credentialSubject/result/1/achievedLevel");
    }

    TEST_CASE("two result descriptions may not share an id") {
        auto badge = to_json(tests::full_credential());
        auto& descriptions = badge["credentialSubject"]["achievement"]["resultDescription"];
        descriptions.push_back(descriptions[0]);

        CHECK(pointers(badge) == "/credentialSubject/achievement/resultDescription/1/id");
    }

    TEST_CASE("published documents may use single values, older contexts and a number as index") {
        auto const badge = to_json(tests::full_credential());
        Mutation const table[] = {
            {"/issuer", "did:web:badges.example:issuers:nakhla", "/issuer"},
            {"/issuer/type", "Profile", "/issuer/type"},
            {"/evidence", badge.at("evidence").at(0), "/evidence"},
            {"/credentialSchema", badge.at("credentialSchema").at(0), "/credentialSchema"},
            {"/credentialSubject/achievement/tag", "alone", "/credentialSubject/achievement/tag"},
            {"/@context/1", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json", "/@context/1"},
            {"/@context/1", "https://purl.imsglobal.org/spec/ob/v3p0/context.json", "/@context/1"},
            {"/@context/2", "https://w3id.org/security/data-integrity/v2", "/@context"},
            {"/credentialStatus/statusListIndex", 94567, "/credentialStatus/statusListIndex"},
            {"/credentialStatus/statusListIndex", "007", "/credentialStatus/statusListIndex"},
            {"/credentialStatus",
             {{"id", "https://a.example/list"}, {"type", "1EdTechRevocationList"}},
             "/credentialStatus/type"},
            {"/credentialSubject/identifier/0/identityHash", "md5$" + std::string(32, 'a'),
             "/credentialSubject/identifier/0/identityHash"}};
        for (auto const& mutation : table) {
            CAPTURE(mutation.at);
            auto const document = changed(badge, mutation.at, mutation.value);
            CHECK(pointers(document, OpenBadgeProfile::published) == "");
            CHECK(pointers(document, OpenBadgeProfile::own) == mutation.reported);
        }
    }

    TEST_CASE("endorsements are credentials of their own kind") {
        auto badge = to_json(tests::full_credential());
        Json endorsement{{"type", {"VerifiableCredential", "EndorsementCredential"}},
                         {"issuer", {{"id", "did:example:2"}, {"type", {"Profile"}}}},
                         {"validFrom", "2026-11-01T12:00:00Z"},
                         {"credentialSubject",
                          {{"id", badge.at("id")}, {"type", {"EndorsementSubject"}}, {"endorsementComment", "Good."}}}};
        badge["endorsement"] = Json::array({endorsement});
        CHECK(pointers(badge) == "");

        endorsement["type"] = {"VerifiableCredential"};
        endorsement["credentialSubject"].erase("id");
        endorsement.erase("validFrom");
        badge["endorsement"] = Json::array({endorsement});
        CHECK(pointers(badge) == "/endorsement/0/type, /endorsement/0/credentialSubject/id, /endorsement/0/validFrom");
    }

    TEST_CASE("documents of the older data model follow its rules") {
        auto badge = to_json(tests::full_credential());
        badge["@context"] = {"https://www.w3.org/2018/credentials/v1",
                             "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json"};
        badge.erase("validFrom");
        badge.erase("validUntil");
        CHECK(pointers(badge) == "/issuanceDate");

        badge["issuanceDate"] = "2026-11-01T12:00:00Z";
        badge["expirationDate"] = "2026-10-01T12:00:00Z";
        CHECK(pointers(badge) == "/expirationDate");

        badge["expirationDate"] = "2027-10-01T12:00:00Z";
        CHECK(pointers(badge) == "");
        CHECK(pointers(removed(badge, "", "name")) == "/name");
        CHECK_FALSE(pointers(badge, OpenBadgeProfile::own).empty());
    }

    TEST_CASE("the validator's good samples break no rule") {
        auto const shared = tests::shared_dir();
        if (!shared) {
            MESSAGE("shared data is absent");
            return;
        }
        for (std::string const file :
             {"simple.json", "simple.1ob", "simple_v1.json", "simple-did-key-method.json", "simple-did-web-method.json",
              "simple-context-alias.json", "simple-context-version.json", "simple-eddsa-2022.json",
              "sd/derivedcredential.json", "bit-string-list/credential-status-revoked.json",
              "simple-err-proof-value.json", "simple-err-proof-method-no-scheme.json",
              "simple-err-proof-method-unknown-scheme.json", "simple-err-proof-method-unknown-did-method.json"}) {
            CAPTURE(file);
            CHECK(sample_pointers(*shared, file) == "");
        }
    }

    TEST_CASE("the validator's structurally wrong samples break the rule their manifest names") {
        auto const shared = tests::shared_dir();
        if (!shared) {
            MESSAGE("shared data is absent");
            return;
        }
        std::pair<std::string, std::string> const table[] = {
            {"simple-err-type.json", "/credentialSubject/achievement, /type"},
            {"simple-noproof.json", "/credentialSubject/achievement"},
            {"simple-err-issuer.json", "/issuer, /credentialSubject/achievement"},
            {"simple-err-credential-subject-type.json", "/credentialSubject/type"},
            {"simple-err-credential-subject-result-type.json",
             "/credentialSubject/result/1/type, /credentialSubject/result/0/resultDescription, "
             "/credentialSubject/result/1/resultDescription, "
             "/credentialSubject/result/1/achievedLevel, /credentialSubject/result/2/resultDescription"},
            {"simple-err-credential-subject-achievement-result-description-type.json",
             "/credentialSubject/achievement/resultDescription/2/type"},
            {"simple-err-credential-subject-profile-type.json", "/credentialSubject/source/type"},
            {"simple-err-evidence-type.json", "/evidence/1/type"},
            {"simple-err-issuer-type.json", "/issuer/type"},
            {"simple-err-issuer-parentorg-type.json", "/issuer/parentOrg/type"},
            {"simple-err-issuer-otheridentifier-type.json", "/issuer/otherIdentifier/1/type"},
            {"complete_v1.json",
             "/credentialSubject/identifier/0/identityType, /credentialSubject/identifier/1/identityType"}};
        for (auto const& [file, reported] : table) {
            CAPTURE(file);
            CHECK(sample_pointers(*shared, file) == reported);
        }
    }
}
