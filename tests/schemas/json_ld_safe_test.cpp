#include <doctest/doctest.h>

#include <chrono>

#include "schemas/json_ld_policy.hpp"
#include "tests/schemas/json_ld_cases.hpp"
#include "tests/schemas/json_ld_suite.hpp"

using namespace itqan;
using namespace itqan::schemas;
using tests::LdBench;

namespace {

LdBench badge_bench() {
    return LdBench{{"https://c/v1", R"({"@protected": true, "id": "@id", "type": "@type", "name": "urn:name",
        "issuer": {"@id": "urn:issuer", "@type": "@id"}, "Badge": "urn:Badge",
        "kind": {"@id": "urn:kind", "@type": "@vocab"}, "r": {"@reverse": "urn:r"},
        "tags": {"@id": "urn:tags", "@container": "@index"},
        "list": {"@id": "urn:list", "@container": "@list", "@type": "@id"},
        "proof": {"@id": "urn:proof", "@type": "@id", "@container": "@graph"}})"}};
}

std::string badge(std::string const& members) {
    return R"({"@context": "https://c/v1", "id": "urn:1", "type": "Badge", )" + members + "}";
}

std::string code_of(std::string const& document, JsonLdOptions const& options) {
    return LdBench().refusal(document, options).substr(0, 13);
}

std::string policy_on(std::string const& document) {
    auto const judged = check_linked_document(Json::parse(document));
    if (judged) return "";
    return judged.error().code + " at " + judged.error().violations.at(0).pointer;
}

}  // namespace

