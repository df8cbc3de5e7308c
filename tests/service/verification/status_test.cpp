#include <doctest/doctest.h>

#include "schemas/bytes.hpp"
#include "tests/service/verification/verification_house.hpp"

using namespace itqan;
using namespace itqan::domain;
using namespace itqan::tests;

namespace {

struct StatusHouse {
    TestIssuer issuer{"nakhla"};
    Verifier verifier;

    StatusHouse() { verifier.knows(issuer); }
    void serve(std::string list) { verifier.knows(issuer.list_address(), std::move(list)); }
    Json list() const {
        auto const text = issuer.status_list();
        auto const from = text.find('.') + 1;
        auto const bytes = *base64url_decode(text.substr(from, text.rfind('.') - from));
        auto list = Json::parse(bytes.begin(), bytes.end());
        for (auto const* const claim : {"iss", "jti", "sub", "nbf", "exp", "iat"})
            list.erase(claim);
        return list;
    }
    Report verify(Json const& badge) { return verifier.verify(issuer.sign(badge)); }
    Report verify() { return verify(issuer.badge()); }
    Json badge_at(Json const& index) const {
        auto badge = issuer.badge();
        badge["credentialStatus"]["statusListIndex"] = index;
        return badge;
    }
};

}  // namespace

TEST_CASE("a set bit is a withdrawn badge, a neighbour's bit is not") {
    StatusHouse house;

    house.serve(house.issuer.status_list({94566, 94568}));
    CHECK(house.verify().verdict == Verdict::valid);

    house.serve(house.issuer.status_list({94567}));
    auto const report = house.verify();
    CHECK(report.verdict == Verdict::invalid);
    CHECK(report.headline_code == "revoked");
    CHECK(report.headline == "Genuine, but withdrawn");
    CHECK(code_of(report, "status") == "status.revoked");
}

TEST_CASE("a withdrawn and expired badge is called withdrawn") {
    StatusHouse house;
    house.serve(house.issuer.status_list({94567}));
    house.verifier.now = at("2030-01-01T00:00:00Z");

    CHECK(house.verify().headline_code == "revoked");
}

TEST_CASE("a forged badge that is also withdrawn is only called forged") {
    StatusHouse house;
    house.serve(house.issuer.status_list({94567}));
    house.verifier.knows(house.issuer.did(), TestIssuer("nakhla").did_document().dump());

    CHECK(house.verify().headline_code == "invalid");
}

TEST_CASE("a suspension entry puts the badge on hold and gives way to a withdrawal") {
    StatusHouse house;
    auto badge = house.issuer.badge();
    auto hold = badge.at("credentialStatus");
    hold["statusPurpose"] = "suspension";
    hold["statusListCredential"] = "https://badges.example/status/holds";
    badge["credentialStatus"] = Json::array({badge.at("credentialStatus"), hold});
    house.verifier.knows("https://badges.example/status/holds", house.issuer.status_list({94567}, "suspension"));

    auto const on_hold = house.verify(badge);
    house.serve(house.issuer.status_list({94567}));
    auto const withdrawn = house.verify(badge);

    CHECK(on_hold.headline_code == "suspended");
    CHECK(code_of(on_hold, "status") == "status.suspended");
    CHECK(withdrawn.headline_code == "revoked");
}

TEST_CASE("what this installation alone knows of its own badge is told") {
    StatusHouse house;
    house.verifier.own_base = "https://badges.example";
    auto const address = house.issuer.badge().at("id").get<std::string>() + "#state";

    house.verifier.knows(address, R"({"status":"active"})");
    CHECK(house.verify().verdict == Verdict::valid);

    house.verifier.knows(address, R"({"status":"suspended"})");
    CHECK(house.verify().headline_code == "suspended");

    house.verifier.knows(address, R"({"status":"revoked","reason":"issued-in-error"})");
    house.serve(house.issuer.status_list({94567}));
    auto const withdrawn = house.verify();
    CHECK(withdrawn.headline_code == "revoked");
    CHECK(check_of(withdrawn, "status").evidence.at("reason") == "issued-in-error");
}

TEST_CASE("a list that somebody else signed says nothing") {
    StatusHouse house;
    TestIssuer const stranger("nakhla"), neighbour("sidra");

    house.serve(stranger.status_list());
    CHECK(code_of(house.verify(), "status") == "status.unproven-list");
    CHECK(house.verify().verdict == Verdict::unchecked);

    house.serve(neighbour.status_list());
    CHECK(code_of(house.verify(), "status") == "status.foreign-list");

    house.serve("<html>");
    CHECK(code_of(house.verify(), "status") == "status.unreadable-list");
}

