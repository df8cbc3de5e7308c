#pragma once
// RDF 1.1 datasets in memory. A dataset interns its terms: equal terms have equal ids, so that a quad is four small
// numbers and comparing is free. Not here: syntaxes (rdf_nquads.hpp) and the canonical form (rdf_canon.hpp).

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace itqan::schemas {

namespace rdf {
inline constexpr std::string_view type = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
inline constexpr std::string_view first = "http://www.w3.org/1999/02/22-rdf-syntax-ns#first";
inline constexpr std::string_view rest = "http://www.w3.org/1999/02/22-rdf-syntax-ns#rest";
inline constexpr std::string_view nil = "http://www.w3.org/1999/02/22-rdf-syntax-ns#nil";
inline constexpr std::string_view list = "http://www.w3.org/1999/02/22-rdf-syntax-ns#List";
inline constexpr std::string_view value = "http://www.w3.org/1999/02/22-rdf-syntax-ns#value";
inline constexpr std::string_view language = "http://www.w3.org/1999/02/22-rdf-syntax-ns#language";
inline constexpr std::string_view direction = "http://www.w3.org/1999/02/22-rdf-syntax-ns#direction";
inline constexpr std::string_view lang_string = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString";
inline constexpr std::string_view json = "http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON";
inline constexpr std::string_view i18n = "https://www.w3.org/ns/i18n#";  ///< + language + "_" + direction.
inline constexpr std::string_view xsd_string = "http://www.w3.org/2001/XMLSchema#string";
inline constexpr std::string_view xsd_boolean = "http://www.w3.org/2001/XMLSchema#boolean";
inline constexpr std::string_view xsd_integer = "http://www.w3.org/2001/XMLSchema#integer";
inline constexpr std::string_view xsd_double = "http://www.w3.org/2001/XMLSchema#double";
}  // namespace rdf

/// Names a term of one dataset. Ids mean nothing in another dataset; they count up from 0 in the order of first
/// mention.
enum class TermId : std::uint32_t {};

/// Three ids that every dataset has.
inline constexpr TermId default_graph{0};  ///< In the graph position only; no term.
inline constexpr TermId xsd_string_id{1};
inline constexpr TermId lang_string_id{2};

/// `tag` is what makes literals with a language different from those with a datatype; it never occurs in a quad.
enum class TermKind : std::uint8_t { none, iri, blank_node, literal, tag };

struct Quad {
    TermId subject{};
    TermId predicate{};
    TermId object{};
    TermId graph = default_graph;

    bool operator==(Quad const&) const = default;
};

/// Whether a text fits LANGTAG of N-Quads without the "@": letters, then subtags of letters and digits, of any length.
bool is_langtag(std::string_view text);

/// Whether a text fits BLANK_NODE_LABEL of N-Quads without the "_:".
bool is_blank_node_label(std::string_view text);

/// A set of quads and the terms they are made of. Adding what is known already allocates nothing. Not for use by
/// several threads while one of them adds. Every view it hands out lives until clear() or the end of the dataset, moves
/// included.
class Dataset {
  public:
    /// Whether a new term's text is copied, or the caller keeps it alive and unchanged as long as the dataset
    /// (constants, a context, the document).
    enum class Text : bool { copied, borrowed };

    Dataset();

    TermId iri(std::string_view value, Text text = Text::copied);

    /// By its label without "_:". Throws std::invalid_argument where is_blank_node_label() is false: the label would be
    /// written as it is.
    TermId blank_node(std::string_view label, Text text = Text::copied);

    /// One whose label ("b0", "b1", ...) no blank node had before.
    TermId new_blank_node();

    /// With a datatype, which is an iri() of this dataset; xsd:string for plain ones.
    TermId literal(std::string_view lexical, TermId datatype = xsd_string_id, Text text = Text::copied);

    /// With a language, kept in the case it has: "en" and "EN" are two terms. Throws std::invalid_argument where
    /// is_langtag() is false.
    TermId literal_in(std::string_view language, std::string_view lexical, Text text = Text::copied);

    /// False when the quad was there before. Subjects, predicates and graphs of any kind are taken (generalised RDF).
    bool add(Quad const& quad);

    std::vector<Quad> const& quads() const { return quads_; }

    /// One more than the highest id.
    std::size_t term_count() const { return terms_.size(); }

    TermKind kind(TermId id) const { return at(id).kind; }
    bool is_blank(TermId id) const { return at(id).kind == TermKind::blank_node; }

    /// The IRI, the label without "_:", the lexical form.
    std::string_view value(TermId id) const { return at(id).value; }

    /// Of a literal; rdf:langString for one with a language.
    TermId datatype(TermId id) const;

    /// Of a literal; empty where it has none.
    std::string_view language(TermId id) const;

    /// As new, but keeps its memory for the next document.
    void clear();

  private:
    struct Entry {
        std::string_view value;
        std::uint32_t hash;
        TermId tag;  ///< Of a literal: its datatype or its language.
        TermKind kind;
    };
    struct Block {
        std::unique_ptr<char[]> bytes;
        std::size_t size;
    };

    Entry const& at(TermId id) const { return terms_[static_cast<std::size_t>(id)]; }
    TermId intern(TermKind kind, TermId tag, std::string_view value, Text text);
    std::string_view keep(std::string_view value);
    void grow_term_slots();
    void grow_quad_slots();

    std::vector<Entry> terms_;
    std::vector<Quad> quads_;
    std::vector<std::uint32_t> term_slots_;  ///< Open addressing: an id, or 0 for free.
    std::vector<std::uint32_t> quad_slots_;  ///< Open addressing: a position in quads_ plus 1, or 0 for free.
    std::vector<Block> blocks_;
    std::size_t block_ = 0;  ///< The one being filled.
    std::size_t used_ = 0;   ///< Bytes of it.
    std::uint32_t next_label_ = 0;
};

}  // namespace itqan::schemas
