#include <doctest/doctest.h>

#include <set>

#include "tests/schemas/json_ld_suite.hpp"

using namespace itqan;
using namespace itqan::schemas;

namespace {

/// The code of an error, or "".
template <typename T>
std::string code_of(Result<T> const& result) {
    return result ? "" : result.error().code;
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
}
