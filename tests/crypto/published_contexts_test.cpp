#include "schemas/published_contexts.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "crypto/digest.hpp"
#include "tests/support/shared.hpp"

using namespace itqan;

namespace {

struct Pinned {
    char const* url;
    char const* sha256;  ///< Of the RFC 8785 form.
};
constexpr Pinned pinned_contexts[] = {
    {"https://www.w3.org/2018/credentials/v1", "b01e671e873981f19a9102a9a57f666dbcaeb31b99e3e124378d143e71549247"},
    {"https://www.w3.org/ns/credentials/v2", "b463c8d6a066214123ddd9827b135e1b50e1fc73322cc52a9b12a4f1fc7d86cf"},
    {"https://www.w3.org/ns/credentials/undefined-terms/v2",
     "3b11e1df8c618447e9f79f3737e3c30fc0841537eb95f36003742c633672bb9f"},
    {"https://www.w3.org/ns/credentials/examples/v2",
     "8a675bead391be98e6054c4e07c41f73337508d398e07047344c5d349aa2dc58"},
    {"https://w3id.org/security/data-integrity/v1", "9505bf85338a4c2121ad03992ac90061bc85d43bcfa34d9d47b779381cf08b5f"},
    {"https://w3id.org/security/data-integrity/v2", "7ba3c50acf2689d5e07927267343eb353249c7c22a9f2d00307cc970e855e305"},
    {"https://w3id.org/security/multikey/v1", "be20c3ee6af6e9c4102e66a85c26617831218e32216bdf050f870e389e737cdc"},
    {"https://w3id.org/security/suites/ed25519-2020/v1",
     "fb517f09d990829aed734c9bad8cbbb2ac3d5063b865c7e3d81f246074bf5691"},
    {"https://www.w3.org/ns/did/v1", "a7e146c40fcec005d3f0f14ae745665f446da58d7914a9d8f733746686fad82b"},
    {"https://www.w3.org/ns/credentials/status/v1", "b2fcebfbaf4e6beae2be370fda8a5f9f99c28540c798a75a8cdccc0fb1a12492"},
    {"https://w3id.org/vc/status-list/2021/v1", "9768f9aa81ab6c3e2ad96b2d669eaba67afe13fff0140a853f1e3d313fab13b6"},
    {"https://w3id.org/citizenship/v4rc1", "15ca37d6ed55aee696cb2c8ca747d889418756c66188a47734c15e092ffef869"},
    {"https://purl.imsglobal.org/spec/ob/v3p0/context.json",
     "2c54acaa1cffda2420be32ab61f0a2082051211131c6337686f36f2537aa859b"},
    {"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json",
     "8bb2354552b70cbdf2066f6d3e24bc5c2be2619145737580ad2aebdc366e77d5"},
    {"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json",
     "bdd1d11a55a660322f24660862a1d430ee80cce584465f750909daa43684357c"},
    {"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
     "04b1136ddc4eda9a8966bc7ef182789f233a26739473140ef75d6968c29a2966"},
    {"https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
     "15f4c347c6fe4380d9b6b93795859e33747ef48d5c55b91a71c52fb51c7bcbd7"},
    {"https://w3id.org/openbadges/v2", "4b5f71314b9fef23264b05bab6a03811e8fc1e5e7506b79b092aec91865e7e07"},
    {"https://purl.imsglobal.org/spec/clr/v2p0/context.json",
     "a2dd0c0c07434663b7b54a51dd8a3363f6d5c420efa87e3d97b4ef8661596d44"},
    {"https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
     "7defe702c102faf14108579b7d65ef39ecf4c3bbef925b803e15bd77cd6e3394"},
};

std::string hash_of(Json const& document) {
    return crypto::sha256_hex(canonical_json(document));
}

}  // namespace

TEST_CASE("every compiled context is the published one") {
    for (auto const& [url, sha256] : pinned_contexts) {
        CAPTURE(url);
        auto const document = schemas::published_contexts().find(url);
        REQUIRE(document != nullptr);
        CHECK(hash_of(*document) == sha256);
        CHECK(document->contains("@context"));
    }
    CHECK(schemas::published_contexts().find("https://www.w3.org/ns/credentials/v2/") == nullptr);
    CHECK(schemas::published_contexts().find("http://www.w3.org/ns/credentials/v2") == nullptr);
}

TEST_CASE("compiled contexts equal those of the W3C and the public validator") {
    NEEDS_SHARED();
    auto const vectors = *tests::shared_dir() / "vectors";
    constexpr char const* editions[][2] = {
        {"https://www.w3.org/2018/credentials/v1", "contexts-w3c/credentials-v1.jsonld"},
        {"https://www.w3.org/ns/credentials/v2", "contexts-w3c/credentials-v2.jsonld"},
        {"https://www.w3.org/ns/credentials/undefined-terms/v2", "contexts-w3c/credentials-undefined-terms-v2.jsonld"},
        {"https://www.w3.org/ns/credentials/examples/v2", "contexts-w3c/credentials-examples-v2.jsonld"},
        {"https://w3id.org/citizenship/v4rc1", "contexts-w3c/citizenship-v4rc1.jsonld"},
        {"https://w3id.org/security/data-integrity/v1", "validator/contexts/data-integrity-v1.jsonld"},
        {"https://www.w3.org/ns/did/v1", "validator/contexts/did-v1.jsonld"},
        {"https://w3id.org/security/suites/ed25519-2020/v1", "validator/contexts/suites-ed25519-2020.jsonld"},
        {"https://purl.imsglobal.org/spec/ob/v3p0/context.json", "validator/contexts/ob-v3p0.json"},
        {"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json", "validator/contexts/ob-v3p0-3.0.1.json"},
        {"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json", "validator/contexts/ob-v3p0-3.0.2.json"},
        {"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json", "validator/contexts/ob-v3p0-3.0.3.json"},
        {"https://purl.imsglobal.org/spec/ob/v3p0/extensions.json", "validator/contexts/ob-v3p0-extensions.json"},
        {"https://w3id.org/openbadges/v2", "validator/contexts/ob-v2p0.json"},
        {"https://purl.imsglobal.org/spec/clr/v2p0/context.json", "validator/contexts/clr-v2p0.json"},
        {"https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json", "validator/contexts/clr-v2p0-2.0.1.json"}};
    for (auto const& [url, file] : editions) {
        CAPTURE(url);
        auto const published = Json::parse(tests::read_file(vectors / file));
        CHECK(hash_of(*schemas::published_contexts().find(url)) == hash_of(published));
    }
}
