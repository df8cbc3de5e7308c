#include "schemas/json.hpp"

#include <doctest/doctest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <random>

#include "tests/support/shared.hpp"

using namespace itqan;

namespace {

std::string code_of(std::string_view text, JsonLimits const& limits = json_limits::command) {
    auto const document = parse_json(text, limits);
    return document ? "accepted" : document.error().code;
}

std::string repeated(std::string_view part, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i)
        out += part;
    return out;
}

/// y_ files that RFC 8259 allows and I-JSON or our limits do not.
std::map<std::string, std::string> const refused_y{{"y_object_duplicated_key.json", "json-duplicate-member"},
                                                   {"y_object_duplicated_key_and_value.json", "json-duplicate-member"},
                                                   {"y_object_escaped_null_in_key.json", "json-encoding"},
                                                   {"y_string_null_escape.json", "json-encoding"},
                                                   {"y_number_double_close_to_zero.json", "json-number"}};

std::map<std::string, std::string> const undecided{
    {"i_number_double_huge_neg_exp.json", "json-number"},
    {"i_number_huge_exp.json", "json-number"},
    {"i_number_neg_int_huge_exp.json", "json-number"},
    {"i_number_pos_double_huge_exp.json", "json-number"},
    {"i_number_real_neg_overflow.json", "json-number"},
    {"i_number_real_pos_overflow.json", "json-number"},
    {"i_number_real_underflow.json", "json-number"},
    {"i_number_too_big_neg_int.json", "json-number"},
    {"i_number_too_big_pos_int.json", "json-number"},
    {"i_number_very_big_negative_int.json", "json-number"},
    {"i_object_key_lone_2nd_surrogate.json", "json-syntax"},
    {"i_string_1st_surrogate_but_2nd_missing.json", "json-syntax"},
    {"i_string_1st_valid_surrogate_2nd_invalid.json", "json-syntax"},
    {"i_string_UTF-16LE_with_BOM.json", "json-encoding"},
    {"i_string_UTF-8_invalid_sequence.json", "json-encoding"},
    {"i_string_UTF8_surrogate_U+D800.json", "json-encoding"},
    {"i_string_incomplete_surrogate_and_escape_valid.json", "json-syntax"},
    {"i_string_incomplete_surrogate_pair.json", "json-syntax"},
    {"i_string_incomplete_surrogates_escape_valid.json", "json-syntax"},
    {"i_string_invalid_lonely_surrogate.json", "json-syntax"},
    {"i_string_invalid_surrogate.json", "json-syntax"},
    {"i_string_invalid_utf-8.json", "json-encoding"},
    {"i_string_inverted_surrogates_U+1D11E.json", "json-syntax"},
    {"i_string_iso_latin_1.json", "json-encoding"},
    {"i_string_lone_second_surrogate.json", "json-syntax"},
    {"i_string_lone_utf8_continuation_byte.json", "json-encoding"},
    {"i_string_not_in_unicode_range.json", "json-encoding"},
    {"i_string_overlong_sequence_2_bytes.json", "json-encoding"},
    {"i_string_overlong_sequence_6_bytes.json", "json-encoding"},
    {"i_string_overlong_sequence_6_bytes_null.json", "json-encoding"},
    {"i_string_truncated-utf-8.json", "json-encoding"},
    {"i_string_utf16BE_no_BOM.json", "json-encoding"},
    {"i_string_utf16LE_no_BOM.json", "json-encoding"},
    {"i_structure_500_nested_arrays.json", "json-limit"},
    {"i_structure_UTF-8_BOM_empty_object.json", "json-encoding"}};

}  // namespace

