#include "schemas/rdf.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <stdexcept>
#include <string>

#include "schemas/utf8.hpp"

namespace itqan::schemas {
namespace {

constexpr std::size_t first_block = 16 * 1024;
constexpr std::size_t first_slots = 256;

__extension__ typedef unsigned __int128 Wide;

std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
    auto const product = static_cast<Wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

std::uint64_t load(char const* at, std::size_t size) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, size);
    return word;
}

constexpr std::uint64_t odd_a = 0x9E3779B97F4A7C15;
constexpr std::uint64_t odd_b = 0xC2B2AE3D27D4EB4F;

/// Where this process was loaded: a document made to collide would have to know it. Nothing visible depends on it.
std::uint64_t term_seed() {
    static char const anchor = 0;
    return reinterpret_cast<std::uintptr_t>(&anchor) * odd_b;
}

std::uint32_t hash_term(TermKind kind, TermId tag, std::string_view value) {
    auto const head = static_cast<std::uint64_t>(tag) << 8 | static_cast<std::uint64_t>(kind);
    auto const seed = term_seed();
    auto state = fold(head ^ seed, value.size() ^ odd_a);
    auto const* at = value.data();
    auto left = value.size();
    for (; left > 16; left -= 16, at += 16)
        state = fold(load(at, 8) ^ seed, load(at + 8, 8) ^ state);
    if (left > 8) {
        state = fold(load(at, 8) ^ seed, load(at + left - 8, 8) ^ state);
    } else if (left > 0) {
        state = fold(load(at, left) ^ seed, state);
    }
    return static_cast<std::uint32_t>(fold(state, odd_b) >> 16);
}

std::uint32_t hash_quad(Quad const& quad) {
    auto const pair = [](TermId a, TermId b) {
        return static_cast<std::uint64_t>(a) << 32 | static_cast<std::uint64_t>(b);
    };
    auto const state = fold(pair(quad.subject, quad.predicate) ^ odd_a, pair(quad.object, quad.graph) ^ term_seed());
    return static_cast<std::uint32_t>(fold(state, odd_b) >> 16);
}

constexpr bool is_tag_letter(char c) {
    return static_cast<unsigned char>((static_cast<unsigned char>(c) | 0x20U) - 'a') < 26;
}

bool is_tag_digit(char c) {
    return c >= '0' && c <= '9';
}

/// PN_CHARS_U of RDF 1.1 N-Quads: PN_CHARS_BASE, "_" and ":".
bool starts_name(char32_t c) {
    if (c < 0x80) return is_tag_letter(static_cast<char>(c)) || c == '_' || c == ':';
    if (c < 0xC0 || c == 0xD7 || c == 0xF7 || c == 0x37E) return false;
    if (c <= 0x2FF) return true;
    return (c >= 0x370 && c <= 0x1FFF) || c == 0x200C || c == 0x200D || (c >= 0x2070 && c <= 0x218F) ||
           (c >= 0x2C00 && c <= 0x2FEF) || (c >= 0x3001 && c <= 0xD7FF) || (c >= 0xF900 && c <= 0xFDCF) ||
           (c >= 0xFDF0 && c <= 0xFFFD) || (c >= 0x10000 && c <= 0xEFFFF);
}

/// PN_CHARS.
bool continues_name(char32_t c) {
    return starts_name(c) || (c >= '0' && c <= '9') || c == '-' || c == 0xB7 || (c >= 0x300 && c <= 0x36F) ||
           c == 0x203F || c == 0x2040;
}

}  // namespace

bool is_langtag(std::string_view text) {
    bool is_first = true;
    std::size_t length = 0;  // Of the part so far.
    for (char const c : text) {
        if (c == '-') {
            if (length == 0) return false;
            is_first = false;
            length = 0;
        } else {
            if (!is_tag_letter(c) && (is_first || !is_tag_digit(c))) return false;
            ++length;
        }
    }
    return length > 0;
}

bool is_blank_node_label(std::string_view text) {
    if (text.empty() || text.back() == '.') return false;
    for (std::size_t at = 0; at < text.size();) {
        auto const point = decode_utf8(text, at);
        if (!point) return false;
        auto const c = point->value;
        auto const allowed = at == 0 ? starts_name(c) || (c >= '0' && c <= '9') : continues_name(c) || c == '.';
        if (!allowed) return false;
        at += point->size;
    }
    return true;
}

Dataset::Dataset() : term_slots_(first_slots), quad_slots_(first_slots) {
    terms_.reserve(first_slots / 2);
    quads_.reserve(first_slots / 2);
    clear();
}

