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

TEST_CASE("dates of Open Badges 2 are read as issuers write them") {
    struct Case {
        Json issued, expires;
        char const* code;
    };
    for (auto const& [issued, expires, code] :
         {Case{"2026-01-31T10:00Z", nullptr, "validity.no-end"}, Case{"2026-01-31", nullptr, "validity.no-end"},
          Case{1769853600, nullptr, "validity.no-end"},
          Case{"2026-01-31", "2026-11-30T00:00:00+03:00", "validity.expired"},
          Case{"2027-01-31", nullptr, "validity.not-yet"}, Case{"31.1.2026", nullptr, "validity.unreadable-date"},
          Case{"2026-01-31", "soon", "validity.unreadable-date"}}) {
        CAPTURE(issued.dump());
        OpenBadge2House house;
        house.assertion["issuedOn"] = issued;
        if (!expires.is_null()) house.assertion["expires"] = expires;
        CHECK(code_of(house.verify_hosted(), "validity") == code);
    }
    OpenBadge2House house;
    house.assertion["expires"] = "2026-11-01";
    auto const report = house.verify_hosted();
    CHECK(report.headline == "Genuine, but expired on 2026-11-01");
    CHECK(report.headline_code == "expired");
}

TEST_CASE("the person is compared plainly, by hash and by salted hash") {
    OpenBadge2House house;
    auto const ask = [&](Json const& recipient, char const* person) {
        house.assertion["recipient"] = recipient;
        house.verifier.recipient = person;
        return code_of(house.verify_hosted(), "recipient");
    };
    Json const plain{{"type", "email"}, {"hashed", false}, {"identity", "Amal@Example.org"}};
    // printf 'amal@example.orgsea' | sha256sum, and without the salt
    Json const salted{{"type", "email"},
                      {"hashed", true},
                      {"salt", "sea"},
                      {"identity", "sha256$189fb504ea06af68d143544f5cb790e31053b0b33aaaa48be4710c4eabdbc19f"}};
    Json const hashed{{"type", "email"},
                      {"hashed", true},
                      {"identity", "sha256$0f0fa385d039d9bffb193ece347a7d4cafbdab0e9dc0dcd2ce27e240c61be5e5"}};
    for (auto const& recipient : {plain, salted, hashed}) {
        CAPTURE(recipient.dump());
        CHECK(ask(recipient, "amal@example.org") == "recipient.match");
        CHECK(ask(recipient, "AMAL@example.org") == "recipient.match");
        CHECK(ask(recipient, "omar@example.org") == "recipient.other");
    }
    CHECK(house.verify_hosted().credential.dump().find(
              "189fb504ea06af68d143544f5cb790e31053b0b33aaaa48be4710c4eabdbc19f") == std::string::npos);
    house.assertion["recipient"] = {{"type", "email"}, {"hashed", true}, {"identity", "amal@example.org"}};
    house.verifier.recipient = "amal@example.org";
    auto const dishonest = house.verify_hosted();
    CHECK(code_of(dishonest, "recipient") == "recipient.other");
    CHECK(outcome_of(dishonest, "schema") == "fail");
}

