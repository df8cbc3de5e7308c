#pragma once
// From a document to RDF in one walk: what expansion followed by json_ld_rdf gives, without the expanded document. It
// knows the shapes that credentials are made of; whatever else it meets, it leaves to expansion, member by member.

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/json_ld_expand.hpp"
#include "schemas/json_ld_rdf.hpp"

namespace itqan::schemas {

class RdfWalk {
  public:
    RdfWalk(Expander& expander, RdfWriter& writer) : run_(expander.run()), expander_(expander), writer_(writer) {}

    /// False, with nothing written, for a document that is to be expanded as a whole.
    bool walk_document(ContextPtr const& active, Json const& document);

  private:
    using Term = RdfWriter::Term;

    /// What is said of what is found: a statement with it as the object, and the graph it is in.
    struct Target {
        Term subject;
        Term predicate;
        TermId graph;
        bool has_graphs = false;  ///< Each value becomes a graph of its own.
    };

    struct Member {
        std::string_view key;
        std::string_view iri;
        TermDefinition const* definition;
        Json const* value;
    };

    /// The members of an object, those that are properties on the stack from `first` on.
    struct Members {
        std::size_t first;
        Json const* id = nullptr;
        Json const* types = nullptr;
    };

    bool read_members(ActiveContext const& active, Json const& element, Members& members);
    bool read_member(ActiveContext const& active, std::string const& key, Json const& value, Members& members);
    bool walk_object(ContextPtr const& active, ActiveProperty property, Json const& element, Target const& target);
    void walk_node(ContextPtr const& active, ContextPtr const& type_scoped, Members const& members,
                   Target const& target);
    Term subject_of(ActiveContext const& active, Members const& members);
    void walk_types(ActiveContext const& type_scoped, Json const& types, Term subject, TermId graph);
    void walk_type(ActiveContext const& type_scoped, std::string const& type, Term subject, TermId graph);
    void walk_member(ContextPtr const& active, Member const& member, Term subject, TermId graph);
    void walk_value(ContextPtr const& active, Member const& member, Json const& value, Target const& target);
    bool walk_list(ContextPtr const& active, Member const& member, Target const& target);
    Term scalar(ActiveContext const& active, TermDefinition const* definition, Json const& value, Target const& target);
    void write_expanded(Json const& expanded, Target const& target);

    JsonLdRun& run_;
    Expander& expander_;
    RdfWriter& writer_;
    std::vector<Member> stack_;
    std::deque<std::string> names_;  ///< IRIs of members that no term means.
    std::string storage_;
};

}  // namespace itqan::schemas
