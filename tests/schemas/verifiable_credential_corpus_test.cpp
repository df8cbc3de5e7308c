// Every body that the W3C suite for VCDM 2.0 sends, judged by what an issuer and a verifier judge before they look at a
// proof: structure, digests of related resources, the policy for linked documents, JSON-LD without loss.

#include <doctest/doctest.h>

#include <map>
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

/// Bodies whose fault is the signature alone.
std::map<int, char const*> const refused_by_signature = {{129, "a truncated proofValue"}};

}  // namespace

TEST_SUITE("verifiable credential corpus") {
    TEST_CASE("the bodies of the W3C suite are told apart") {
        NEEDS_SHARED();
        std::istringstream lines(tests::read_file(*tests::shared_dir() / "vectors/w3c-wire/vcdm.jsonl"));
        JsonLdProcessor const processor(published_contexts());
        int accepted = 0;
        int refused = 0;
        for (std::string line; std::getline(lines, line);) {
            auto const record = parse_json(line, json_limits::credential);
            REQUIRE(record);
            auto const number = record->at("n").get<int>();
            auto const& body = record->at("body");
            bool const is_presentation = body.contains("verifiablePresentation");
            auto const* const member = is_presentation               ? "verifiablePresentation"
                                       : body.contains("credential") ? "credential"
                                                                     : "verifiableCredential";
            auto const refusal = refusal_of(processor, body.at(member), is_presentation);

            CAPTURE(number);
            CAPTURE(refusal);
            if (record->at("expect") == "2xx" || refused_by_signature.contains(number)) {
                CHECK(refusal.empty());
                ++accepted;
            } else {
                CHECK_FALSE(refusal.empty());
                ++refused;
            }
        }
        CHECK(accepted == 64);
        CHECK(refused == 65);
    }
}