TEST_CASE("a list for another purpose fails") {
    StatusHouse house;
    house.serve(house.issuer.status_list({}, "suspension"));

    auto const report = house.verify();

    CHECK(code_of(report, "status") == "status.purpose");
    CHECK(report.verdict == Verdict::invalid);
    CHECK(report.headline_code == "invalid");
}

TEST_CASE("kinds of status that are not known are unchecked") {
    StatusHouse house;
    auto badge = house.issuer.badge();

    badge["credentialStatus"]["type"] = "StatusOfTomorrow";
    CHECK(code_of(house.verify(badge), "status") == "status.unknown-kind");
    CHECK(house.verify(badge).verdict != Verdict::valid);

    badge = house.issuer.badge();
    badge["credentialStatus"]["statusPurpose"] = "mood";
    CHECK(outcome_of(house.verify(badge), "status") == "unchecked");

    badge = house.issuer.badge();
    badge["credentialStatus"] = Json::array();
    for (int i = 0; i < 9; ++i)
        badge["credentialStatus"].push_back(house.issuer.badge().at("credentialStatus"));
    CHECK(code_of(house.verify(badge), "status") == "status.too-many");
    CHECK(house.verifier.asked.empty());
}

TEST_CASE("a list without an https address is never asked for") {
    for (auto const* address : {"http://169.254.169.254/list", "file:///etc/passwd", "urn:list:1"}) {
        StatusHouse house;
        auto badge = house.issuer.badge();
        badge["credentialStatus"]["statusListCredential"] = address;

        CHECK(code_of(house.verify(badge), "status") == "status.no-list");
        CHECK(house.verifier.asked.empty());
    }
}

TEST_CASE("a list that contradicts its own claims or has odd members is refused without an exception") {
    StatusHouse house;
    std::string const header = R"({"alg":"EdDSA"})";
    for (auto const* payload :
         {R"({"issuer":5})", R"({"issuer":{"id":7}})", "{}", R"({"issuer":"did:web:badges.example:issuers:nakhla"})",
          R"({"issuer":"did:web:badges.example:issuers:nakhla","iss":"did:web:evil.example"})"}) {
        house.serve(house.issuer.sign_raw(header, payload));

        CAPTURE(payload);
        CHECK(house.verify().verdict != Verdict::valid);
    }
}

TEST_CASE("the published attacks on status lists get their expected answers") {
    NEEDS_SHARED();
    auto const cases = Json::parse(read_file(*shared_dir() / "vectors/attacks/statuslist-attacks/cases.json"));
    int refused = 0, accepted = 0;
    for (auto const& each : cases) {
        StatusHouse house;
        auto const id = each.at("id").get<std::string>();
        CAPTURE(id);
        auto const expected = each.at("expect").get<std::string>();
        auto badge = house.badge_at(each.value("statusListIndex", Json("7")));
        if (each.contains("encodedList")) house.serve(house.issuer.status_list_of(each.at("encodedList")));

        auto const report = house.verify(badge);

        if (expected.find("index 0 revoked") != std::string::npos) {
            CHECK(outcome_of(report, "status") == "pass");
            CHECK(code_of(house.verify(house.badge_at("0")), "status") == "status.revoked");
        } else if (expected.find("index 131071 revoked") != std::string::npos) {
            CHECK(outcome_of(report, "status") == "pass");
            CHECK(code_of(house.verify(house.badge_at("131071")), "status") == "status.revoked");
        } else if (expected == "ok" || expected.find("or accept by policy") != std::string::npos) {
            ++accepted;
            CHECK_MESSAGE(outcome_of(report, "status") == "pass", summary(report));
        } else {
            ++refused;
            CHECK_MESSAGE(outcome_of(report, "status") == "fail", summary(report));
            if (expected.find("RANGE_ERROR") != std::string::npos)
                CHECK(code_of(report, "status") == "status.RANGE_ERROR");
        }
    }
    CHECK(accepted == 3);
    CHECK(refused >= 12);
}

TEST_CASE("a list of less than 16 KiB is refused by its name in the standard") {
    StatusHouse house;
    // gzip of 1 024 zero bytes.
    house.serve(house.issuer.status_list_of("uH4sIAAAAAAACA2NgGAWjYBSMVAAALq-17wAEAAA"));

    CHECK(code_of(house.verify(), "status") == "status.STATUS_LIST_LENGTH_ERROR");
}

