// The embedded proofs of the public validator's own samples: Open Badges 3.0 and CLR 2.0 as others sign them.

#include <doctest/doctest.h>

#include "crypto/data_integrity.hpp"
#include "tests/crypto/integrity_support.hpp"

using namespace itqan;
using namespace itqan::crypto;

TEST_CASE("the embedded proofs of the validator's samples verify or fail as its manifest says") {
    NEEDS_SHARED();
    auto const vectors = tests::shared_dir().value() / "vectors";
    ProofRules const rules{tests::instant("2026-11-27T12:00:00Z")};
    // The samples' methods are https URLs whose fragment is the key.
    FindKey const from_fragment = [](std::string const& method, std::string const&) {
        return PublicKey::from_multikey(std::string_view(method).substr(method.find('#') + 1));
    };
    int verified = 0;
    int refused = 0;

    auto const manifest = tests::read_json(vectors / "manifest.json");
    for (auto const& entry : manifest.at("entries")) {
        auto const judged = entry.find("proof_reverified_offline");
        if (judged == entry.end() || !judged->is_array()) continue;
        auto const& expected = judged->front();
        auto const file = entry.at("file").get<std::string>();
        CAPTURE(file);

        auto const result = verify_proofs(tests::read_json(vectors / file), rules, from_fragment,
                                          tests::vector_contexts().canonicalizer());

        CAPTURE((result ? "" : result.error().code + ": " + result.error().detail));
        // That check could not read ecdsa-sd-2023; the manifest calls the sample valid.
        if (expected.at("verified") == true || expected.at("suite") == "ecdsa-sd-2023") {
            CHECK(result);
            ++verified;
        } else {
            CHECK_FALSE(result);
            ++refused;
        }
    }

    CHECK(verified >= 10);
    CHECK(refused >= 10);
}
