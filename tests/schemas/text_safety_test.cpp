#include "schemas/text_safety.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "schemas/bytes.hpp"
#include "schemas/json.hpp"
#include "tests/support/shared.hpp"

using namespace itqan;
using namespace itqan::schemas;

namespace {

std::string hostile_name(std::filesystem::path const& shared, char const* file) {
    auto const document = parse_json(tests::read_file(shared / "vectors/attacks/json-attacks" / file));
    return document->at("name").get<std::string>();
}

}  // namespace

TEST_SUITE("text safety") {
    TEST_CASE("the hostile names are flagged for what they are") {
        auto const shared = tests::shared_dir();
        if (!shared) {
            MESSAGE("shared data is absent");
            return;
        }

        auto const bidi = hostile_name(*shared, "bidi-override.json");
        auto const zero_width = hostile_name(*shared, "zero-width.json");
        auto const homoglyph = hostile_name(*shared, "homoglyph-issuer.json");

        CHECK(examine_text(bidi) == TextFlags{true, false, false, false});
        CHECK(examine_text(zero_width) == TextFlags{false, false, false, true});
        CHECK(examine_text(homoglyph) == TextFlags{false, false, true, false});
        CHECK(make_visible(bidi) == "Bachelor ⟦U+202E⟧gnp.exe⟦U+202C⟧");
        CHECK(make_visible(zero_width) == "Pay⟦U+200B⟧pal⟦U+FEFF⟧");
        CHECK(make_visible(homoglyph) == homoglyph);
    }

    TEST_CASE("ordinary text in any of our languages raises nothing") {
        for (std::string const text :
             {"", "Nakhla Institute", "معهد نخلة", "برنامج Itqan الرقمي 2026", "Москва University",
              "α-testing of β version", "می\u200Cخواهم", "Zoë’s café", "\u200Fنص\u200E text", "日本語 text",
              "line\nnext\tcell", "\u2068isolated\u2069 text"}) {
            CAPTURE(text);
            CHECK_FALSE(examine_text(text).any());
            CHECK(is_utf8(make_visible(text)));
        }
        CHECK(make_visible("می\u200Cخواهم") == "می\u200Cخواهم");
    }

    TEST_CASE("joiners hide between Latin letters and at the edges") {
        CHECK(examine_text("ad\u200Cmin").invisible);
        CHECK(examine_text("\u200Dنص").invisible);
        CHECK(examine_text("soft\u00ADhyphen").invisible);
        CHECK(examine_text("tag\U000E0041").invisible);
    }

    TEST_CASE("mixed scripts count within one word only") {
        CHECK(examine_text("gооgle").mixed_scripts);
        CHECK(examine_text("Αpple").mixed_scripts);
        CHECK(examine_text("pay\u200Bраl").mixed_scripts);
        CHECK(examine_text("a\u0301п").mixed_scripts);
        CHECK_FALSE(examine_text("apple яблоко μήλο").mixed_scripts);
        CHECK_FALSE(examine_text("apple-яблоко").mixed_scripts);
    }

    TEST_CASE("embeddings and isolates must close in order and in their line") {
        CHECK_FALSE(examine_text("\u202Aa\u202C \u2067b\u2069").unbalanced_embedding);
        CHECK_FALSE(examine_text("\u2067a\u202Bb\u202C\u2069").unbalanced_embedding);
        for (std::string const text : {"\u202Ba", "a\u202C", "\u2066a", "a\u2069", "\u202Ba\u2069", "\u2067a\u202C",
                                       "\u202Ba\nb\u202C", "\u2067\u202Ba\u2069\u202C"}) {
            CAPTURE(make_visible(text));
            CHECK(examine_text(text).unbalanced_embedding);
        }
    }

    TEST_CASE("what was made visible raises no flag any more and is well-formed") {
        for (std::string const text : {"a\u202Eb", "\u2066x", "p\u200Bq", "esc\x1B[31m",
                                       "bad\xFF"
                                       "bytes",
                                       "bell\x07", "del\x7F", "csi\u009B", "cr\rlf\n"}) {
            auto const visible = make_visible(text);
            CAPTURE(visible);
            CHECK(is_utf8(visible));
            CHECK_FALSE(examine_text(visible).any());
            CHECK(visible.find('\x1B') == std::string::npos);
            CHECK(make_visible(visible) == visible);
        }
        CHECK(make_visible("a\x1B[31m") == "a⟦U+001B⟧[31m");
        CHECK(make_visible("a\tb\nc") == "a\tb\nc");
    }

    TEST_CASE("HTML is escaped for content and quoted attributes") {
        CHECK(escape_html("<a href=\"x\" o='y'>&amp;</a>") ==
              "&lt;a href=&quot;x&quot; o=&#39;y&#39;&gt;&amp;amp;&lt;/a&gt;");
        CHECK(escape_html("إتقان & co") == "إتقان &amp; co");
        CHECK(escape_html("").empty());
    }
}
