// What the issuing paths sign and what they refuse, point by point of what the W3C's suites look for.

#include "tests/service/vc_api/vc_api_house.hpp"

#include <doctest/doctest.h>

#include "crypto/multibase.hpp"
#include "crypto/rdf_canonicalizer.hpp"

using namespace itqan;
using tests::common_house;
using tests::credential_1;
using tests::credential_2;

namespace {

constexpr char credentials_v2[] = "https://www.w3.org/ns/credentials/v2";
constexpr char usual_profile[] = "eddsa-rdfc-2022";

struct EmbeddedProfile {
    char const *name, *cryptosuite, *did_start;
    std::size_t signature_bytes;
};
constexpr EmbeddedProfile embedded_profiles[] = {
    {"eddsa-rdfc-2022", "eddsa-rdfc-2022", "did:key:z6Mk", 64},
    {"eddsa-jcs-2022", "eddsa-jcs-2022", "did:key:z6Mk", 64},
    {"ecdsa-rdfc-2019-p256", "ecdsa-rdfc-2019", "did:key:zDna", 64},
    {"ecdsa-rdfc-2019-p384", "ecdsa-rdfc-2019", "did:key:z82L", 96},
    {"ecdsa-jcs-2019-p256", "ecdsa-jcs-2019", "did:key:zDna", 64},
    {"ecdsa-jcs-2019-p384", "ecdsa-jcs-2019", "did:key:z82L", 96},
};

/// The least credential with other members.
Json with(Json const& members) {
    auto credential = credential_2();
    credential.update(members);
    return credential;
}

void check_issued(Json const& credential) {
    auto const replied = common_house().issue(usual_profile, credential);
    CHECK_MESSAGE(replied.status == 201, credential.dump() << " " << replied.body.dump());
}

/// Every profile refuses alike: 400, a code, and where.
void check_not_issued(Json const& credential, std::string const& code, std::string const& pointer) {
    for (auto const* const profile : {"eddsa-rdfc-2022", "ecdsa-jcs-2019-p256", "jwt"}) {
        CAPTURE(std::string(profile));
        auto const replied = common_house().issue(profile, credential);
        CHECK_MESSAGE(replied.status == 400, credential.dump());
        CHECK(replied.media_type == "application/problem+json");
        CHECK_MESSAGE(replied.code() == code, credential.dump());
        CHECK_MESSAGE(replied.pointers().find(pointer) != std::string::npos, replied.body.dump());
    }
}

}  // namespace

TEST_CASE("every profile signs with its own did:key, which verifies") {
    std::set<std::string> dids;
    for (auto const& profile : embedded_profiles) {
        CAPTURE(std::string(profile.name));
        auto const issued = common_house().issued(profile.name, credential_2());

        auto const did = issued.at("issuer").get<std::string>();
        CHECK(did.starts_with(profile.did_start));
        CHECK(issued.at("proof").at("verificationMethod") == did + "#" + did.substr(8));
        CHECK(issued.at("proof").at("proofPurpose") == "assertionMethod");
        CHECK(did == common_house().did(profile.name));
        auto const verified = common_house().verify(issued);
        CHECK(verified.status == 200);
        CHECK(verified.media_type == "application/json");
        CHECK(verified.body.at("verified") == true);
        CHECK(verified.body.at("errors").empty());
        dids.insert(did);
    }
    CHECK(dids.size() == std::size(embedded_profiles));
}

TEST_CASE("the issuer is filled in where it is absent and never exchanged") {
    auto const did = common_house().did(usual_profile);

    CHECK(common_house().issued(usual_profile, credential_2()).at("issuer") == did);
    CHECK(common_house().issued(usual_profile, with({{"issuer", Json::object()}})).at("issuer") == Json{{"id", did}});
    CHECK(common_house().issued(usual_profile, with({{"issuer", {{"name", "Nakhla"}}}})).at("issuer") ==
          Json{{"id", did}, {"name", "Nakhla"}});
    check_not_issued(with({{"issuer", "did:key:z6MkwasFwhdYiyvq3FJg6oKJ8mddRzAxGTzJK4wHM1Czf7ah"}}), "issuer-mismatch",
                     "/credential/issuer");
    check_not_issued(with({{"issuer", {{"id", "https://other.example"}}}}), "issuer-mismatch", "/credential/issuer/id");
    check_not_issued(with({{"issuer", nullptr}}), "issuer-mismatch", "/credential/issuer");
}

