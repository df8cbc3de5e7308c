#include "schemas/bytes.hpp"

#include <doctest/doctest.h>

#include "schemas/actor.hpp"
#include "schemas/uuid.hpp"

using namespace itqan;

TEST_SUITE("bytes") {
    TEST_CASE("base64 texts of RFC 4648 section 10 go both ways") {
        std::pair<std::string_view, std::string_view> const vectors[] = {{"", ""},
                                                                         {"f", "Zg=="},
                                                                         {"fo", "Zm8="},
                                                                         {"foo", "Zm9v"},
                                                                         {"foob", "Zm9vYg=="},
                                                                         {"fooba", "Zm9vYmE="},
                                                                         {"foobar", "Zm9vYmFy"}};
        for (auto const& [plain, encoded] : vectors) {
            CAPTURE(plain);
            CHECK(base64_encode(as_bytes(plain)) == encoded);
            CHECK(base64_decode(encoded) == to_bytes(plain));
            auto const bare = encoded.substr(0, encoded.find('='));
            CHECK(base64url_encode(as_bytes(plain)) == bare);
            CHECK(base64url_decode(bare) == to_bytes(plain));
        }
    }

    TEST_CASE("base64url refuses padding, loose tail bits, other alphabets and impossible lengths") {
        for (std::string const text : {"Zg==", "Zh", "Zm9", "Zm9vY", "Zm8 ", "Zm9v\n", "+/+/", "A", "Zm9*"}) {
            CAPTURE(text);
            CHECK_FALSE(base64url_decode(text));
        }
    }

    TEST_CASE("base64 refuses missing or superfluous padding and loose tail bits") {
        for (std::string const text :
             {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm9v====", "=", "====", "Z===", "Zg==Zg==", "-_-_"}) {
            CAPTURE(text);
            CHECK_FALSE(base64_decode(text));
        }
    }

    TEST_CASE("whatever base64url decodes encodes to the same text") {
        for (char first = 33; first < 127; ++first) {
            for (char second = 33; second < 127; ++second) {
                std::string const text{first, second};
                if (auto const bytes = base64url_decode(text)) CHECK(base64url_encode(*bytes) == text);
            }
        }
        CHECK(base64url_decode("__8") == Bytes{0xFF, 0xFF});
    }

    TEST_CASE("hexadecimal is written in lower case and read in either") {
        CHECK(hex_encode(Bytes{0x00, 0xAB, 0xFF}) == "00abff");
        CHECK(hex_decode("00ABff") == Bytes{0x00, 0xAB, 0xFF});
        CHECK_FALSE(hex_decode("0"));
        CHECK_FALSE(hex_decode("0g"));
    }

    TEST_CASE("UTF-8 excludes overlong forms, surrogates, stray bytes and what lies above U+10FFFF") {
        for (std::string const text :
             {"", "a", "é", "إتقان", "😀", "\xF4\x8F\xBF\xBF", "\xED\x9F\xBF", "\xEE\x80\x80"}) {
            CAPTURE(text);
            CHECK(is_utf8(text));
        }
        for (std::string const text :
             {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
              "\xF5\x80\x80\x80", "\xE2\x82", "a\xFF", "\xC3(", "\xE2(\xA1", "\xF0\x9F\x98("}) {
            CAPTURE(hex_encode(as_bytes(text)));
            CHECK_FALSE(is_utf8(text));
        }
    }

    TEST_CASE("a UUID is written in lower case and read in either case") {
        auto const bytes = schemas::parse_uuid("123E4567-e89b-42d3-A456-426614174000");

        REQUIRE(bytes);
        CHECK((*bytes)[0] == 0x12);
        CHECK((*bytes)[15] == 0x00);
        CHECK(schemas::format_uuid(*bytes) == "123e4567-e89b-42d3-a456-426614174000");
    }

    TEST_CASE("other spellings of a UUID are refused") {
        for (std::string const text :
             {"", "123e4567e89b42d3a456426614174000", "{123e4567-e89b-42d3-a456-426614174000}",
              "urn:uuid:123e4567-e89b-42d3-a456-426614174000", "123e4567-e89b-42d3-a456-42661417400g",
              "123e4567-e89b-42d3-a456-4266141740000", "123e4567e-89b-42d3-a456-426614174000"}) {
            CAPTURE(text);
            CHECK_FALSE(schemas::is_uuid(text));
        }
    }

    TEST_CASE("every role has a name that reads back") {
        for (auto const role :
             {Role::admin, Role::issuer, Role::provider, Role::lead, Role::mentor, Role::learner, Role::system}) {
            CHECK(read_role(role_name(role)) == role);
        }
        CHECK_FALSE(read_role("Admin"));
        CHECK_FALSE(read_role(""));
    }
}
