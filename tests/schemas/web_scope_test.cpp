#include <doctest/doctest.h>

#include "schemas/web_scope.hpp"

using namespace itqan::schemas;

TEST_CASE("a web address has one form, whatever its letters, scheme and port") {
    for (auto const* text :
         {"https://Badges.Example/a?b", "http://badges.example/a?b", "HTTPS://badges.example:443/a?b",
          "http://badges.example:80/a?b", "https://badges.example/a?b#c"}) {
        CAPTURE(text);
        auto const address = read_web_address(text);
        REQUIRE(address);
        CHECK(address->https() == "https://badges.example/a?b");
    }
    CHECK(read_web_address("https://a.example")->https() == "https://a.example/");
    CHECK(read_web_address("https://a.example:8443/")->host == "a.example:8443");
    CHECK(read_web_address("http://a.example:443/")->host == "a.example:443");
}

TEST_CASE("what is no plain web address is none") {
    for (auto const* text : {"",
                             "a.example/x",
                             "//a.example/x",
                             "ftp://a.example/",
                             "urn:uuid:1",
                             "https:a.example",
                             "https:///x",
                             "https://u@a.example/",
                             "https://a.example:x/",
                             "https://a.example:0443/",
                             "https://a.example:/",
                             "https://-a.example/",
                             "https://a..example/",
                             "https://a.example./",
                             "https://[::1]/",
                             "https://a_b.example/",
                             "https://a.example/../x",
                             "https://a.example/x/./y",
                             "https://a.example/%2E%2e/x",
                             "https://a.example/a%2Fb",
                             "https://a.example/a%5cb",
                             "https://a.example/a\\b",
                             "https://a.example/a b",
                             "https://a.example/\n",
                             "https://a.example\t/",
                             " https://a.example/",
                             "https://\303\244.example/",
                             "https://a.example/\342\200\256"}) {
        CAPTURE(text);
        CHECK_FALSE(read_web_address(text));
    }
    CHECK_FALSE(read_web_address("https://a.example/" + std::string(2048, 'a')));
}

TEST_CASE("one document may be named with and without its scheme's letter s and its ending") {
    CHECK(is_same_document("http://a.example/x", "https://A.example/x.json"));
    CHECK(is_same_document("urn:uuid:1", "urn:uuid:1"));
    CHECK(is_same_document("https://a.example/x#k", "http://a.example/x#k"));
    CHECK_FALSE(is_same_document("https://a.example/x#k", "https://a.example/x#l"));
    CHECK_FALSE(is_same_document("urn:uuid:1", "urn:uuid:2"));
    CHECK_FALSE(is_same_document("https://a.example/x", "https://a.example/y"));
    CHECK_FALSE(is_same_document("https://a.example/x", "https://b.example/x"));
    CHECK_FALSE(is_same_document("https://a.example/x", "https://a.example/x/"));
    CHECK_FALSE(is_same_document("https://a.example/x", ""));
}

TEST_CASE("an origin is a whole host") {
    auto const address = *read_web_address("https://www.a.example/x");
    for (auto const* origin : {"www.a.example", "WWW.a.example", "https://www.a.example", "http://www.a.example/"})
        CHECK_MESSAGE(is_of_origin(address, origin), origin);
    for (auto const* origin : {"a.example", "evilwww.a.example", "www.a.example.evil.example", "", "*", "*.a.example",
                               "https://www.a.example/x", "https://u@www.a.example", "www.a.example:8443", "."})
        CHECK_FALSE_MESSAGE(is_of_origin(address, origin), origin);
}

TEST_CASE("an address begins with another by host and by whole segments") {
    auto const of = [](char const* address, char const* start) { return prefix_of(*read_web_address(address), start); };
    CHECK(of("https://a.example/x/1", "https://a.example") == Prefix::whole_segments);
    CHECK(of("https://a.example/x/1", "http://a.example/x/") == Prefix::whole_segments);
    CHECK(of("https://a.example/x/1", "https://a.example/x") == Prefix::whole_segments);
    CHECK(of("https://a.example/x?id=1", "https://a.example/x") == Prefix::whole_segments);
    CHECK(of("https://a.example/x?id=1", "https://a.example/x?id=") == Prefix::whole_segments);
    CHECK(of("https://a.example/xy/1", "https://a.example/x") == Prefix::inside_a_segment);
    for (auto const* start :
         {"https://a.example/y", "https://a.example.evil.example/", "https://a.exampl", "https://", "", "a.example",
          "https://a.example/x/1/2", "https://a.example:8443/", "https://a.example/X"})
        CHECK_MESSAGE(of("https://a.example/x/1", start) == Prefix::none, start);
}
