#pragma once
// From expanded JSON-LD to RDF: section 8 of https://www.w3.org/TR/json-ld11-api/. Nodes are written as they are met: a
// dataset is a set, so that the node map of section 7.2 need not be made.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>

#include <nlohmann/json.hpp>

#include "schemas/json_ld_run.hpp"
#include "schemas/rdf.hpp"

namespace itqan::schemas {

/// The parts of a value object.
struct LdLiteral {
    Json const* value;                ///< A scalar, or any JSON when the type is "@json".
    std::string_view type = {};       ///< A datatype IRI, "@json" or nothing.
    std::string_view language = {};   ///< Or nothing.
    std::string_view direction = {};  ///< "ltr", "rtl" or nothing.
};

/// What is not well-formed is left out and gives no term; in safe mode it fails the run.
class RdfWriter {
  public:
    using Term = std::optional<TermId>;

    RdfWriter(JsonLdRun& run, Dataset& dataset) : run_(run), dataset_(dataset) {}

    /// Expanded nodes. False when the run failed.
    bool write_nodes(Json const& expanded, TermId graph);

    /// An expanded node with all that is below it; its term.
    Term write_node(Json const& node, TermId graph);

    /// An expanded value, list or node, as the object of a statement.
    Term write_object(Json const& item, Term subject, Term predicate, TermId graph);

    Term write_literal(LdLiteral const& literal, Term subject, Term predicate, TermId graph);

    /// An IRI or a blank node.
    Term reference(std::string_view iri);
    Term predicate(std::string_view iri);

    /// Nothing where a part of the statement is missing.
    void add(Term subject, Term predicate, Term object, TermId graph);

    /// How often something was said, even if it was known before.
    std::size_t statements() const { return statements_; }

    /// In safe mode, fails where nothing was said since then: of a node that no statement names, its id is lost.
    void check_said(std::size_t statements_before);

    TermId new_blank_node() { return dataset_.new_blank_node(); }

    /// An IRI that is known to be well-formed. Nothing when the work is used up.
    Term iri(std::string_view value) { return run_.spend_text(value.size()) ? Term(dataset_.iri(value)) : Term(); }

    TermId first() { return dataset_.iri(rdf::first, Dataset::Text::borrowed); }
    TermId rest() { return dataset_.iri(rdf::rest, Dataset::Text::borrowed); }
    TermId nil() { return dataset_.iri(rdf::nil, Dataset::Text::borrowed); }
    TermId type() { return dataset_.iri(rdf::type, Dataset::Text::borrowed); }

    /// Section 8.3.2, link by link.
    class List {
      public:
        List(RdfWriter& writer, TermId graph) : writer_(writer), graph_(graph) {}

        /// The next link, whose item set() gives.
        TermId next();
        void set(Term item) { writer_.add(last_, writer_.first(), item, graph_); }

        /// Ends the list; its head.
        TermId end();

      private:
        RdfWriter& writer_;
        TermId graph_;
        Term head_ = std::nullopt;
        Term last_ = std::nullopt;
    };

  private:
    bool write_members(Json const& node, Term subject, TermId graph);
    bool write_reverse(Json const& reverse, Term subject, TermId graph);
    bool check_index(Json const& node, Term subject, TermId graph);
    Term write_list(Json const& items, TermId graph);
    Term write_direction(LdLiteral const& literal, std::string const& text, Term subject, Term predicate, TermId graph);

    JsonLdRun& run_;
    Dataset& dataset_;
    std::unordered_map<std::string, TermId> blank_nodes_;       ///< By the label in the document.
    std::map<std::pair<TermId, TermId>, std::string> indexes_;  ///< By graph and node.
    using Compound = std::tuple<TermId, TermId, TermId, std::string, std::string, std::string>;
    std::size_t statements_ = 0;
    std::map<Compound, TermId> compounds_;  ///< Literals with a direction, one for each different one of a property.
};

/// Section 8.2.2 steps 8 to 11: what a scalar is in RDF.
struct LexicalForm {
    std::string text;
    std::string_view datatype;
};
LexicalForm lexical_form(Json const& value, std::string_view datatype);

}  // namespace itqan::schemas
