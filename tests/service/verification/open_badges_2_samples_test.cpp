// The published samples of Open Badges 2.0, on the published web around them, and the table of all published samples.

#include <doctest/doctest.h>

#include <set>

#include "tests/service/verification/open_badges_2_house.hpp"
#include "tests/service/verification/published_outcomes.hpp"

using namespace itqan;
using namespace itqan::domain;
using namespace itqan::tests;

namespace {

Json manifest_entries() {
    return Json::parse(read_file(*shared_dir() / "vectors/manifest.json")).at("entries");
}

/// With the assets, and the sample itself where it says that it stands.
Verifier web_around(std::string const& input) {
    Verifier verifier;
    serve_published_assets(verifier);
    auto const document = Json::parse(verifier.verify(input).document, nullptr, false);
    if (document.is_object() && document.contains("verification") && document.contains("badge"))
        serve_at_own_id(verifier, document);
    return verifier;
}

}  // namespace

TEST_CASE("every published sample of Open Badges 2.0 has its outcome by its named check") {
    NEEDS_SHARED();
    int seen = 0;
    for (auto const& entry : manifest_entries()) {
        auto const file = entry.at("file").get<std::string>();
        if (!file.starts_with("validator/ob20/")) continue;
        CAPTURE(file);
        auto const input = sample(file);
        auto const expected = entry.at("expected").get<std::string>();

        auto const report = web_around(input).verify(input);

        auto const wanted = expected == "valid"                 ? Verdict::valid
                            : expected == "valid-with-warnings" ? Verdict::warning
                                                                : Verdict::invalid;
        CHECK_MESSAGE(report.verdict == wanted, summary(report));
        auto const check = entry.at("check").is_null() ? "" : check_for_probe(entry.at("check").get<std::string>());
        for (auto const& each : report.checks) {
            auto const outcome = check_outcome_name(each.outcome);
            if (each.id != check)
                CHECK_MESSAGE((outcome == "pass" || outcome == "absent"), summary(report));
            else
                CHECK_MESSAGE(outcome == (expected == "invalid" ? "fail" : "warn"), summary(report));
        }
        ++seen;
    }
    CHECK(seen == 29);
}

TEST_CASE("the published samples of Open Badges 2.0 are for the person whose address was hashed") {
    NEEDS_SHARED();
    auto const input = sample("validator/ob20/basic-assertion.json");
    auto verifier = web_around(input);

    verifier.recipient = "nobody@example.org";  // With the salt "deadsea" the hash that all of them have.
    CHECK(code_of(verifier.verify(input), "recipient") == "recipient.match");
    CHECK(verifier.verify(input).verdict == Verdict::valid);
    verifier.recipient = "somebody@example.org";
    auto const report = verifier.verify(input);
    CHECK(report.headline_code == "other-recipient");
    CHECK(report.recipient_match == false);
}

TEST_CASE("nothing of a published badge is believed while its web is out of reach") {
    NEEDS_SHARED();
    for (auto const* file : {"basic-assertion.json", "simple-badge.png", "simple.jwt", "simple-not-revoked.jwt"}) {
        CAPTURE(file);
        Verifier alone;

        auto const report = alone.verify(sample("validator/ob20/" + std::string(file)));

        CHECK_MESSAGE(report.verdict == Verdict::unchecked, summary(report));
        for (auto const* id : {"proof", "issuer-binding", "status"})
            CHECK(outcome_of(report, id) == "unchecked");
        CHECK_FALSE(alone.asked.empty());
        for (auto const& address : alone.asked)
            CHECK(address.starts_with("https://"));
    }
}

TEST_CASE("a published signed badge that was changed fails at the proof") {
    NEEDS_SHARED();
    auto token = sample("validator/ob20/simple.jwt");
    while (!token.empty() && (token.back() == '\n' || token.back() == '\r'))
        token.pop_back();
    auto& letter = token[token.rfind('.') + 5];
    letter = letter == 'A' ? 'B' : 'A';
    Verifier verifier;
    serve_published_assets(verifier);

    auto const report = verifier.verify(token);

    CHECK(code_of(report, "proof") == "proof.bad-signature");
    CHECK(report.headline_code == "invalid");
}

TEST_CASE("the table of published samples names every entry of the manifest with what is expected of it") {
    NEEDS_SHARED();
    auto const& known = published_outcomes();
    std::set<std::string> named;
    for (auto const& entry : manifest_entries()) {
        auto const file = entry.at("file").get<std::string>();
        CAPTURE(file);
        named.insert(file);
        auto const row = known.find(file);
        REQUIRE(row != known.end());
        CHECK(row->second.expected == entry.at("expected").get<std::string>());
        CHECK_MESSAGE(std::filesystem::exists(source_dir() / "tests" / row->second.judged_by), row->second.judged_by);
        if (!entry.at("check").is_null())
            CHECK(row->second.check == check_for_probe(entry.at("check").get<std::string>()));
    }
    CHECK(named.size() == 88);
    CHECK(known.size() == named.size());
}
