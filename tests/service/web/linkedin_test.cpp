#include <doctest/doctest.h>

#include "service/web/linkedin.hpp"

namespace itqan::web {
namespace {

LinkedInEntry entry() {
    LinkedInEntry made;
    made.name = "Safe & Sound: Données";
    made.organization_name = "Durrat Digital Health Academy";
    made.issued = Day::of(2026, 1, 31);
    made.expires = Day::of(2027, 12, 1);
    made.page = "https://badges.example/c/abc";
    made.certificate_id = "abc";
    return made;
}

TEST_CASE("the profile entry names months from 1 to 12 and encodes every value") {
    CHECK(linkedin_profile_address(entry()).text() ==
          "https://www.linkedin.com/profile/add?startTask=CERTIFICATION_NAME&name=Safe%20%26%20Sound%3A%20Donn%C3%A9es"
          "&organizationName=Durrat%20Digital%20Health%20Academy&issueYear=2026&issueMonth=1&expirationYear=2027"
          "&expirationMonth=12&certUrl=https%3A%2F%2Fbadges.example%2Fc%2Fabc&certId=abc");
}

TEST_CASE("the organisation's number replaces its name and no expiry sends no expiry") {
    auto made = entry();
    made.organization_id = "1234567";
    made.expires = std::nullopt;

    auto const address = linkedin_profile_address(made).text();

    CHECK(address.find("organizationId=1234567") != std::string::npos);
    CHECK(address.find("organizationName") == std::string::npos);
    CHECK(address.find("expiration") == std::string::npos);
}

TEST_CASE("a post shares the page by LinkedIn's present form") {
    CHECK(linkedin_post_address("https://badges.example/c/abc").text() ==
          "https://www.linkedin.com/sharing/share-offsite/?url=https%3A%2F%2Fbadges.example%2Fc%2Fabc");
}

}  // namespace
}  // namespace itqan::web
