#include "schemas/text_safety.hpp"

#include <algorithm>
#include <cstdio>
#include <vector>

#include "schemas/utf8.hpp"

namespace itqan::schemas {
namespace {

enum class Script { other, latin, cyrillic, greek };

bool between(char32_t c, char32_t low, char32_t high) {
    return c >= low && c <= high;
}

/// Letters only. The three scripts whose letters look alike; Unicode blocks are exact enough for a warning.
Script script_of(char32_t c) {
    if (between(c, 'A', 'Z') || between(c, 'a', 'z')) return Script::latin;
    if (c == 0xAA || c == 0xBA || (between(c, 0xC0, 0x24F) && c != 0xD7 && c != 0xF7)) return Script::latin;
    if (between(c, 0x250, 0x2AF) || between(c, 0x1E00, 0x1EFF) || between(c, 0x2C60, 0x2C7F) ||
        between(c, 0xA722, 0xA787) || between(c, 0xAB30, 0xAB64) || between(c, 0xFF21, 0xFF3A) ||
        between(c, 0xFF41, 0xFF5A)) {
        return Script::latin;
    }
    if (between(c, 0x370, 0x373) || between(c, 0x376, 0x37D) || c == 0x37F || c == 0x386 || between(c, 0x388, 0x3FF) ||
        between(c, 0x1F00, 0x1FFC)) {
        return Script::greek;
    }
    if ((between(c, 0x400, 0x52F) && !between(c, 0x482, 0x489)) || between(c, 0x1C80, 0x1C88) ||
        between(c, 0x2DE0, 0x2DFF) || between(c, 0xA640, 0xA69F)) {
        return Script::cyrillic;
    }
    return Script::other;
}

/// Marks that modify the letter before them, and invisible ones: neither ends a word.
bool continues_word(char32_t c) {
    return between(c, 0x300, 0x36F) || between(c, 0x483, 0x489) || between(c, 0x1AB0, 0x1AFF) ||
           between(c, 0x1DC0, 0x1DFF) || between(c, 0x20D0, 0x20FF) || between(c, '0', '9') || c == '_' || c == '\'' ||
           c == 0x2019;
}

bool is_arabic(char32_t c) {
    return between(c, 0x600, 0x6FF) || between(c, 0x750, 0x77F) || between(c, 0x870, 0x8FF) ||
           between(c, 0xFB50, 0xFDFF) || between(c, 0xFE70, 0xFEFC);
}

bool is_override(char32_t c) {
    return c == 0x202D || c == 0x202E;
}
bool is_embedding(char32_t c) {
    return c == 0x202A || c == 0x202B || is_override(c);
}
bool is_isolate(char32_t c) {
    return between(c, 0x2066, 0x2068);
}
bool is_bidi_control(char32_t c) {
    return between(c, 0x202A, 0x202E) || between(c, 0x2066, 0x2069);
}
bool is_joiner(char32_t c) {
    return c == 0x200C || c == 0x200D;
}

/// Characters that take no room and do not steer direction: zero width spaces and joiners, soft hyphen, fillers, the
/// invisible operators, variation and tag characters. U+200E, U+200F and U+061C are ordinary in Arabic text.
bool is_invisible(char32_t c) {
    return c == 0xAD || c == 0x34F || c == 0x115F || c == 0x1160 || c == 0x17B4 || c == 0x17B5 ||
           between(c, 0x180B, 0x180F) || between(c, 0x200B, 0x200D) || between(c, 0x2060, 0x2064) ||
           between(c, 0x206A, 0x206F) || c == 0x3164 || c == 0xFEFF || c == 0xFFA0 || between(c, 0xFFF9, 0xFFFB) ||
           between(c, 0xE0000, 0xE0FFF);
}

bool is_control(char32_t c) {
    return (c < 0x20 && c != '\t' && c != '\n') || between(c, 0x7F, 0x9F);
}

bool joins_arabic(std::u32string const& text, std::size_t at) {
    return is_joiner(text[at]) && at > 0 && at + 1 < text.size() && is_arabic(text[at - 1]) && is_arabic(text[at + 1]);
}

bool is_hidden(std::u32string const& text, std::size_t at) {
    return is_invisible(text[at]) && !joins_arabic(text, at);
}

/// Pairs openings with closings per line, as the bidi algorithm does per paragraph (UAX 9). PDI also ends the
/// embeddings opened inside its isolate.
bool has_unbalanced_embedding(std::u32string const& text) {
    std::vector<char32_t> open;
    for (auto const c : text) {
        if (is_embedding(c) || is_isolate(c)) {
            open.push_back(c);
        } else if (c == 0x202C) {
            if (open.empty() || !is_embedding(open.back())) return true;
            open.pop_back();
        } else if (c == 0x2069) {
            if (open.empty() || !is_isolate(open.back())) return true;
            open.pop_back();
        } else if ((c == '\n' || c == 0x2029) && !open.empty()) {
            return true;
        }
    }
    return !open.empty();
}

bool has_mixed_word(std::u32string const& text) {
    auto word = Script::other;
    for (auto const c : text) {
        auto const script = script_of(c);
        if (script == Script::other) {
            if (!continues_word(c) && !is_invisible(c) && !is_bidi_control(c)) word = Script::other;
            continue;
        }
        if (word != Script::other && word != script) return true;
        word = script;
    }
    return false;
}

}  // namespace

TextFlags examine_text(std::string_view text) {
    // One script, no marks: most texts, and each text of a badge is asked about.
    if (std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; })) return {};
    auto const points = code_points(text);
    TextFlags flags;
    for (std::size_t i = 0; i < points.size(); ++i) {
        flags.override_marks = flags.override_marks || is_override(points[i]);
        flags.invisible = flags.invisible || is_hidden(points, i);
    }
    flags.unbalanced_embedding = has_unbalanced_embedding(points);
    flags.mixed_scripts = has_mixed_word(points);
    return flags;
}

std::string make_visible(std::string_view text) {
    auto const points = code_points(text);
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < points.size(); ++i) {
        auto const c = points[i];
        if (!is_control(c) && !is_bidi_control(c) && !is_hidden(points, i)) {
            append_utf8(out, c);
            continue;
        }
        char mark[24];
        std::snprintf(mark, sizeof mark, "\u27E6U+%04X\u27E7", static_cast<unsigned>(c));
        out += mark;
    }
    return out;
}

std::string escape_html(std::string_view text) {
    std::string out;
    out.reserve(text.size() + text.size() / 8);
    for (char const c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

}  // namespace itqan::schemas
