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

    TEST_CASE("every test of the suite to RDF for JSON-LD 1.1 passes") {
        NEEDS_SHARED();
        auto const suite = tests::read_suite("toRdf-manifest.jsonld");
        auto const loader = suite.loader();
        JsonLdProcessor const processor(loader);
        int passed = 0;

        for (auto const& test : suite.tests) {
            if (test.is_for_1_0) continue;
            CAPTURE(test.id);
            auto const dataset = processor.to_rdf(suite.json(test.input), test.options);
            CHECK(code_of(dataset) == test.error_code);
            auto matches = code_of(dataset) == test.error_code;
            if (dataset && test.options.generalized_rdf) {
                matches = as_plain_rdf(*dataset) ==
                          "<ex:node1> <urn:p0> \"blank node property 1\" .\n"
                          "<ex:node1> <urn:p1> \"blank node property 1\" .\n";
                CHECK_MESSAGE(matches, as_plain_rdf(*dataset));
            } else if (dataset && test.error_code.empty() && !test.is_syntax_only) {
                auto const expected = read_nquads(suite.text(test.expect));
                REQUIRE(expected);
                matches = canonical(*dataset) == canonical(*expected);
                CHECK_MESSAGE(matches, write_nquads(*dataset), "\n", suite.text(test.expect));
            }
            passed += matches ? 1 : 0;
        }

        CHECK(passed == 456);
    }
}
