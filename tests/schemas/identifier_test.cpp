#include "schemas/identifier.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "schemas/json.hpp"
#include "tests/support/shared.hpp"

using namespace itqan;
using namespace itqan::schemas;

TEST_SUITE("identifier") {
    TEST_CASE("ids of the programme have 1 to 64 safe characters") {
        for (std::string const& id :
             {std::string("ach-01"), std::string("DH4.2"), std::string("a_b"), std::string(64, 'x')})
            CHECK(is_programme_id(id));
        for (std::string const& id : {std::string(), std::string(65, 'x'), std::string("a b"), std::string("a/b"),
                                      std::string("é"), std::string("a\n")}) {
            CAPTURE(id);
            CHECK_FALSE(is_programme_id(id));
        }
    }

    TEST_CASE("ordinary mail addresses pass") {
        for (std::string const address :
             {"a@b.example", "first.last+tag@sub.domain.example", "O'Neil@x-y.example", "x_1@a1.example", "A@B.EXAMPLE",
              "u@xn--mgbh0fb.example", "conformance@imsglobal.org"}) {
            CAPTURE(address);
            CHECK(is_email(address));
        }
    }

    TEST_CASE("hostile mail addresses are refused or cannot leave their place") {
        auto const shared = tests::shared_dir();
        if (!shared) {
            MESSAGE("shared data is absent");
            return;
        }
        auto const cases = parse_json(tests::read_file(*shared / "vectors/attacks/text-injection/mail.json"));
        REQUIRE(cases);

        for (auto const& entry : *cases) {
            auto const value = entry.at("value").get<std::string>();
            CAPTURE(value);
            CHECK_FALSE(is_email(value));
        }
        CHECK(cases->size() == 12);
    }

    TEST_CASE("other shapes that mail programs read differently are refused") {
        for (std::string const address : {"",
                                          "a",
                                          "a b@c.example",
                                          "a@b.example ",
                                          "a,b@c.example",
                                          "<a@b.example>",
                                          "\"a\"@b.example",
                                          "a@b..example",
                                          "a..b@c.example",
                                          ".a@b.example",
                                          "a.@b.example",
                                          "a@-b.example",
                                          "a@b-.example",
                                          "a@b.example.",
                                          "a@127.0.0.1",
                                          "a@b.example\r\nRCPT TO:<x@y.example>",
                                          "a@b_c.example",
                                          "a@é.example",
                                          "a(c)@b.example",
                                          "a\\@b.example",
                                          "a@b.c@d.example",
                                          "a;b@c.example"}) {
            CAPTURE(address);
            CHECK_FALSE(is_email(address));
        }
        CHECK(is_email(std::string(64, 'a') + "@b.example"));
        CHECK_FALSE(is_email("a@" + std::string(60, 'b') + "." + std::string(60, 'c') + "." + std::string(60, 'd') +
                             "." + std::string(60, 'e') + ".example.org"));
    }

    TEST_CASE("an address is trimmed and lower-cased in ASCII only") {
        CHECK(normalize_email(" \tA.B@Example.ORG\r\n") == "a.b@example.org");
        CHECK(normalize_email("É@x") == "É@x");
        CHECK(normalize_email("   ").empty());
    }

    TEST_CASE("https addresses have a host and nothing hidden") {
        for (std::string const url : {"https://a.example", "https://a.example:8443/x?y#z", "HTTPS://A.EXAMPLE/",
                                      "https://localhost/x", "https://[2001:db8::1]:443/", "https://a.example./"}) {
            CAPTURE(url);
            CHECK(is_https_url(url));
        }
        for (std::string const url :
             {"", "http://a.example", "https://", "https:///x", "https://user@a.example", "https://a.example:x",
              "https://a.example:", "https://a .example", "https://a.example/\n", "https://a..example",
              "https://-a.example", "https://[]/", "javascript:alert(1)", "https:a.example", "https://a.example/\"x"}) {
            CAPTURE(url);
            CHECK_FALSE(is_https_url(url));
        }
        CHECK_FALSE(is_https_url("https://a.example/" + std::string(2048, 'x')));
    }

    TEST_CASE("an absolute URI has a scheme and no spaces") {
        for (std::string const uri : {"urn:uuid:f6ab24cd-86e8-4eaf-b8c6-ded74e8fd41c", "did:web:a.example",
                                      "mailto:a@b.example", "data:image/png;base64,AA==", "http://a.example/é"}) {
            CAPTURE(uri);
            CHECK(is_absolute_uri(uri));
        }
        for (std::string const uri : {"", "x", "/a/b", ":x", "urn:", "1a:b", "a b:c", "urn:a b", "urn:<x>", "z6Mk"}) {
            CAPTURE(uri);
            CHECK_FALSE(is_absolute_uri(uri));
        }
    }
}
