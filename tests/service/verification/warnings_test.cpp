// Words that may deceive: they are told and change no verdict.

#include <doctest/doctest.h>

#include "schemas/unicode_host.hpp"
#include "tests/service/verification/verification_house.hpp"

using namespace itqan;
using namespace itqan::domain;
using namespace itqan::tests;

namespace {

/// "code pointer; ..." of a badge with this issuer's name and this name of its own.
std::string warnings_of(std::string const& issuer_name, std::string const& badge_name = "Robots") {
    TestIssuer const issuer("nakhla");
    Verifier verifier;
    verifier.knows(issuer);
    auto badge = issuer.badge();
    badge["issuer"]["name"] = issuer_name;
    badge["name"] = badge_name;
    auto const report = verifier.verify(issuer.sign(badge));
    CHECK(report.verdict == Verdict::valid);
    std::string all;
    auto const json = report_to_json(report);
    for (auto const& warning : json.at("warnings"))
        all += (all.empty() ? "" : "; ") + warning.at("code").get<std::string>() + " " +
               warning.at("pointer").get<std::string>();
    return all;
}

}  // namespace

TEST_CASE("Latin beside Arabic, digits and invisible marks are no reason to warn") {
    CHECK(warnings_of("Itqan إتقان 2026") == "");
    CHECK(warnings_of("Ελληνικό College", "Курс 101 for nurses") == "");
    CHECK(warnings_of("School", "zero\u200Bwidth") == "");
    CHECK(warnings_of("School", "раypal imitated by a badge's name only") == "");
}

TEST_CASE("marks that turn the direction and mixed words in an issuer's name are told") {
    CHECK(warnings_of("School", "safe\u202Egnp.exe") == "text.direction /name");
    CHECK(warnings_of("School\u2066", "x") == "text.direction /issuer/name");
    CHECK(warnings_of("раypal") == "text.mixed-name /issuer/name");
}

TEST_CASE("a domain that imitates another is told by the letters that it stands for") {
    CHECK(schemas::unicode_host("xn--pypal-4ve.example") == "p\u0430ypal.example");
    CHECK(schemas::unicode_host("badges.example") == "badges.example");
    CHECK(schemas::unicode_host("xn--.example") == "xn--.example");
    CHECK(schemas::unicode_host("xn--mgbh0fb.example") == "مثال.example");
    auto const codes = [](char const* issuer) {
        TestIssuer const signer("nakhla");
        Verifier verifier;
        auto badge = signer.badge();
        badge["issuer"]["id"] = issuer;
        auto const report = verifier.verify(signer.sign(badge));
        return report.warnings.empty() ? std::string() : report.warnings.front().code;
    };
    CHECK(codes("did:web:xn--pypal-4ve.example") == "text.mixed-host");
    CHECK(codes("https://xn--pypal-4ve.example:8443/issuer") == "text.mixed-host");
    CHECK(codes("did:web:xn--mgbh0fb.example") == "");
}