TEST_CASE("endorsements are followed to their own issuers, eight at most") {
    OpenBadge2House house;
    auto const endorsement = [&house](std::string const& id, std::string const& about) {
        return Json{{"@context", "https://w3id.org/openbadges/v2"},
                    {"type", "Endorsement"},
                    {"id", id},
                    {"claim", {{"id", about}, {"endorsementComment", "Good"}}},
                    {"issuedOn", "2026-02-01T00:00Z"},
                    {"issuer", "https://badges.example/issuer"},
                    {"verification", {{"type", "hosted"}}}};
    };
    house.badge["endorsement"] = Json::array({"https://badges.example/e/1"});
    serve_at_own_id(house.verifier, endorsement("https://badges.example/e/1", "https://badges.example/classes/robots"));
    auto const good = house.verify_hosted();
    CHECK_MESSAGE(good.verdict == Verdict::valid, summary(good));
    CHECK(code_of(good, "endorsements") == "endorsements.good");
    REQUIRE(good.endorsements.size() == 1);
    CHECK(good.endorsements[0].kind == "Open Badges 2.0 endorsement (hosted)");
    CHECK(good.endorsements[0].credential.at("comment") == "Good");

    serve_at_own_id(house.verifier, endorsement("https://badges.example/e/1", "https://badges.example/classes/other"));
    CHECK(code_of(house.verify_hosted(), "endorsements") == "endorsements.other-subject");
    serve_at_own_id(house.verifier, endorsement("https://evil.example/e/1", "https://badges.example/classes/robots"));
    house.badge["endorsement"] = "https://evil.example/e/1";
    auto const bad = house.verify_hosted();
    CHECK(code_of(bad, "endorsements") == "endorsements.bad");
    CHECK(bad.verdict == Verdict::warning);
    house.badge["endorsement"] = "https://nobody.example/e/1";
    CHECK(code_of(house.verify_hosted(), "endorsements") == "endorsements.not-checked");

    house.badge["endorsement"] = Json::array();
    for (int i = 0; i < 200; ++i)
        house.badge["endorsement"].push_back("https://many.example/e/" + std::to_string(i));
    auto const many = house.verify_hosted();
    CHECK(code_of(many, "endorsements") == "endorsements.too-many");
    CHECK(house.verifier.asked.size() == 8);
}

TEST_CASE("the deepest graph is known after five rounds, each asking for each document once") {
    OpenBadge2House house;
    house.profile["endorsement"] = "https://other.example/e/1";
    Json const endorsement{{"@context", "https://w3id.org/openbadges/v2"},
                           {"type", "Endorsement"},
                           {"id", "https://other.example/e/1"},
                           {"claim", {{"id", "https://badges.example/issuer"}}},
                           {"issuedOn", "2026-02-01T00:00:00Z"},
                           {"issuer", "https://other.example/issuer"},
                           {"verification", {{"type", "hosted"}}}};
    auto other_issuer = house.profile;
    other_issuer["id"] = "https://other.example/issuer";
    serve_at_own_id(house.verifier, endorsement);
    serve_at_own_id(house.verifier, other_issuer);
    house.serve();
    Documents known;
    int rounds = 0;
    Question const question{house.assertion.dump(), {}, {}, {}};
    auto answer = verify(question, known, house.verifier.now);
    for (; answer && !answer->report && rounds < 10; ++rounds) {
        for (auto const& address : answer->needs) {
            CHECK_FALSE(known.contains(address));
            known[address] = house.verifier.documents.at(address);
        }
        answer = verify(question, known, house.verifier.now);
    }
    REQUIRE(answer);
    REQUIRE(answer->report);
    CHECK(rounds == 5);
    CHECK_MESSAGE(code_of(*answer->report, "endorsements") == "endorsements.good", summary(*answer->report));
    CHECK(answer->report->verdict == Verdict::valid);
}

TEST_CASE("documents that name each other in a circle end the walk") {
    OpenBadge2House house;
    house.assertion["badge"] = house.assertion.at("id");
    CHECK(code_of(house.verify_hosted(), "issuer-binding") == "issuer-binding.badge-broken");
    OpenBadge2House other;
    other.badge["issuer"] = other.badge.at("id");
    CHECK(code_of(other.verify_hosted(), "issuer-binding") == "issuer-binding.issuer-broken");
    OpenBadge2House endorsed;
    endorsed.assertion["endorsement"] = endorsed.assertion.at("id");
    CHECK(code_of(endorsed.verify_hosted(), "endorsements") == "endorsements.bad");
}

