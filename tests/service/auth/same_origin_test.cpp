#include "service/auth/same_origin.hpp"

#include <doctest/doctest.h>

namespace itqan::auth {
namespace {

constexpr std::string_view own_base = "https://badges.example";
constexpr std::string_view host = "badges.example";

TEST_CASE("a browser that says same-origin is believed with a null, absent or own origin") {
    CHECK(is_same_origin(own_base, "same-origin", "", host));
    CHECK(is_same_origin(own_base, "same-origin", "null", host));
    CHECK(is_same_origin(own_base, "same-origin", "https://badges.example", host));
}

TEST_CASE("a second name of the installation is an origin of its own") {
    CHECK(is_same_origin("https://localhost:8443", "same-origin", "https://127.0.0.1:8443", "127.0.0.1:8443"));
    CHECK_FALSE(is_same_origin("https://localhost:8443", "", "https://127.0.0.1:8443", "127.0.0.1:8443"));
}

TEST_CASE("without Sec-Fetch-Site only our own origin counts") {
    CHECK(is_same_origin(own_base, "", "https://badges.example", host));
    CHECK_FALSE(is_same_origin(own_base, "", "", host));
    CHECK_FALSE(is_same_origin(own_base, "", "null", host));
    CHECK_FALSE(is_same_origin(own_base, "", "https://badges.example.evil.example", host));
    CHECK_FALSE(is_same_origin(own_base, "", "http://badges.example", host));
}

TEST_CASE("foreign pages are refused, also when the two headers contradict each other") {
    CHECK_FALSE(is_same_origin(own_base, "cross-site", "https://evil.example", host));
    CHECK_FALSE(is_same_origin(own_base, "same-site", "https://shop.badges.example", host));
    CHECK_FALSE(is_same_origin(own_base, "none", "", host));
    CHECK_FALSE(is_same_origin(own_base, "same-origin", "https://evil.example", host));
    CHECK_FALSE(is_same_origin(own_base, "cross-site", "https://badges.example", host));
}

}  // namespace
}  // namespace itqan::auth
