#include <doctest/doctest.h>

#include <bit>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>

#include "schemas/canonical_part.hpp"

using namespace itqan;

namespace {

std::string number(std::uint64_t bits) {
    return canonical_json(Json(std::bit_cast<double>(bits)));
}

std::string canonical(std::string_view text) {
    return canonical_json(parse_json(text).operator*());
}

}  // namespace

TEST_SUITE("canonical json") {
    TEST_CASE("numbers are written as RFC 8785 appendix B lists them") {
        std::pair<std::uint64_t, std::string_view> const vectors[] = {{0x0000000000000000, "0"},
                                                                      {0x8000000000000000, "0"},
                                                                      {0x0000000000000001, "5e-324"},
                                                                      {0x8000000000000001, "-5e-324"},
                                                                      {0x7fefffffffffffff, "1.7976931348623157e+308"},
                                                                      {0xffefffffffffffff, "-1.7976931348623157e+308"},
                                                                      {0x4340000000000000, "9007199254740992"},
                                                                      {0xc340000000000000, "-9007199254740992"},
                                                                      {0x4430000000000000, "295147905179352830000"},
                                                                      {0x44b52d02c7e14af5, "9.999999999999997e+22"},
                                                                      {0x44b52d02c7e14af6, "1e+23"},
                                                                      {0x44b52d02c7e14af7, "1.0000000000000001e+23"},
                                                                      {0x444b1ae4d6e2ef4e, "999999999999999700000"},
                                                                      {0x444b1ae4d6e2ef4f, "999999999999999900000"},
                                                                      {0x444b1ae4d6e2ef50, "1e+21"},
                                                                      {0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
                                                                      {0x3eb0c6f7a0b5ed8d, "0.000001"},
                                                                      {0x41b3de4355555553, "333333333.3333332"},
                                                                      {0x41b3de4355555554, "333333333.33333325"},
                                                                      {0x41b3de4355555555, "333333333.3333333"},
                                                                      {0x41b3de4355555556, "333333333.3333334"},
                                                                      {0x41b3de4355555557, "333333333.33333343"},
                                                                      {0xbecbf647612f3696, "-0.0000033333333333333333"},
                                                                      {0x43143ff3c1cb0959, "1424953923781206.2"}};
        for (auto const& [bits, text] : vectors) {
            CAPTURE(bits);
            CHECK(number(bits) == text);
        }
    }

    TEST_CASE("every spelling of a number has one canonical form") {
        CHECK(canonical("[1E2,100.0,1.0e+2,-0,-0.0,0.10,4.50,2e-3,1E30,1e-27]") ==
              "[100,100,100,0,0,0.1,4.5,0.002,1e+30,1e-27]");
        CHECK(canonical("[9007199254740991,-9007199254740991,56.0]") == "[9007199254740991,-9007199254740991,56]");
    }

    TEST_CASE("numbers without a JSON form are a broken invariant") {
        CHECK_THROWS_AS(canonical_json(Json(std::numeric_limits<double>::infinity())), std::invalid_argument);
        CHECK_THROWS_AS(canonical_json(Json(std::numeric_limits<double>::quiet_NaN())), std::invalid_argument);
        CHECK_THROWS_AS(canonical_json(Json("\xFF")), std::invalid_argument);
    }

    TEST_CASE("random doubles read back as themselves") {
        std::mt19937_64 random(8785);
        auto wrong = 0;
        for (auto i = 0; i < 50'000; ++i) {
            auto const value = std::bit_cast<double>(random());
            if (!std::isfinite(value)) continue;
            auto const text = canonical_json(Json(value));
            if (std::strtod(text.c_str(), nullptr) != value) ++wrong;
        }
        CHECK(wrong == 0);
    }

    TEST_CASE("members are sorted by UTF-16 code units as in RFC 8785 section 3.2.3") {
        auto const sorted = canonical(
            R"({"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",)"
            R"("\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"})");

        CHECK(sorted ==
              "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\",\"ö\":\"Latin Small Letter O With "
              "Diaeresis\","
              "\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\",\"\uFB33\":\"Hebrew Letter Dalet With Dagesh\"}");
    }

    TEST_CASE("a name that begins another comes first, also beside high code points") {
        CHECK(canonical("{\"\uFFFDb\":1,\"\uFFFD\":2,\"\U0001F600\":3,\"\":4,\"ab\":5,\"a\":6}") ==
              "{\"\":4,\"a\":6,\"ab\":5,\"\U0001F600\":3,\"\uFFFD\":2,\"\uFFFDb\":1}");
    }

    TEST_CASE("strings escape what RFC 8785 escapes and nothing else") {
        CHECK(canonical(R"(["\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/"])") ==
              "[\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"]");
        CHECK(canonical(R"(["\b\t\f\r\u001f\u007f\u2028"])") == "[\"\\b\\t\\f\\r\\u001f\u007f\u2028\"]");
    }

    TEST_CASE("a part that was written earlier gives the same bytes as the whole") {
        Json whole{
            {"a", {{"big", {{"b", 1}, {"a", {true, "\u00e9"}}}}, {"id", "x"}}}, {"b", {{{"big", 2}}}}, {"big", 3}};
        CanonicalPart const part{{"a", "big"}, canonical_json(whole.at("a").at("big"))};
        auto const bytes = canonical_json(whole);

        whole["a"]["big"] = nullptr;

        CHECK(canonical_json(whole, part) == bytes);
    }

    TEST_CASE("the canonical form is its own canonical form") {
        auto const once = canonical(R"({"b":[{"z":null,"a":true},{}],"a":{"x":[],"":1.50}})");

        CHECK(once == R"({"a":{"":1.5,"x":[]},"b":[{"a":true,"z":null},{}]})");
        CHECK(canonical(once) == once);
    }
}
