#include "schemas/iri.hpp"

#include <doctest/doctest.h>

#include <array>
#include <random>

using namespace itqan::schemas;

namespace {

struct Resolution {
    std::string_view reference, target;
};

}  // namespace

TEST_SUITE("iri") {
    TEST_CASE("references resolve as the examples of RFC 3986 section 5.4 say") {
        std::array const examples{
            Resolution{"g:h", "g:h"},
            Resolution{"g", "http://a/b/c/g"},
            Resolution{"./g", "http://a/b/c/g"},
            Resolution{"g/", "http://a/b/c/g/"},
            Resolution{"/g", "http://a/g"},
            Resolution{"//g", "http://g"},
            Resolution{"?y", "http://a/b/c/d;p?y"},
            Resolution{"g?y", "http://a/b/c/g?y"},
            Resolution{"#s", "http://a/b/c/d;p?q#s"},
            Resolution{"g#s", "http://a/b/c/g#s"},
            Resolution{"g?y#s", "http://a/b/c/g?y#s"},
            Resolution{";x", "http://a/b/c/;x"},
            Resolution{"g;x?y#s", "http://a/b/c/g;x?y#s"},
            Resolution{"", "http://a/b/c/d;p?q"},
            Resolution{".", "http://a/b/c/"},
            Resolution{"./", "http://a/b/c/"},
            Resolution{"..", "http://a/b/"},
            Resolution{"../", "http://a/b/"},
            Resolution{"../g", "http://a/b/g"},
            Resolution{"../..", "http://a/"},
            Resolution{"../../g", "http://a/g"},
            Resolution{"../../../g", "http://a/g"},
            Resolution{"../../../../g", "http://a/g"},
            Resolution{"/./g", "http://a/g"},
            Resolution{"/../g", "http://a/g"},
            Resolution{"g.", "http://a/b/c/g."},
            Resolution{".g", "http://a/b/c/.g"},
            Resolution{"g..", "http://a/b/c/g.."},
            Resolution{"..g", "http://a/b/c/..g"},
            Resolution{"./../g", "http://a/b/g"},
            Resolution{"./g/.", "http://a/b/c/g/"},
            Resolution{"g/./h", "http://a/b/c/g/h"},
            Resolution{"g/../h", "http://a/b/c/h"},
            Resolution{"g;x=1/../y", "http://a/b/c/y"},
            Resolution{"g?y/../x", "http://a/b/c/g?y/../x"},
            Resolution{"g#s/../x", "http://a/b/c/g#s/../x"},
            Resolution{"http:g", "http:g"},
        };

        for (auto const& example : examples) {
            CAPTURE(example.reference);
            CHECK(resolve_iri(example.reference, "http://a/b/c/d;p?q") == example.target);
        }
    }

    TEST_CASE("bases of other shapes resolve by the same rules") {
        CHECK(resolve_iri("a", "http://example.com") == "http://example.com/a");
        CHECK(resolve_iri("", "http://a/b/../c") == "http://a/b/../c");
        CHECK(resolve_iri("#s", "http://a/b/./c#old") == "http://a/b/./c#s");
        CHECK(resolve_iri("../g", "http://a/b/../c/d") == "http://a/g");
        CHECK(resolve_iri("../../../g", "file:///a/bb/c") == "file:///g");
        CHECK(resolve_iri("a", "tag:example") == "tag:a");
        CHECK(resolve_iri("a", "tag:example/foo") == "tag:example/a");
        CHECK(resolve_iri("../../a", "tag:example/foo/") == "tag:/a");
        CHECK(resolve_iri("b", "a/c") == "a/b");
        CHECK(resolve_iri("../x", "") == "../x");
        CHECK(resolve_iri("g?", "http://a/b?q") == "http://a/g?");
        CHECK(resolve_iri("http://b/x/../y", "http://a/") == "http://b/y");
    }

    TEST_CASE("dot segments are removed and nothing else") {
        CHECK(remove_dot_segments("/a/b/c/./../../g") == "/a/g");
        CHECK(remove_dot_segments("mid/content=5/../6") == "mid/6");
        CHECK(remove_dot_segments("a/../b") == "/b");
        CHECK(remove_dot_segments("/a//../b") == "/a/b");
        CHECK(remove_dot_segments("/..") == "/");
        CHECK(remove_dot_segments("/a/.") == "/a/");
        CHECK(remove_dot_segments("") == "");
        CHECK(remove_dot_segments("/...") == "/...");
    }

    TEST_CASE("parts keep absent and empty apart and join to the same text") {
        auto const full = split_iri("https://u@h:8/p/q?a=b#f");
        auto const bare = split_iri("a:?#");
        auto const odd = split_iri("1a:b/c");

        CHECK(full.scheme == "https");
        CHECK(full.authority == "u@h:8");
        CHECK(full.path == "/p/q");
        CHECK(full.query == "a=b");
        CHECK(full.fragment == "f");
        CHECK(bare.has_query);
        CHECK(bare.has_fragment);
        CHECK_FALSE(bare.has_authority);
        CHECK_FALSE(odd.has_scheme);
        for (std::string_view const text : {"https://u@h:8/p/q?a=b#f", "a:?#", "1a:b/c", "//x", "?", "#a#b", ""})
            CHECK(join_iri(split_iri(text)) == text);
    }

    TEST_CASE("absolute IRIs are accepted in all their forms") {
        for (std::string_view const text :
             {"http://example.org", "urn:uuid:6a1676b8-b51f-11ed-937b-d76685a20ff5", "a:", "did:web:a%3A8443:issuers:x",
              "did:key:z6Mk#z6Mk", "mailto:a@b.example", "http://مثال.example/é?\xEE\x80\x80", "x+y-z.1:/",
              "http://[2001:db8::1]:80/", "http://[::ffff:192.0.2.1]/", "http://[v1.a:b]/", "http://[::]",
              "http://u:p@h:/?a/?b#c/?d", "file:///a//b", "tag:example,2026:%C3%A9", "data:,{x}"}) {
            CAPTURE(text);
            CHECK(is_absolute_iri(text) == (text != "data:,{x}"));
        }
    }

    TEST_CASE("what is no absolute IRI is refused") {
        for (std::string_view const text : {"",
                                            "a",
                                            "a/b:c",
                                            "//h/p",
                                            "1a:b",
                                            ":a",
                                            "a_b:c",
                                            "é:a",
                                            "http://a b/",
                                            "http://a/<b>",
                                            "http://a/\"",
                                            "http://a/{b}",
                                            "http://a/|",
                                            "http://a/\\",
                                            "http://a/^",
                                            "http://a/`",
                                            "http://a/\n",
                                            "http://a/%4",
                                            "http://a/%zz",
                                            "http://a/b#c#d",
                                            "http://a/[b]",
                                            "http://a:8x/",
                                            "http://a@b@c/",
                                            "http://[::1/",
                                            "http://[::1]x/",
                                            "http://[1:2:3]/",
                                            "http://[1::2::3]/",
                                            "http://[1:2:3:4:5:6:7:8:9]/",
                                            "http://[1:2:3:4:5:6:7::8]/x]",
                                            "http://[::300.0.0.1]/",
                                            "http://[12345::]/",
                                            "http://[v.a]/",
                                            "http://a/\xC3",
                                            "http://a/\xED\xA0\x80",
                                            "http://a/\xEF\xBF\xBE",
                                            "http://a/\xEE\x80\x80",
                                            "http://a/\xC2\x80"}) {
            CAPTURE(text);
            CHECK_FALSE(is_absolute_iri(text));
        }
    }

    TEST_CASE("a relative reference may not start with what reads as a scheme") {
        for (std::string_view const text : {"", "a", "../a", "/a:b", "a/b:c", "./1a:b", "?q:", "#f", "//h", "http://a"})
            CHECK(is_iri_reference(text));
        for (std::string_view const text : {"1a:b", ":a", "a b", "%", "//[", "a#b#c"})
            CHECK_FALSE(is_iri_reference(text));
    }

    TEST_CASE("IRIs become relative as JSON-LD compaction writes them") {
        std::string_view const base = "https://h.example/a/b/c.jsonld";

        CHECK(relativise_iri("https://h.example/a/b/link", base) == "link");
        CHECK(relativise_iri("https://h.example/a/b/c.jsonld", base) == "c.jsonld");
        CHECK(relativise_iri("https://h.example/a/b/c.jsonld#f", base) == "#f");
        CHECK(relativise_iri("https://h.example/a/b/c.jsonld?q=1", base) == "?q=1");
        CHECK(relativise_iri("https://h.example/a/b/", base) == "./");
        CHECK(relativise_iri("https://h.example/a/", base) == "../");
        CHECK(relativise_iri("https://h.example/", base) == "../../");
        CHECK(relativise_iri("https://h.example/x#f", base) == "../../x#f");
        CHECK(relativise_iri("https://h.example/a/bb", base) == "../bb");
        CHECK(relativise_iri("https://h.example/a/b/d/e", base) == "d/e");
        CHECK(relativise_iri("https://h.example/x", "https://h.example") == "https://h.example/x");
    }

    TEST_CASE("what would read as something else gets a dot before it") {
        CHECK(relativise_iri("http://h/@special", "http://h/") == "./@special");
        CHECK(relativise_iri("http://h/@a1", "http://h/") == "@a1");
        CHECK(relativise_iri("http://h/a:b", "http://h/") == "./a:b");
        CHECK(relativise_iri("http://h//x", "http://h/y") == ".//x");
    }

    TEST_CASE("an IRI that no reference leads to stays whole") {
        for (std::string_view const iri : {"http://other/a", "https://h/a", "http://h", "http://h/a/../b",
                                           "http://h/./a", "urn:x:y", "http://h:80/a", "relative"}) {
            CAPTURE(iri);
            CHECK(relativise_iri(iri, "http://h/a/b") == iri);
        }
        CHECK(relativise_iri("http://h/a/b#f", "http://h/a/b?q") == "b#f");
    }

    TEST_CASE("every relativised IRI resolves to itself") {
        constexpr std::string_view alphabet = "ab/.:?#@%";
        std::mt19937 random(3986);
        auto const text = [&] {
            std::string out = "s:";
            if (random() % 2 == 0) out += "//h/";
            for (auto left = random() % 10; left > 0; --left)
                out += alphabet[random() % alphabet.size()];
            return out;
        };

        auto shortened = 0;
        for (auto i = 0; i < 50'000; ++i) {
            auto const base = text();
            auto const iri = text();
            auto const relative = relativise_iri(iri, base);
            if (relative == iri) continue;
            ++shortened;
            if (resolve_iri(relative, base) != iri) FAIL(iri << " against " << base << " gave " << relative);
        }

        CHECK(shortened > 1'000);
    }
}