TEST_CASE("types and purposes may be lists") {
    StatusHouse house;
    auto badge = house.issuer.badge();
    badge["credentialStatus"]["type"] = Json::array({"BitstringStatusListEntry"});
    CHECK(outcome_of(house.verify(badge), "status") == "pass");

    crypto::StatusList bits;
    bits.set(94567);
    auto list = house.list();
    list["credentialSubject"]["statusPurpose"] = Json::array({"suspension", "revocation"});
    list["credentialSubject"]["encodedList"] = bits.encode();
    house.serve(house.issuer.sign(list));
    CHECK(code_of(house.verify(badge), "status") == "status.revoked");

    list["credentialSubject"]["statusPurpose"] = Json::array({"suspension", "message"});
    house.serve(house.issuer.sign(list));
    CHECK(code_of(house.verify(badge), "status") == "status.purpose");

    list["credentialSubject"]["statusPurpose"] = Json::array({"revocation", 5});
    house.serve(house.issuer.sign(list));
    CHECK(code_of(house.verify(badge), "status") == "status.status-list-shape");
}

TEST_CASE("entries of several bits are read at their place") {
    StatusHouse house;
    crypto::StatusList bits(2 * crypto::StatusList::minimum_bits);
    bits.set(2 * 94567);
    house.serve(house.issuer.status_list_of(bits.encode(), "message"));
    auto badge = house.issuer.badge();
    auto& entry = badge["credentialStatus"];
    entry["statusPurpose"] = "message";
    entry["statusSize"] = 2;
    entry["statusMessage"] = Json::array({{{"status", "0x0"}, {"message", "fine"}},
                                          {{"status", "0x1"}, {"message", "one"}},
                                          {{"status", "0x2"}, {"message", "under review"}},
                                          {{"status", "0x3"}, {"message", "three"}}});
    auto const report = house.verify(badge);
    CHECK(code_of(report, "status") == "status.message");
    CHECK(outcome_of(report, "status") == "warn");
    CHECK(check_of(report, "status").evidence.at("message") == "under review");

    entry["statusListIndex"] = "94566";
    CHECK(outcome_of(house.verify(badge), "status") == "pass");
    entry["statusListIndex"] = "131072";
    CHECK(code_of(house.verify(badge), "status") == "status.RANGE_ERROR");
    entry["statusListIndex"] = "18446744073709551615";
    CHECK(code_of(house.verify(badge), "status") == "status.RANGE_ERROR");

    house.serve(house.issuer.status_list_of(crypto::StatusList().encode(), "message"));
    CHECK(code_of(house.verify(badge), "status") == "status.STATUS_LIST_LENGTH_ERROR");

    for (auto const& size : {Json(0), Json(9), Json(-1), Json("2"), Json(1.5)}) {
        entry["statusSize"] = size;
        CAPTURE(size.dump());
        CHECK(outcome_of(house.verify(badge), "status") != "pass");
    }
}

TEST_CASE("a set bit for refresh tells of a newer edition") {
    StatusHouse house;
    auto badge = house.issuer.badge();
    badge["credentialStatus"]["statusPurpose"] = "refresh";
    house.serve(house.issuer.status_list({}, "refresh"));
    CHECK(outcome_of(house.verify(badge), "status") == "pass");

    house.serve(house.issuer.status_list({94567}, "refresh"));
    CHECK(code_of(house.verify(badge), "status") == "status.newer-edition");
    CHECK(house.verify(badge).verdict == Verdict::warning);
}

TEST_CASE("lists from the future and copies older than they may be are unchecked") {
    StatusHouse house;
    auto list = house.list();
    list["validFrom"] = "2027-01-01T00:00:00Z";
    house.serve(house.issuer.sign(list));
    CHECK(code_of(house.verify(), "status") == "status.future-list");
    CHECK(outcome_of(house.verify(), "status") == "unchecked");

    house.serve(house.issuer.status_list());
    auto& document = house.verifier.documents.at(house.issuer.list_address());
    document.fetched_at = Instant{house.verifier.now.milliseconds - 300'000};
    CHECK(outcome_of(house.verify(), "status") == "pass");
    document.fetched_at = Instant{house.verifier.now.milliseconds - 300'001};
    CHECK(code_of(house.verify(), "status") == "status.stale-list");
    CHECK(outcome_of(house.verify(), "status") == "unchecked");
    document.packed = true;
    CHECK(outcome_of(house.verify(), "status") == "pass");
}
