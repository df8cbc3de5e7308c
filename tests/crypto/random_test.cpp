#include "crypto/random.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <stdexcept>

#include <doctest/doctest.h>

#include "schemas/uuid.hpp"

using namespace itqan;
using namespace itqan::crypto;

TEST_CASE("random numbers below a bound reach every value and no other") {
    std::array<int, 6> seen{};

    for (int i = 0; i < 600; ++i)
        ++seen.at(random_below(6));

    for (auto const count : seen)
        CHECK(count > 0);
    CHECK(random_below(1) == 0);
    CHECK_THROWS_AS(random_below(0), std::invalid_argument);
}

TEST_CASE("a random UUID has version 4 and the RFC variant") {
    std::set<std::string> seen;

    for (int i = 0; i < 200; ++i)
        seen.insert(random_uuid_v4());

    CHECK(seen.size() == 200);
    for (auto const& id : seen) {
        CHECK(schemas::is_uuid(id));
        CHECK(id[14] == '4');
        CHECK(std::string("89ab").find(id[19]) != std::string::npos);
    }
}

TEST_CASE("a UUID of version 7 begins with the milliseconds of its instant") {
    auto const instant = Instant::parse("2022-02-22T19:22:22Z");  // RFC 9562 appendix A.6.
    REQUIRE(instant);

    auto const id = uuid_v7(*instant);

    CHECK(id.substr(0, 15) == "017f22e2-79b0-7");
    CHECK(std::string("89ab").find(id[19]) != std::string::npos);
    CHECK(uuid_v7(*instant) != id);
    CHECK(uuid_v7(Instant{instant->milliseconds + 1}) > id);
}

TEST_CASE("tokens carry 256 bits and codes use only letters people can tell apart") {
    auto const token = random_token();
    auto const code = random_code();

    CHECK(base64url_decode(token).value().size() == 32);
    CHECK(code.size() == 16);
    CHECK(code.find_first_not_of("0123456789abcdefghjkmnpqrstvwxyz") == std::string::npos);
    CHECK(random_token() != token);
    CHECK(random_code() != code);
    CHECK(random_bytes(0).empty());
}