TEST_CASE("options may be absent, null or empty") {
    for (Json const& body :
         {Json{{"credential", credential_2()}}, Json{{"credential", credential_2()}, {"options", nullptr}},
          Json{{"credential", credential_2()}, {"options", Json::object()}}}) {
        CHECK(common_house().post("issuers/eddsa-rdfc-2022/credentials/issue", body).status == 201);
    }
    CHECK(common_house().issue(usual_profile, credential_2(), Json::array()).pointers() == "/options");
}

TEST_CASE("conformance 2: what JSON-LD would lose is refused at issue") {
    check_not_issued(with({{"undefinedMember", "x"}}), "json-ld-undefined-term", "/credential/undefinedMember");
    check_not_issued(with({{"type", {"VerifiableCredential", "InvalidType"}}}), "json-ld-undefined-type",
                     "/credential");
    auto older = credential_1();
    older["type"].push_back("InvalidType");
    auto const replied = common_house().issue(usual_profile, older);
    CHECK(replied.status == 400);
    CHECK(replied.code().starts_with("json-ld-"));
}

TEST_CASE("conformance 4: VC 1.1 is issued and verified, with the context that defines proofs appended") {
    for (auto const& profile : embedded_profiles) {
        CAPTURE(std::string(profile.name));
        auto const issued = common_house().issued(profile.name, credential_1());

        auto expected = credential_1().at("@context");
        expected.push_back("https://w3id.org/security/data-integrity/v2");
        CHECK(issued.at("@context") == expected);
        auto const verified = common_house().verify(issued);
        CHECK_MESSAGE(verified.status == 200, verified.body.dump());
    }
    auto const newer = common_house().issued(usual_profile, credential_2());
    CHECK(newer.at("@context") == credential_2().at("@context"));
}

TEST_CASE("conformance 8: a credential without a subject is refused") {
    auto credential = credential_2();
    credential.erase("credentialSubject");

    check_not_issued(credential, "credential-structure", "/credential/credentialSubject");
}

TEST_CASE("conformance 9: proofs name their suite and are base58btc of a signature's length") {
    for (auto const& profile : embedded_profiles) {
        CAPTURE(std::string(profile.name));
        auto const proof = common_house().issued(profile.name, credential_2()).at("proof");

        CHECK(proof.at("type") == "DataIntegrityProof");
        CHECK(proof.at("cryptosuite") == profile.cryptosuite);
        auto const value = proof.at("proofValue").get<std::string>();
        REQUIRE(value.starts_with("z"));
        auto const bytes = base58btc_decode(std::string_view(value).substr(1));
        REQUIRE(bytes);
        CHECK(bytes->size() == profile.signature_bytes);
    }
    auto const base = common_house().issued("ecdsa-sd-2023", credential_2()).at("proof");
    CHECK(base.at("cryptosuite") == "ecdsa-sd-2023");
    CHECK(base.at("proofValue").get<std::string>().starts_with("u2V0A"));  // d9 5d 00
}

TEST_CASE("conformance 9: what is signed says the suite as a literal of type cryptosuiteString") {
    domain::VcApiLinkedData const linked_data(schemas::canon_limits::production);
    for (auto const* const profile : {"eddsa-rdfc-2022", "ecdsa-rdfc-2019-p256", "ecdsa-rdfc-2019-p384"}) {
        for (auto const& credential : {credential_1(), credential_2()}) {
            CAPTURE(std::string(profile));
            auto const issued = common_house().issued(profile, credential);

            auto const reports =
                crypto::judge_proofs(issued, {common_house().house.clock.now}, {}, linked_data.canonicalizer());

            REQUIRE(reports);
            CHECK(reports->front().verified());
            auto const suite = issued.at("proof").at("cryptosuite").get<std::string>();
            auto const statement = "<https://w3id.org/security#cryptosuite> \"" + suite +
                                   "\"^^<https://w3id.org/security#cryptosuiteString> .\n";
            auto const& signed_text = reports->front().hashes.canonical_proof;
            CHECK_MESSAGE(signed_text.find(statement) != std::string::npos, signed_text);
        }
    }
}

TEST_CASE("conformance 10: a JCS proof carries the document's context, which must start with it") {
    for (auto const* const profile : {"eddsa-jcs-2022", "ecdsa-jcs-2019-p256", "ecdsa-jcs-2019-p384"}) {
        CAPTURE(std::string(profile));
        for (auto const& credential : {credential_1(), credential_2()}) {
            auto issued = common_house().issued(profile, credential);
            CHECK(issued.at("proof").at("@context") == issued.at("@context"));

            auto other = issued;
            other["@context"] = {other.at("@context").at(0), "https://www.w3.org/ns/credentials/examples/v2"};
            CHECK(common_house().verify(other).status == (credential == credential_1() ? 400 : 200));
            other["@context"] = {credentials_v2, "https://www.w3.org/ns/credentials/examples/v2"};
            other["proof"]["@context"] = {credentials_v2, "https://w3id.org/security/data-integrity/v2"};
            CHECK(common_house().verify(other).status == 400);
        }
    }
}

