// Hosted badges of Open Badges 2: who may show whose badge at which address, and what of it counts.

#include <doctest/doctest.h>

#include "schemas/web_scope.hpp"
#include "tests/service/verification/open_badges_2_house.hpp"

using namespace itqan;
using namespace itqan::domain;
using namespace itqan::tests;

TEST_CASE("a hosted badge is what its issuer's host shows") {
    OpenBadge2House house;

    auto const report = house.verify_hosted();

    CHECK_MESSAGE(report.verdict == Verdict::valid, summary(report));
    CHECK(report.kind == "Open Badges 2.0 assertion (hosted)");
    CHECK(report.headline_code == "valid");
    CHECK(code_of(report, "proof") == "proof.hosted");
    CHECK(code_of(report, "issuer-binding") == "issuer-binding.in-scope");
    CHECK(code_of(report, "status") == "status.shown");
    CHECK(report.credential.at("name") == "Robots");
    CHECK(report.credential.at("issuer").at("host") == "badges.example");
    CHECK(report.credential.at("issuer").at("name") == "Robot School");
    CHECK(report.credential.at("validFrom") == "2026-01-31T10:00:00Z");
    CHECK(house.verifier.asked.empty());
}

TEST_CASE("what stands at the address is judged, not the copy that was sent") {
    OpenBadge2House house;
    house.serve();
    auto forged = house.assertion;
    forged["recipient"] = {{"type", "email"}, {"hashed", false}, {"identity", "mallory@example.org"}};
    house.verifier.recipient = "mallory@example.org";

    auto const report = house.verifier.verify(forged.dump());

    CHECK(code_of(report, "proof") == "proof.hosted-differs");
    CHECK(code_of(report, "recipient") == "recipient.other");
    CHECK(report.verdict == Verdict::invalid);
    CHECK(report.credential.dump().find("mallory") == std::string::npos);
}

TEST_CASE("an address speaks for an issuer by the issuer's own rule, host by host and segment by segment") {
    struct Case {
        char const* id;
        Json rule;  ///< null: none of its own.
        char const* code;
    };
    Json const starts{{"startsWith", "https://badges.example/a/"}};
    Json const origins{{"allowedOrigins", Json::array({"badges.example", "other.example"})}};
    char const* const in = "issuer-binding.in-scope";
    char const* const out = "issuer-binding.out-of-scope";
    for (auto const& [id, rule, code] :
         {Case{"https://badges.example/1", nullptr, in},
          Case{"http://badges.example/1", nullptr, in},
          Case{"https://badges.example:8443/1", nullptr, out},
          Case{"https://evil.example/1", nullptr, out},
          Case{"https://badges.example.evil.example/1", nullptr, out},
          Case{"https://other.example/1", origins, in},
          Case{"https://evilother.example/1", origins, out},
          Case{"https://sub.other.example/1", origins, out},
          Case{"https://other.example.evil.example/1", origins, out},
          Case{"https://badges.example/a/1", starts, in},
          Case{"https://badges.example/b/1", starts, out},
          Case{"https://badges.example.evil.example/a/1", starts, out},
          Case{"https://badges.example/1", {{"startsWith", "https://badges.example"}}, in},
          Case{"https://badges.example.evil.example/1", {{"startsWith", "https://badges.example"}}, out},
          Case{"https://badges.example/amy2/1",
               {{"startsWith", "https://badges.example/amy"}},
               "issuer-binding.loose-scope"},
          Case{"https://badges.example/amy/1", {{"startsWith", "https://badges.example/amy"}}, in},
          Case{"https://badges.example/a/1",
               {{"startsWith", Json::array({"https://x.example/", "https://badges.example/a/"})}},
               in},
          Case{"https://other.example/a/1",
               {{"startsWith", "https://badges.example/a/"}, {"allowedOrigins", "other.example"}},
               out},
          Case{"https://badges.example/a/1", {{"verificationProperty", "id"}}, in},
          Case{"https://badges.example/a/1", {{"verificationProperty", "badge"}}, "issuer-binding.unknown-rule"},
          Case{"https://badges.example/a/1", {{"startsWith", ""}}, out},
          Case{"https://badges.example/a/1", {{"allowedOrigins", ""}}, out},
          Case{"https://badges.example/a/1", {{"allowedOrigins", "*"}}, out}}) {
        CAPTURE(id);
        CAPTURE(rule.dump());
        OpenBadge2House house;
        house.assertion["id"] = id;
        if (!rule.is_null()) house.profile["verification"] = rule;

        auto const report = house.verify_hosted();

        CHECK_MESSAGE(code_of(report, "issuer-binding") == code, summary(report));
        bool const is_out = code == out;
        CHECK((report.verdict == Verdict::invalid) == is_out);
    }
}

