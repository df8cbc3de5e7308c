#include <doctest/doctest.h>

#include <set>

#include "schemas/rdf_canon.hpp"
#include "schemas/rdf_nquads.hpp"
#include "tests/schemas/json_ld_suite.hpp"
#include "tests/support/evp_canon_hash.hpp"

using namespace itqan;
using namespace itqan::schemas;

namespace {

/// The code of an error, or "".
template <typename T>
std::string code_of(Result<T> const& result) {
    return result ? "" : result.error().code;
}

/// Of test te075, the only one for generalised RDF.
constexpr auto generalised_result =
    "<ex:node1> <urn:p0> \"blank node property 1\" .\n<ex:node1> <urn:p1> \"blank node property 1\" .\n";

std::string canonical(Dataset const& dataset) {
    tests::EvpCanonHash hash;
    return (*canonicalise(dataset, hash, canon_limits::conformance)).nquads;
}

/// What generalised RDF adds to RDF is not in N-Quads: blank nodes as predicates become IRIs, numbered as they come.
std::string as_plain_rdf(Dataset const& dataset) {
    Dataset plain;
    std::map<TermId, std::string> names;
    for (auto const& quad : dataset.quads()) {
        auto const name = names.try_emplace(quad.predicate, "urn:p" + std::to_string(names.size())).first->second;
        plain.add({plain.iri(dataset.value(quad.subject)), plain.iri(name), plain.literal(dataset.value(quad.object))});
    }
    return write_nquads(plain);
}

bool check_rdf(JsonLdProcessor const& processor, tests::LdSuite const& suite, tests::LdTest const& test) {
    auto const dataset = processor.to_rdf(suite.json(test.input), test.options);
    CHECK(code_of(dataset) == test.error_code);
    if (code_of(dataset) != test.error_code) return false;
    if (!dataset || test.is_syntax_only) return true;
    if (test.options.generalized_rdf) {
        auto const text = as_plain_rdf(*dataset);
        CHECK(text == generalised_result);
        return text == generalised_result;
    }
    auto const expected = read_nquads(suite.text(test.expect));
    REQUIRE(expected);
    auto const matches = canonical(*dataset) == canonical(*expected);
    CHECK_MESSAGE(matches, write_nquads(*dataset), "\n", suite.text(test.expect));
    return matches;
}

}  // namespace

TEST_SUITE("json_ld_suite") {
    TEST_CASE("every expansion test of the suite for JSON-LD 1.1 passes") {
        NEEDS_SHARED();
        auto const suite = tests::read_suite("expand-manifest.jsonld");
        auto const loader = suite.loader();
        JsonLdProcessor const processor(loader);
        int passed = 0;

        for (auto const& test : suite.tests) {
            if (test.is_for_1_0) continue;
            CAPTURE(test.id);
            auto const expanded = processor.expand(suite.json(test.input), test.options);
            CHECK(code_of(expanded) == test.error_code);
            auto matches = code_of(expanded) == test.error_code;
            if (expanded && test.error_code.empty()) {
                matches = tests::without_order(*expanded) == tests::without_order(suite.json(test.expect));
                CHECK_MESSAGE(matches, expanded->dump(1));
            }
            passed += matches ? 1 : 0;
        }

        CHECK(passed == 376);
    }

    TEST_CASE("every compaction test of the suite for JSON-LD 1.1 passes") {
        NEEDS_SHARED();
        auto const suite = tests::read_suite("compact-manifest.jsonld");
        auto const loader = suite.loader();
        JsonLdProcessor const processor(loader);
        int passed = 0;

        for (auto const& test : suite.tests) {
            if (test.is_for_1_0) continue;
            CAPTURE(test.id);
            auto const compacted = processor.compact(suite.json(test.input), suite.json(test.context), test.options);
            CHECK(code_of(compacted) == test.error_code);
            auto matches = code_of(compacted) == test.error_code;
            if (compacted && test.error_code.empty()) {
                matches = tests::without_order(*compacted) == tests::without_order(suite.json(test.expect));
                CHECK_MESSAGE(matches, compacted->dump(1), "\n", suite.json(test.expect).dump(1));
            }
            passed += matches ? 1 : 0;
        }

        CHECK(passed == 244);
    }

    TEST_CASE("every test of the suite to RDF for JSON-LD 1.1 passes, in one walk and by the letter") {
        NEEDS_SHARED();
        auto const suite = tests::read_suite("toRdf-manifest.jsonld");
        auto const loader = suite.loader();
        JsonLdProcessor const processor(loader);
        int passed = 0;

        for (auto const expand_first : {false, true}) {
            for (auto test : suite.tests) {
                if (test.is_for_1_0) continue;
                CAPTURE(test.id);
                CAPTURE(expand_first);
                test.options.expand_first = expand_first;
                passed += check_rdf(processor, suite, test) ? 1 : 0;
            }
        }

        CHECK(passed == 2 * 456);
    }
}
