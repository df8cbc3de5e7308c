// Whatever is changed in a signed badge, it is no longer valid: in its bytes, and in what it says under a fresh form.

#include <doctest/doctest.h>

#include "tests/service/verification/verification_house.hpp"

using namespace itqan;
using namespace itqan::domain;
using namespace itqan::tests;

namespace {

struct Parts {
    std::string header, payload, signature;
};

Parts split(std::string const& token) {
    auto const first = token.find('.'), second = token.find('.', first + 1);
    return {token.substr(0, first), token.substr(first + 1, second - first - 1), token.substr(second + 1)};
}

Json changed(Json const& leaf) {
    if (leaf.is_string()) return leaf.get<std::string>() + "x";
    if (leaf.is_number()) return leaf.get<std::int64_t>() + 1;
    if (leaf.is_boolean()) return !leaf.get<bool>();
    return "x";
}

/// Every document that differs in one leaf (changed, removed) or one name.
std::vector<Json> mutants_of(Json const& document) {
    std::vector<Json> mutants;
    auto const leaves = document.flatten();
    for (auto const& [pointer, leaf] : leaves.items()) {
        Json::json_pointer const place(pointer);
        auto mutant = document;
        mutant[place] = changed(leaf);
        mutants.push_back(mutant);

        auto& parent = document.contains(place.parent_pointer()) ? mutant[place.parent_pointer()] : mutant;
        if (parent.is_object()) {
            auto const name = place.back();
            auto renamed = document;
            renamed[place.parent_pointer()].erase(name);
            mutants.push_back(renamed);
            renamed[place.parent_pointer()][name + "x"] = leaf;
            mutants.push_back(renamed);
        }
    }
    return mutants;
}

}  // namespace

TEST_CASE("a badge with one leaf or name changed under its old signature is invalid") {
    TestIssuer const issuer("nakhla");
    Verifier verifier;
    verifier.knows(issuer);
    auto const token = split(issuer.sign(issuer.badge()));
    auto const payload = Json::parse(as_text(*base64url_decode(token.payload)));
    int mutants = 0;

    for (auto const& mutant : mutants_of(payload)) {
        auto const text = token.header + "." + base64url_encode(as_bytes(mutant.dump())) + "." + token.signature;

        auto const report = verifier.verify(text);

        CHECK_MESSAGE(report.verdict == Verdict::invalid, mutant.dump());
        CHECK(outcome_of(report, "proof") == "fail");
        ++mutants;
    }
    CHECK(mutants > 300);
}

TEST_CASE("the same words in another spelling are not the signed text") {
    TestIssuer const issuer("nakhla");
    Verifier verifier;
    verifier.knows(issuer);
    auto const token = split(issuer.sign(issuer.badge()));
    auto const payload = Json::parse(as_text(*base64url_decode(token.payload)));

    for (auto const& text : {payload.dump(1), payload.dump(-1, ' ', true) + " ", " " + payload.dump()}) {
        auto const report =
            verifier.verify(token.header + "." + base64url_encode(as_bytes(text)) + "." + token.signature);
        CHECK(code_of(report, "proof") == "proof.bad-signature");
    }
}

TEST_CASE("one changed character anywhere in the token is invalid") {
    TestIssuer const issuer("nakhla");
    Verifier verifier;
    verifier.knows(issuer);
    auto const token = issuer.sign(issuer.badge());

    for (std::size_t i = 0; i < token.size(); i += i < 200 || i + 100 > token.size() ? 1 : 41) {
        auto mutant = token;
        mutant[i] = mutant[i] == 'A' ? 'B' : 'A';
        auto const report = verifier.try_verify(mutant);
        CAPTURE(i);
        // Another name of the key in the header is a key that nobody serves.
        bool const in_header = i < token.find('.');
        CHECK((!report || report->verdict == Verdict::invalid ||
               (in_header && code_of(*report, "proof") == "proof.unreachable")));
    }
}

TEST_CASE("a changed claim under a good signature contradicts the credential") {
    TestIssuer const issuer("nakhla");
    Verifier verifier;
    verifier.knows(issuer);
    auto const token = split(issuer.sign(issuer.badge()));
    auto const header = std::string(as_text(*base64url_decode(token.header)));
    auto const payload = Json::parse(as_text(*base64url_decode(token.payload)));

    for (auto const* claim : {"iss", "jti", "sub", "nbf", "exp"}) {
        auto mutant = payload;
        mutant[claim] = changed(payload.at(claim));
        auto const contradicting = verifier.verify(issuer.sign_raw(header, mutant.dump()));
        mutant.erase(claim);
        auto const lacking = verifier.verify(issuer.sign_raw(header, mutant.dump()));

        CAPTURE(claim);
        CHECK(code_of(contradicting, "proof") == "proof.claim-contradiction");
        CHECK(check_of(contradicting, "proof").evidence.at("claim") == claim);
        // Without exp the token would outlive the badge for everybody who reads claims only.
        bool const tolerated = std::string_view(claim) != "exp";
        CHECK(lacking.verdict == (tolerated ? Verdict::warning : Verdict::invalid));
        if (tolerated) CHECK(code_of(lacking, "proof") == "proof.claim-missing");
    }
}