TEST_SUITE("json") {
    TEST_CASE("JSONTestSuite is decided file by file as the tables say") {
        auto const shared = tests::shared_dir();
        if (!shared) {
            MESSAGE("shared data is absent");
            return;
        }
        JsonLimits const limits{1024 * 1024, 300'000};

        std::map<char, int> counts;
        for (auto const& entry :
             std::filesystem::directory_iterator(*shared / "vectors/attacks/JSONTestSuite/test_parsing")) {
            auto const name = entry.path().filename().string();
            CAPTURE(name);
            auto const code = code_of(tests::read_file(entry.path()), limits);
            ++counts[name[0]];
            if (name[0] == 'n') CHECK(code != "accepted");
            if (name[0] == 'y') CHECK(code == (refused_y.contains(name) ? refused_y.at(name) : "accepted"));
            if (name[0] == 'i') {
                REQUIRE(undecided.contains(name));
                CHECK(code == undecided.at(name));
            }
        }

        CHECK(counts['y'] == 95);
        CHECK(counts['n'] == 188);
        CHECK(counts['i'] == 35);
    }

    TEST_CASE("the hostile documents are decided as their manifest says") {
        auto const shared = tests::shared_dir();
        if (!shared) {
            MESSAGE("shared data is absent");
            return;
        }
        auto const folder = *shared / "vectors/attacks/json-attacks";
        auto const manifest = parse_json(tests::read_file(folder / "manifest.json"));
        REQUIRE(manifest);

        for (auto const& entry : *manifest) {
            auto const file = entry.at("file").get<std::string>();
            auto const expect = entry.at("expect").get<std::string>();
            CAPTURE(file);
            auto const document = parse_json(tests::read_file(folder / file), json_limits::credential);
            CHECK(static_cast<bool>(document) == (expect != "reject"));
            if (expect == "accept-canonical-0") CHECK(canonical_json(*document) == R"({"n":0})");
            if (expect == "accept-canonical-100") CHECK(canonical_json(*document) == R"({"n":100})");
        }
        CHECK(manifest->size() == 17);
    }

    TEST_CASE("a hundred thousand levels are refused with their depth, not their syntax") {
        auto const shared = tests::shared_dir();
        if (!shared) {
            MESSAGE("shared data is absent");
            return;
        }
        auto const text = tests::read_file(*shared / "vectors/attacks/json-attacks/deep-object-100000.json");

        CHECK(code_of(text, JsonLimits{4 * 1024 * 1024, 1'000'000}) == "json-limit");
    }

    TEST_CASE("a trailing NUL does not end the document in silence") {
        CHECK(code_of(std::string_view("123\0", 4)) == "json-encoding");
        CHECK(code_of(std::string_view("{}\0{}", 5)) == "json-encoding");
    }

    TEST_CASE("integers are exact up to 2^53-1 on both sides and refused beyond") {
        CHECK((*parse_json("9007199254740991")).get<std::int64_t>() == 9007199254740991);
        CHECK((*parse_json("-9007199254740991")).get<std::int64_t>() == -9007199254740991);
        for (std::string const text :
             {"9007199254740992", "-9007199254740992", "18446744073709551615", "18446744073709551616",
              "-9223372036854775809", "100000000000000000000000000000000"}) {
            CAPTURE(text);
            CHECK(code_of(text) == "json-number");
        }
        CHECK(code_of("1e21") == "accepted");
    }

    TEST_CASE("a number whose canonical form is an integer beyond 2^53-1 is refused like it") {
        for (auto const* text : {"2e20", "-2e20", "9007199254740992.0", "1e16", "999999999999999900000.0"}) {
            CAPTURE(text);
            CHECK(code_of(text) == "json-number");
        }
        CHECK(code_of("9007199254740991.0") == "accepted");
        CHECK(code_of("-9007199254740991.0") == "accepted");
        CHECK(canonical_json(*parse_json("1e21")) == "1e+21");
    }

    TEST_CASE("a number that is not zero may not become zero, infinite or longer than 64 characters") {
        CHECK(code_of("1e-400") == "json-number");
        CHECK(code_of("-0.00e5") == "accepted");
        CHECK(code_of("0e-999") == "accepted");
        CHECK(code_of("1e400") == "json-number");
        CHECK(code_of("1." + repeated("0", 62)) == "accepted");
        CHECK(code_of("1." + repeated("0", 63)) == "json-number");
    }

    TEST_CASE("duplicates are found after unescaping and reported by pointer") {
        auto const document = parse_json(R"({"list":[1,{"a/b":1,"x":2,"\u0061/b":3}]})");

        REQUIRE_FALSE(document);
        CHECK(document.error().code == "json-duplicate-member");
        REQUIRE(document.error().violations.size() == 1);
        CHECK(document.error().violations.front().pointer == "/list/1/a~1b");
    }

    TEST_CASE("a refused number is reported by pointer") {
        auto const document = parse_json(R"({"a":{"b":[0,[],9007199254740993]}})");

        REQUIRE_FALSE(document);
        CHECK(document.error().violations.front().pointer == "/a/b/2");
    }

    TEST_CASE("each limit holds exactly at its number") {
        CHECK(code_of("[[1]]", {100, 100, 2}) == "accepted");
        CHECK(code_of("[[[1]]]", {100, 100, 2}) == "json-limit");
        CHECK(code_of(R"({"a":1,"b":[2]})", {100, 6}) == "accepted");
        CHECK(code_of(R"({"a":1,"b":[2]})", {100, 5}) == "json-limit");
        CHECK(code_of(R"({"a":1,"b":2})", {100, 100, 64, 2}) == "accepted");
        CHECK(code_of(R"({"a":1,"b":2,"c":3})", {100, 100, 64, 2}) == "json-limit");
        CHECK(code_of(R"(["abcd"])", {100, 100, 64, 10, 4}) == "accepted");
        CHECK(code_of(R"(["abcde"])", {100, 100, 64, 10, 4}) == "json-limit");
        CHECK(code_of("[1]", {3}) == "accepted");
        CHECK(code_of("[1 ]", {3}) == "json-limit");
    }

    TEST_CASE("limits answer too large and syntax answers malformed with a place") {
        auto const large = parse_json("[1,2,3]", {100, 2});
        auto const broken = parse_json("{\n  \"a\": ,\n}");

        REQUIRE_FALSE(large);
        CHECK(large.error().fault == Fault::too_large);
        REQUIRE_FALSE(broken);
        CHECK(broken.error().fault == Fault::malformed);
        CHECK(broken.error().detail == "This is not JSON from line 2, byte 8 on.");
    }

    TEST_CASE("names of prototypes have no meaning") {
        auto const document = parse_json(R"({"__proto__":{"admin":true},"constructor":1})");

        REQUIRE(document);
        CHECK(canonical_json(*document) == R"({"__proto__":{"admin":true},"constructor":1})");
    }

    TEST_CASE("strings keep their code points without normalisation") {
        auto const document = parse_json("[\"\\u00e9\",\"e\\u0301\",\"\\ud83d\\ude00\"]");

        REQUIRE(document);
        CHECK((*document)[0] == "\u00e9");
        CHECK((*document)[1] == "e\u0301");
        CHECK((*document)[2] == "😀");
        CHECK((*document)[0] != (*document)[1]);
    }

    TEST_CASE("a character is read the same wherever it stands in a long text") {
        for (std::size_t before = 0; before < 20; ++before) {
            for (std::string const special : {"\"", "\\", "\x01", "\x1f", "\x7f", " ", "\u00e9", "\U0001f600"}) {
                auto const text = "[\"" + repeated("a", before) + special + repeated("b", 20) + "\"]";
                CAPTURE(text);
                auto const other = Json::parse(text, nullptr, false);
                auto const document = parse_json(text);
                CHECK(static_cast<bool>(document) == !other.is_discarded());
                if (document) CHECK(*document == other);
            }
        }
        for (auto const* text :
             {"\"", "\"a", "\"\\", "\"\\u", "\"\\u12", "\"\\ud800", "\"\\ud800\\", "\"\\ud800\\u0041\"", "\"\\x41\"",
              "-", "1.", "1e", "1e+", "tru", "[1 2]", "{\"a\" 1}", "{1:2}", "[1,]", "{}x"}) {
            CAPTURE(text);
            CHECK(code_of(text) == "json-syntax");
        }
    }

    TEST_CASE("whatever a damaged document still means survives the canonical form") {
        std::string const original =
            R"({"a":[1,-2.5e3,"\u00e9\n",true,null,{"b/c":{}}],"":{"d":"😀","e":[[],[0.1]]},"f":9007199254740991})";
        std::mt19937 random(8259);
        auto accepted = 0;
        auto wrong = 0;

        for (auto i = 0; i < 20'000; ++i) {
            auto text = original;
            for (auto edits = random() % 3 + 1; edits > 0; --edits) {
                auto const at = random() % text.size();
                if (random() % 2 == 0) {
                    text[at] = original[random() % original.size()];
                } else {
                    text.erase(at, 1);
                }
            }
            auto const document = parse_json(text);
            if (!document) {
                // What we call no JSON is none to another reader either.
                if (document.error().code == "json-syntax" && Json::accept(text)) ++wrong;
                continue;
            }
            ++accepted;
            auto const again = parse_json(canonical_json(*document));
            auto const other = Json::parse(text, nullptr, false);
            if (other != *document || !again || *again != *document) ++wrong;
        }

        CHECK(wrong == 0);
        CHECK(accepted > 1'000);
    }
}
