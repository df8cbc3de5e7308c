// 1EdTechCredentialRefresh: a genuine badge says where its newest edition stands.

#include <doctest/doctest.h>

#include "tests/service/verification/verification_house.hpp"

using namespace itqan;
using namespace itqan::domain;
using namespace itqan::tests;

namespace {

constexpr char const* address = "https://badges.example/refresh/1";

struct RefreshHouse {
    TestIssuer issuer{"nakhla"};
    Verifier verifier;
    Json badge = issuer.badge();

    RefreshHouse() {
        verifier.knows(issuer);
        badge["refreshService"] = {{"id", address}, {"type", "1EdTechCredentialRefresh"}};
    }
    Json proven(Json const& document) const { return embed(document, issuer, issuer.did() + "#1"); }
    Json newer() const {
        auto other = badge;
        other["validFrom"] = "2026-11-20T12:00:00Z";
        other["validUntil"] = "2030-10-31T23:59:59Z";
        return other;
    }
    /// The check's code and the verdict, with this at the address; nothing is out of reach.
    std::string with(std::string const& there) {
        verifier.knows(address, there);
        auto const report = verifier.verify(proven(badge).dump());
        return code_of(report, "refresh") + " " + std::string(verdict_name(report.verdict));
    }
};

}  // namespace

TEST_CASE("the edition that the issuer shows today is told when it is newer than the one in hand") {
    RefreshHouse house;

    CHECK(house.with(house.proven(house.badge).dump()) == "refresh.newest valid");
    CHECK(house.with(house.proven(house.newer()).dump()) == "refresh.newer warning");
    CHECK(house.with(house.issuer.sign(house.newer())) == "refresh.newer warning");
    auto older = house.badge;
    older["validFrom"] = "2026-10-01T12:00:00Z";
    CHECK(house.with(house.proven(older).dump()) == "refresh.newest valid");
    auto longer = house.badge;
    longer["validUntil"] = "2030-10-31T23:59:59Z";
    CHECK(house.with(house.proven(longer).dump()) == "refresh.newer warning");
    CHECK(house.verifier.asked.empty());

    auto over = house.newer();
    over["validUntil"] = "2026-11-25T00:00:00Z";
    CHECK(house.with(house.proven(over).dump()) == "refresh.newer-not-in-force warning");
}

TEST_CASE("what stands there counts only as the same issuer's word about the same badge") {
    RefreshHouse house;
    TestIssuer const stranger("stranger");
    house.verifier.knows(stranger);
    auto forged = house.proven(house.newer());
    forged["validUntil"] = "2031-10-31T23:59:59Z";
    auto other = house.newer();
    other["id"] = "urn:uuid:0e7c5a9c-7e4c-4a0e-9a36-7d8f4d3d6a10";
    auto foreign = house.newer();
    foreign["issuer"]["id"] = stranger.did();

    for (auto const& there : {forged.dump(), house.proven(other).dump(), house.newer().dump(), std::string("<html>"),
                              std::string("{}"), embed(foreign, stranger, stranger.did() + "#1").dump(),
                              embed(house.newer(), stranger, stranger.did() + "#1").dump()})
        CHECK(house.with(there) == "refresh.unusable warning");
}

TEST_CASE("nobody is asked for a badge that is not genuine, nor twice") {
    RefreshHouse house;
    auto const asked = [&](Json const& badge) {
        auto const report = house.verifier.verify(badge.dump());
        return code_of(report, "refresh") + " " + std::to_string(house.verifier.asked.size());
    };
    CHECK(asked(house.proven(house.badge)) == "refresh.unreachable 1");
    Question question;
    question.input = house.proven(house.badge).dump();
    auto const round = verify(question, house.verifier.documents, house.verifier.now);
    REQUIRE(round);
    CHECK(round->personal == std::set<std::string, std::less<>>{address});
    auto forged = house.proven(house.badge);
    forged["name"] = "Another";
    CHECK(asked(forged) == "refresh.not-asked 0");
    auto plain = house.badge;
    plain["refreshService"]["id"] = "http://badges.example/refresh/1";
    CHECK(asked(house.proven(plain)) == "refresh.no-address 0");
    plain["refreshService"] = {{"id", address}, {"type", "VerifiableCredentialRefreshService2021"}};
    CHECK(code_of(house.verifier.verify(house.issuer.sign(plain)), "refresh") == "refresh.unknown-kind");
    // The newest edition announces one too, elsewhere.
    auto next = house.newer();
    next["refreshService"]["id"] = "https://badges.example/refresh/2";
    house.verifier.knows(address, house.proven(next).dump());
    CHECK(asked(house.proven(house.badge)) == "refresh.newer 0");
}
