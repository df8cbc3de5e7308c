#include "schemas/rdf_nquads.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>

#include "schemas/bytes.hpp"
#include "schemas/iri.hpp"
#include "schemas/utf8.hpp"

namespace itqan::schemas {
namespace {

std::string nquads_line(std::size_t line) {
    return "line " + std::to_string(line);
}

Error nquads_error(std::size_t line, std::string_view what) {
    return Error{Fault::malformed,
                 "nquads-syntax",
                 "The N-Quads document, " + nquads_line(line) + ": " + std::string(what) + ".",
                 {{nquads_line(line), std::string(what)}}};
}

constexpr std::array<bool, 256> make_stops(unsigned controls_below, std::string_view characters) {
    std::array<bool, 256> stops{};
    for (std::size_t c = 0; c < controls_below; ++c)
        stops[c] = true;
    for (char const c : characters)
        stops[static_cast<unsigned char>(c)] = true;
    return stops;
}

/// Eight bytes looked at together. `any_*` answer for at least one of them and may answer yes too often.
constexpr std::uint64_t each(std::uint64_t byte) {
    return byte * 0x0101010101010101;
}

constexpr std::uint64_t any_below(std::uint64_t word, std::uint64_t limit) {
    return (word - each(limit)) & ~word & each(0x80);
}

constexpr std::uint64_t any_equal(std::uint64_t word, std::uint64_t byte) {
    return any_below(word ^ each(byte), 1);
}

/// What a string literal cannot hold as it is (ECHAR or UCHAR), and what might be U+FFFE or U+FFFF.
struct InLiterals {
    static constexpr auto stops = make_stops(0x20, "\"\\\x7F\xEF");

    static constexpr std::uint64_t any(std::uint64_t word) {
        return any_below(word, 0x20) | any_equal(word, '"') | any_equal(word, '\\') | any_equal(word, 0x7F) |
               any_equal(word, 0xEF);
    }
};

/// What an IRIREF cannot hold.
struct InIris {
    static constexpr auto stops = make_stops(0x21, "<>\"{}|^`\\");

    static constexpr std::uint64_t any(std::uint64_t word) {
        // Bit 0x20 takes \ and ^ to | and ~, the neighbours of { and }.
        auto const braces = ((word | each(0x20)) & each(0x7F)) + each(0x80 - '{');
        return any_below(word, 0x21) | any_equal(word | each(2), '>') | any_equal(word, '"') | any_equal(word, '`') |
               (braces & ~word & each(0x80));
    }
};

/// The end of the run that may be copied as it is.
template <typename Place>
std::size_t find_stop(std::string_view text, std::size_t at) {
    for (std::uint64_t word = 0; text.size() - at >= sizeof word; at += sizeof word) {
        std::memcpy(&word, text.data() + at, sizeof word);
        if (Place::any(word) != 0) break;
    }
    while (at < text.size() && !Place::stops[static_cast<unsigned char>(text[at])])
        ++at;
    return at;
}

bool is_any_of(char c, std::string_view set) {
    return set.find(c) != std::string_view::npos;
}

/// A cursor over one document.
class NquadsReader {
  public:
    explicit NquadsReader(std::string_view text) : text_(text) {}

    Result<Dataset> read() {
        while (true) {
            skip_blanks();
            if (at_end()) return std::move(data_);
            if (end_line()) continue;
            if (peek() == '#') {
                skip_comment();
                continue;
            }
            if (!read_statement()) return nquads_error(line_, wrong_);
        }
    }

  private:
    using Read = std::optional<TermId>;

    bool at_end() const { return at_ >= text_.size(); }
    char peek() const { return at_end() ? '\0' : text_[at_]; }

    bool skip(std::string_view expected) {
        if (!text_.substr(at_).starts_with(expected)) return false;
        at_ += expected.size();
        return true;
    }

    void skip_blanks() {
        while (!at_end() && is_any_of(text_[at_], " \t"))
            ++at_;
    }

    void skip_comment() {
        while (!at_end() && !is_any_of(text_[at_], "\r\n"))
            ++at_;
    }

    bool end_line() {
        if (!skip("\r\n") && !skip("\n") && !skip("\r")) return false;
        ++line_;
        return true;
    }

    bool fail(std::string_view what) {
        wrong_ = what;
        return false;
    }

    Read refuse(std::string_view what) {
        wrong_ = what;
        return std::nullopt;
    }

