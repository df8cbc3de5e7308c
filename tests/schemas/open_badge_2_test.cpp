#include "schemas/open_badge_2.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace itqan;
using namespace itqan::schemas;

namespace {

Json assertion() {
    return {{"@context", "https://w3id.org/openbadges/v2"},
            {"type", "Assertion"},
            {"id", "https://a.example/1"},
            {"recipient", {{"type", "email"}, {"hashed", false}, {"identity", "amal@example.org"}}},
            {"issuedOn", "2026-01-31T10:00:00Z"},
            {"badge", "https://a.example/b"},
            {"verification", {{"type", "hosted"}}}};
}

Json badge_class() {
    return {{"type", "BadgeClass"},     {"id", "https://a.example/b"},       {"name", "Robots"},
            {"description", "Builds."}, {"criteria", "https://a.example/c"}, {"issuer", "https://a.example/i"}};
}

Json profile() {
    return {{"type", "Issuer"},
            {"id", "https://a.example/i"},
            {"name", "School"},
            {"url", "https://a.example"},
            {"email", "office@a.example"}};
}

std::vector<std::string> pointers_of(std::vector<Violation> const& violations) {
    std::vector<std::string> pointers;
    for (auto const& violation : violations)
        pointers.push_back(violation.pointer);
    return pointers;
}

using Pointers = std::vector<std::string>;

}  // namespace

TEST_CASE("what the specification requires is missed by name") {
    struct Case {
        Json document;
        OpenBadge2Class as;
        std::vector<char const*> required;
    };
    for (auto const& [document, as, required] :
         {Case{assertion(),
               OpenBadge2Class::assertion,
               {"id", "type", "recipient", "badge", "verification", "issuedOn"}},
          Case{
              badge_class(), OpenBadge2Class::badge_class, {"id", "type", "name", "description", "criteria", "issuer"}},
          Case{profile(), OpenBadge2Class::profile, {"id", "type", "name", "url", "email"}}}) {
        CHECK(validate_open_badge_2(document, as).empty());
        for (auto const* member : required) {
            CAPTURE(member);
            auto lacking = document;
            lacking.erase(member);
            CHECK(pointers_of(validate_open_badge_2(lacking, as, "/x")) == Pointers{std::string("/x/") + member});
        }
    }
}

TEST_CASE("members of the wrong form are refused where they stand") {
    struct Case {
        char const *pointer, *named;
        Json value;
    };
    for (auto const& [pointer, named, value] :
         {Case{"/image", "/image", "data:image/png;base64,AAAA"}, Case{"/image", "/image", {{"caption", "x"}}},
          Case{"/recipient/hashed", "/recipient/hashed", "true"}, Case{"/recipient/salt", "/recipient/salt", 7},
          Case{"/issuedOn", "/issuedOn", "yesterday"}, Case{"/expires", "/expires", true}, Case{"/badge", "/badge", 1},
          Case{"/badge", "/badge", "robots"}, Case{"/evidence", "/evidence", 5},
          Case{"/verification/creator", "/verification/creator", "key"}, Case{"/revoked", "/revoked", "no"},
          Case{"/endorsement", "/endorsement", Json::array({1})}}) {
        CAPTURE(pointer);
        auto document = assertion();
        document[Json::json_pointer(pointer)] = value;
        CHECK(pointers_of(validate_open_badge_2(document, OpenBadge2Class::assertion)) == Pointers{named});
    }
    auto hashed = assertion();
    hashed["recipient"]["hashed"] = true;
    CHECK(pointers_of(validate_open_badge_2(hashed, OpenBadge2Class::assertion)) == Pointers{"/recipient/identity"});
    auto badge = badge_class();
    badge["image"] = "data:image/png;base64,AAAA";
    CHECK(validate_open_badge_2(badge, OpenBadge2Class::badge_class).empty());
    badge["image"] = "data:text/html,x";
    badge["alignment"] = Json::array({{{"targetName", "A"}}});
    badge["tags"] = Json::array({1});
    CHECK(pointers_of(validate_open_badge_2(badge, OpenBadge2Class::badge_class)) ==
          Pointers{"/image", "/alignment/0/targetUrl", "/tags"});
}