TEST_CASE("terms of Open Badges 2 mean what they are published to mean") {
    struct Case {
        Json context;
        char const* code;
    };
    char const* const published = "https://w3id.org/openbadges/v2";
    Json const own{{"obi", "https://w3id.org/openbadges#"}, {"Assertion", "obi:Assertion"}, {"id", "@id"}};
    auto redefining = own;
    redefining["recipient"] = {{"@id", "https://evil.example/#issuer"}, {"@type", "@id"}};
    for (auto const& [context, code] :
         {Case{published, "contexts.known"}, Case{own, "contexts.known"},
          Case{Json::array({published, {{"mine", "https://a.example/#mine"}}}), "contexts.known"},
          Case{Json::array({published, "https://a.example/context"}), "contexts.unknown"},
          Case{"https://a.example/context", "contexts.not-open-badges-2"},
          Case{"https://w3id.org/openbadges/invalid", "contexts.not-open-badges-2"},
          Case{redefining, "contexts.redefined"}, Case{Json::array({published, redefining}), "contexts.redefined"},
          Case{Json::array({published, {{"@vocab", "https://evil.example/"}}}), "contexts.redefined"}}) {
        CAPTURE(context.dump());
        OpenBadge2House house;
        house.assertion["@context"] = context;
        auto const report = house.verify_hosted();
        CHECK_MESSAGE(code_of(report, "contexts") == code, summary(report));
    }
    OpenBadge2House house;
    house.assertion["extensions:mine"] = {{"type", Json::array({"Extension", "https://a.example/#Mine"})}, {"a", 1}};
    CHECK(code_of(house.verify_hosted(), "contexts") == "contexts.unknown-extension");
    house.assertion["extensions:mine"] = {{"type", Json::array({"Extension", "extensions:ApplyLink"})},
                                          {"url", "javascript:alert(1)"}};
    CHECK(code_of(house.verify_hosted(), "schema") == "schema.violation-2");
    CHECK(house.verifier.asked.empty());
}

TEST_CASE("members may be written with aliases, but not twice") {
    OpenBadge2House house;
    auto aliased = house.assertion;
    aliased["@id"] = aliased.at("id");
    aliased["@type"] = "obi:Assertion";
    aliased["obi:badge"] = aliased.at("badge");
    aliased["verify"] = aliased.at("verification");
    for (auto const* plain : {"id", "type", "badge", "verification"})
        aliased.erase(plain);
    house.serve();
    house.verifier.knows("https://badges.example/assertions/1", aliased.dump());

    auto const report = house.verifier.verify(aliased.dump());
    CHECK_MESSAGE(report.verdict == Verdict::valid, summary(report));

    auto twice = house.assertion;
    twice["obi:badge"] = "https://badges.example/classes/other";
    house.verifier.knows("https://badges.example/assertions/1", twice.dump());
    auto const refused = house.verifier.verify(twice.dump());
    CHECK(code_of(refused, "schema") == "schema.violation-2");
    CHECK(refused.credential.at("achievement").at("id") == "https://badges.example/classes/robots");
}

TEST_CASE("a description is no award, whoever asks") {
    OpenBadge2House house;
    for (auto const& [document, kind] :
         {std::pair{house.badge, "Open Badges 2.0 badge class"}, std::pair{house.profile, "Open Badges 2.0 profile"},
          std::pair{house.key, "Open Badges 2.0 key"},
          std::pair{house.revocations, "Open Badges 2.0 revocation list"}}) {
        CAPTURE(kind);
        Verifier verifier;
        auto const report = verifier.verify(document.dump());
        CHECK(report.kind == kind);
        CHECK(report.headline_code == "description");
        CHECK(report.headline == "A description, not an award");
        CHECK_MESSAGE(report.verdict == Verdict::valid, summary(report));
        for (auto const* id : {"proof", "issuer-binding", "validity", "status"})
            CHECK(outcome_of(report, id) == "absent");
        CHECK(verifier.asked.empty());
        verifier.recipient = "amal@example.org";
        CHECK(verifier.verify(document.dump()).verdict == Verdict::invalid);
    }
    house.badge.erase("issuer");
    CHECK(house.verifier.verify(house.badge.dump()).headline_code == "invalid");
}
