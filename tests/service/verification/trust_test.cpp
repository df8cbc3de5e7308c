// Who knows the issuer: this installation, the operator's list, registries in the DCC form.

#include <doctest/doctest.h>

#include "tests/service/verification/verification_house.hpp"

using namespace itqan;
using namespace itqan::domain;
using namespace itqan::tests;

namespace {

constexpr char const* first = "https://registry.example/registry.json";
constexpr char const* second = "https://other.example/registry.json";

struct TrustHouse {
    TestIssuer issuer{"nakhla"};
    Verifier verifier;

    TrustHouse() {
        verifier.knows(issuer);
        verifier.registries = {{"First", first}, {"Second", second}};
        serve(first, Json::object());
        serve(second, Json::object());
    }
    void serve(char const* address, Json const& entries) {
        verifier.knows(address, Json{{"meta", {{"created", "2026-01-01"}}}, {"registry", entries}}.dump());
    }
    Json entry(char const* name) const { return {{issuer.did(), {{"name", name}, {"url", "https://h.example"}}}}; }
    Report verify() { return verifier.verify(issuer.sign(issuer.badge())); }
};

}  // namespace

TEST_CASE("a registry that lists the issuer is named, the first before others") {
    TrustHouse house;
    house.serve(second, house.entry("Hospital"));
    auto report = house.verify();
    CHECK(code_of(report, "issuer-trust") == "issuer-trust.registered");
    CHECK(outcome_of(report, "issuer-trust") == "pass");
    CHECK(check_of(report, "issuer-trust").evidence.at("registry") == "Second");
    CHECK(check_of(report, "issuer-trust").evidence.at("name") == "Hospital");
    CHECK(report.verdict == Verdict::valid);

    house.serve(first, house.entry("Hospital"));
    CHECK(check_of(house.verify(), "issuer-trust").evidence.at("registry") == "First");
}

TEST_CASE("an issuer that no registry lists is a warning") {
    TrustHouse house;
    house.serve(first, {{house.issuer.did() + "0", {{"name", "Neighbour"}}}});
    auto const report = house.verify();
    CHECK(outcome_of(report, "issuer-trust") == "warn");
    CHECK(code_of(report, "issuer-trust") == "issuer-trust.not-listed");
    CHECK(report.verdict == Verdict::warning);
}

TEST_CASE("registries that cannot be read are named, unless another one knows the issuer") {
    TrustHouse house;
    house.verifier.documents.erase(first);
    auto report = house.verify();
    CHECK(outcome_of(report, "issuer-trust") == "unchecked");
    CHECK(check_of(report, "issuer-trust").evidence.at("registries") == "First");

    house.verifier.knows(second, "<html>");
    CHECK(check_of(house.verify(), "issuer-trust").evidence.at("registries") == "First, Second");

    house.serve(second, house.entry("Hospital"));
    CHECK(outcome_of(house.verify(), "issuer-trust") == "pass");
}

TEST_CASE("own and listed issuers need no registry") {
    TrustHouse house;
    house.verifier.documents.erase(first);

    house.verifier.listed_issuers = {house.issuer.did()};
    CHECK(code_of(house.verify(), "issuer-trust") == "issuer-trust.listed");
    CHECK(house.verifier.asked.empty());

    house.verifier.trusted_issuers = {house.issuer.did()};
    house.verifier.own_base = "https://badges.example";
    CHECK(code_of(house.verify(), "issuer-trust") == "issuer-trust.own");
}

TEST_CASE("without lists and registries there is no such check, with a local list only it can warn") {
    TrustHouse house;
    house.verifier.registries.clear();
    CHECK(outcome_of(house.verify(), "issuer-trust") == "absent");
    CHECK(house.verify().verdict == Verdict::valid);

    house.verifier.listed_issuers = {"did:web:other.example"};
    CHECK(outcome_of(house.verify(), "issuer-trust") == "warn");
}

TEST_CASE("a forged badge of a registered issuer is not called known") {
    TrustHouse house;
    house.serve(first, house.entry("Hospital"));
    house.verifier.knows(house.issuer.did(), TestIssuer("nakhla").did_document().dump());
    CHECK(code_of(house.verify(), "issuer-trust") == "issuer-trust.unproven");
}
