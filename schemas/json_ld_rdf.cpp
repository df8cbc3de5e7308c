#include "schemas/json_ld_rdf.hpp"

#include <utility>

#include "schemas/iri.hpp"
#include "schemas/json_ld_value.hpp"

namespace itqan::schemas {
namespace {

/// The elements of an array, or a value alone.
template <typename Visit>
bool for_each_item(JsonLdRun& run, Json const& items, Visit&& visit) {
    if (!items.is_array()) return visit(items);
    for (auto const& item : items) {
        if (!visit(item) || run.failed()) return false;
    }
    return true;
}

}  // namespace

RdfWriter::Term RdfWriter::reference(std::string_view iri) {
    if (!run_.spend_text(iri.size())) return std::nullopt;
    if (is_blank_node(iri)) {
        if (run_.loses("json-ld-blank-id", "the label of a blank node, which is not kept; write an IRI or none"))
            return {};
        auto const known = blank_nodes_.find(std::string(iri));
        if (known != blank_nodes_.end()) return known->second;
        return blank_nodes_.emplace(iri, new_blank_node()).first->second;
    }
    if (is_absolute_iri(iri)) return dataset_.iri(iri);
    auto const code = has_iri_form(iri) ? "json-ld-invalid-iri" : "json-ld-relative-iri";
    if (run_.options.safe) run_.loses(code, "\"" + std::string(iri) + "\", which is no IRI and is dropped");
    return std::nullopt;
}

RdfWriter::Term RdfWriter::predicate(std::string_view iri) {
    if (!is_blank_node(iri) || run_.options.generalized_rdf) return reference(iri);
    run_.loses("json-ld-blank-property", "a property that is a blank node, which RDF does not have");
    return std::nullopt;
}

void RdfWriter::add(Term subject, Term predicate, Term object, TermId graph) {
    if (!subject || !predicate || !object) return;
    ++statements_;
    dataset_.add({*subject, *predicate, *object, graph});
}

void RdfWriter::check_said(std::size_t statements_before) {
    if (statements_ == statements_before) run_.loses("json-ld-lost-value", "a node or value of which nothing is said");
}

bool RdfWriter::write_nodes(Json const& expanded, TermId graph) {
    return for_each_item(run_, expanded, [&](Json const& node) {
        auto const before = statements_;
        if (is_node_object(node)) write_node(node, graph);
        check_said(before);
        return !run_.failed();
    });
}

RdfWriter::Term RdfWriter::write_node(Json const& node, TermId graph) {
    Level const level(run_);
    if (run_.failed()) return std::nullopt;
    auto const id = node.find("@id");
    Term subject;
    if (id == node.end()) {
        subject = new_blank_node();
    } else if (id->is_string()) {
        subject = reference(id->get_ref<std::string const&>());
    }
    if (!check_index(node, subject, graph) || !write_members(node, subject, graph)) return std::nullopt;
    return subject;
}

bool RdfWriter::check_index(Json const& node, Term subject, TermId graph) {
    auto const index = node.find("@index");
    if (index == node.end() || !subject) return true;
    auto const& text = index->get_ref<std::string const&>();
    if (run_.loses("json-ld-lost-value", "an index, which RDF does not have")) return false;
    auto const [known, fresh] = indexes_.try_emplace({graph, *subject}, text);
    return fresh || known->second == text || run_.fail("conflicting indexes", "a node with two indexes");
}

bool RdfWriter::write_members(Json const& node, Term subject, TermId graph) {
    for (auto const& [name, value] : node.get_ref<Json::object_t const&>()) {
        auto const keyword = keyword_of(name);
        if (keyword == Keyword::type) {
            for_each_item(run_, value, [&](Json const& type) {
                auto const term = type.is_string() ? reference(type.get_ref<std::string const&>()) : std::nullopt;
                add(subject, this->type(), term, graph);
                return true;
            });
        } else if (keyword == Keyword::graph) {
            if (subject) write_nodes(value, *subject);
        } else if (keyword == Keyword::included) {
            write_nodes(value, graph);
        } else if (keyword == Keyword::reverse) {
            write_reverse(value, subject, graph);
        } else if (keyword == Keyword::no_keyword) {
            auto const property = predicate(name);
            for_each_item(run_, value, [&, property = property](Json const& item) {
                add(subject, property, write_object(item, subject, property, graph), graph);
                return true;
            });
        }
        if (run_.failed()) return false;
    }
    return true;
}

bool RdfWriter::write_reverse(Json const& reverse, Term subject, TermId graph) {
    for (auto const& [name, nodes] : reverse.get_ref<Json::object_t const&>()) {
        auto const property = predicate(name);
        auto const written = for_each_item(run_, nodes, [&, property = property](Json const& node) {
            add(write_node(node, graph), property, subject, graph);
            return true;
        });
        if (!written || run_.failed()) return false;
    }
    return true;
}

RdfWriter::Term RdfWriter::write_object(Json const& item, Term subject, Term predicate, TermId graph) {
    if (is_list_object(item)) {
        if (item.contains("@index") && run_.loses("json-ld-lost-value", "an index, which RDF does not have")) return {};
        return write_list(item.at("@list"), graph);
    }
    if (!is_value_object(item)) return write_node(item, graph);
    auto const text = [&item](char const* name) -> std::string_view {
        auto const found = item.find(name);
        return found != item.end() && found->is_string() ? found->get_ref<std::string const&>() : std::string_view();
    };
    if (item.contains("@index") && run_.loses("json-ld-lost-value", "an index, which RDF does not have")) return {};
    LdLiteral const literal{&item.at("@value"), text("@type"), text("@language"), text("@direction")};
    return write_literal(literal, subject, predicate, graph);
}

TermId RdfWriter::List::next() {
    auto const link = writer_.new_blank_node();
    if (!head_) head_ = link;
    writer_.add(last_, writer_.rest(), link, graph_);
    last_ = link;
    return link;
}

TermId RdfWriter::List::end() {
    auto const nil = writer_.nil();
    writer_.add(last_, writer_.rest(), nil, graph_);
    return head_ ? *head_ : nil;
}

RdfWriter::Term RdfWriter::write_list(Json const& items, TermId graph) {
    Level const level(run_);
    List list(*this, graph);
    for (auto const& item : items) {
        if (run_.failed()) return std::nullopt;
        auto const link = list.next();
        list.set(write_object(item, link, first(), graph));
    }
    if (run_.failed()) return std::nullopt;
    return list.end();
}

}  // namespace itqan::schemas
