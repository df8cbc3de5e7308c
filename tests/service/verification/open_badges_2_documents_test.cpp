// What the documents of Open Badges 2 say: dates, persons, endorsements, terms, spellings, descriptions by themselves.

#include <doctest/doctest.h>

#include "tests/service/verification/open_badges_2_house.hpp"

using namespace itqan;
using namespace itqan::domain;
using namespace itqan::tests;

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
