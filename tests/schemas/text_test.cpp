#include "schemas/text.hpp"

#include <doctest/doctest.h>

using namespace itqan;

TEST_CASE("only A to Z have another case") {
    CHECK(ascii_lower("Transfer-ENCODING [@`{") == "transfer-encoding [@`{");
    CHECK(ascii_lower("\xC3\x89T\xC3\x89") == "\xC3\x89t\xC3\x89");
    CHECK(equal_ignoring_case("Bearer ", "bEARER "));
    CHECK_FALSE(equal_ignoring_case("bearer", "bearer "));
    CHECK_FALSE(equal_ignoring_case("[", "{"));
    CHECK(equal_ignoring_case("", ""));
}

TEST_CASE("blanks go at both ends only") {
    CHECK(trimmed(" \t\r\na b\n ") == "a b");
    CHECK(trimmed("\r\n a", " \t") == "\r\n a");
    CHECK(trimmed(" \n ").empty());
    CHECK(trimmed("").empty());
}