    bool read_statement() {
        Quad quad;
        if (auto const term = read_resource("a subject, which is an IRI in <> or a blank node")) {
            quad.subject = *term;
        } else {
            return false;
        }
        skip_blanks();
        if (peek() != '<') return fail("expected a predicate, which is an IRI in <>");
        if (auto const term = read_iri()) {
            quad.predicate = *term;
        } else {
            return false;
        }
        skip_blanks();
        if (auto const term = peek() == '"' ? read_literal() : read_resource("an object")) {
            quad.object = *term;
        } else {
            return false;
        }
        skip_blanks();
        if (is_any_of(peek(), "<_")) {
            auto const term = read_resource("a graph");
            if (!term) return false;
            quad.graph = *term;
            skip_blanks();
        }
        if (!skip(".")) return fail("expected \".\" at the end of the statement");
        skip_blanks();
        if (peek() == '#') skip_comment();
        if (!at_end() && !is_any_of(text_[at_], "\r\n")) return fail("a statement must end its line");
        data_.add(quad);
        return true;
    }

    Read read_resource(std::string_view what) {
        if (peek() == '<') return read_iri();
        if (skip("_:")) return read_label();
        expected_ = "expected " + std::string(what);
        return refuse(expected_);
    }

    Read read_label() {
        auto end = at_;
        while (end < text_.size() && is_label_byte(text_[end]))
            ++end;
        while (end > at_ && text_[end - 1] == '.')
            --end;
        auto const label = text_.substr(at_, end - at_);
        if (!is_blank_node_label(label)) return refuse("this is no blank node label");
        at_ = end;
        return data_.blank_node(label);
    }

    /// Beyond ASCII too much, which is_blank_node_label() then refuses: nothing that follows a label starts so.
    static bool is_label_byte(char c) {
        return static_cast<unsigned char>(c) >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
               (c >= 'A' && c <= 'Z') || is_any_of(c, "_:-.");
    }

    Read read_iri() {
        ++at_;
        scratch_.clear();
        for (;;) {
            auto const stop = find_stop<InIris>(text_, at_);
            scratch_.append(text_, at_, stop - at_);
            at_ = stop;
            if (peek() == '>') break;
            if (peek() != '\\') return refuse("an IRI is not closed with \">\" or holds what it may not");
            if (!read_code_point()) return refuse("an IRI may escape as \\uXXXX and \\UXXXXXXXX only");
        }
        ++at_;
        if (!is_absolute_iri(scratch_)) return refuse("an IRI must be absolute and well-formed");
        return data_.iri(scratch_);
    }

    Read read_literal() {
        if (!read_string()) return std::nullopt;
        skip_blanks();
        if (skip("^^")) {
            skip_blanks();
            if (peek() != '<') return refuse("expected the datatype, which is an IRI in <>");
            auto const lexical = scratch_;
            auto const datatype = read_iri();
            if (!datatype) return std::nullopt;
            return data_.literal(lexical, *datatype);
        }
        if (!skip("@")) return data_.literal(scratch_);
        auto const end =
            text_.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-", at_);
        auto const language = text_.substr(at_, end - at_);
        if (!is_langtag(language)) return refuse("this is no language tag");
        at_ += language.size();
        return data_.literal_in(language, scratch_);
    }

    /// A quoted string into scratch_.
    bool read_string() {
        ++at_;
        scratch_.clear();
        for (;;) {
            auto const end = text_.find_first_of("\"\\\r\n", at_);
            if (end == std::string_view::npos || is_any_of(text_[end], "\r\n"))
                return fail("a string is not closed on its line");
            scratch_.append(text_, at_, end - at_);
            at_ = end;
            if (skip("\"")) return true;
            if (!read_code_point() && !read_short_escape()) return fail("a backslash starts no escape");
        }
    }

    /// ECHAR.
    bool read_short_escape() {
        constexpr std::string_view names = "tbnrf\"'\\";
        constexpr std::string_view values = "\t\b\n\r\f\"'\\";
        if (text_.size() - at_ < 2) return false;
        auto const which = names.find(text_[at_ + 1]);
        if (which == std::string_view::npos) return false;
        scratch_ += values[which];
        at_ += 2;
        return true;
    }

