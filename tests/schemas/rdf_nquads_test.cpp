#include "schemas/rdf_nquads.hpp"

#include <doctest/doctest.h>

#include <random>
#include <set>

#include "tests/support/shared.hpp"

using namespace itqan;
using namespace itqan::schemas;

namespace {

/// The place an error names, or "accepted".
std::string place_of(std::string_view text) {
    auto const read = read_nquads(text);
    if (read) return "accepted";
    return read.error().violations.empty() ? read.error().code : read.error().violations.front().pointer;
}

std::string rewritten(std::string_view text) {
    auto const read = read_nquads(text);
    return read ? write_nquads(*read) : read.error().detail;
}

}  // namespace

TEST_SUITE("rdf_nquads") {
    TEST_CASE("every kind of term is read and written back") {
        std::string_view const text =
            "<a:s> <a:p> <a:o> .\n"
            "_:s <a:p> _:o.1 _:g .\n"
            "_:s <a:p> \"plain\" <a:g> .\n"
            "<a:s> <a:p> \"1\"^^<http://www.w3.org/2001/XMLSchema#integer> .\n"
            "<a:s> <a:p> \"مرحبا\"@ar-BH .\n";

        auto const read = read_nquads(text);

        REQUIRE(read);
        CHECK(read->quads().size() == 5);
        CHECK(read->is_blank(read->quads()[1].graph));
        CHECK(read->language(read->quads()[4].object) == "ar-BH");
        CHECK(write_nquads(*read) == text);
    }

    TEST_CASE("blanks, comments and line ends may stand where the grammar has them") {
        CHECK(rewritten("") == "");
        CHECK(rewritten("\n\r\n \t\n# nothing\n") == "");
        CHECK(rewritten("<a:s><a:p>\"x\"@en<a:g>.") == "<a:s> <a:p> \"x\"@en <a:g> .\n");
        CHECK(rewritten("\t<a:s>\t<a:p> _:o.\t# end\r<a:s> <a:p> _:p .") == "<a:s> <a:p> _:o .\n<a:s> <a:p> _:p .\n");
        CHECK(rewritten("<a:s> <a:p> <a:o#x> .#") == "<a:s> <a:p> <a:o#x> .\n");
    }

    TEST_CASE("a quad said twice is one") {
        CHECK(rewritten("<a:s> <a:p> \"\\u0041\" .\n<a:s> <a:p> \"A\" .\n") == "<a:s> <a:p> \"A\" .\n");
    }

    TEST_CASE("characters have one form each") {
        CHECK(rewritten(R"(<a:\u0062> <a:p> "\t\b\n\r\f\"\'\\\u0000\u001f\u007F\u0080\uFFFE\U0000ffff\U0001F600" .)") ==
              "<a:b> <a:p> \"\\t\\b\\n\\r\\f\\\"'\\\\\\u0000\\u001F\\u007F\xC2\x80\\uFFFE\\uFFFF😀\" .\n");
        CHECK(rewritten("<a:s> <a:p> \"\xEF\xBF\xBD\xEF\x80\x80\" .") ==
              "<a:s> <a:p> \"\xEF\xBF\xBD\xEF\x80\x80\" .\n");
        CHECK(rewritten("<a:s> <a:p> \"x\"^^<http://www.w3.org/2001/XMLSchema#string> .") == "<a:s> <a:p> \"x\" .\n");
    }

    TEST_CASE("what needs an escape gets it wherever it stands, and nothing else does") {
        std::string_view const in_iris = "<>\"{}|^`\\";
        auto const form = [](Dataset const& data, TermId term) {
            std::string out;
            append_nquads_term(out, data, term);
            return out;
        };
        auto wrong = 0;

        for (auto byte = 0; byte < 0x80; ++byte) {
            for (std::size_t at = 0; at < 20; ++at) {
                std::string text(20, '~');
                text[at] = static_cast<char>(byte);
                Dataset data;
                auto const escaped_in_iri = byte <= 0x20 || in_iris.find(text[at]) != std::string_view::npos;
                auto const escaped_in_literal = byte < 0x20 || byte == 0x7F || byte == '"' || byte == '\\';
                if ((form(data, data.iri(text)) != "<" + text + ">") != escaped_in_iri) ++wrong;
                if ((form(data, data.literal(text)) != "\"" + text + "\"") != escaped_in_literal) ++wrong;
            }
        }

        CHECK(wrong == 0);
    }

    TEST_CASE("a term that was never judged cannot break out of its place") {
        Dataset data;
        auto const iri = data.iri("a> <b\n{\\}");
        data.add({iri, iri, data.literal("\" .\n<a:b>", iri)});

        auto const form = std::string("<a\\u003E\\u0020\\u003Cb\\u000A\\u007B\\u005C\\u007D>");
        CHECK(write_nquads(data) == form + " " + form + " \"\\\" .\\n<a:b>\"^^" + form + " .\n");
    }

    TEST_CASE("malformed documents are refused with their line") {
        std::string const good = "<a:s> <a:p> <a:o> .\n";
        for (std::string_view const bad : {
                 "<a:s> <a:p> <a:o>",                    // no end
                 "<a:s> <a:p> .",                        // no object
                 "<a:s> <a:p> <a:o> <a:g> <a:h> .",      // too many
                 "<a:s> <a:p> <a:o> . <a:s>",            // two in a line
                 "<a:s> <a:p>\n<a:o> .",                 // two lines
                 "\"s\" <a:p> <a:o> .",                  // literal subject
                 "<a:s> \"p\" <a:o> .",                  // literal predicate
                 "<a:s> _:p <a:o> .",                    // blank predicate
                 "<a:s> <a:p> <a:o> \"g\" .",            // literal graph
                 "<s> <a:p> <a:o> .",                    // relative
                 "<a:s <a:p> <a:o> .",                   // not closed
                 "<a:s> <a:p> <a:o",                     // not closed
                 "<a:s> <a:p> <a:b c> .",                // blank
                 "<a:s> <a:p> <a:\\u0020> .",            // escaped blank
                 "<a:s> <a:p> <a:\\n> .",                // short escape in an IRI
                 "<a:s> <a:p> <a:\\uD83D\\uDE00> .",     // surrogates
                 "<a:s> <a:p> <a:%zz> .",                // percent
                 "<a:s> <a:p> <a:[b]> .",                // not by RFC 3987
                 "<a:s> <a:p> \"x .",                    // not closed
                 "<a:s> <a:p> \"x\ny\" .",               // line feed
                 "<a:s> <a:p> 'x' .",                    // Turtle
                 "<a:s> <a:p> \"\\x\" .",                // escape
                 "<a:s> <a:p> \"\\u12\" .",              // short
                 "<a:s> <a:p> \"\\u12G4\" .",            // not hexadecimal
                 "<a:s> <a:p> \"\\UFFFFFFFF\" .",        // beyond Unicode
                 "<a:s> <a:p> \"\\uD800\" .",            // surrogate
                 "<a:s> <a:p> \"\\",                     // end
                 "<a:s> <a:p> \"x\"@ .",                 // no tag
                 "<a:s> <a:p> \"x\"@1 .",                // no tag
                 "<a:s> <a:p> \"x\"@en- .",              // no tag
                 "<a:s> <a:p> \"x\"@en--ltr .",          // RDF 1.2
                 "<a:s> <a:p> \"x\"^^ .",                // no datatype
                 "<a:s> <a:p> \"x\"^^_:d .",             // blank datatype
                 "<a:s> <a:p> \"x\"^<a:d> .",            // one caret
                 "_: <a:p> <a:o> .",                     // no label
                 "_:-a <a:p> <a:o> .",                   // label
                 "_ :a <a:p> <a:o> .",                   // label
                 "_:a\xC3\x97 <a:p> <a:o> .",            // label
                 "<<<a:s> <a:p> <a:o>>> <a:p> <a:o> .",  // RDF 1.2
                 "\xEF\xBB\xBF<a:s> <a:p> <a:o> .",      // byte-order mark
                 "@prefix a: <a:> .",                    // Turtle
                 "a",
                 ".",
             }) {
            CAPTURE(bad);
            CHECK(place_of(good + "\r\n" + std::string(bad)) == "line 3");
            CHECK(place_of(std::string(bad) + "\n" + good) == "line 1");
        }
    }

    TEST_CASE("bytes that are not UTF-8 are refused whole") {
        CHECK(place_of("<a:s> <a:p> \"\xC3\" .\n") == "nquads-encoding");
        CHECK(place_of("<a:s> <a:p> \"\xED\xA0\x80\" .\n") == "nquads-encoding");
    }

    TEST_CASE("whatever a damaged document still says survives writing") {
        std::string const original =
            "<a:s> <a:p> \"\\u00e9\\n\"@en-GB <a:g> .\r\n_:b0 <a:p> \"1\"^^<a:d> . # x\n_:b.1 <a:\\u0070> _:b0 _:g .\n";
        std::mt19937 random(1115);
        auto accepted = 0;

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
            auto const read = read_nquads(text);
            if (!read) continue;
            ++accepted;
            auto const written = write_nquads(*read);
            if (rewritten(written) != written) FAIL(text);
        }

        CHECK(accepted > 1'000);
    }

    TEST_CASE("the results of the JSON-LD suite are read, but for the two that are no RDF") {
        NEEDS_SHARED();
        std::set<std::string> refused;
        auto files = 0;

        for (auto const& entry :
             std::filesystem::directory_iterator(*tests::shared_dir() / "vectors/json-ld-api/toRdf")) {
            if (entry.path().extension() != ".nq") continue;
            ++files;
            auto const name = entry.path().filename().string();
            if (auto const read = read_nquads(tests::read_file(entry.path()))) {
                auto const written = write_nquads(*read);
                CHECK_MESSAGE(rewritten(written) == written, name);
            } else {
                CHECK(read.error().detail.ends_with("expected a predicate, which is an IRI in <>."));
                refused.insert(name);
            }
        }

        CHECK(files == 345);
        CHECK(refused == std::set<std::string>{"0118-out.nq", "e075-out.nq"});
    }
}
