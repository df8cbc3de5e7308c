#include "schemas/csv.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "schemas/json.hpp"
#include "tests/support/shared.hpp"

using namespace itqan;
using namespace itqan::schemas;

namespace {

using Cells = std::vector<std::string>;

std::string where(Result<CsvTable> const& table) {
    return table ? "accepted" : table.error().violations.at(0).pointer;
}

}  // namespace

TEST_SUITE("csv") {
    TEST_CASE("the starter's completions are read with their line numbers") {
        auto const shared = tests::shared_dir();
        if (!shared) {
            MESSAGE("shared data is absent");
            return;
        }
        auto const text = tests::read_file(*shared / "starter/completions.csv");

        auto const table = read_csv(text);

        REQUIRE(table);
        CHECK(table->separator == ',');
        CHECK(table->header.size() > 3);
        REQUIRE_FALSE(table->rows.empty());
        CHECK(table->rows.front().line == 2);
        CHECK(table->rows.back().line == table->rows.size() + 1);
    }

    TEST_CASE("the separator is what the header line has most of outside quotes") {
        CHECK(read_csv("a,b\n1,2\n")->separator == ',');
        CHECK(read_csv("a;b;c\n1;2,5;3\n")->rows.at(0).cells == Cells{"1", "2,5", "3"});
        CHECK(read_csv("a\tb\n1\t2\n")->rows.at(0).cells == Cells{"1", "2"});
        CHECK(read_csv("\"x,y,z\";b\n1;2\n")->header == Cells{"x,y,z", "b"});
    }

    TEST_CASE("quoted cells hold separators, quotes and line ends, and lines are still counted") {
        auto const table = read_csv("\xEF\xBB\xBFid, name \r\n1,\"a \"\"b\"\",\r\nc\"\r\n\r\n2,\"\"\r3,x");

        REQUIRE(table);
        CHECK(table->header == Cells{"id", "name"});
        REQUIRE(table->rows.size() == 3);
        CHECK(table->rows[0].cells == Cells{"1", "a \"b\",\r\nc"});
        CHECK(table->rows[0].line == 2);
        CHECK(table->rows[1].cells == Cells{"2", ""});
        CHECK(table->rows[1].line == 5);
        CHECK(table->rows[2].cells == Cells{"3", "x"});
        CHECK(table->rows[2].line == 6);
    }

    TEST_CASE("broken files are refused at their line") {
        CHECK(where(read_csv("")) == "line 1");
        CHECK(where(read_csv("\n1,2\n")) == "line 1");
        CHECK(where(read_csv("a,b\n1,2\n1\n")) == "line 3");
        CHECK(where(read_csv("a,b\n1,2,3\n")) == "line 2");
        CHECK(where(read_csv("a,b\n1,\"x\n\n\n")) == "line 2");
        CHECK(where(read_csv("a,b\n1,\"x\"y\n")) == "line 2");
        CHECK(where(read_csv("a,b\n1,2\n3,x\"y\"\n")) == "line 3");
        CHECK(read_csv("a,b\n1,\xFF\n").error().code == "csv-encoding");
        CHECK(read_csv(std::string_view("a,b\n1,\0\n", 8)).error().code == "csv-encoding");
    }

    TEST_CASE("bytes, rows and columns are limited") {
        CHECK(read_csv("a\n1\n2\n", {100, 2}).operator bool());
        auto const rows = read_csv("a\n1\n2\n3\n", {100, 2});
        REQUIRE_FALSE(rows);
        CHECK(rows.error().fault == Fault::too_large);
        CHECK(rows.error().violations.at(0).pointer == "line 4");
        CHECK(read_csv("a\n1\n", {3}).error().code == "csv-limit");
        CHECK(read_csv("a,b,c\n", {100, 2, 2}).error().code == "csv-limit");
    }

    TEST_CASE("hostile cells are guarded and come back through our own import") {
        auto const shared = tests::shared_dir();
        if (!shared) {
            MESSAGE("shared data is absent");
            return;
        }
        auto const cases = parse_json(tests::read_file(*shared / "vectors/attacks/text-injection/csv.json"));
        REQUIRE(cases);

        for (auto const& entry : *cases) {
            auto const cell = entry.at("cell").get<std::string>();
            CAPTURE(cell);
            auto const file = write_csv_row({"column", "other"}) + write_csv_row({cell, "x"});
            auto const table = read_csv(file);
            REQUIRE(table);
            CHECK(table->rows.at(0).cells.at(0) == cell);
            auto const formula =
                std::string_view("=+-@\t\r\n").find(cell[0]) != std::string_view::npos || cell.starts_with("＝");
            CHECK(guard_cell(cell).starts_with("'") == formula);
        }
    }

    TEST_CASE("guarding can always be undone") {
        for (std::string const cell :
             {"",   "plain", "'",   "'quoted'", "'=1", "''=1", " =1", "=1",     "-5",  "+1",
              "@a", "\tx",   "\rx", "\nx",      "＋1", "－1",  "＠a", "'plain", "a=1", "إتقان"}) {
            CAPTURE(cell);
            CHECK(unguard_cell(guard_cell(cell)) == cell);
        }
        CHECK(guard_cell("'=1") == "''=1");
        CHECK(guard_cell(" =1") == "' =1");
        CHECK(guard_cell("a=1") == "a=1");
    }

    TEST_CASE("a written row quotes every cell and ends with CRLF") {
        CHECK(write_csv_row({"a", "b \"c\"", "=1"}, ';') == "\"a\";\"b \"\"c\"\"\";\"'=1\"\r\n");
    }
}