TEST_CASE("addresses that two readers could understand differently are no addresses") {
    for (auto const* id :
         {"https://badges.example@evil.example/1", "https://badges.example\\@evil.example/1",
          "https://badges.example/a/../b/1", "https://badges.example/a/%2e%2e/b", "https://badges.example/a%2fb",
          "https://badges.example./1", "https://b\303\244dges.example/1", "https:/badges.example/1",
          "ftp://badges.example/1", "javascript:alert(1)", "https://badges.example/a b", "https://[::1]/1",
          "https://badges.example:0/1", "https://badges.example:/1", "urn:uuid:6deb4a00-ebce-4b28-8cc2-afa705ef7be4"}) {
        CAPTURE(id);
        CHECK_FALSE(schemas::read_web_address(id));
        OpenBadge2House house;
        house.assertion["id"] = id;

        auto const report = house.verify_hosted();

        CHECK(code_of(report, "proof") == "proof.no-address");
        CHECK(report.verdict == Verdict::invalid);
    }
}

TEST_CASE("a profile written into the award or the badge class cannot speak for a real issuer") {
    OpenBadge2House house;
    house.assertion["id"] = "https://evil.example/1";
    house.assertion["badge"] = house.badge;
    house.assertion["badge"]["issuer"] = house.profile;
    house.assertion["badge"]["issuer"]["verification"] = {{"allowedOrigins", "evil.example"}};

    auto const report = house.verify_hosted();

    CHECK(code_of(report, "issuer-binding") == "issuer-binding.out-of-scope");
    house.assertion["badge"]["issuer"]["id"] = "urn:uuid:52e4c6b3-8c13-4fa8-8482-a5cf34ef37a9";
    auto const nameless = house.verify_hosted();
    CHECK(code_of(nameless, "issuer-binding") == "issuer-binding.issuer-not-web");
    CHECK(nameless.credential.at("issuer").at("host") == "evil.example");
}

TEST_CASE("documents that belong to another host by their own word or by a redirect are not taken") {
    OpenBadge2House by_word;
    by_word.serve();
    auto elsewhere = by_word.assertion;
    elsewhere["id"] = "https://evil.example/1";
    by_word.verifier.knows("https://badges.example/assertions/1", elsewhere.dump());
    CHECK(code_of(by_word.verifier.verify(by_word.assertion.dump()), "proof") == "proof.hosted-elsewhere");

    OpenBadge2House by_redirect;
    by_redirect.serve();
    by_redirect.verifier.documents["https://badges.example/assertions/1"].landed = "https://evil.example/1";
    auto const report = by_redirect.verifier.verify(by_redirect.assertion.dump());
    CHECK(code_of(report, "proof") == "proof.hosted-elsewhere");
    CHECK(report.verdict == Verdict::invalid);

    OpenBadge2House same_host;
    same_host.serve();
    same_host.verifier.documents["https://badges.example/assertions/1"].landed = "https://badges.example/a/1.json";
    CHECK(same_host.verifier.verify(same_host.assertion.dump()).verdict == Verdict::valid);

    OpenBadge2House of_issuer;
    of_issuer.profile["id"] = "https://bank.example/issuer";
    of_issuer.serve();
    of_issuer.verifier.knows("https://badges.example/issuer", of_issuer.profile.dump());
    CHECK(code_of(of_issuer.verifier.verify(of_issuer.assertion.dump()), "issuer-binding") ==
          "issuer-binding.issuer-elsewhere");

    OpenBadge2House of_badge;
    of_badge.serve();
    of_badge.badge["id"] = "https://bank.example/badge";
    of_badge.verifier.knows("https://badges.example/classes/robots", of_badge.badge.dump());
    CHECK(code_of(of_badge.verifier.verify(of_badge.assertion.dump()), "issuer-binding") ==
          "issuer-binding.badge-elsewhere");
}

TEST_CASE("a document that is out of reach, or is something else, is said by its address") {
    struct Case {
        char const *address, *id, *unreachable, *broken;
    };
    for (auto const& [address, id, unreachable, broken] :
         {Case{"https://badges.example/assertions/1", "proof", "proof.hosted-unreachable", "proof.hosted-broken"},
          Case{"https://badges.example/classes/robots", "issuer-binding", "issuer-binding.badge-unreachable",
               "issuer-binding.badge-broken"},
          Case{"https://badges.example/issuer", "issuer-binding", "issuer-binding.issuer-unreachable",
               "issuer-binding.issuer-broken"}}) {
        CAPTURE(address);
        OpenBadge2House house;
        house.serve();
        house.verifier.documents[address] = {"", "", "it took longer than 5 seconds"};
        auto const report = house.verifier.verify(house.assertion.dump());
        CHECK_MESSAGE(code_of(report, id) == unreachable, summary(report));
        CHECK(check_of(report, id).detail.find(address) != std::string::npos);
        CHECK(check_of(report, id).detail.find("5 seconds") != std::string::npos);
        CHECK(report.verdict == Verdict::unchecked);
        for (std::string const body :
             {"<!doctype html>", "{}", "[]", "null", "{\"type\":\"Criteria\"}", "{\"a\":1,\"a\":2}"}) {
            CAPTURE(body);
            house.verifier.documents[address] = {body, "", ""};
            auto const other = house.verifier.verify(house.assertion.dump());
            CHECK_MESSAGE(code_of(other, id) == broken, summary(other));
            CHECK(other.verdict == Verdict::invalid);
        }
    }
}