TEST_SUITE("json_ld_safe") {
    TEST_CASE("in safe mode nothing gets lost, and the place is said") {
        auto const bench = badge_bench();
        auto const refusal = [&bench](std::string const& members) { return bench.refusal(badge(members)); };

        CHECK(refusal(R"("name": "x", "issuer": {"id": "urn:i", "name": "y"})") == "");
        CHECK(refusal(R"("other": "x")") == "json-ld-undefined-term at /other");
        CHECK(refusal(R"("other": null)") == "json-ld-undefined-term at /other");
        CHECK(refusal(R"("issuer": [{"id": "urn:i"}, {"nick": "x"}])") == "json-ld-undefined-term at /issuer/1/nick");
        CHECK(refusal(R"("@reserved": 1)") == "json-ld-reserved-term at /@reserved");
        CHECK(refusal(R"("issuer": {"type": "Nothing"})") == "json-ld-undefined-type at /issuer");
        CHECK(refusal(R"("issuer": {"type": "./x"})") == "json-ld-relative-type at /issuer");
        CHECK(refusal(R"("issuer": "someone")") == "json-ld-relative-iri at /issuer");
        CHECK(refusal(R"("issuer": {"id": "a/b"})") == "json-ld-relative-iri at /issuer");
        CHECK(refusal(R"("issuer": "http://e/a b")") == "json-ld-relative-iri at /issuer");
        CHECK(refusal(R"("issuer": "http://e/<")") == "json-ld-invalid-iri at /issuer");
        CHECK(refusal(R"("issuer": "@reserved")") == "json-ld-reserved-term at /issuer");
        CHECK(refusal(R"("issuer": "_:b0")") == "json-ld-blank-id at /issuer");
        CHECK(refusal(R"("issuer": {"id": "_:b0", "name": "x"})") == "json-ld-blank-id at /issuer");
        CHECK(refusal(R"("kind": "undefined")") == "json-ld-relative-iri at /kind");
        CHECK(refusal(R"("list": ["urn:a", "b"])") == "json-ld-relative-iri at /list/1");
        CHECK(refusal(R"("_:p": 1)") == "json-ld-blank-property at /_:p");
        CHECK(refusal(R"("name": {"@value": "x", "@language": "a b"})") ==
              "json-ld-invalid-language at /name/@language");
        CHECK(refusal(R"("name": {"@value": "x", "@direction": "rtl"})") == "json-ld-lost-direction at /name");
        CHECK(bench.refusal(badge(R"("name": {"@value": "x", "@direction": "rtl"})"), signing_options()) == "");
        CHECK(refusal(R"("tags": {"a": "x"})") == "json-ld-lost-value at /tags");
        CHECK(refusal(R"("proof": {"undefined": 1})") == "json-ld-undefined-term at /proof/undefined");
        CHECK(refusal(R"("proof": "urn:x")") == "json-ld-lost-value at /proof");
        CHECK(refusal(R"("proof": [{"type": "Badge"}, {"id": "urn:x"}])") == "json-ld-lost-value at /proof/1");
        CHECK(refusal(R"("proof": {"id": "urn:x", "name": null})") == "json-ld-lost-value at /proof");
        CHECK(refusal(R"("proof": {"id": "urn:x", "name": "y"})") == "");
        CHECK(refusal(R"("r": {"other": 1})") == "json-ld-undefined-term at /r/other");
        CHECK(bench.refusal(R"({"@context": "https://c/v1", "id": "urn:1"})") == "json-ld-lost-value at ");
        CHECK(bench.refusal(R"({"@context": "https://c/v1", "id": "urn:1", "name": null})") ==
              "json-ld-lost-value at ");
        CHECK(bench.refusal(R"({"@context": "https://c/v1", "@graph": ["x"]})") == "json-ld-lost-value at /@graph/0");
    }

    TEST_CASE("null and empty arrays are no loss, because they say nothing") {
        auto const bench = badge_bench();

        CHECK(bench.refusal(badge(R"("name": null, "issuer": [])")) == "");
    }

    TEST_CASE("in exact mode nothing may be there that leaves no trace in RDF") {
        auto const bench = badge_bench();
        auto const refusal = [&bench](std::string const& members) {
            JsonLdOptions options{.base = "", .safe = true, .exact = true};
            auto const walked = bench.refusal(badge(members), options);
            options.expand_first = true;
            auto const expanded = bench.refusal(badge(members), options);
            CHECK(expanded.substr(0, expanded.find(' ')) == walked.substr(0, walked.find(' ')));
            return walked;
        };

        CHECK(refusal(R"("name": "x", "issuer": {"id": "urn:i", "name": "y"})") == "");
        CHECK(refusal(R"("name": null)") == "json-ld-traceless at /name");
        CHECK(refusal(R"("name": [])") == "json-ld-traceless at /name");
        CHECK(refusal(R"("name": ["x", null])") == "json-ld-traceless at /name/1");
        CHECK(refusal(R"("name": {"@value": null})") == "json-ld-traceless at /name");
        CHECK(refusal(R"("tags": {})") == "json-ld-traceless at /tags");
        CHECK(refusal(R"("issuer": {"name": "x", "type": []})") == "json-ld-traceless at /issuer");
        CHECK(refusal(R"("issuer": {"name": "x", "@context": {}})") == "json-ld-traceless at /issuer/@context");
        CHECK(refusal(R"("issuer": {"name": "x", "@language": "en"})") == "json-ld-traceless at /issuer");
        CHECK(refusal(R"("issuer": {"name": "x", "@included": []})") == "json-ld-traceless at /issuer/@included");
        CHECK(refusal(R"("issuer": {"@id": "urn:i"})") == "json-ld-keyword-alias at /issuer/@id");
        CHECK(refusal(R"("issuer": {"@type": "Badge"})") == "json-ld-keyword-alias at /issuer/@type");
        CHECK(refusal(R"("list": [])") == "");
        CHECK(refusal(R"("name": {"@value": "x", "@type": "urn:t"})") == "");
    }

    TEST_CASE("in exact mode what a published context has a name for goes by that name") {
        auto const bench = badge_bench();
        auto const refusal = [&bench](std::string const& context, std::string const& members) {
            JsonLdOptions options{.base = "", .safe = true, .exact = true};
            auto const document =
                R"({"@context": )" + context + R"(, "id": "urn:1", "type": "Badge", )" + members + "}";
            auto const walked = bench.refusal(document, options);
            options.expand_first = true;
            auto const expanded = bench.refusal(document, options);
            CHECK(expanded.substr(0, expanded.find(' ')) == walked.substr(0, walked.find(' ')));
            return walked;
        };
        std::string const own = R"("https://c/v1")";
        auto const with = [](std::string const& more) { return R"(["https://c/v1", )" + more + "]"; };

        CHECK(refusal(own, R"("urn:name": "x")") == "json-ld-term-alias at /urn:name");
        CHECK(refusal(own, R"("urn:name": {"@value": "x"})") == "json-ld-term-alias at /urn:name");
        CHECK(refusal(own, R"("issuer": {"name": "x", "urn:issuer": {"id": "urn:i"}})") ==
              "json-ld-term-alias at /issuer/urn:issuer");
        CHECK(refusal(own, R"("issuer": {"name": "x", "type": "urn:Badge"})") == "json-ld-term-alias at /issuer");
        CHECK(refusal(with(R"({"n": "urn:name"})"), R"("n": "x")") == "json-ld-term-alias at /n");
        CHECK(refusal(with(R"({"n": {"@id": "name"}})"), R"("n": "x")") == "json-ld-term-alias at /n");
        CHECK(refusal(with(R"({"u": {"@id": "urn:", "@prefix": true}})"), R"("u:name": "x")") ==
              "json-ld-term-alias at /u:name");
        CHECK(refusal(with(R"({"@vocab": "urn:na"})"), R"("me": "x")") == "json-ld-term-alias at /me");
        CHECK(refusal(with(R"({"B": "urn:Badge"})"), R"("issuer": {"name": "x", "type": "B"})") ==
              "json-ld-term-alias at /issuer");
        CHECK(refusal(with(R"({"n": "urn:other", "@vocab": "urn:v:"})"), R"("n": "x", "more": "y", "urn:z": "z")") ==
              "");
    }

    TEST_CASE("one walk and the letter of the specification agree on what is refused") {
        auto const bench = badge_bench();
        auto by_letter = tests::safe_mode();
        by_letter.expand_first = true;

        for (std::string const members :
             {R"("other": "x")", R"("issuer": "someone")", R"("issuer": {"type": "Nothing"})", R"("issuer": "_:b0")",
              R"("name": {"@value": "x", "@direction": "rtl"})", R"("issuer": {"id": 5})", R"("type": 5)",
              R"("@type": [5])", R"("@id": "urn:2")", R"("name": {"@value": {}})", R"("proof": {"type": "X"})",
              R"("proof": "urn:x")", R"("proof": {"id": "urn:x"})"}) {
            CAPTURE(members);
            auto const code = [](std::string const& refusal) { return refusal.substr(0, refusal.find(" at ")); };
            auto const document = R"({"@context": "https://c/v1", "id": "urn:1", )" + members + "}";
            CHECK(code(bench.refusal(document)) != "");
            CHECK(code(bench.refusal(document)) == code(bench.refusal(document, by_letter)));
        }
    }

    TEST_CASE("each limit is one") {
        JsonLdOptions options;
        auto const within = [&options](std::string const& document) { return code_of(document, options); };
        std::string const small = R"({"@context": {"a": "urn:a"}, "a": [1, 2, {"a": {"a": 3}}]})";
        REQUIRE(within(small) == "");

        options.limits = {.depth = 3};
        CHECK(within(small) == "json-ld-limit");
        options.limits = {.elements = 4};
        CHECK(within(small) == "json-ld-limit");
        options.limits = {.work = 0};
        CHECK(within(small) == "json-ld-limit");
        options.limits = {.contexts = 1};
        CHECK(within(small) == "");
        CHECK(within(R"({"@context": [{"a": "urn:a"}, {}], "a": 1})") == "json-ld-limit");
        CHECK(within(R"({"@context": {"a": "urn:a"}, "a": {"@context": {}, "a": 1}})") == "json-ld-limit");
    }

    TEST_CASE("hostile contexts end at the limit of work, and soon") {
        auto const many = [](int count, auto const& term) {
            std::string out;
            for (int i = 0; i < count; ++i)
                out += (i == 0 ? "" : ", ") + term(i);
            return out;
        };
        auto const number = [](int i) { return std::to_string(100'000 + i); };
        std::string const long_text(60'000, 'x');
        // Each of these would take seconds, gigabytes or the stack.
        auto const scoped =
            R"({"@context": {)" +
            many(6'000,
                 [&](int i) { return "\"" + number(i) + R"(": {"@id": "urn:a", "@context": {"b": "urn:b"}})"; }) +
            "}}";
        auto const prefixes =
            R"({"@context": {)" +
            many(5'000, [&](int i) { return "\"" + number(i) + R"(": ")" + number(i + 1) + ":x\""; }) +
            R"(, "105000": "urn:x:"}})";
        auto const vocabulary = R"({"@context": {"@vocab": "urn:)" + long_text + R"("}, )" +
                                many(5'000, [&](int i) { return "\"" + number(i) + "\": 1"; }) + "}";
        auto const base = R"({"@context": {"@base": "http://e/)" + long_text + R"(/", "p": {"@id": "urn:p", "@type":
            "@id"}}, "p": [)" +
                          many(15'000, [&](int i) { return "\"" + number(i) + "\""; }) + "]}";

        for (auto const& document : {scoped, prefixes, vocabulary, base}) {
            auto const start = std::chrono::steady_clock::now();
            CHECK(code_of(document, {}) == "json-ld-limit");
            CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(5));
        }
    }

    TEST_CASE("documents that say more to a processor than to a reader are refused") {
        CHECK(policy_on(R"({"@context": ["https://c/1"], "id": "urn:1", "a": {"id": "urn:2", "b": 1}, "c": {"id":
            "urn:2"}})") == "");
        CHECK(policy_on(R"({"@context": ["https://c/1", {"a": "urn:a"}]})") == "json-ld-inline-context at /@context");
        CHECK(policy_on(R"({"@context": {}})") == "json-ld-inline-context at /@context");
        CHECK(policy_on(R"({"a": [{"@context": "https://c/1"}]})") == "json-ld-embedded-context at /a/0/@context");
        CHECK(policy_on(R"({"a": {"@graph": []}})") == "json-ld-keyword at /a/@graph");
        CHECK(policy_on(R"({"@reverse": {}})") == "json-ld-keyword at /@reverse");
        CHECK(policy_on(R"({"@unknown": {}})") == "json-ld-keyword at /@unknown");
        CHECK(policy_on(R"({"a": {"proof": {}}})") == "json-ld-nested-proof at /a/proof");
        CHECK(policy_on(R"({"a": {"id": "urn:1", "b": 1}, "c": {"id": "urn:1", "b": 2}})") == "json-ld-id-twice at /c");
        CHECK(policy_on(R"({"a": {"id": "urn:1", "b": 1}, "c": {"@id": "urn:1", "b": 2}})") ==
              "json-ld-id-twice at /c");
        CHECK(policy_on(R"({"a": {"id": "urn:1", "b": 1}, "c": {"id": "urn:1", "b": 1}})") == "");
        CHECK(policy_on(R"({"s": {"verifiableCredential": [{"@context": "https://c/1", "proof": {}}]}})") == "");
    }

    TEST_CASE("documents of others may repeat an id as long as they do not contradict themselves") {
        auto const policy = [](char const* document) {
            auto const judged = check_linked_document(Json::parse(document), SameId::consistent);
            return judged ? std::string() : judged.error().code + " at " + judged.error().violations.front().pointer;
        };

        CHECK(policy(R"({"a": {"id": "urn:1", "b": 1, "d": 2}, "c": {"id": "urn:1", "b": 1}})") == "");
        CHECK(policy(R"({"a": {"id": "urn:1", "type": "A"}, "c": {"id": "urn:1", "type": "C"}})") == "");
        CHECK(policy(R"({"a": {"id": "urn:1", "b": 1}, "c": {"@id": "urn:1", "b": 2}})") == "json-ld-id-twice at /c");
        CHECK(policy(R"({"a": {"id": "urn:1", "b": 1}, "c": {"id": "urn:1", "d": 1}, "e": {"id": "urn:1", "d": 2}})") ==
              "json-ld-id-twice at /e");
        CHECK(policy(R"({"id": "urn:1", "b": 1, "verifiableCredential": [{"id": "urn:1", "b": 2}]})") == "");
        CHECK(policy(R"({"verifiableCredential": {"a": {"id": "urn:1", "b": 1}, "c": {"id": "urn:1", "b": 2}}})") ==
              "json-ld-id-twice at /verifiableCredential/c");
    }

    TEST_CASE("the hostile documents are decided as their manifest says") {
        NEEDS_SHARED();
        auto const vectors = *tests::shared_dir() / "vectors";
        DocumentTable table;
        table.add("https://www.w3.org/ns/credentials/v2",
                  Json::parse(tests::read_file(vectors / "contexts-w3c/credentials-v2.jsonld")));
        table.add("https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
                  Json::parse(tests::read_file(vectors / "validator/contexts/ob-v3p0-3.0.3.json")));
        JsonLdProcessor const processor(table);
        std::map<std::string, std::vector<std::string>> const codes{
            {"DATA_LOSS_DETECTION_ERROR", {"json-ld-undefined-term", "json-ld-relative-iri"}},
            {"unknown context", {"loading remote context failed"}},
            {"inline context not allowed", {"json-ld-inline-context"}},
            {"embedded context not allowed", {"json-ld-embedded-context"}},
            {"keyword not allowed", {"json-ld-keyword"}},
            {"id used by two nodes", {"json-ld-id-twice"}},
            {"proof not at top", {"json-ld-nested-proof"}},
            {"blank node id not allowed", {"json-ld-blank-id"}}};
        int decided = 0;

        for (auto const& test : Json::parse(tests::read_file(vectors / "attacks/jsonld-attacks/cases.json"))) {
            CAPTURE(test.at("id").get<std::string>());
            auto const& document = test.at("document");
            auto const policy = check_linked_document(document);
            auto const dataset = processor.to_rdf(document, tests::safe_mode());
            auto const code = !policy ? policy.error().code : !dataset ? dataset.error().code : "";
            if (test.at("expect") == "ok") {
                CHECK(code == "");
            } else {
                auto const& allowed = codes.at(test.at("error").get<std::string>());
                CHECK_MESSAGE(std::find(allowed.begin(), allowed.end(), code) != allowed.end(), code);
            }
            ++decided;
        }

        CHECK(decided == 16);
    }
}