TEST_CASE("an edition is known by what its contexts are, not by what they resemble") {
    auto const is_2 = [](Json const& context) { return has_open_badge_2_context({{"@context", context}}); };
    CHECK(is_2("https://w3id.org/openbadges/v2"));
    CHECK(is_2(Json::array({"https://a.example/x", "https://w3id.org/openbadges/v2"})));
    CHECK(is_2({{"obi", "https://w3id.org/openbadges#"}}));
    for (auto const* other :
         {"https://w3id.org/openbadges/v1", "https://w3id.org/openbadges/v21",
          "https://evil.example/?https://w3id.org/openbadges/v2", "https://w3id.org/openbadges/v2#"})
        CHECK_FALSE_MESSAGE(is_2(other), other);
    CHECK(is_open_badge_1({{"@context", "https://w3id.org/openbadges/v1"}}));
    CHECK_FALSE(is_open_badge_1({{"@context", "https://w3id.org/openbadges/v10"}}));
    CHECK(is_open_badge_1({{"badge", "https://a.example/b"}, {"verify", Json::object()}}));
    CHECK_FALSE(is_open_badge_1({{"badge", "https://a.example/b"}}));
    CHECK_FALSE(is_open_badge_1({{"type", "Assertion"}, {"badge", "https://a.example/b"}, {"recipient", "x"}}));
    CHECK_FALSE(is_open_badge_1(Json::array()));
}

TEST_CASE("one spelling comes out of all, and two of one member are told") {
    Json const written{{"@id", "https://a.example/1"},
                       {"@type", Json::array({"obi:Assertion", "https://w3id.org/openbadges#X"})},
                       {"obi:recipient", {{"obi:identityHash", "a"}}},
                       {"verify", {{"type", "hosted"}}},
                       {"extensions:mine", 1}};
    auto const plain = plain_open_badge_2(written);
    CHECK(plain.document == Json{{"id", "https://a.example/1"},
                                 {"type", Json::array({"Assertion", "X"})},
                                 {"recipient", {{"identity", "a"}}},
                                 {"verification", {{"type", "hosted"}}},
                                 {"extensions:mine", 1}});
    CHECK(plain.twice.empty());
    auto const twice = plain_open_badge_2({{"recipient", {{"identity", "a"}, {"obi:identityHash", "b"}}}});
    CHECK(twice.document.at("recipient").at("identity") == "a");
    CHECK(pointers_of(twice.twice) == Pointers{"/recipient/identity"});
    auto const by_two_aliases = plain_open_badge_2({{"verify", 1}, {"obi:verify", 2}});
    CHECK(pointers_of(by_two_aliases.twice) == Pointers{"/verification"});
}

TEST_CASE("dates are read in every form that issuers use") {
    CHECK(open_badge_2_instant("2026-01-31T10:00:00+03:00") == Instant::parse("2026-01-31T07:00:00Z"));
    CHECK(open_badge_2_instant("2026-01-31T10:00Z") == Instant::parse("2026-01-31T10:00:00Z"));
    CHECK(open_badge_2_instant("2026-01-31T10:00+03:00") == Instant::parse("2026-01-31T07:00:00Z"));
    CHECK(open_badge_2_instant("2026-01-31") == Instant::parse("2026-01-31T00:00:00Z"));
    CHECK(open_badge_2_instant(1769853600) == Instant::parse("2026-01-31T10:00:00Z"));
    for (auto const& other : {Json("2026-01-31T10:00:00"), Json("2026-01-31T10:00"), Json("31.1.2026"), Json(""),
                              Json(-1), Json(1e300), Json(nullptr), Json("2026-02-30")})
        CHECK_FALSE_MESSAGE(open_badge_2_instant(other), other.dump());
}
