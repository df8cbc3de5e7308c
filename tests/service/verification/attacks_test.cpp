// The published attack corpora through the whole verifier: nothing hostile is ever valid, nothing throws.

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/service/verification/no_fetch.hpp"
#include "tests/service/verification/verification_house.hpp"

using namespace itqan;
using namespace itqan::domain;
using namespace itqan::tests;

namespace {

std::filesystem::path attacks() {
    return *shared_dir() / "vectors/attacks";
}

/// What an issuer with these JWKs would serve at its address.
Json controller_document(std::string const& issuer, Json const& jwks) {
    Json document{{"id", issuer}, {"verificationMethod", Json::array()}, {"assertionMethod", Json::array()}};
    for (auto const& jwk : jwks) {
        auto const id = issuer + "#" + std::to_string(document.at("assertionMethod").size());
        document["verificationMethod"].push_back(
            {{"id", id}, {"type", "JsonWebKey"}, {"controller", issuer}, {"publicKeyJwk", jwk}});
        document["assertionMethod"].push_back(id);
    }
    return document;
}

/// A description (of Open Badges 2) is good as what it is, and says that it awards nothing.
bool is_good(Result<Report> const& report) {
    if (report && report->headline_code == "description") return false;
    return report && (report->verdict == Verdict::valid || report->verdict == Verdict::warning);
}

bool is_extracted(Result<Report> const& report) {
    // The pictures of the corpus carry a token with alg none: it is found, and refused as a token.
    return report && report->verdict == Verdict::invalid && code_of(*report, "format") == "format.jws-algorithm";
}

void check_pictures(std::string const& folder) {
    auto const manifest = Json::parse(read_file(attacks() / folder / "manifest.json"));
    int extracted = 0, refused = 0;
    NoFetch no_fetch;
    for (auto const& each : manifest) {
        auto const file = each.at("file").get<std::string>();
        auto const expected = each.at("expect").get<std::string>();
        CAPTURE(file);
        Verifier verifier;
        verifier.edge = no_fetch.edge();

        auto const report = verifier.try_verify(read_file(attacks() / folder / file));

        CHECK_FALSE(is_good(report));
        CHECK(verifier.asked.empty());
        if (expected.starts_with("extract") || expected.starts_with("use OB3")) {
            ++extracted;
            CHECK_MESSAGE(is_extracted(report), (report ? summary(*report) : report.error().code));
        } else if (!expected.starts_with("strip")) {
            ++refused;
            CHECK_FALSE(report);
        }
    }
    CHECK(extracted > 0);
    CHECK(refused > 0);
}

}  // namespace

TEST_CASE("the published token attacks are invalid and their controls pass") {
    NEEDS_SHARED();
    auto const corpus = Json::parse(read_file(attacks() / "jwt-attacks/cases.json"));
    NoFetch no_fetch;
    Verifier verifier;
    verifier.edge = no_fetch.edge();
    verifier.now = Instant{corpus.at("now").get<std::int64_t>() * 1000};
    for (auto const& [issuer, set] : corpus.at("trusted").items())
        verifier.knows(issuer, controller_document(issuer, set.at("keys")).dump());
    int accepted = 0, rejected = 0;

    for (auto const& each : corpus.at("cases")) {
        auto const id = each.at("id").get<std::string>();
        CAPTURE(id);

        auto const report = verifier.try_verify(each.at("jws").get<std::string>());

        if (each.at("expect") == "accept") {
            ++accepted;
            CHECK_MESSAGE(is_good(report), (report ? summary(*report) : report.error().code));
        } else {
            ++rejected;
            CHECK_MESSAGE((!report || report->verdict == Verdict::invalid), summary(*report));
        }
        CHECK_MESSAGE(verifier.asked.empty(), verifier.asked.front());
    }
    CHECK(accepted == 5);
    CHECK(rejected >= 49);
}

TEST_CASE("hostile PNG files are refused or read, never inflated or followed") {
    NEEDS_SHARED();
    check_pictures("png-attacks");
}

TEST_CASE("hostile SVG files are refused or read, never obeyed") {
    NEEDS_SHARED();
    check_pictures("svg-attacks");
}

TEST_CASE("hostile JSON is no credential") {
    NEEDS_SHARED();
    int seen = 0;
    NoFetch no_fetch;
    for (auto const* folder : {"json-attacks", "JSONTestSuite/test_parsing", "JSONTestSuite/test_transform"}) {
        for (auto const& entry : std::filesystem::directory_iterator(attacks() / folder)) {
            CAPTURE(entry.path().filename().string());
            Verifier verifier;
            verifier.edge = no_fetch.edge();
            CHECK_FALSE(is_good(verifier.try_verify(read_file(entry.path()))));
            ++seen;
        }
    }
    CHECK(seen > 300);
}

TEST_CASE("hostile JSON inside a signed token is refused as the reader of JSON refuses it") {
    NEEDS_SHARED();
    TestIssuer const issuer("nakhla");
    NoFetch no_fetch;
    Verifier verifier;
    verifier.edge = no_fetch.edge();
    verifier.knows(issuer);
    auto const manifest = Json::parse(read_file(attacks() / "json-attacks/manifest.json"));
    for (auto const& each : manifest) {
        auto const file = each.at("file").get<std::string>();
        CAPTURE(file);

        auto const report = verifier.try_verify(issuer.sign_raw(R"({"alg":"EdDSA","kid":")" + issuer.kid() + R"("})",
                                                                read_file(attacks() / "json-attacks" / file)));

        if (!report) {
            CHECK(report.error().fault == Fault::too_large);
            continue;
        }
        CHECK(report->verdict == Verdict::invalid);
        if (each.at("expect") == "reject") CHECK(code_of(*report, "format").starts_with("format.json-"));
    }
}

TEST_CASE("the connector of these tests is reached when a document is needed") {
    NoFetch no_fetch({"badges.example"});
    TestIssuer const issuer("nakhla");
    Verifier verifier;
    verifier.edge = no_fetch.edge();
    auto const report = verifier.verify(issuer.sign(issuer.badge()));
    CHECK(report.verdict == Verdict::unchecked);
    CHECK(no_fetch.looked_up() == std::set<std::string>{"badges.example"});
}

TEST_CASE("no file of the vectors makes the verifier throw or becomes valid without its issuer") {
    NEEDS_SHARED();
    int seen = 0;
    NoFetch no_fetch;
    for (auto const* folder : {"attacks/PngSuite/png", "attacks/text-injection", "attacks/jsonld-attacks",
                               "attacks/rdf-poison/made", "validator/ob20", "validator/ob20/assets", "validator/clr20",
                               "validator/ob30", "validator/ob30/sd", "validator/ob30/bit-string-list"}) {
        for (auto const& entry : std::filesystem::directory_iterator(*shared_dir() / "vectors" / folder)) {
            if (!entry.is_regular_file()) continue;
            CAPTURE(entry.path().string());
            Verifier verifier;
            if (std::string_view(folder).starts_with("attacks/")) verifier.edge = no_fetch.edge();
            CHECK_FALSE(is_good(verifier.try_verify(read_file(entry.path()))));
            ++seen;
        }
    }
    CHECK(seen > 250);
}