TEST_CASE("a hosted badge is withdrawn where its host says so or has taken it away") {
    OpenBadge2House whole;
    whole.assertion["revoked"] = true;
    whole.assertion["revocationReason"] = "Issued in error";
    auto const revoked = whole.verify_hosted();
    CHECK(code_of(revoked, "status") == "status.revoked");
    CHECK(check_of(revoked, "status").evidence.at("reason") == "Issued in error");
    CHECK(revoked.headline_code == "revoked");

    OpenBadge2House house;
    house.serve();
    auto& hosted = house.verifier.documents["https://badges.example/assertions/1"];
    hosted.body = R"({"id":"https://badges.example/assertions/1","revoked":true})";
    auto const stub = house.verifier.verify(house.assertion.dump());
    CHECK_MESSAGE(code_of(stub, "status") == "status.revoked", summary(stub));
    CHECK(stub.verdict == Verdict::invalid);
    hosted = {"", "", "the server answered 410"};
    hosted.gone = true;
    auto const gone = house.verifier.verify(house.assertion.dump());
    CHECK_MESSAGE(code_of(gone, "status") == "status.gone", summary(gone));
    CHECK(gone.verdict == Verdict::invalid);
    hosted.failure.clear();
    CHECK(code_of(house.verifier.verify(house.assertion.dump()), "status") == "status.gone");

    hosted = {R"({"id":"https://badges.example/assertions/2","revoked":true})", "", ""};
    CHECK(code_of(house.verifier.verify(house.assertion.dump()), "proof") == "proof.hosted-broken");
}

TEST_CASE("a redirect on the issuer's host must stay where the issuer's rule is, and keys are never elsewhere") {
    struct Case {
        char const* landed;
        char const* code;
    };
    for (auto const& [landed, code] : {Case{"https://badges.example/assertions/1.json", "issuer-binding.in-scope"},
                                       Case{"https://badges.example/uploads/1.json", "issuer-binding.out-of-scope"},
                                       Case{"https://badges.example/assertions2/1.json", "issuer-binding.out-of-scope"},
                                       Case{"https://badges.example/", "issuer-binding.out-of-scope"}}) {
        CAPTURE(landed);
        OpenBadge2House house;
        house.profile["verification"] = {{"startsWith", "https://badges.example/assertions/"}};
        house.serve();
        house.verifier.documents["https://badges.example/assertions/1"].landed = landed;

        auto const report = house.verifier.verify(house.assertion.dump());

        CHECK_MESSAGE(code_of(report, "issuer-binding") == code, summary(report));
    }

    OpenBadge2House signed_house;
    signed_house.make_signed();
    signed_house.serve();
    CHECK(signed_house.verifier.verify(signed_house.signed_assertion()).verdict == Verdict::valid);
    signed_house.verifier.documents["https://badges.example/key"].landed = "https://badges.example/uploads/key";
    auto const report = signed_house.verifier.verify(signed_house.signed_assertion());
    CHECK(code_of(report, "proof") == "proof.unreachable");
    CHECK(report.verdict == Verdict::unchecked);
}

TEST_CASE("what is hosted may lead on, keys and what others need where it was named may not") {
    OpenBadge2House house;
    auto const first = domain::verify(Question{house.assertion.dump(), {}, {}, {}}, {}, house.verifier.now);
    REQUIRE(first);
    CHECK(first->needs == std::vector<std::string>{"https://badges.example/assertions/1"});
    CHECK(first->may_move.contains("https://badges.example/assertions/1"));

    TestIssuer const issuer("nakhla");
    auto const other = domain::verify(Question{issuer.sign(issuer.badge()), {}, {}, {}}, {}, house.verifier.now);
    REQUIRE(other);
    CHECK_FALSE(other->needs.empty());
    CHECK(other->may_move.empty());
}

TEST_CASE("keys and lists that stand elsewhere by a redirect count as out of reach, even if a link fetched them") {
    TestIssuer const issuer("nakhla");
    Verifier verifier;
    verifier.knows(issuer);
    auto const badge = issuer.sign(issuer.badge());
    REQUIRE(verifier.verify(badge).verdict == Verdict::valid);
    verifier.documents[issuer.list_address()].landed = "https://evil.example/list";
    CHECK(code_of(verifier.verify(badge), "status") == "status.unreachable");
    verifier.documents[issuer.did()].landed = "https://evil.example/did.json";
    CHECK(verifier.verify(badge).verdict == Verdict::unchecked);
    CHECK(code_of(verifier.verify(badge), "issuer-binding") == "issuer-binding.unreachable");
}
