#pragma once
// The text side of canonicalising a dataset: each term and line written once, which blank node is mentioned where, and
// the final lines. What the blank nodes are called is decided in rdf_canon.cpp.

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/rdf.hpp"
#include "schemas/result.hpp"

namespace itqan::schemas {

/// A blank node by the order of its first mention.
using Node = std::uint32_t;
inline constexpr Node no_node = std::numeric_limits<Node>::max();

/// Of a dataset that outlives it and stays as it is.
class CanonText {
  public:
    /// Where a blank node may be.
    static constexpr std::array positions{&Quad::subject, &Quad::object, &Quad::graph};

    explicit CanonText(Dataset const& dataset) : data_(dataset) {}

    /// To be called once and first. Errors are those of canonicalise(); `limit` is in bytes.
    Result<void> build(std::size_t limit);

    /// Bytes of all lines while every blank node is "_:z".
    std::size_t size() const { return size_; }

    std::size_t node_count() const { return terms_.size(); }
    TermId term(Node node) const { return terms_[node]; }

    /// no_node for a term that is no blank node.
    Node node(TermId term) const { return nodes_[static_cast<std::size_t>(term)]; }

    /// The quads that mention a node, each once.
    std::span<std::uint32_t const> mentions(Node node) const {
        return std::span(mentions_).subspan(starts_[node], starts_[node + 1] - starts_[node]);
    }

    /// A term that is no blank node in canonical form.
    std::string_view form(TermId term) const {
        auto const at = static_cast<std::size_t>(term);
        return std::string_view(forms_).substr(form_ends_[at - 1], form_ends_[at] - form_ends_[at - 1]);
    }

    /// A quad that mentions a node, with "_:z" for every blank node but the marked one.
    std::string_view line(std::uint32_t quad) const {
        auto const& line = lines_[quad];
        return std::string_view(text_).substr(line.begin, line.end - line.begin);
    }

    /// Turns the "_:z" of a node into "_:a" or back, in all lines that mention it.
    void mark(Node node, char as);

    /// All lines with "_:c14n" and the number of each node, sorted and joined.
    std::string named(std::vector<std::uint32_t> const& names) const;

  private:
    struct Line {
        std::uint32_t begin = 0;
        std::uint32_t end = 0;
        std::array<std::uint32_t, 3> slots{};  ///< Where the letter of a blank node stands, by position.
    };

    Result<void> find_nodes();
    template <typename Visit>
    void visit_mentions(Visit visit) const;
    void find_mentions();
    void write_forms();
    std::size_t size_of(TermId id) const;
    std::size_t line_size(Quad const& quad) const;
    void write_lines();
    void append_slot(TermId id, std::uint32_t& slot);
    void append_named(std::string& out, TermId id, std::vector<std::uint32_t> const& names) const;

    Dataset const& data_;
    std::vector<Node> nodes_;            ///< By term.
    std::vector<TermId> terms_;          ///< By node.
    std::vector<std::uint32_t> starts_;  ///< Of each node's run in mentions_.
    std::vector<std::uint32_t> mentions_;
    std::string forms_;
    std::vector<std::size_t> form_ends_;  ///< By term.
    std::string text_;
    std::vector<Line> lines_;  ///< By quad; empty for those without a node.
    std::size_t size_ = 0;     ///< Of all lines, with "_:z".
};

/// Appends a number in decimal.
void append_number(std::string& out, std::size_t number);

}  // namespace itqan::schemas
