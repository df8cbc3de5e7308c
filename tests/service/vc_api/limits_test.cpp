// What is malformed, too large, too deep or too tangled: 400, a code that says what, a pointer that says where, at
// once.

#include "tests/service/vc_api/vc_api_house.hpp"

#include <doctest/doctest.h>

#include <ctime>

using namespace itqan;
using tests::common_house;
using tests::credential_2;

namespace {

constexpr char verify_path[] = "/vc-api/credentials/verify";
constexpr char issue_path[] = "/vc-api/issuers/eddsa-rdfc-2022/credentials/issue";

tests::Replied refused_at_once(std::string const& path, std::string const& body) {
    auto const begin = std::clock();  // The time of this process: the machine may have other things to do.
    auto replied = common_house().send("POST", path, body);
    auto const took = 1000.0 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;

    CHECK(replied.status == 400);
    CHECK(replied.media_type == "application/problem+json");
    CHECK_FALSE(replied.code().empty());
    CHECK_MESSAGE(took < 100, replied.body.dump());
    return replied;
}

/// A tree of nodes without names whose branches are all alike: telling them apart would take longer than a service has.
Json twins(std::size_t width, int depth) {
    Json node{{"type", "Node"}};
    if (depth > 0)
        for (std::size_t i = 0; i < width; ++i)
            node["knows"].push_back(twins(width, depth - 1));
    return node;
}

Json poisoned() {
    auto credential = credential_2();
    credential["@context"].push_back(
        {{"knows", {{"@id", "https://example.org/#knows"}, {"@type", "@id"}}}, {"Node", "https://example.org/#Node"}});
    credential["credentialSubject"] = twins(12, 3);
    return credential;
}

std::string nested(std::size_t depth) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i)
        text += "{\"a\":";
    return text + "1" + std::string(depth, '}');
}

}  // namespace

TEST_CASE("bodies without a credential are 400 and say which member is meant") {
    auto const pointers = [](std::string const& path, Json const& body) {
        return refused_at_once(path, body.dump()).pointers();
    };
    CHECK(pointers(verify_path, Json::object()) == "/verifiableCredential");
    CHECK(pointers(verify_path, {{"verifiableCredential", "a text"}}) == "/verifiableCredential");
    CHECK(pointers(verify_path, {{"verifiableCredential", nullptr}}) == "/verifiableCredential");
    CHECK(pointers(verify_path, {{"verifiableCredential", Json::array()}}) == "/verifiableCredential");
    CHECK_FALSE(pointers(verify_path, {{"verifiableCredential", Json::object()}}).empty());
    CHECK(pointers(issue_path, Json::object()) == "/credential");
    CHECK(pointers("/vc-api/presentations/verify", Json::object()) == "/verifiablePresentation");
    CHECK(pointers("/vc-api/credentials/derive", Json::object()) == "/verifiableCredential");
    CHECK(pointers("/vc-api/presentations/prove", {{"presentation", 7}}) == "/presentation");
    refused_at_once(verify_path, "[]");
    refused_at_once(verify_path, "null");
    refused_at_once(verify_path, "");
    refused_at_once(verify_path, "{\"verifiableCredential\":");
}

TEST_CASE("what is no JSON, too large or too deep is 400") {
    auto large = credential_2();
    large["credentialSubject"]["id"] = "did:example:" + std::string(300 * 1024, 'a');
    CHECK(refused_at_once(issue_path, Json{{"credential", large}}.dump()).code() == "json-limit");
    auto many = credential_2();
    for (int i = 0; i < 12'000; ++i)
        many["credentialSubject"]["m" + std::to_string(i)] = i;
    CHECK(refused_at_once(issue_path, Json{{"credential", many}}.dump()).code() == "json-limit");
    CHECK(refused_at_once(verify_path, "{\"verifiableCredential\":" + nested(10'000) + "}").code() == "json-limit");
    refused_at_once(verify_path, "{\"verifiableCredential\":" + nested(60) + "}");
    CHECK(refused_at_once(verify_path, "{\"a\":1,\"a\":2}").code() == "json-duplicate-member");
}

TEST_CASE("poison is refused at once, when signing and when verifying, however many proofs it has") {
    auto const poison = poisoned();
    for (auto const* const profile : {"eddsa-rdfc-2022", "ecdsa-rdfc-2019-p384", "ecdsa-sd-2023"}) {
        auto const path = "/vc-api/issuers/" + std::string(profile) + "/credentials/issue";
        CHECK(refused_at_once(path, Json{{"credential", poison}}.dump()).code() == "rdf-work-limit");
    }
    auto const proof = common_house().issued("eddsa-rdfc-2022", credential_2()).at("proof");
    auto with_proofs = poison;
    with_proofs["issuer"] = "did:example:issuer";
    with_proofs["proof"] = Json::array();
    for (int i = 0; i < 16; ++i)
        with_proofs["proof"].push_back(proof);
    auto const replied = refused_at_once(verify_path, Json{{"verifiableCredential", with_proofs}}.dump());
    CHECK(replied.code() == "rdf-work-limit");

    Json presentation{{"@context", {"https://www.w3.org/ns/credentials/v2"}}, {"type", {"VerifiablePresentation"}}};
    for (int i = 0; i < 8; ++i)
        presentation["verifiableCredential"].push_back(with_proofs);
    presentation["proof"] = proof;
    presentation["proof"]["proofPurpose"] = "authentication";
    refused_at_once("/vc-api/presentations/verify", Json{{"verifiablePresentation", presentation}}.dump());
}

TEST_CASE("a document has at most 16 proofs and a presentation at most 32 credentials") {
    auto const credential = common_house().issued("eddsa-rdfc-2022", credential_2());
    auto many = credential;
    many["proof"] = Json::array();
    for (int i = 0; i < 17; ++i)
        many["proof"].push_back(credential.at("proof"));
    CHECK(refused_at_once(verify_path, Json{{"verifiableCredential", many}}.dump()).code() == "proof-limit");

    Json presentation{{"@context", {"https://www.w3.org/ns/credentials/v2"}}, {"type", {"VerifiablePresentation"}}};
    for (int i = 0; i < 33; ++i)
        presentation["verifiableCredential"].push_back(credential);
    auto const proven = common_house().post("presentations/prove", {{"presentation", presentation}});
    REQUIRE_MESSAGE(proven.status == 201, proven.body.dump());
    CHECK(common_house().verify_presentation(proven.body.at("verifiablePresentation")).code() ==
          "too-many-credentials");
}