    /// UCHAR; a surrogate is no character.
    bool read_code_point() {
        auto const digits = text_.substr(at_).starts_with("\\u") ? 4U : text_.substr(at_).starts_with("\\U") ? 8U : 0U;
        if (digits == 0 || text_.size() - at_ < 2 + digits) return false;
        char32_t value = 0;
        for (char const c : text_.substr(at_ + 2, digits)) {
            auto const lower = static_cast<char>(c | 0x20);
            if (c >= '0' && c <= '9') {
                value = value << 4 | static_cast<char32_t>(c - '0');
            } else if (lower >= 'a' && lower <= 'f') {
                value = value << 4 | static_cast<char32_t>(lower - 'a' + 10);
            } else {
                return false;
            }
        }
        if (value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return false;
        append_utf8(scratch_, value);
        at_ += 2 + digits;
        return true;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t line_ = 1;
    std::string_view wrong_;
    std::string expected_;
    std::string scratch_;
    Dataset data_;
};

void append_uchar(std::string& out, unsigned code_point) {
    constexpr auto digits = "0123456789ABCDEF";
    out += "\\u";
    for (auto shift = 12; shift >= 0; shift -= 4)
        out += digits[code_point >> shift & 0xF];
}

void append_iri(std::string& out, std::string_view iri) {
    out += '<';
    for (std::size_t at = 0;;) {
        auto const stop = find_stop<InIris>(iri, at);
        out.append(iri, at, stop - at);
        if (stop == iri.size()) break;
        append_uchar(out, static_cast<unsigned char>(iri[stop]));
        at = stop + 1;
    }
    out += '>';
}

/// The form of one character of a literal that may need an escape, and how many bytes it took.
std::size_t append_escaped(std::string& out, std::string_view rest) {
    auto const byte = static_cast<unsigned char>(rest.front());
    switch (byte) {
        case '\b':
            out += "\\b";
            return 1;
        case '\t':
            out += "\\t";
            return 1;
        case '\n':
            out += "\\n";
            return 1;
        case '\f':
            out += "\\f";
            return 1;
        case '\r':
            out += "\\r";
            return 1;
        case '"':
            out += "\\\"";
            return 1;
        case '\\':
            out += "\\\\";
            return 1;
        default:
            break;
    }
    if (byte != 0xEF) {
        append_uchar(out, byte);
        return 1;
    }
    // U+FFFE and U+FFFF are no XML 1.1 Char.
    if (rest.starts_with("\xEF\xBF\xBE") || rest.starts_with("\xEF\xBF\xBF")) {
        append_uchar(out, rest[2] == '\xBE' ? 0xFFFEU : 0xFFFFU);
        return 3;
    }
    out += rest.front();
    return 1;
}

void append_literal(std::string& out, Dataset const& dataset, TermId term) {
    auto const lexical = dataset.value(term);
    out += '"';
    for (std::size_t at = 0;;) {
        auto const stop = find_stop<InLiterals>(lexical, at);
        out.append(lexical, at, stop - at);
        if (stop == lexical.size()) break;
        at = stop + append_escaped(out, lexical.substr(stop));
    }
    out += '"';
    if (auto const language = dataset.language(term); !language.empty()) {
        (out += '@') += language;
    } else if (auto const datatype = dataset.datatype(term); datatype != xsd_string_id) {
        out += "^^";
        append_iri(out, dataset.value(datatype));
    }
}

}  // namespace

Result<Dataset> read_nquads(std::string_view text) {
    if (!is_utf8(text)) return Error{Fault::malformed, "nquads-encoding", "The N-Quads document is not UTF-8 text."};
    return NquadsReader(text).read();
}

void append_nquads_term(std::string& out, Dataset const& dataset, TermId term) {
    switch (dataset.kind(term)) {
        case TermKind::iri:
            return append_iri(out, dataset.value(term));
        case TermKind::blank_node:
            (out += "_:") += dataset.value(term);
            return;
        case TermKind::literal:
            return append_literal(out, dataset, term);
        case TermKind::none:
        case TermKind::tag:
            return;
    }
}

std::string write_nquads(Dataset const& dataset) {
    std::string out;
    for (auto const& quad : dataset.quads()) {
        for (auto const term : {quad.subject, quad.predicate, quad.object, quad.graph}) {
            if (term == default_graph) continue;
            append_nquads_term(out, dataset, term);
            out += ' ';
        }
        out += ".\n";
    }
    return out;
}

}  // namespace itqan::schemas
