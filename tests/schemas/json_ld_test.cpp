#include "schemas/json_ld.hpp"

#include <doctest/doctest.h>

#include <thread>

#include "tests/schemas/json_ld_cases.hpp"

using namespace itqan;
using namespace itqan::schemas;
using tests::LdBench;

namespace {

std::string expand_in(std::string const& definition, std::string const& value) {
    return LdBench().expand(R"({"@context": {"@vocab": "v:", "en": "x:en", "p": )" + definition + R"(}, "p": )" +
                            value + "}");
}

/// The object of the only statement, as N-Quads writes it.
std::string object_of(std::string const& definition, std::string const& value, JsonLdOptions const& options = {}) {
    auto const text =
        LdBench().to_rdf(R"({"@context": {"p": )" + definition + R"(}, "@id": "urn:s", "p": )" + value + "}", options);
    std::string const before = "<urn:s> <urn:p> ";
    if (!text.starts_with(before)) return text;
    return text.substr(before.size(), text.find(" .\n") - before.size());
}

}  // namespace

TEST_SUITE("json_ld") {
    TEST_CASE("values are expanded as their term says") {
        CHECK(expand_in(R"({"@type": "@id"})", R"("http://e/")") == R"([{"v:p":[{"@id":"http://e/"}]}])");
        CHECK(expand_in(R"({"@type": "@vocab"})", R"("en")") == R"([{"v:p":[{"@id":"x:en"}]}])");
        CHECK(expand_in(R"({"@type": "x:t"})", "1") == R"([{"v:p":[{"@type":"x:t","@value":1}]}])");
        CHECK(expand_in(R"({"@language": "ar", "@direction": "rtl"})", R"("s")") ==
              R"([{"v:p":[{"@direction":"rtl","@language":"ar","@value":"s"}]}])");
        CHECK(expand_in(R"({"@type": "@json"})", R"({"a": [1]})") ==
              R"([{"v:p":[{"@type":"@json","@value":{"a":[1]}}]}])");
        CHECK(expand_in(R"({"@type": "@id"})", "null") == "[]");
    }

    TEST_CASE("each container gives its values their place") {
        CHECK(expand_in(R"({"@container": "@list"})", R"(["a", ["b"]])") ==
              R"([{"v:p":[{"@list":[{"@value":"a"},{"@list":[{"@value":"b"}]}]}]}])");
        CHECK(expand_in(R"({"@container": "@set"})", R"("a")") == R"([{"v:p":[{"@value":"a"}]}])");
        CHECK(expand_in(R"({"@container": "@language"})", R"({"ar": ["a"], "@none": "b"})") ==
              R"([{"v:p":[{"@value":"b"},{"@language":"ar","@value":"a"}]}])");
        CHECK(expand_in(R"({"@container": "@index"})", R"({"k": "a"})") ==
              R"([{"v:p":[{"@index":"k","@value":"a"}]}])");
        CHECK(expand_in(R"({"@container": "@index", "@index": "key"})", R"({"k": {"@id": "urn:a"}})") ==
              R"([{"v:p":[{"@id":"urn:a","v:key":[{"@value":"k"}]}]}])");
        CHECK(expand_in(R"({"@container": "@id"})", R"({"urn:a": {"q": 1}})") ==
              R"([{"v:p":[{"@id":"urn:a","v:q":[{"@value":1}]}]}])");
        CHECK(expand_in(R"({"@container": "@type"})", R"({"T": {"q": 1}})") ==
              R"([{"v:p":[{"@type":["v:T"],"v:q":[{"@value":1}]}]}])");
        CHECK(expand_in(R"({"@container": "@graph"})", R"({"q": 1})") ==
              R"([{"v:p":[{"@graph":[{"v:q":[{"@value":1}]}]}]}])");
        CHECK(expand_in(R"({"@container": ["@graph", "@id"]})", R"({"urn:g": {"q": 1}})") ==
              R"([{"v:p":[{"@graph":[{"v:q":[{"@value":1}]}],"@id":"urn:g"}]}])");
        CHECK(expand_in(R"({"@container": ["@list", "@set"]})", "1") == "invalid container mapping");
        CHECK(expand_in(R"({"@container": ["@graph", "@language"]})", "1") == "invalid container mapping");
    }

    TEST_CASE("nested, included and reversed members go where they belong") {
        CHECK(LdBench().expand(R"({"@context": {"@vocab": "v:", "n": "@nest"}, "a": 1, "n": [{"b": 2}]})") ==
              R"([{"v:a":[{"@value":1}],"v:b":[{"@value":2}]}])");
        CHECK(LdBench().expand(R"({"@context": {"@vocab": "v:"}, "a": 1, "@included": {"@id": "urn:i", "b": 2}})") ==
              R"([{"@included":[{"@id":"urn:i","v:b":[{"@value":2}]}],"v:a":[{"@value":1}]}])");
        CHECK(
            LdBench().to_rdf(R"({"@context": {"r": {"@reverse": "urn:p"}}, "@id": "urn:o", "r": {"@id": "urn:s"}})") ==
            "<urn:s> <urn:p> <urn:o> .\n");
    }

    TEST_CASE("a member may say one thing only once") {
        auto const context = R"({"@context": {"@vocab": "v:", "id": "@id", "set": "@set", "list": "@list"}, )";
        auto const refused = [&context](std::string const& members) {
            return LdBench().expand(context + members + "}");
        };

        CHECK(refused(R"("@id": "urn:a", "id": "urn:b")") == "colliding keywords");
        CHECK(refused(R"("p": {"@set": [1], "set": [2]})") == "colliding keywords");
        CHECK(refused(R"("p": {"@list": [1], "list": [2]})") == "colliding keywords");
        CHECK(refused(R"("p": {"@set": [1], "@list": [2]})") == "invalid set or list object");
        CHECK(refused(R"("@reverse": {"@id": "urn:a"})") == "invalid reverse property map");
        CHECK(refused(R"("@reverse": {"@nest": {"p": {"@id": "urn:a"}}})") == "invalid reverse property map");
    }

    TEST_CASE("a document is compacted with the most fitting terms") {
        auto const context = R"({"ex": "http://e/", "name": {"@id": "ex:n", "@language": "ar"}, "any": "ex:n",
                                 "knows": {"@id": "ex:k", "@type": "@id"}, "list": {"@id": "ex:l", "@container": "@list"},
                                 "by": {"@id": "ex:b", "@container": "@language"}, "id": "@id"})";
        auto const document = R"({"@id": "http://e/1", "http://e/n": [{"@value": "a", "@language": "ar"}, "b"],
                                  "http://e/k": {"@id": "http://x/"}, "http://e/l": {"@list": [1, 2]},
                                  "http://e/b": {"@value": "c", "@language": "fr"}, "http://e/z": true})";

        CHECK(LdBench().compact(document, context) ==
              R"({"any":"b","by":{"fr":"c"},"ex:z":true,"id":"ex:1","knows":"http://x/","list":[1,2],"name":"a"})");
    }

    TEST_CASE("IRIs are compacted relative to the base, unless that is not wanted") {
        JsonLdOptions options;
        options.base = "http://e/a/b";
        auto const document = R"({"@id": "http://e/a/c", "http://e/p": 1})";

        CHECK(LdBench().compact(document, "{}", options) == R"({"@id":"c","http://e/p":1})");
        options.compact_to_relative = false;
        CHECK(LdBench().compact(document, "{}", options) == R"({"@id":"http://e/a/c","http://e/p":1})");
        CHECK(LdBench().compact(R"({"@id": "tag:x", "http://e/p": 1})", R"({"tag": "http://t/"})") ==
              "IRI confused with prefix");
    }

    TEST_CASE("numbers have the canonical form of their XML Schema type") {
        auto const number = [](std::string const& value, std::string const& type = "") {
            auto const definition = type.empty() ? R"("urn:p")" : R"({"@id": "urn:p", "@type": ")" + type + R"("})";
            auto const text = object_of(definition, value);
            return text.substr(0, text.rfind("^^")) + text.substr(text.rfind('#'));
        };
        std::string const xsd = "http://www.w3.org/2001/XMLSchema#";

        CHECK(number("1") == R"("1"#integer>)");
        CHECK(number("-0.0") == R"("0"#integer>)");
        CHECK(number("1e3") == R"("1000"#integer>)");
        CHECK(number("1e20") == R"("100000000000000000000"#integer>)");
        CHECK(number("1e21") == R"("1.0E21"#double>)");
        CHECK(number("5.3") == R"("5.3E0"#double>)");
        CHECK(number("-0.00012") == R"("-1.2E-4"#double>)");
        CHECK(number("0.1") == R"("1.0E-1"#double>)");
        CHECK(number("3", xsd + "double") == R"("3.0E0"#double>)");
        CHECK(number("0", xsd + "double") == R"("0.0E0"#double>)");
        CHECK(number("3", xsd + "decimal") == R"("3"#decimal>)");
        CHECK(number("true") == R"("true"#boolean>)");
    }

    TEST_CASE("a JSON literal is its RFC 8785 form") {
        CHECK(object_of(R"({"@id": "urn:p", "@type": "@json"})", R"({"b": 1.0, "a": [null, "x"]})") ==
              R"("{\"a\":[null,\"x\"],\"b\":1}"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON>)");
    }

    TEST_CASE("a direction becomes a datatype or a node where that is asked for") {
        auto const definition = R"({"@id": "urn:p", "@language": "AR", "@direction": "rtl"})";
        JsonLdOptions options;

        CHECK(object_of(definition, R"("x")", options) == R"("x"@AR)");
        options.rdf_direction = RdfDirection::i18n_datatype;
        CHECK(object_of(definition, R"("x")", options) == R"("x"^^<https://www.w3.org/ns/i18n#ar_rtl>)");
        options.rdf_direction = RdfDirection::compound_literal;
        auto const document = R"({"@context": {"p": )" + std::string(definition) + R"(}, "p": ["x", "x"]})";
        auto const quads = LdBench().processor().to_rdf(Json::parse(document), options);
        REQUIRE(quads);
        CHECK(quads->quads().size() == 4);
    }

    TEST_CASE("lists are links, and empty ones nil") {
        CHECK(object_of(R"({"@id": "urn:p", "@container": "@list"})", "[]") ==
              "<http://www.w3.org/1999/02/22-rdf-syntax-ns#nil>");
        auto const quads = LdBench().processor().to_rdf(Json::parse(R"({"urn:p": {"@list": ["a", "b", "c"]}})"), {});
        REQUIRE(quads);
        CHECK(quads->quads().size() == 7);
    }

    TEST_CASE("a proof in a graph of its own stays there") {
        auto const text = LdBench().to_rdf(R"({"@context": {"proof": {"@id": "urn:proof", "@type": "@id",
            "@container": "@graph"}, "created": "urn:created"}, "@id": "urn:c", "proof": {"@id": "urn:x", "created": "t"}})");

        CHECK(text == "<urn:c> <urn:proof> _:b0 .\n<urn:x> <urn:created> \"t\" _:b0 .\n");
    }

    TEST_CASE("what is not well-formed is left out of RDF") {
        CHECK(LdBench().to_rdf(R"({"@id": "urn:s", "urn:p": {"@id": "http://e/a b"}, "urn:q": 1})") ==
              "<urn:s> <urn:q> \"1\"^^<http://www.w3.org/2001/XMLSchema#integer> .\n");
        CHECK(LdBench().to_rdf(R"({"@id": "urn:s", "urn:p": {"@value": "x", "@language": "a b"}})") == "");
        CHECK(LdBench().to_rdf(R"({"@id": "relative", "urn:p": 1})") == "");
        CHECK(LdBench().to_rdf(R"({"@id": "urn:s", "_:p": 1})") == "");
    }

    TEST_CASE("JSON-LD 1.0 knows nothing of what came later") {
        JsonLdOptions options;
        options.mode = ProcessingMode::json_ld_1_0;

        CHECK(LdBench().expand(R"({"@context": {"@version": 1.1}})", options) == "processing mode conflict");
        CHECK(LdBench().expand(R"({"@context": {"@propagate": true}})", options) == "invalid context entry");
        CHECK(LdBench().expand(R"({"@context": {"p": {"@id": "urn:p", "@container": "@graph"}}})", options) ==
              "invalid container mapping");
    }

    TEST_CASE("many threads share a processor") {
        LdBench const bench{{"http://c/1", R"({"id": "@id", "T": {"@id": "urn:T", "@context": {"a": "urn:a"}}})"}};
        auto const document = R"({"@context": "http://c/1", "id": "urn:s", "@type": "T", "a": 1})";
        std::vector<std::string> results(4);
        std::vector<std::thread> threads;

        for (auto& result : results)
            threads.emplace_back([&bench, &document, &result] {
                for (int i = 0; i < 50; ++i)
                    result = bench.to_rdf(document) + bench.compact(document, R"("http://c/1")");
            });
        for (auto& thread : threads)
            thread.join();

        for (auto const& result : results)
            CHECK(result == results[0]);
        CHECK(results[0].find("<urn:a> \"1\"") != std::string::npos);
    }
}