void Dataset::clear() {
    terms_.clear();
    quads_.clear();
    std::fill(term_slots_.begin(), term_slots_.end(), 0);
    std::fill(quad_slots_.begin(), quad_slots_.end(), 0);
    block_ = used_ = 0;
    next_label_ = 0;
    terms_.push_back(Entry{{}, 0, {}, TermKind::none});
    iri(rdf::xsd_string, Text::borrowed);
    iri(rdf::lang_string, Text::borrowed);
}

TermId Dataset::iri(std::string_view value, Text text) {
    return intern(TermKind::iri, {}, value, text);
}

TermId Dataset::blank_node(std::string_view label, Text text) {
    if (!is_blank_node_label(label)) throw std::invalid_argument("not a blank node label: " + std::string(label));
    return intern(TermKind::blank_node, {}, label, text);
}

TermId Dataset::new_blank_node() {
    std::array<char, 12> label{'b'};
    for (;;) {
        auto const end = std::to_chars(label.data() + 1, label.data() + label.size(), next_label_++).ptr;
        auto const known = terms_.size();
        auto const id = intern(TermKind::blank_node, {}, {label.data(), end}, Text::copied);
        if (terms_.size() > known) return id;
    }
}

TermId Dataset::literal(std::string_view lexical, TermId datatype, Text text) {
    if (kind(datatype) != TermKind::iri) throw std::invalid_argument("a datatype is an IRI");
    return intern(TermKind::literal, datatype, lexical, text);
}

TermId Dataset::literal_in(std::string_view language, std::string_view lexical, Text text) {
    if (!is_langtag(language)) throw std::invalid_argument("not a language tag: " + std::string(language));
    return intern(TermKind::literal, intern(TermKind::tag, {}, language, Text::copied), lexical, text);
}

TermId Dataset::datatype(TermId id) const {
    auto const tag = at(id).tag;
    return kind(tag) == TermKind::tag ? lang_string_id : tag;
}

std::string_view Dataset::language(TermId id) const {
    auto const& tag = at(at(id).tag);
    return tag.kind == TermKind::tag ? tag.value : std::string_view{};
}

bool Dataset::add(Quad const& quad) {
    if (quads_.size() * 2 >= quad_slots_.size()) grow_quad_slots();
    auto const mask = quad_slots_.size() - 1;
    auto slot = hash_quad(quad) & mask;
    for (; quad_slots_[slot] != 0; slot = (slot + 1) & mask) {
        if (quads_[quad_slots_[slot] - 1] == quad) return false;
    }
    quads_.push_back(quad);
    quad_slots_[slot] = static_cast<std::uint32_t>(quads_.size());
    return true;
}

TermId Dataset::intern(TermKind kind, TermId tag, std::string_view value, Text text) {
    if (terms_.size() * 2 >= term_slots_.size()) grow_term_slots();
    auto const hash = hash_term(kind, tag, value);
    auto const mask = term_slots_.size() - 1;
    auto slot = hash & mask;
    for (; term_slots_[slot] != 0; slot = (slot + 1) & mask) {
        auto const& entry = terms_[term_slots_[slot]];
        if (entry.hash == hash && entry.kind == kind && entry.tag == tag && entry.value == value)
            return TermId{term_slots_[slot]};
    }
    auto const id = static_cast<std::uint32_t>(terms_.size());
    terms_.push_back(Entry{text == Text::borrowed ? value : keep(value), hash, tag, kind});
    term_slots_[slot] = id;
    return TermId{id};
}

/// Copies a text into the current block or a new one that is large enough.
std::string_view Dataset::keep(std::string_view value) {
    while (block_ < blocks_.size() && blocks_[block_].size - used_ < value.size()) {
        ++block_;
        used_ = 0;
    }
    if (block_ == blocks_.size()) {
        auto const size = std::max(blocks_.empty() ? first_block : blocks_.back().size * 2, value.size());
        blocks_.push_back(Block{std::unique_ptr<char[]>(new char[size]), size});
    }
    auto* const to = blocks_[block_].bytes.get() + used_;
    std::copy(value.begin(), value.end(), to);
    used_ += value.size();
    return {to, value.size()};
}

void Dataset::grow_term_slots() {
    term_slots_.assign(term_slots_.size() * 2, 0);
    auto const mask = term_slots_.size() - 1;
    for (std::uint32_t id = 1; id < terms_.size(); ++id) {
        auto slot = terms_[id].hash & mask;
        while (term_slots_[slot] != 0)
            slot = (slot + 1) & mask;
        term_slots_[slot] = id;
    }
}

void Dataset::grow_quad_slots() {
    quad_slots_.assign(quad_slots_.size() * 2, 0);
    auto const mask = quad_slots_.size() - 1;
    for (std::uint32_t i = 0; i < quads_.size(); ++i) {
        auto slot = hash_quad(quads_[i]) & mask;
        while (quad_slots_[slot] != 0)
            slot = (slot + 1) & mask;
        quad_slots_[slot] = i + 1;
    }
}

}  // namespace itqan::schemas
