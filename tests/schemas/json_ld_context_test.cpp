#include "schemas/json_ld_context.hpp"

#include <doctest/doctest.h>

#include "schemas/json_ld_context_processing.hpp"
#include "schemas/json_ld_keyword.hpp"
#include "tests/schemas/json_ld_cases.hpp"

using namespace itqan;
using namespace itqan::schemas;
using tests::LdBench;

namespace {

std::string expand_with(std::string const& context, std::string const& members) {
    return LdBench().expand(R"({"@context": )" + context + ", " + members + "}");
}

/// A run over a bench's contexts that lasts as long as the test.
struct RunCase {
    explicit RunCase(LdBench const& bench) : run{options, bench.table(), cache, &root} {}

    ContextPtr apply(ContextPtr const& active, Json const& local) {
        return process_context(run, active, {nullptr, &local, std::make_shared<std::string const>()}, {});
    }

    JsonLdOptions options;
    ContextCache cache;
    Place root;
    JsonLdRun run;
};

}  // namespace

TEST_SUITE("json_ld_context") {
    TEST_CASE("keywords are told from what only looks like one") {
        CHECK(keyword_of("@id") == Keyword::id);
        CHECK(keyword_of("@vocab") == Keyword::vocab);
        CHECK(keyword_of("@base") == Keyword::base);
        CHECK(keyword_of("@ids") == Keyword::no_keyword);
        CHECK(keyword_of("id") == Keyword::no_keyword);
        CHECK(has_keyword_form("@ignoreMe"));
        CHECK_FALSE(has_keyword_form("@"));
        CHECK_FALSE(has_keyword_form("@foo.bar"));
    }

    TEST_CASE("a table finds what was set last and nothing that was erased") {
        TermTable table;
        auto const define = [&table](std::string const& term, std::string const& iri) {
            auto definition = std::make_shared<TermDefinition>();
            definition->term = term;
            definition->iri = iri;
            table.set(definition);
        };

        for (int i = 0; i < 1000; ++i)
            define("t" + std::to_string(i), "urn:old");
        for (int i = 0; i < 1000; i += 2)
            table.erase("t" + std::to_string(i));
        define("t0", "urn:new");
        define("t1", "urn:new");

        CHECK(table.size() == 501);
        CHECK(table.find("t0")->iri == "urn:new");
        CHECK(table.find("t1")->iri == "urn:new");
        CHECK(table.find("t2") == nullptr);
        CHECK(table.find("t999")->iri == "urn:old");
    }

    TEST_CASE("terms are IRIs, compact IRIs or relative to the vocabulary") {
        CHECK(
            expand_with(R"({"ex": "http://e/", "a": "ex:a", "@vocab": "http://v#"})", R"("a": 1, "b": 2, "ex:c": 3)") ==
            R"([{"http://e/a":[{"@value":1}],"http://e/c":[{"@value":3}],"http://v#b":[{"@value":2}]}])");
    }

    TEST_CASE("terms may be defined in any order, but not by one another") {
        CHECK(expand_with(R"({"a": "z:a", "z": "http://z/"})", R"("a": 1)") == R"([{"http://z/a":[{"@value":1}]}])");
        CHECK(expand_with(R"({"a": "b:x", "b": "a:x"})", R"("a": 1)") == "cyclic IRI mapping");
    }

    TEST_CASE("a type-scoped context ends where the next node begins, unless it propagates") {
        auto const in_type = [](std::string const& propagate) {
            return expand_with(R"({"@vocab": "http://v#", "T": {"@id": "http://v#T", "@context": {)" + propagate +
                                   R"("p": "http://scoped#p"}}})",
                               R"("@type": "T", "p": {"p": "x"})");
        };

        CHECK(in_type("").find(R"("http://scoped#p":[{"http://v#p")") != std::string::npos);
        CHECK(in_type(R"("@propagate": true, )").find(R"("http://scoped#p":[{"http://scoped#p")") != std::string::npos);
    }

    TEST_CASE("a property-scoped context holds for everything below the property") {
        CHECK(expand_with(R"({"@vocab": "http://v#", "a": {"@id": "http://v#a", "@context": {"b": "http://s#b"}}})",
                          R"("a": {"c": {"b": 1}}, "b": 2)") ==
              R"([{"http://v#a":[{"http://v#c":[{"http://s#b":[{"@value":1}]}]}],"http://v#b":[{"@value":2}]}])");
    }

    TEST_CASE("protected terms stay what they are") {
        auto const then = [](std::string const& second) {
            return expand_with(R"([{"@protected": true, "a": "http://e/a"}, )" + second + "]", R"("a": 1)");
        };

        CHECK(then(R"({"a": "http://other/"})") == "protected term redefinition");
        CHECK(then(R"({"a": "@reserved"})") == "protected term redefinition");
        CHECK(then(R"({"a": null})") == "protected term redefinition");
        CHECK(then("null") == "invalid context nullification");
        CHECK(then(R"({"a": "http://e/a"})") == R"([{"http://e/a":[{"@value":1}]}])");
    }

    TEST_CASE("a property's own context may define protected terms anew") {
        CHECK(expand_with(R"({"@protected": true, "a": {"@id": "http://e/a", "@context": {"b": "http://s/b"}},
                              "b": "http://e/b"})",
                          R"("a": {"b": 1})") == R"([{"http://e/a":[{"http://s/b":[{"@value":1}]}]}])");
    }

    TEST_CASE("an imported context gives what the importing one does not say") {
        LdBench const bench{{"http://c/1", R"({"a": "http://imported/a", "b": "http://imported/b"})"}};

        CHECK(bench.expand(R"({"@context": {"@import": "http://c/1", "b": "http://own/b"}, "a": 1, "b": 2})") ==
              R"([{"http://imported/a":[{"@value":1}],"http://own/b":[{"@value":2}]}])");
        CHECK(bench.expand(R"({"@context": {"@import": "http://c/1", "s": {"@id": "http://s", "@context": {"a":
                              "http://scoped/a"}}}, "s": {"a": 1}})") ==
              R"([{"http://s":[{"http://scoped/a":[{"@value":1}]}]}])");
    }

    TEST_CASE("a context is found by its exact URL or not at all") {
        LdBench const bench{{"https://c/1", R"({"a": "http://e/a"})"}};

        CHECK(bench.expand(R"({"@context": "https://c/1", "a": 1})") == R"([{"http://e/a":[{"@value":1}]}])");
        for (std::string const url :
             {"http://c/1", "https://c/1/", "https://C/1", "https://c/1?", "file:///etc/passwd"})
            CHECK(bench.expand(R"({"@context": ")" + url + R"(", "a": 1})") == "loading remote context failed");
        CHECK(bench.expand(R"({"@context": "relative", "a": 1})") == "loading document failed");
    }

    TEST_CASE("contexts that include one another are an error, and a chain of contexts ends") {
        LdBench chain;
        for (int i = 0; i < 20; ++i)
            chain.add("http://chain/" + std::to_string(i), "\"http://chain/" + std::to_string(i + 1) + "\"");
        LdBench const bench{{"http://c/self", R"("http://c/self")"},
                            {"http://c/a", R"(["http://c/b"])"},
                            {"http://c/b", R"(["http://c/a"])"}};

        CHECK(bench.expand(R"({"@context": "http://c/self"})") == "context overflow");
        CHECK(bench.expand(R"({"@context": "http://c/a"})") == "context overflow");
        CHECK(chain.expand(R"({"@context": "http://chain/0"})") == "context overflow");
    }

    TEST_CASE("a scoped context may name the context it is in") {
        LdBench const bench{{"http://c/1", R"({"a": {"@id": "http://e/a", "@context": "http://c/1"}})"}};

        CHECK(bench.expand(R"({"@context": "http://c/1", "a": {"a": 1}})") ==
              R"([{"http://e/a":[{"http://e/a":[{"@value":1}]}]}])");
    }

    TEST_CASE("a wrong scoped context is found where it is defined") {
        CHECK(expand_with(R"({"a": {"@id": "http://e/a", "@context": {"b": 5}}})", R"("x": 1)") ==
              "invalid scoped context");
    }

    TEST_CASE("a context of the loader's is processed once for all documents, one of a document's once for it") {
        LdBench const bench{{"http://c/1", R"({"a": {"@id": "http://e/a", "@context": {"b": "http://e/b"}}})"}};
        RunCase test(bench);
        auto const initial = test.cache.initial(test.options);
        Json const url = "http://c/1";
        Json const written{{"c", "http://e/c"}};

        auto const once = test.apply(initial, url);
        auto const again = test.apply(test.cache.initial(test.options), url);
        auto const own = test.apply(once, written);
        RunCase other(bench);
        auto const own_elsewhere = other.apply(once, written);

        REQUIRE(once);
        CHECK(once == again);
        CHECK(apply_scoped(test.run, once, *once->terms.find("a"), {}) ==
              apply_scoped(test.run, once, *once->terms.find("a"), {}));
        CHECK(own == test.apply(once, written));
        CHECK(own != own_elsewhere);
        CHECK_FALSE(own->is_cached());
    }

    TEST_CASE("a full cache forgets and goes on") {
        LdBench const bench{{"http://c/1", R"({"a": "http://e/a"})"}};
        RunCase test(bench);
        test.options.limits.contexts = 1'000'000;
        Json const url = "http://c/1";
        auto const first = test.apply(test.cache.initial(test.options), url);

        for (std::size_t i = 0; i < DerivedContexts::most_definitions / 16; ++i) {
            test.options.base = "http://b/" + std::to_string(i);
            REQUIRE(test.apply(test.cache.initial(test.options), url));
        }
        test.options.base = "";
        auto const second = test.apply(test.cache.initial(test.options), url);

        REQUIRE(second);
        CHECK(first != second);
        CHECK(second->terms.find("a")->iri == "http://e/a");
    }
}
