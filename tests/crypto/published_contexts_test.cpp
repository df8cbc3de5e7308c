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
    {"https://w3id.org/security/data-integrity/v1", "9505bf85338a4c2121ad03992ac90061bc85d43bcfa34d9d47b779381cf08b5f"},
    {"https://w3id.org/security/data-integrity/v2", "7ba3c50acf2689d5e07927267343eb353249c7c22a9f2d00307cc970e855e305"},
    {"https://w3id.org/security/multikey/v1", "be20c3ee6af6e9c4102e66a85c26617831218e32216bdf050f870e389e737cdc"},
    {"https://w3id.org/security/suites/ed25519-2020/v1",
     "fb517f09d990829aed734c9bad8cbbb2ac3d5063b865c7e3d81f246074bf5691"},
    {"https://www.w3.org/ns/did/v1", "a7e146c40fcec005d3f0f14ae745665f446da58d7914a9d8f733746686fad82b"},
    {"https://www.w3.org/ns/credentials/status/v1", "b2fcebfbaf4e6beae2be370fda8a5f9f99c28540c798a75a8cdccc0fb1a12492"},
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
        {"https://w3id.org/security/data-integrity/v1", "validator/contexts/data-integrity-v1.jsonld"},
        {"https://www.w3.org/ns/did/v1", "validator/contexts/did-v1.jsonld"},
        {"https://w3id.org/security/suites/ed25519-2020/v1", "validator/contexts/suites-ed25519-2020.jsonld"},
        {"https://purl.imsglobal.org/spec/ob/v3p0/context.json", "validator/contexts/ob-v3p0.json"},
        {"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json", "validator/contexts/ob-v3p0-3.0.1.json"},
        {"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json", "validator/contexts/ob-v3p0-3.0.2.json"},
        {"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json", "validator/contexts/ob-v3p0-3.0.3.json"},
        {"https://purl.imsglobal.org/spec/ob/v3p0/extensions.json", "validator/contexts/ob-v3p0-extensions.json"}};
    for (auto const& [url, file] : editions) {
        CAPTURE(url);
        auto const published = Json::parse(tests::read_file(vectors / file));
        CHECK(hash_of(*schemas::published_contexts().find(url)) == hash_of(published));
    }
}