TEST_CASE("conformance 12: contexts, ids, types, issuers and subjects have the forms of the data model") {
    auto const contexts = [](Json const& list) { return with({{"@context", list}}); };
    auto no_context = credential_2();
    no_context.erase("@context");
    check_not_issued(no_context, "credential-structure", "/credential/@context");
    check_not_issued(contexts({"https://www.w3.org/ns/credentials/examples/v2", credentials_v2}),
                     "credential-structure", "/credential/@context");
    check_not_issued(contexts({credentials_v2, 123192875}), "credential-structure", "/credential/@context/1");
    check_not_issued(contexts({credentials_v2, "https ://not-a-url/contexts/example/v1"}), "credential-structure",
                     "/credential/@context/1");
    check_not_issued(contexts({credentials_v2, "https://unresolvable.example/v1"}), "loading remote context failed",
                     "/credential");
    check_not_issued(with({{"id", nullptr}}), "credential-structure", "/credential/id");
    check_not_issued(with({{"id", {"https://a.example/1", "https://a.example/2"}}}), "credential-structure",
                     "/credential/id");
    check_not_issued(with({{"type", {"RelationshipCredential"}}}), "credential-structure", "/credential/type");
    auto unmapped = contexts({credentials_v2, {{"@vocab", nullptr}}});
    unmapped["type"] = {"VerifiableCredential", "ExampleTestCredential"};
    check_not_issued(unmapped, "json-ld-undefined-type", "/credential");
    auto to_no_url =
        contexts({credentials_v2, {{"ExampleTestCredential", "https ://not-a-url#ExampleTestCredential"}}});
    to_no_url["type"] = {"VerifiableCredential", "ExampleTestCredential"};
    check_not_issued(to_no_url, "invalid IRI mapping", "/credential");
    check_not_issued(with({{"issuer", "fake-issuer"}}), "issuer-mismatch", "/credential/issuer");
    check_not_issued(with({{"credentialSubject", Json::object()}}), "credential-structure",
                     "/credential/credentialSubject");
    check_not_issued(with({{"credentialSubject", {{{"id", "did:example:a"}}, Json::object()}}}), "credential-structure",
                     "/credential/credentialSubject/1");
    check_not_issued(with({{"credentialSubject", {{"id", {"did:example:a", "did:example:b"}}}}}),
                     "credential-structure", "/credential/credentialSubject/id");
    check_issued(with({{"type", {"https://example.org/#ExampleCredential", "VerifiableCredential"}}}));
    check_issued(with({{"credentialSubject", {{{"id", "did:example:a"}}, {{"id", "did:example:b"}}}}}));
    check_issued(contexts({credentials_v2, "https://www.w3.org/ns/credentials/examples/v2"}));
}

TEST_CASE("conformance 13: dates are dateTimeStamps in their order, a far year included") {
    for (auto const* const date : {"2023-02-26T01:02:58.447Z", "2023-02-25T19:10:39-06:00", "4023-02-25T19:10:39Z"})
        check_issued(with({{"validFrom", date}}));
    check_not_issued(with({{"validFrom", "Sat 25 Feb 2023 07:16:31 PM CST"}}), "credential-structure",
                     "/credential/validFrom");
    check_not_issued(with({{"validUntil", "2023-02-26T01:21:51"}}), "credential-structure", "/credential/validUntil");
    check_not_issued(with({{"validFrom", "2027-11-22T11:25:09Z"}, {"validUntil", "2025-11-22T11:25:09Z"}}),
                     "credential-structure", "/credential/validUntil");
}

TEST_CASE("conformance 14: names and descriptions are texts, language objects or lists of them") {
    Json const in_english{{"@value", "A name"}, {"@language", "en"}, {"@direction", "ltr"}};
    auto too_much = in_english;
    too_much["url"] = "did:example:credential";
    for (auto const* const member : {"name", "description"}) {
        for (Json const& value :
             {Json("A name"), in_english, Json::array({in_english, {{"@value", "Nom"}, {"@language", "fr"}}})}) {
            check_issued(with({{member, value}}));
            check_issued(with({{"issuer", {{member, value}}}}));
        }
        check_not_issued(with({{member, too_much}}), "credential-structure", std::string("/credential/") + member);
        check_not_issued(with({{"issuer", {{member, too_much}}}}), "credential-structure",
                         std::string("/credential/issuer/") + member);
    }
}

