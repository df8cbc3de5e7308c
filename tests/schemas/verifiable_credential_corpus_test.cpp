// Every body that the W3C suites for VCDM 2.0 and Bitstring Status List send, judged by what an issuer and a verifier
// judge before they look at a proof: structure, digests of related resources, the policy for linked documents, JSON-LD
// without loss.

#include <doctest/doctest.h>

#include <set>
#include <sstream>

#include <nlohmann/json.hpp>

#include "schemas/json_ld.hpp"
#include "schemas/json_ld_policy.hpp"
#include "schemas/published_contexts.hpp"
#include "schemas/resource_digest.hpp"
#include "schemas/verifiable_credential.hpp"
#include "tests/support/shared.hpp"

using namespace itqan;
using namespace itqan::schemas;

namespace {

std::string described(std::vector<Violation> const& violations) {
    return violations.front().pointer + " " + violations.front().detail;
}

/// Why the document is refused, or "".
std::string refusal_of(JsonLdProcessor const& processor, Json document, bool is_presentation) {
    auto const structure =
        is_presentation ? check_verifiable_presentation(document) : check_verifiable_credential(document);
    if (!structure.empty()) return "structure: " + described(structure);
    if (is_enveloped(document)) return "";
    if (auto const digests = check_related_resources(document); !digests.empty())
        return "digest: " + described(digests);
    auto const policy = check_linked_document(document, SameId::consistent, InlineContext::plain);
    if (!policy) return policy.error().code;
    auto options = signing_options();
    options.exact = true;
    auto const statements = processor.to_rdf(document, options);
    return statements ? "" : statements.error().code;
}

/// Why a body does not get as far as its proof, or "".
std::string refusal_of_body(JsonLdProcessor const& processor, Json const& body) {
    bool const is_presentation = body.contains("verifiablePresentation");
    auto const* const member = is_presentation               ? "verifiablePresentation"
                               : body.contains("credential") ? "credential"
                                                             : "verifiableCredential";
    return refusal_of(processor, body.at(member), is_presentation);
}

struct Suite {
    char const* file;
    std::set<int> refused_by_signature;  ///< Bodies with no other fault.
    int accepted, refused;
};

}  // namespace

TEST_SUITE("verifiable credential corpus") {
    TEST_CASE("the bodies of the W3C suites are told apart") {
        NEEDS_SHARED();
        JsonLdProcessor const processor(schemas::published_contexts());
        for (auto const& suite : {Suite{"vcdm.jsonl", {129}, 64, 65},  // 129: a truncated proofValue
                                  Suite{"bitstring.jsonl", {}, 4, 1}}) {
            std::istringstream lines(tests::read_file(*tests::shared_dir() / "vectors/w3c-wire" / suite.file));
            int accepted = 0;
            int refused = 0;
            for (std::string line; std::getline(lines, line);) {
                auto const record = parse_json(line, json_limits::credential);
                REQUIRE(record);
                auto const number = record->at("n").get<int>();
                CAPTURE(suite.file);
                CAPTURE(number);
                auto const refusal = refusal_of_body(processor, record->at("body"));
                CAPTURE(refusal);
                bool const is_good = record->at("expect") == "2xx" || suite.refused_by_signature.contains(number);
                CHECK(refusal.empty() == is_good);
                ++(is_good ? accepted : refused);
            }
            CHECK(accepted == suite.accepted);
            CHECK(refused == suite.refused);
        }
    }

    TEST_CASE("published credentials have a good structure, but for the sample that shall not") {
        NEEDS_SHARED();
        int judged = 0;
        for (auto const* folder : {"validator", "vc-di-eddsa", "vc-di-ecdsa"}) {
            auto const path = *tests::shared_dir() / "vectors" / folder;
            for (auto const& entry : std::filesystem::recursive_directory_iterator(path)) {
                if (entry.path().extension() != ".json") continue;
                auto const document = parse_json(tests::read_file(entry.path()), json_limits::credential);
                if (!document || !data_model_of(*document) || !document->contains("credentialSubject")) continue;
                CAPTURE(entry.path().string());
                auto const violations = check_verifiable_credential(*document);
                bool const is_good = entry.path().filename() != "simple-err-issuer.json";
                CHECK_MESSAGE(violations.empty() == is_good, (violations.empty() ? "" : described(violations)));
                ++judged;
            }
        }
        CHECK(judged > 50);
    }
}
