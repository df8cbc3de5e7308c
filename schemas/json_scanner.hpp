#pragma once
// Reads the tokens of one JSON text (RFC 8259) and tells a handler of them, in the shape of nlohmann's SAX interface.
// Runs of ordinary characters are taken whole, eight at a time: texts inside texts, such as tokens, are long. Numbers
// that are no short integers are left to nlohmann's reader. json.hpp is what others include.

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "schemas/utf8.hpp"

namespace itqan::schemas {

/// The handler answers false to stop. It bounds the depth: start_object and start_array are where it refuses.
template <typename Handler>
class JsonScanner {
  public:
    /// The text is well-formed UTF-8 without NUL.
    JsonScanner(std::string_view text, Handler& handler) : text_(text), handler_(handler) {}

    bool read() {
        if (!value()) return false;
        skip_space();
        return at_ == text_.size() || fail();
    }

  private:
    struct SyntaxError {
        int id = 101;
    };

    /// Positions count from 1, as the handler takes them.
    bool fail() { return handler_.parse_error(at_ + 1, "", SyntaxError{}); }

    /// NUL at the end, which never stands inside.
    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

    void skip_space() {
        while (at_ < text_.size() &&
               (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t'))
            ++at_;
    }

    bool value() {
        skip_space();
        switch (peek()) {
            case '{':
                return object();
            case '[':
                return array();
            case '"': {
                std::string text;
                return string(text) && handler_.string(text);
            }
            case 't':
                return literal("true") && handler_.boolean(true);
            case 'f':
                return literal("false") && handler_.boolean(false);
            case 'n':
                return literal("null") && handler_.null();
            default:
                return number();
        }
    }

    bool object() {
        ++at_;
        if (!handler_.start_object(0)) return false;
        skip_space();
        if (take('}')) return handler_.end_object();
        while (true) {
            skip_space();
            std::string name;
            if (peek() != '"') return fail();
            if (!string(name) || !handler_.key(name)) return false;
            skip_space();
            if (!take(':')) return fail();
            if (!value()) return false;
            skip_space();
            if (take('}')) return handler_.end_object();
            if (!take(',')) return fail();
        }
    }

    bool array() {
        ++at_;
        if (!handler_.start_array(0)) return false;
        skip_space();
        if (take(']')) return handler_.end_array();
        while (true) {
            if (!value()) return false;
            skip_space();
            if (take(']')) return handler_.end_array();
            if (!take(',')) return fail();
        }
    }

    bool take(char wanted) {
        if (peek() != wanted) return false;
        ++at_;
        return true;
    }

    bool literal(std::string_view word) {
        for (char const letter : word)
            if (!take(letter)) return fail();
        return true;
    }

    static bool is_digit(char c) { return c >= '0' && c <= '9'; }

    bool digits() {
        if (!is_digit(peek())) return fail();
        while (is_digit(peek()))
            ++at_;
        return true;
    }

    bool number() {
        auto const begin = at_;
        bool const is_negative = take('-');
        auto const first = at_;
        if (!take('0') && !digits()) return false;
        bool is_integer = true;
        auto const integer_end = at_;
        if (take('.')) {
            is_integer = false;
            if (!digits()) return false;
        }
        if (peek() == 'e' || peek() == 'E') {
            is_integer = false;
            ++at_;
            if (peek() == '+' || peek() == '-') ++at_;
            if (!digits()) return false;
        }
        constexpr std::size_t most_digits = 15;  // Below 2^53.
        if (!is_integer || integer_end - first > most_digits) {
            auto const token = text_.substr(begin, at_ - begin);
            return nlohmann::json::sax_parse(token.data(), token.data() + token.size(), &handler_);
        }
        std::int64_t value = 0;
        for (auto i = first; i < integer_end; ++i)
            value = 10 * value + (text_[i] - '0');
        return is_negative ? handler_.number_integer(-value)
                           : handler_.number_unsigned(static_cast<std::uint64_t>(value));
    }

    /// Behind the run of characters from here that stand for themselves.
    std::size_t run_end() const {
        constexpr std::uint64_t each = 0x0101010101010101, high = 0x8080808080808080;
        auto const has_zero = [](std::uint64_t word) { return (word - each) & ~word & high; };
        auto at = at_;
        for (; at + 8 <= text_.size(); at += 8) {
            std::uint64_t word = 0;
            std::memcpy(&word, text_.data() + at, sizeof word);
            auto const below_space = (word - each * ' ') & ~word & high;
            auto const special = has_zero(word ^ (each * '"')) | has_zero(word ^ (each * '\\')) | below_space;
            if (special == 0) continue;
            // The lowest mark is exact; those above it may be carries.
            if constexpr (std::endian::native == std::endian::little)
                return at + static_cast<std::size_t>(std::countr_zero(special)) / 8;
            break;
        }
        auto const is_ordinary = [](char c) { return c != '"' && c != '\\' && static_cast<unsigned char>(c) >= ' '; };
        while (at < text_.size() && is_ordinary(text_[at]))
            ++at;
        return at;
    }

    bool string(std::string& out) {
        ++at_;
        while (true) {
            auto const end = run_end();
            out.append(text_.substr(at_, end - at_));
            at_ = end;
            if (take('"')) return true;
            if (!take('\\')) return fail();  // A control character, or the end of the text.
            if (!escape(out)) return false;
        }
    }

    bool escape(std::string& out) {
        constexpr std::string_view names = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
        if (take('u')) return escaped_point(out);
        auto const known = at_ < text_.size() ? names.find(text_[at_]) : std::string_view::npos;
        if (known == std::string_view::npos) return fail();
        out += meanings[known];
        ++at_;
        return true;
    }

    bool escaped_point(std::string& out) {
        char32_t point = 0;
        if (!unit(point)) return false;
        if (point >= 0xDC00 && point <= 0xDFFF) return fail();
        if (point >= 0xD800 && point <= 0xDBFF) {
            char32_t low = 0;
            if (!take('\\') || !take('u')) return fail();
            if (!unit(low)) return false;
            if (low < 0xDC00 || low > 0xDFFF) return fail();
            point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
        }
        append_utf8(out, point);
        return true;
    }

    /// Four hexadecimal digits.
    bool unit(char32_t& value) {
        for (int i = 0; i < 4; ++i) {
            char const c = peek();
            char32_t digit = 0;
            if (is_digit(c))
                digit = static_cast<char32_t>(c - '0');
            else if (c >= 'a' && c <= 'f')
                digit = static_cast<char32_t>(c - 'a' + 10);
            else if (c >= 'A' && c <= 'F')
                digit = static_cast<char32_t>(c - 'A' + 10);
            else
                return fail();
            value = 16 * value + digit;
            ++at_;
        }
        return true;
    }

    std::string_view text_;
    Handler& handler_;
    std::size_t at_ = 0;
};

}  // namespace itqan::schemas
