#include "schemas/json_ld_walk.hpp"

#include <algorithm>
#include <utility>

#include "schemas/json_ld_expand_object.hpp"

namespace itqan::schemas {

bool RdfWalk::walk_document(ContextPtr const& active, Json const& document) {
    return document.is_object() && walk_object(active, std::nullopt, document, {{}, {}, default_graph});
}

/// False when the object is to be expanded.
bool RdfWalk::read_members(ActiveContext const& active, Json const& element, Members& members) {
    for (auto const& [key, value] : element.get_ref<Json::object_t const&>()) {
        if (key == "@context") continue;
        if (hides_keyword(run_, active, key, element) || !read_member(active, key, value, members)) return false;
    }
    return true;
}

bool RdfWalk::read_member(ActiveContext const& active, std::string const& key, Json const& value, Members& members) {
    auto const* definition = active.terms.find(key);
    std::optional<std::string_view> iri;
    if (definition != nullptr) {
        if (definition->is_reverse) return false;
        if (definition->is_property) {
            Step const step(run_, std::string_view(key));
            if (hides_term(run_, active, key, definition, *definition->iri)) return false;
            stack_.push_back({key, *definition->iri, definition, &value});
            return true;
        }
        iri = definition->iri;
    } else {
        iri = expand_iri_in(storage_, run_, active, key, {});
    }
    auto const keyword = iri ? keyword_of(*iri) : Keyword::no_keyword;
    if (keyword == Keyword::id && members.id == nullptr) {
        members.id = &value;
    } else if (keyword == Keyword::type && members.types == nullptr) {
        members.types = &value;
    } else if (keyword != Keyword::no_keyword) {
        return false;
    } else if (!iri || iri->find(':') == std::string_view::npos) {
        Step const step(run_, std::string_view(key));
        loses_term(run_, key);
    } else {
        auto const& name = names_.emplace_back(*iri);
        Step const step(run_, std::string_view(key));
        if (hides_term(run_, active, key, nullptr, name)) return false;
        stack_.push_back({key, name, nullptr, &value});
    }
    return true;
}

/// False when it wrote nothing because the whole document is to be expanded.
bool RdfWalk::walk_object(ContextPtr const& active, ActiveProperty property, Json const& element,
                          Target const& target) {
    Level const level(run_);
    if (run_.failed() || !run_.count_element()) return true;
    auto const type_scoped = expander_.enter_object(active, property, element, false);
    if (!type_scoped) return true;
    auto const inner = expander_.enter_types(type_scoped, element);
    if (!inner) return true;
    Members members{stack_.size()};
    auto const is_simple = read_members(*inner, element, members);
    auto const says_nothing = members.types == nullptr && stack_.size() == members.first;
    if (is_simple && !run_.failed() && (property || !says_nothing)) {
        walk_node(inner, type_scoped, members, target);
        stack_.resize(members.first);
        return true;
    }
    stack_.resize(members.first);
    if (!property || run_.failed()) return run_.failed();
    write_expanded(expander_.expand(active, property, element), target);
    return true;
}

void RdfWalk::walk_node(ContextPtr const& active, ContextPtr const& type_scoped, Members const& members,
                        Target const& target) {
    auto const graph = target.has_graphs ? writer_.new_blank_node() : target.graph;
    auto const subject = subject_of(*active, members);
    if (run_.failed()) return;
    writer_.add(target.subject, target.predicate, target.has_graphs ? graph : subject, target.graph);
    auto const before = writer_.statements();
    if (members.types != nullptr) walk_types(*type_scoped, *members.types, subject, graph);
    for (auto i = members.first, end = stack_.size(); i < end && !run_.failed(); ++i) {
        auto const member = stack_[i];  // A copy: the stack grows below.
        walk_member(active, member, subject, graph);
    }
    if (target.has_graphs || !target.predicate) writer_.check_said(before);
}

RdfWalk::Term RdfWalk::subject_of(ActiveContext const& active, Members const& members) {
    if (members.id == nullptr) return writer_.new_blank_node();
    if (!members.id->is_string()) {
        run_.fail("invalid @id value", "an @id is a text");
        return std::nullopt;
    }
    auto const& id = members.id->get_ref<std::string const&>();
    auto const iri = expand_iri_in(storage_, run_, active, id, {.document_relative = true, .vocab = false});
    if (iri) return writer_.reference(*iri);
    check_reference(run_, iri, id);
    return std::nullopt;
}

void RdfWalk::walk_types(ActiveContext const& type_scoped, Json const& types, Term subject, TermId graph) {
    if (types.is_string()) return walk_type(type_scoped, types.get_ref<std::string const&>(), subject, graph);
    if (!types.is_array()) return void(run_.fail("invalid type value", "a type is a text or an array of texts"));
    if (types.empty()) run_.hides(nothing_in_array);
    for (auto const& type : types) {
        if (!type.is_string()) return void(run_.fail("invalid type value", "a type is a text or an array of texts"));
        walk_type(type_scoped, type.get_ref<std::string const&>(), subject, graph);
    }
}

void RdfWalk::walk_type(ActiveContext const& type_scoped, std::string const& type, Term subject, TermId graph) {
    auto const* definition = type_scoped.terms.find(type);
    if (definition != nullptr && definition->is_well_formed) {
        if (hides_term(run_, type_scoped, type, definition, *definition->iri)) return;
        writer_.add(subject, writer_.type(), writer_.iri(*definition->iri), graph);
        return;
    }
    auto const iri = expand_iri_in(storage_, run_, type_scoped, type, {.document_relative = true});
    if (!check_type_reference(run_, iri, type) || !iri) return;
    if (hides_term(run_, type_scoped, type, nullptr, *iri)) return;
    writer_.add(subject, writer_.type(), writer_.reference(*iri), graph);
}

void RdfWalk::walk_member(ContextPtr const& active, Member const& member, Term subject, TermId graph) {
    Step const step(run_, member.key);
    auto const* definition = member.definition;
    auto const predicate =
        definition != nullptr && definition->is_well_formed ? writer_.iri(member.iri) : writer_.predicate(member.iri);
    auto const container = definition != nullptr ? definition->container : Container();
    auto const is_map = member.value->is_object() &&
                        container.has(Container::language | Container::index | Container::id | Container::type);
    auto const is_json = definition != nullptr && definition->type_keyword == Keyword::json;
    if (container.has(Container::list) && walk_list(active, member, {subject, predicate, graph})) return;
    if (is_map || is_json || container.has(Container::list)) {
        write_expanded(expander_.expand_member(active, member.key, *member.value), {subject, predicate, graph});
        return;
    }
    auto const has_graphs = container.has(Container::graph) && !container.has(Container::id | Container::index);
    walk_value(active, member, *member.value, {subject, predicate, graph, has_graphs});
}

void RdfWalk::walk_value(ContextPtr const& active, Member const& member, Json const& value, Target const& target) {
    if (value.is_object()) {
        walk_object(active, member.key, value, target);
    } else if (value.is_array()) {
        Level const level(run_);
        if (value.empty()) run_.hides(nothing_in_array);
        for (std::size_t i = 0; i < value.size() && !run_.failed(); ++i) {
            Step const step(run_, i);
            walk_value(active, member, value[i], target);
        }
    } else if (!run_.count_element()) {
        return;
    } else if (value.is_null()) {
        run_.hides(null_is_dropped);
    } else if (target.has_graphs || (member.definition != nullptr && member.definition->context)) {
        write_expanded(expander_.expand(active, member.key, value), target);
    } else {
        auto const object = scalar(*active, member.definition, value, target);
        writer_.add(target.subject, target.predicate, object, target.graph);
    }
}

/// What expand_value() would make of it.
RdfWalk::Term RdfWalk::scalar(ActiveContext const& active, TermDefinition const* definition, Json const& value,
                              Target const& target) {
    auto const coercion = definition != nullptr ? definition->type_keyword : Keyword::no_keyword;
    auto const is_reference = coercion == Keyword::id || coercion == Keyword::vocab;
    if (is_reference && value.is_string()) {
        auto const& text = value.get_ref<std::string const&>();
        IriMeaning const meaning{.document_relative = true, .vocab = coercion == Keyword::vocab};
        auto const iri = expand_iri_in(storage_, run_, active, text, meaning);
        if (iri) return writer_.reference(*iri);
        check_reference(run_, iri, text);
        return std::nullopt;
    }
    LdLiteral literal{&value};
    if (definition != nullptr && definition->type && !is_reference && coercion != Keyword::none) {
        literal.type = *definition->type;
    } else if (value.is_string()) {
        auto const& language = definition != nullptr && definition->language ? *definition->language : active.language;
        auto const& direction =
            definition != nullptr && definition->direction ? *definition->direction : active.direction;
        if (language) literal.language = *language;
        if (direction) literal.direction = direction_name(*direction);
    }
    return writer_.write_literal(literal, target.subject, target.predicate, target.graph);
}

/// False, with nothing written, for what is no plain list of scalars.
bool RdfWalk::walk_list(ContextPtr const& active, Member const& member, Target const& target) {
    auto const& items = *member.value;
    auto const& definition = *member.definition;
    auto const is_plain = items.is_array() && !definition.context && definition.type_keyword != Keyword::json &&
                          std::all_of(items.begin(), items.end(), is_scalar);
    if (!is_plain) return false;
    RdfWriter::List list(writer_, target.graph);
    for (std::size_t i = 0; i < items.size(); ++i) {
        Step const step(run_, i);
        if (!run_.count_element()) return true;
        auto const link = list.next();
        list.set(scalar(*active, &definition, items[i], {link, writer_.first(), target.graph}));
        if (run_.failed()) return true;
    }
    writer_.add(target.subject, target.predicate, list.end(), target.graph);
    return true;
}

void RdfWalk::write_expanded(Json const& expanded, Target const& target) {
    if (run_.failed() || expanded.is_null()) return;
    if (expanded.is_array()) {
        for (auto const& item : expanded)
            write_expanded(item, target);
    } else if (target.has_graphs) {
        auto const graph = writer_.new_blank_node();
        writer_.write_nodes(expanded, graph);
        writer_.add(target.subject, target.predicate, graph, target.graph);
    } else {
        auto const object = writer_.write_object(expanded, target.subject, target.predicate, target.graph);
        writer_.add(target.subject, target.predicate, object, target.graph);
    }
}

}  // namespace itqan::schemas
