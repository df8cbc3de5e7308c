// What a badge is worth for roles: only what is proven, in force and of a known issuer counts.

#include <doctest/doctest.h>

#include "service/domain/role_fit.hpp"
#include "tests/service/domain/acts_house.hpp"

using namespace itqan;
using namespace itqan::domain;
using namespace itqan::tests;

TEST_CASE("a badge counts for the roles that ask for what it shows, the best first") {
    ActsHouse house;
    auto const report = house.check(house.text(house.award("ach-01", "lrn-001")));
    auto const programme = house.programme();
    auto const fits = role_fits(*programme, report);

    REQUIRE_FALSE(fits.empty());
    auto const nurse =
        std::find_if(fits.begin(), fits.end(), [](RoleFit const& fit) { return fit.role->id == "role-rn"; });
    REQUIRE(nurse != fits.end());
    // The nurse's role asks for DH1.1, DH2.1 and DH6.1 at level 2; the badge shows the first at 1 and the last at 2.
    REQUIRE(nurse->parts.size() == 3);
    CHECK(nurse->parts[0].shown == 1);
    CHECK(nurse->parts[1].shown == 0);
    CHECK(nurse->parts[2].shown == 2);
    CHECK(nurse->met() == 1);
    for (std::size_t i = 1; i < fits.size(); ++i)
        CHECK(fits[i - 1].met() * fits[i].parts.size() >= fits[i].met() * fits[i - 1].parts.size());
    for (auto const& fit : fits)
        CHECK(
            std::any_of(fit.parts.begin(), fit.parts.end(), [](RoleFit::Part const& part) { return part.shown > 0; }));
}

TEST_CASE("a badge that is forged, withdrawn or of an unknown issuer counts for no role") {
    ActsHouse house;
    auto const row = house.award("ach-01", "lrn-001");
    auto const text = house.text(row);
    auto const programme = house.programme();
    auto forged = text;
    forged[forged.find("\"validUntil\":\"20") + 15] = '9';
    CHECK(role_fits(*programme, house.check(forged)).empty());

    auto unknown = house.check(text);
    for (auto& check : unknown.checks)
        if (check.id == "issuer-trust") check.outcome = CheckOutcome::absent;
    CHECK(role_fits(*programme, unknown).empty());
    auto shown = house.check(text);
    shown.credential = {{"credentials", 2}};
    CHECK(why_not_counted(shown) == "several-badges");
    CHECK(why_not_counted(unknown) == "issuer-unknown");
    CHECK_FALSE(role_fit(*programme, unknown, *programme->role("role-rn")));

    must(house.claims.revoke(issuer_actor(row.issuer_id), row.id, "issued-in-error", std::nullopt));
    CHECK(role_fits(*programme, house.check(text)).empty());
}
