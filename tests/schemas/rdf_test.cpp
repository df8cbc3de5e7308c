#include "schemas/rdf.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

using namespace itqan::schemas;

TEST_SUITE("rdf") {
    TEST_CASE("equal terms have one id and different terms have two") {
        Dataset data;

        auto const name = data.iri("https://a.example/name");

        CHECK(data.iri(std::string("https://a.example/name")) == name);
        CHECK(data.iri("https://a.example/names") != name);
        CHECK(data.literal("https://a.example/name") != name);
        CHECK(data.literal("x") == data.literal("x", data.iri(rdf::xsd_string)));
        CHECK(data.literal("x") != data.literal("x", data.iri(rdf::json)));
        CHECK(data.literal("x") != data.literal_in("en", "x"));
        CHECK(data.literal_in("en", "x") != data.literal_in("EN", "x"));
        CHECK(data.literal_in("en", "x") != data.literal("x", lang_string_id));
        CHECK(data.blank_node("x") != data.iri("x"));
    }

    TEST_CASE("a term tells what it was made of") {
        Dataset data;

        auto const plain = data.literal("1");
        auto const typed = data.literal("1", data.iri(rdf::xsd_integer));
        auto const spoken = data.literal_in("ar-BH", "واحد");

        CHECK(data.kind(plain) == TermKind::literal);
        CHECK(data.datatype(plain) == xsd_string_id);
        CHECK(data.language(plain).empty());
        CHECK(data.value(data.datatype(typed)) == rdf::xsd_integer);
        CHECK(data.value(spoken) == "واحد");
        CHECK(data.language(spoken) == "ar-BH");
        CHECK(data.datatype(spoken) == lang_string_id);
        CHECK(data.value(lang_string_id) == rdf::lang_string);
        CHECK(data.kind(default_graph) == TermKind::none);
    }

    TEST_CASE("a dataset is a set of quads") {
        Dataset data;
        auto const s = data.iri("a:s");
        auto const p = data.iri("a:p");

        CHECK(data.add({s, p, s}));
        CHECK_FALSE(data.add({s, p, s, default_graph}));
        CHECK(data.add({s, p, s, s}));
        CHECK(data.add({s, s, p}));
        CHECK(data.quads().size() == 3);
    }

    TEST_CASE("ten thousand terms and quads are found again after growing, moving and clearing") {
        Dataset data;
        auto const fill = [](Dataset& into) {
            auto const p = into.iri("a:p");
            auto fresh = 0;
            for (auto i = 0; i < 10'000; ++i)
                fresh +=
                    into.add({into.blank_node("n" + std::to_string(i)), p, into.literal(std::to_string(i))}) ? 1 : 0;
            return fresh;
        };

        CHECK(fill(data) == 10'000);
        auto const view = data.value(data.quads()[77].object);
        auto moved = std::move(data);
        CHECK(fill(moved) == 0);
        CHECK(view == "77");
        CHECK(moved.term_count() == 20'004);
        moved.clear();
        CHECK(moved.quads().empty());
        CHECK(moved.term_count() == 3);
        CHECK(fill(moved) == 10'000);
    }

    TEST_CASE("borrowed text is not copied and copied text is") {
        Dataset data;
        std::string text = "https://a.example/long/enough/not/to/be/inside/the/string";

        auto const copied = data.iri(text);
        auto const borrowed = data.literal(text, xsd_string_id, Dataset::Text::borrowed);

        CHECK(data.value(copied).data() != text.data());
        CHECK(data.value(borrowed).data() == text.data());
    }

    TEST_CASE("new blank nodes avoid the labels that are taken") {
        Dataset data;
        auto const taken = data.blank_node("b1");

        auto const first = data.new_blank_node();
        auto const second = data.new_blank_node();

        CHECK(data.value(first) == "b0");
        CHECK(data.value(second) == "b2");
        CHECK(data.value(taken) == "b1");
    }

    TEST_CASE("what would break out of its place in N-Quads is refused") {
        Dataset data;

        CHECK_THROWS_AS(data.blank_node("a> <b"), std::invalid_argument);
        CHECK_THROWS_AS(data.blank_node(""), std::invalid_argument);
        CHECK_THROWS_AS(data.literal_in("en us", "x"), std::invalid_argument);
        CHECK_THROWS_AS(data.literal("x", data.blank_node("d")), std::invalid_argument);
    }

    TEST_CASE("language tags and labels are judged by their grammar") {
        for (std::string_view const tag : {"en", "ar-BH", "de-1996", "x-a1-b2", "abcdefghij"})
            CHECK(is_langtag(tag));
        for (std::string_view const tag : {"", "-", "en-", "1a", "en_US", "en--ltr", "é", "a b"})
            CHECK_FALSE(is_langtag(tag));
        for (std::string_view const label : {"a", "0", "a.b", "_x", ":", "a-b", "é", "a\u00B7", "c14n0"})
            CHECK(is_blank_node_label(label));
        for (std::string_view const label : {"", "-a", ".a", "a.", "a b", "a>", "\u00B7", "a\xC3", "a\u00D7"})
            CHECK_FALSE(is_blank_node_label(label));
    }
}
