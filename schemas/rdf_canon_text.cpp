#include "schemas/rdf_canon_text.hpp"

#include <algorithm>
#include <charconv>

#include "schemas/rdf_nquads.hpp"

namespace itqan::schemas {

Result<void> CanonText::build(std::size_t limit) {
    if (auto valid = find_nodes(); !valid) return valid.error();
    find_mentions();
    write_forms();
    limit = std::min<std::size_t>(limit, std::numeric_limits<std::uint32_t>::max());
    for (auto const& quad : data_.quads())
        size_ += line_size(quad);
    if (size_ > limit) {
        return Error{Fault::too_large, "rdf-work-limit",
                     "The document says more than " + std::to_string(limit) + " bytes of N-Quads."};
    }
    write_lines();
    return {};
}

void CanonText::mark(Node node, char as) {
    for (auto const at : mentions(node)) {
        auto const& quad = data_.quads()[at];
        for (std::size_t i = 0; i < positions.size(); ++i) {
            if (quad.*positions[i] == term(node)) text_[lines_[at].slots[i]] = as;
        }
    }
}

std::string CanonText::named(std::vector<std::uint32_t> const& names) const {
    std::string text;
    text.reserve(size_ + size_ / 8);
    std::vector<std::size_t> ends;
    ends.reserve(data_.quads().size());
    for (auto const& quad : data_.quads()) {
        append_named(text, quad.subject, names);
        (text += form(quad.predicate)) += ' ';
        append_named(text, quad.object, names);
        if (quad.graph != default_graph) append_named(text, quad.graph, names);
        text += ".\n";
        ends.push_back(text.size());
    }
    std::vector<std::string_view> lines;
    lines.reserve(ends.size());
    for (std::size_t begin = 0; auto const end : ends) {
        lines.push_back(std::string_view(text).substr(begin, end - begin));
        begin = end;
    }
    std::sort(lines.begin(), lines.end());
    std::string out;
    out.reserve(text.size());
    for (auto const line : lines)
        out += line;
    return out;
}

Result<void> CanonText::find_nodes() {
    nodes_.assign(data_.term_count(), no_node);
    auto const is_resource = [this](TermId id) { return data_.kind(id) == TermKind::iri || data_.is_blank(id); };
    for (auto const& quad : data_.quads()) {
        if (!is_resource(quad.subject) || data_.kind(quad.predicate) != TermKind::iri ||
            !(is_resource(quad.object) || data_.kind(quad.object) == TermKind::literal) ||
            !(is_resource(quad.graph) || quad.graph == default_graph)) {
            return Error{Fault::unprocessable, "rdf-generalised",
                         "Only RDF without generalisations has a canonical form."};
        }
        for (auto const position : positions) {
            auto& node = nodes_[static_cast<std::size_t>(quad.*position)];
            if (node != no_node || !data_.is_blank(quad.*position)) continue;
            node = static_cast<Node>(terms_.size());
            terms_.push_back(quad.*position);
        }
    }
    return {};
}

template <typename Visit>
void CanonText::visit_mentions(Visit visit) const {
    for (std::uint32_t i = 0; i < data_.quads().size(); ++i) {
        auto const& quad = data_.quads()[i];
        auto const s = node(quad.subject);
        auto const o = node(quad.object);
        auto const g = node(quad.graph);
        if (s != no_node) visit(s, i);
        if (o != no_node && o != s) visit(o, i);
        if (g != no_node && g != s && g != o) visit(g, i);
    }
}

/// Counts each node's quads two places ahead, sums up, and fills each run by moving its start, which ends where the
/// next one begins.
void CanonText::find_mentions() {
    starts_.assign(terms_.size() + 2, 0);
    visit_mentions([this](Node node, std::uint32_t) { ++starts_[node + 2]; });
    for (std::size_t i = 2; i < starts_.size(); ++i)
        starts_[i] += starts_[i - 1];
    mentions_.resize(starts_.back());
    visit_mentions([this](Node node, std::uint32_t quad) { mentions_[starts_[node + 1]++] = quad; });
}

void CanonText::write_forms() {
    form_ends_.reserve(data_.term_count());
    for (std::uint32_t id = 0; id < data_.term_count(); ++id) {
        if (!data_.is_blank(TermId{id})) append_nquads_term(forms_, data_, TermId{id});
        form_ends_.push_back(forms_.size());
    }
}

std::size_t CanonText::size_of(TermId id) const {
    return node(id) != no_node ? 4 : form(id).size() + 1;
}

std::size_t CanonText::line_size(Quad const& quad) const {
    auto const graph = quad.graph == default_graph ? 0 : size_of(quad.graph);
    return size_of(quad.subject) + size_of(quad.predicate) + size_of(quad.object) + graph + 2;
}

void CanonText::write_lines() {
    lines_.resize(data_.quads().size());
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        auto const& quad = data_.quads()[i];
        if (node(quad.subject) == no_node && node(quad.object) == no_node && node(quad.graph) == no_node) continue;
        auto& line = lines_[i];
        line.begin = static_cast<std::uint32_t>(text_.size());
        append_slot(quad.subject, line.slots[0]);
        (text_ += form(quad.predicate)) += ' ';
        append_slot(quad.object, line.slots[1]);
        if (quad.graph != default_graph) append_slot(quad.graph, line.slots[2]);
        text_ += ".\n";
        line.end = static_cast<std::uint32_t>(text_.size());
    }
}

void CanonText::append_slot(TermId id, std::uint32_t& slot) {
    slot = static_cast<std::uint32_t>(text_.size() + 2);
    if (node(id) != no_node) {
        text_ += "_:z ";
    } else {
        (text_ += form(id)) += ' ';
    }
}

void CanonText::append_named(std::string& out, TermId id, std::vector<std::uint32_t> const& names) const {
    if (auto const is = node(id); is != no_node) {
        append_number(out += "_:c14n", names[is]);
    } else {
        out += form(id);
    }
    out += ' ';
}

void append_number(std::string& out, std::size_t number) {
    std::array<char, 20> digits;
    auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

}  // namespace itqan::schemas
