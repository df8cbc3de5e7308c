#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "schemas/json_ld_policy.hpp"
#include "tests/schemas/json_ld_cases.hpp"

using namespace itqan;
using namespace itqan::schemas;
using tests::LdBench;

namespace {

std::string inline_fault(std::string const& contexts, InlineContext inline_context = InlineContext::plain) {
    auto const document = Json::parse(R"({"@context": )" + contexts + "}");
    auto const judged = check_linked_document(document, SameId::consistent, inline_context);
    if (judged) return "";
    CHECK(judged.error().code == "json-ld-inline-context");
    CHECK_FALSE(judged.error().violations.at(0).detail.empty());
    return judged.error().violations.at(0).pointer;
}

JsonLdOptions nested() {
    auto options = tests::safe_mode();
    options.nested_contexts = true;
    return options;
}

}  // namespace

TEST_SUITE("json_ld inline contexts") {
    TEST_CASE("a context that is written out may add terms") {
        for (
            auto const* contexts :
            {R"(["https://c/1", {"Alumni": "https://c/Alumni", "of": {"@id": "c:of", "@type": "@id"}}])",
             R"(["https://c/1", {"@protected": true, "@vocab": "https://c/", "@language": "ar", "@direction": "rtl"}])",
             R"(["https://c/1", {"@vocab": null, "@version": 1.1}, "https://c/2"])",
             R"(["https://c/1", {"id": "@id", "type": {"@id": "@type"}}])",
             R"(["https://c/1", {"L": {"@id": "c:L", "@context": {"id": "@id", "n": "c:n"}, "@protected": true}}])",
             R"(["https://c/1", {"l": {"@id": "c:l", "@container": ["@set"]}, "m": {"@container": "@language"}}])",
             R"(["https://c/1", {"@context": {"Alumni": "https://c/Alumni"}}])", R"({"a": "c:a"})"}) {
            CAPTURE(contexts);
            CHECK(inline_fault(contexts) == "");
            CHECK(inline_fault(contexts, InlineContext::refused) == "/@context");
        }
    }

    TEST_CASE("a context that is written out may not hide what the document says") {
        std::pair<char const*, char const*> const cases[] = {
            {R"({"@base": "https://c/"})", "/@base"},
            {R"({"@import": "https://c/1"})", "/@import"},
            {R"({"@propagate": false})", "/@propagate"},
            {R"({"@unknown": 1})", "/@unknown"},
            {R"({"g": "@graph"})", "/g"},
            {R"({"i": "@included"})", "/i"},
            {R"({"number": "@id"})", "/number"},
            {R"({"kind": {"@id": "@type"}})", "/kind/@id"},
            {R"({"a": null})", "/a"},
            {R"({"a": {"@id": null}})", "/a/@id"},
            {R"({"a": {"@reverse": "c:a"}})", "/a/@reverse"},
            {R"({"a": {"@id": "c:a", "@nest": "b"}})", "/a/@nest"},
            {R"({"a": {"@id": "c:a", "@index": "b"}})", "/a/@index"},
            {R"({"a": {"@id": "c:a", "other": 1}})", "/a/other"},
            {R"({"a": {"@id": "c:a", "@container": "@graph"}})", "/a/@container"},
            {R"({"a": {"@id": "c:a", "@container": ["@set", "@id"]}})", "/a/@container"},
            {R"({"a": {"@id": "c:a", "@context": null}})", "/a/@context"},
            {R"({"a": {"@id": "c:a", "@context": ["https://c/1", {"g": "@graph"}]}})", "/a/@context/1/g"},
            {R"({"@context": {"g": "@graph"}})", "/@context/g"},
            {R"({"@context": {"@context": {}}})", "/@context/@context"},
            {R"({"@context": {}, "a": "c:a"})", "/@context"}};

        for (auto const& [context, pointer] : cases) {
            CAPTURE(context);
            CHECK(inline_fault(R"(["https://c/1", )" + std::string(context) + "]") ==
                  "/@context/1" + std::string(pointer));
        }
        CHECK(inline_fault(R"(["https://c/1", 7])") == "/@context/1");
        CHECK(inline_fault(R"(["https://c/1", null])") == "/@context/1");
        CHECK(inline_fault(R"(["https://c/1", ["https://c/2"]])") == "/@context/1");
    }

    TEST_CASE("contexts within contexts are followed to a depth") {
        auto const within = [](int depth) {
            std::string context = R"({"a": "c:a"})";
            for (int i = 0; i < depth; ++i)
                context = R"({"a": {"@id": "c:a", "@context": )" + context + "}}";
            return context;
        };

        CHECK(inline_fault(within(16)) == "");
        CHECK(inline_fault(within(17)).size() > 100);
    }

    TEST_CASE("contexts below the top stay refused") {
        auto const document = Json::parse(R"({"@context": ["https://c/1"], "a": {"@context": {"b": "c:b"}}})");

        auto const judged = check_linked_document(document, SameId::consistent, InlineContext::plain);

        REQUIRE_FALSE(judged);
        CHECK(judged.error().code == "json-ld-embedded-context");
    }

    TEST_CASE("a context inside an object is an error unless it is asked for") {
        LdBench const bench{{"https://c/v1", R"({"@protected": true, "name": "urn:name"})"},
                            {"https://c/nested", R"([{"@context": {"nick": "urn:nick"}}])"}};
        std::string const document =
            R"({"@context": ["https://c/v1", {"@context": {"nick": "urn:nick"}}], "name": "x", "nick": "y"})";

        CHECK(bench.to_rdf(document) == "keyword redefinition");
        CHECK(bench.to_rdf(document, nested()) ==
              bench.to_rdf(R"({"@context": ["https://c/v1", {"nick": "urn:nick"}], "name": "x", "nick": "y"})"));
        CHECK(bench.to_rdf(document, nested()).find("<urn:nick> \"y\"") != std::string::npos);
        CHECK(bench.to_rdf(document) == "keyword redefinition");
        auto const code_of = [&bench](std::string const& context) {
            return bench.to_rdf(R"({"@context": ["https://c/v1", )" + context + R"(], "name": "x"})", nested());
        };
        CHECK(code_of(R"({"@context": {"name": "urn:other"}})") == "protected term redefinition");
        CHECK(code_of(R"({"@context": {"@context": {"nick": "urn:nick"}}})") == "keyword redefinition");
        CHECK(code_of(R"({"@context": {"nick": "urn:nick"}, "a": "urn:a"})") == "keyword redefinition");
        CHECK(code_of(R"({"@context": ["https://c/v1"]})") == "keyword redefinition");
        CHECK(code_of(R"("https://c/nested")") == "keyword redefinition");
    }
}
