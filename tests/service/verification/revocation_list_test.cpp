// 1EdTechRevocationList: JSON by the issuer's host, without a signature.

#include <doctest/doctest.h>

#include "tests/service/verification/verification_house.hpp"

using namespace itqan;
using namespace itqan::domain;
using namespace itqan::tests;

namespace {

struct RevocationHouse {
    TestIssuer issuer{"nakhla"};
    Verifier verifier;
    std::string address = "https://badges.example/revoked.json";
    Json badge = issuer.badge();
    Json list{{"id", address}, {"issuer", issuer.did()}, {"revokedCredential", Json::array()}};

    RevocationHouse() { verifier.knows(issuer); }
    void revoke(Json entry) { list["revokedCredential"].push_back(std::move(entry)); }
    std::string id() const { return badge.at("id").get<std::string>(); }
    Report verify() {
        badge["credentialStatus"] = Json{{"id", address}, {"type", "1EdTechRevocationList"}};
        if (!list.is_null()) verifier.knows(address, list.dump());
        return verifier.verify(issuer.sign(badge));
    }
};

}  // namespace

TEST_CASE("a revocation list passes whom it does not name and fails whom it names") {
    RevocationHouse house;
    house.revoke({{"id", house.id() + "0"}});
    CHECK(code_of(house.verify(), "status") == "status.in-force");
    CHECK(house.verify().verdict == Verdict::valid);

    house.revoke({{"id", house.id()}, {"revocationReason", "issued-in-error"}});
    auto const report = house.verify();
    CHECK(report.headline_code == "revoked");
    CHECK(check_of(report, "status").evidence.at("reason") == "issued-in-error");
}

TEST_CASE("an entry that says it is not revoked does not count") {
    RevocationHouse house;
    house.revoke({{"id", house.id()}, {"revoked", false}});
    CHECK(outcome_of(house.verify(), "status") == "pass");
    house.revoke({{"id", house.id()}, {"revoked", true}});
    CHECK(code_of(house.verify(), "status") == "status.revoked");
}

TEST_CASE("a list that is not the issuer's says nothing and is not asked for") {
    RevocationHouse house;
    house.address = "https://evil.example/revoked.json";
    house.list = Json();

    auto const report = house.verify();

    CHECK(code_of(report, "status") == "status.foreign-list");
    CHECK(report.verdict == Verdict::unchecked);
    CHECK(house.verifier.asked.empty());
}

TEST_CASE("a list of another issuer on the same host says nothing") {
    RevocationHouse house;
    house.list["issuer"] = "did:web:badges.example:issuers:sidra";
    CHECK(code_of(house.verify(), "status") == "status.foreign-list");
}

TEST_CASE("a revocation list that is out of reach or broken is unchecked") {
    RevocationHouse house;
    house.list = Json();
    CHECK(code_of(house.verify(), "status") == "status.unreachable");

    for (auto const* text : {R"([])", R"({"revokedCredential":{}})", R"("x")"}) {
        house.list = Json::parse(text);
        CAPTURE(text);
        CHECK(code_of(house.verify(), "status") == "status.unreadable-list");
    }
}

TEST_CASE("a revocation list without an https address fails without being asked for") {
    RevocationHouse house;
    house.address = "http://badges.example/revoked.json";
    house.list = Json();
    CHECK(code_of(house.verify(), "status") == "status.no-list");
    CHECK(house.verifier.asked.empty());
}