TEST_CASE("conformance 15: status, terms, evidence, refresh services and schemas say their type") {
    constexpr char type[] = "https://example.org/#ExampleType";
    for (auto const* const member :
         {"credentialStatus", "termsOfUse", "evidence", "refreshService", "credentialSchema"}) {
        CAPTURE(std::string(member));
        auto const pointer = std::string("/credential/") + member;
        check_issued(with({{member, {{"id", "did:example:1"}, {"type", type}}}}));
        check_not_issued(with({{member, {{"id", "did:example:1"}}}}), "credential-structure", pointer);
    }
    check_issued(with({{"credentialStatus", {{"type", type}}}}));
    check_not_issued(with({{"credentialStatus", {{"type", type}, {"id", {"did:example:1", "did:example:2"}}}}}),
                     "credential-structure", "/credential/credentialStatus/id");
    check_not_issued(with({{"credentialSchema", {{"type", type}}}}), "credential-structure",
                     "/credential/credentialSchema");
    check_not_issued(with({{"credentialSchema", {{"type", type}, {"id", "https ://not-a-url"}}}}),
                     "credential-structure", "/credential/credentialSchema/id");
}

TEST_CASE("conformance 16: a protected term is not defined anew") {
    check_not_issued(with({{"@context", {credentials_v2, {{"VerifiableCredential", "https://example.org/#Bad"}}}}}),
                     "protected term redefinition", "/credential");
}

TEST_CASE("conformance 17: related resources are objects with unique ids and the digests of known bytes") {
    constexpr char july[] = "uJKGMkOmFbVJhEfKTduMC2XCyvRAYLjOVmZWwIH1wQ7k";
    constexpr char sri_july[] = "sha384-NSOcNpmdIVUxIJGvGUoe22FjTWrXiaXlsZ8q6912LdnR3KraQO2n75Ica4wK4Qeg";
    constexpr char sri_final[] = "sha384-l/HrjlBCNWyAX91hr6LFV2Y3heB5Tcr6IeE4/Tje8YyzYBM8IhqjHWiWpr8+ZbYU";
    auto const related = [](Json const& value) { return with({{"relatedResource", value}}); };
    check_issued(related({{"id", credentials_v2}, {"digestMultibase", july}}));
    check_issued(related({{"id", credentials_v2}, {"digestSRI", sri_july}}));
    check_issued(related({{"id", credentials_v2}, {"digestSRI", sri_final}}));
    check_not_issued(related({credentials_v2}), "credential-structure", "/credential/relatedResource");
    check_not_issued(related({{"digestSRI", sri_july}}), "credential-structure", "/credential/relatedResource");
    check_not_issued(related({{{"id", credentials_v2}, {"digestSRI", sri_july}},
                              {{"id", credentials_v2}, {"digestMultibase", july}}}),
                     "credential-structure", "/credential/relatedResource");
    check_not_issued(related({{"id", credentials_v2}}), "credential-structure", "/credential/relatedResource");
    check_not_issued(
        related({{"id", credentials_v2}, {"digestMultibase", "uM4RgWQc3RUDtjJCSgTJtTfvpZ7SPEg_LNO0ESlovQC0"}}),
        "related-resource", "/credential/relatedResource");
}

TEST_CASE("an envelope holds a token of the credential and verifies") {
    auto const issued = common_house().issued("jwt", credential_2());

    CHECK(issued.at("@context") == credentials_v2);
    CHECK(issued.at("type") == "EnvelopedVerifiableCredential");
    CHECK(issued.at("id").get<std::string>().starts_with("data:application/vc+jwt,ey"));
    auto const verified = common_house().verify(issued);
    CHECK_MESSAGE(verified.status == 200, verified.body.dump());
    CHECK(common_house().issue("jwt", credential_1()).code() == "vcdm-version");
}

TEST_CASE("an envelope refuses members that a token would take for claims, whatever a context makes of them") {
    for (auto const* const name : {"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "vc", "vp"}) {
        CAPTURE(std::string(name));
        auto credential = with({{name, "urn:example:x"}});
        credential["@context"].push_back({{"@vocab", "https://example.org/#"}});

        auto const replied = common_house().issue("jwt", credential);

        CHECK(replied.status == 400);
        CHECK_MESSAGE(replied.code() == "registered-claim", replied.body.dump());
        CHECK(replied.pointers() == std::string("/credential/") + name);
        CHECK(common_house().issue(usual_profile, credential).status == 201);
    }
    CHECK(common_house().issue("jwt", with({{"cnf", {{"kid", "x"}}}})).status == 400);
    auto inside = with({{"credentialSubject", {{"exp", "x"}}}});
    inside["@context"].push_back({{"@vocab", "https://example.org/#"}});
    CHECK(common_house().issue("jwt", inside).status == 201);
}
