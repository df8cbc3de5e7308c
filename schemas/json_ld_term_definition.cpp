#include "schemas/json_ld_term_definition.hpp"

#include <utility>

#include "schemas/iri.hpp"

namespace itqan::schemas {
namespace {

/// Whether a term may have this prefix flag: its IRI ends with one of RFC 3986's gen-delims, or is a blank node.
bool ends_like_prefix(std::string_view iri) {
    return is_blank_node(iri) || (!iri.empty() && std::string_view(":/?#[]@").find(iri.back()) != std::string::npos);
}

unsigned container_kind(Json const& value) {
    if (!value.is_string()) return Container::none;
    switch (keyword_of(value.get_ref<std::string const&>())) {
        case Keyword::list:
            return Container::list;
        case Keyword::set:
            return Container::set;
        case Keyword::index:
            return Container::index;
        case Keyword::language:
            return Container::language;
        case Keyword::id:
            return Container::id;
        case Keyword::type:
            return Container::type;
        case Keyword::graph:
            return Container::graph;
        default:
            return Container::none;
    }
}

/// Step 19.1: any one; @graph with @id or @index and perhaps @set; @set with one other than @list.
bool is_allowed(Container container) {
    auto const one_of = [](unsigned kinds) { return (kinds & (kinds - 1)) == 0; };
    auto const kinds = container.kinds();
    if (kinds == Container::none) return false;
    if (one_of(kinds)) return true;
    if (container.has(Container::list)) return false;
    auto const others = kinds & ~(unsigned{Container::set} | Container::graph);
    if (!one_of(others)) return false;
    return !container.has(Container::graph) || (others & ~(unsigned{Container::id} | Container::index)) == 0;
}

/// Nothing where it is no container mapping at all.
Container read_container_value(Json const& value) {
    if (!value.is_array()) return container_kind(value);
    unsigned kinds = Container::none;
    for (auto const& item : value) {
        auto const kind = container_kind(item);
        if (kind == Container::none || (kinds & kind) != 0) return {};
        kinds |= kind;
    }
    return kinds;
}

bool same_context(std::optional<LocalContext> const& left, std::optional<LocalContext> const& right) {
    if (!left || !right) return !left && !right;
    return left->value == right->value || *left->value == *right->value;
}

/// Whether two definitions differ in nothing but the protected flag.
bool same_definition(TermDefinition const& left, TermDefinition const& right) {
    return left.iri == right.iri && left.is_prefix == right.is_prefix && left.is_reverse == right.is_reverse &&
           left.container == right.container && left.type == right.type && left.language == right.language &&
           left.direction == right.direction && left.index == right.index && left.nest == right.nest &&
           same_context(left.context, right.context);
}

}  // namespace

struct TermDefiner::Draft {
    std::string_view term;
    Json const& value;  ///< As written: an object, a string (a simple term) or null.
    TermDefinition definition;
    std::shared_ptr<TermDefinition const> previous;

    bool is_simple() const { return value.is_string(); }

    /// Whether it is to mean something that has the form of a keyword and is none.
    bool is_reserved() const {
        for (auto const* name : {"@reverse", "@id"}) {
            auto const* meaning = entry(name);
            if (meaning == nullptr || !meaning->is_string()) continue;
            auto const& text = meaning->get_ref<std::string const&>();
            if (has_keyword_form(text) && keyword_of(text) == Keyword::no_keyword) return true;
        }
        return false;
    }

    /// The entry of an expanded term definition, or null; what a simple term says is its @id.
    Json const* entry(char const* name) const {
        if (!value.is_object()) return std::string_view(name) == "@id" ? &value : nullptr;
        auto const found = value.find(name);
        return found == value.end() ? nullptr : &*found;
    }
};

TermDefiner::TermDefiner(JsonLdRun& run, ContextFields& result, LocalContext const& local, ContextUse use,
                         RemoteContexts const* remote)
    : run_(run),
      result_(result),
      local_(local),
      entries_(local.value->get_ref<Json::object_t const&>()),
      use_(use),
      remote_(remote) {
    auto const found = entries_.find("@protected");
    protected_by_default_ = found != entries_.end() && found->second.is_boolean() && found->second.get<bool>();
}

bool TermDefiner::define_if_local(std::string_view term) {
    return entries_.find(term) == entries_.end() || define(term);
}

bool TermDefiner::define(std::string_view name) {
    auto const entry = entries_.find(name);
    std::string_view const term = entry->first;
    auto const [state, fresh] = defined_.try_emplace(term, false);
    if (!fresh) return state->second || run_.fail("cyclic IRI mapping", "terms that are defined by one another");
    if (term.empty()) return run_.fail("invalid term definition", "a term that is the empty text");
    Level const level(run_);
    if (run_.failed() || !run_.spend(1)) return false;

    auto const& value = entry->second;
    if (keyword_of(term) != Keyword::no_keyword) {
        if (!check_keyword(term, value)) return false;
    } else if (has_keyword_form(term)) {
        return state->second = true;
    }
    Draft draft{term, value, {}, result_.terms.share(term)};
    result_.terms.erase(term);
    if (!value.is_null() && !value.is_string() && !value.is_object()) {
        return run_.fail("invalid term definition", "a term is defined by an IRI, an object or null");
    }
    if (!build(draft)) return false;
    state->second = true;
    return true;
}

/// Step 5: only @type may be defined, and only to be a set or protected.
bool TermDefiner::check_keyword(std::string_view term, Json const& value) {
    auto const is_allowed_entry = [](std::string const& name, Json const& entry) {
        return (name == "@container" && entry == "@set") || name == "@protected";
    };
    auto allowed = term == "@type" && !is_1_0() && value.is_object() && !value.empty();
    if (allowed) {
        for (auto const& [name, entry] : value.get_ref<Json::object_t const&>())
            allowed = allowed && is_allowed_entry(name, entry);
    }
    return allowed || run_.fail("keyword redefinition", "a keyword that is defined as a term");
}

bool TermDefiner::build(Draft& draft) {
    draft.definition.term = draft.term;
    draft.definition.is_protected = protected_by_default_;
    draft.definition.is_published = local_.is_known;
    if (!read_protected(draft) || !read_type(draft)) return false;
    if (draft.is_reserved()) return drop(draft);
    if (!read_mapping(draft) || !read_container(draft) || !read_index(draft) || !read_context(draft) ||
        !read_language(draft) || !read_direction(draft) || !read_nest(draft) || !read_prefix(draft) ||
        !check_entries(draft) || !keep_protected(draft)) {
        return false;
    }
    result_.terms.set(std::make_shared<TermDefinition const>(std::move(draft.definition)));
    return true;
}

/// Steps 13.3 and 14.2.2: what is reserved for later versions defines nothing, which must not remove a protected term.
bool TermDefiner::drop(Draft const& draft) {
    if (use_.override_protected || !draft.previous || !draft.previous->is_protected) return true;
    return run_.fail("protected term redefinition", "a protected term that is defined anew");
}

/// Step 11.
bool TermDefiner::read_protected(Draft& draft) {
    auto const* value = draft.entry("@protected");
    if (value == nullptr) return true;
    if (is_1_0()) return run_.fail("invalid term definition", "@protected in a JSON-LD 1.0 document");
    if (!value->is_boolean()) return run_.fail("invalid @protected value", "@protected is true or false");
    draft.definition.is_protected = value->get<bool>();
    return true;
}

/// Step 12.
bool TermDefiner::read_type(Draft& draft) {
    auto const* value = draft.entry("@type");
    if (value == nullptr) return true;
    if (!value->is_string()) return run_.fail("invalid type mapping", "the @type of a term is a text");
    auto type = expand_iri(run_, result_, value->get_ref<std::string const&>(), {}, this);
    if (run_.failed()) return false;
    auto const keyword = type ? keyword_of(*type) : Keyword::no_keyword;
    auto const is_new = keyword == Keyword::json || keyword == Keyword::none;
    auto const allowed = keyword == Keyword::id || keyword == Keyword::vocab || (is_new && !is_1_0()) ||
                         (type && keyword == Keyword::no_keyword && has_iri_form(*type));
    if (!allowed)
        return run_.fail("invalid type mapping", "the @type of a term is an IRI, @id, @vocab, @json or @none");
    draft.definition.type = std::move(type);
    draft.definition.type_keyword = keyword;
    return true;
}

/// Steps 13 to 18.
bool TermDefiner::read_mapping(Draft& draft) {
    if (draft.entry("@reverse") != nullptr) return read_reverse(draft);
    auto const* id = draft.entry("@id");
    if (id != nullptr && !(id->is_string() && id->get_ref<std::string const&>() == draft.term)) return read_id(draft);
    return read_implied_mapping(draft);
}

bool TermDefiner::set_iri(Draft& draft, std::string iri) {
    auto& definition = draft.definition;
    definition.keyword = keyword_of(iri);
    definition.is_property = definition.keyword == Keyword::no_keyword && iri.find(':') != std::string::npos;
    definition.is_well_formed = is_absolute_iri(iri);
    definition.iri = std::move(iri);
    return true;
}

/// Step 13.
bool TermDefiner::read_reverse(Draft& draft) {
    if (draft.entry("@id") != nullptr || draft.entry("@nest") != nullptr) {
        return run_.fail("invalid reverse property", "@reverse beside @id or @nest");
    }
    auto const* value = draft.entry("@reverse");
    if (!value->is_string()) return run_.fail("invalid IRI mapping", "@reverse of a term is an IRI");
    auto iri = expand_iri(run_, result_, value->get_ref<std::string const&>(), {}, this);
    if (run_.failed()) return false;
    if (!iri || !(has_iri_form(*iri) || is_blank_node(*iri))) {
        return run_.fail("invalid IRI mapping", "@reverse of a term is an IRI");
    }
    set_iri(draft, *std::move(iri));
    draft.definition.is_reverse = true;
    if (auto const* container = draft.entry("@container")) {
        if (!container->is_null() && *container != "@set" && *container != "@index") {
            return run_.fail("invalid reverse property", "the @container of a reverse property is @set or @index");
        }
    }
    return true;
}

/// Step 14.
bool TermDefiner::read_id(Draft& draft) {
    auto const* value = draft.entry("@id");
    if (value->is_null()) return true;
    if (!value->is_string()) return run_.fail("invalid IRI mapping", "the @id of a term is an IRI or null");
    auto iri = expand_iri(run_, result_, value->get_ref<std::string const&>(), {}, this);
    if (run_.failed()) return false;
    if (!iri || (keyword_of(*iri) == Keyword::no_keyword && !has_iri_form(*iri) && !is_blank_node(*iri))) {
        return run_.fail("invalid IRI mapping", "the @id of a term is a keyword, an IRI or a blank node");
    }
    if (*iri == "@context") return run_.fail("invalid keyword alias", "a term that stands for @context");
    set_iri(draft, *std::move(iri));
    auto const colon = draft.term.find(':', 1);
    auto const has_colon = colon != std::string_view::npos && colon + 1 < draft.term.size();
    auto const has_slash = draft.term.find('/') != std::string_view::npos;
    if ((has_colon || has_slash) && !check_iri_like_term(draft)) return false;
    auto const is_plain = draft.term.find(':') == std::string_view::npos && !has_slash;
    draft.definition.is_prefix = is_plain && draft.is_simple() && ends_like_prefix(*draft.definition.iri);
    return true;
}

/// Step 14.2.4: a term that looks like an IRI means that IRI.
bool TermDefiner::check_iri_like_term(Draft const& draft) {
    defined_[draft.term] = true;
    auto const iri = expand_iri(run_, result_, draft.term, {}, this);
    if (run_.failed()) return false;
    return iri == draft.definition.iri || run_.fail("invalid IRI mapping", "a term that is an IRI and means another");
}

/// Steps 15 to 18: without an @id the term says what it means.
bool TermDefiner::read_implied_mapping(Draft& draft) {
    auto const term = draft.term;
    if (auto const colon = term.find(':', 1); colon != std::string_view::npos) {
        auto const prefix = term.substr(0, colon);
        if (!define_if_local(prefix)) return false;
        auto const* definition = result_.terms.find(prefix);
        if (definition == nullptr || !definition->iri) return set_iri(draft, std::string(term));
        if (!run_.spend_text(definition->iri->size())) return false;
        return set_iri(draft, *definition->iri + std::string(term.substr(colon + 1)));
    }
    if (term.find('/') != std::string_view::npos) {
        auto iri = expand_iri(run_, result_, term);
        if (run_.failed()) return false;
        if (!iri || !has_iri_form(*iri)) return run_.fail("invalid IRI mapping", "a relative term without @vocab");
        return set_iri(draft, *std::move(iri));
    }
    if (term == "@type") return set_iri(draft, "@type");
    if (!result_.vocab) return run_.fail("invalid IRI mapping", "a term without @id, and no @vocab");
    if (!run_.spend_text(result_.vocab->size())) return false;
    return set_iri(draft, *result_.vocab + std::string(term));
}

/// Step 19.
bool TermDefiner::read_container(Draft& draft) {
    auto const* value = draft.entry("@container");
    if (value == nullptr || (draft.definition.is_reverse && value->is_null())) return true;
    auto const container = read_container_value(*value);
    auto const is_new = !value->is_string() || container.has(Container::graph | Container::id | Container::type);
    if (!is_allowed(container) || (is_new && is_1_0())) {
        return run_.fail("invalid container mapping", "@container holds keywords that do not go together");
    }
    auto& definition = draft.definition;
    definition.container = container;
    if (!container.has(Container::type)) return true;
    if (!definition.type) {
        definition.type = "@id";
        definition.type_keyword = Keyword::id;
    }
    return definition.type_keyword == Keyword::id || definition.type_keyword == Keyword::vocab ||
           run_.fail("invalid type mapping", "the @type of a term with a @type container is @id or @vocab");
}

/// Step 20.
bool TermDefiner::read_index(Draft& draft) {
    auto const* value = draft.entry("@index");
    if (value == nullptr) return true;
    auto const allowed = !is_1_0() && draft.definition.container.has(Container::index) && value->is_string();
    if (!allowed) return run_.fail("invalid term definition", "@index is an IRI beside an @index container");
    auto const& index = value->get_ref<std::string const&>();
    auto const iri = expand_iri(run_, result_, index, {}, this);
    if (run_.failed()) return false;
    if (!iri || !has_iri_form(*iri)) return run_.fail("invalid term definition", "the @index of a term is an IRI");
    draft.definition.index = index;
    return true;
}

/// Step 21. What comes out is thrown away: it is made again where the term is used.
bool TermDefiner::read_context(Draft& draft) {
    auto const* value = draft.entry("@context");
    if (value == nullptr) return true;
    if (is_1_0()) return run_.fail("invalid term definition", "a scoped context in a JSON-LD 1.0 document");
    LocalContext const scoped{local_.owner, value, local_.base_url, local_.is_known};
    if (!run_.spend(1 + result_.terms.size() / 8)) return false;
    auto const active = std::make_shared<ActiveContext const>(result_, false);
    process_context(run_, active, scoped, {.override_protected = true, .validate_scoped = false}, remote_);
    if (run_.failed()) {
        if (run_.error->fault != Fault::too_large) run_.error->code = "invalid scoped context";
        return false;
    }
    draft.definition.context = scoped;
    return true;
}

/// Step 22.
bool TermDefiner::read_language(Draft& draft) {
    auto const* value = draft.entry("@language");
    if (value == nullptr || draft.entry("@type") != nullptr) return true;
    if (!value->is_null() && !value->is_string()) {
        return run_.fail("invalid language mapping", "the @language of a term is a language tag or null");
    }
    draft.definition.language.emplace();
    if (value->is_string()) *draft.definition.language = value->get_ref<std::string const&>();
    return true;
}

/// Step 23.
bool TermDefiner::read_direction(Draft& draft) {
    auto const* value = draft.entry("@direction");
    if (value == nullptr || draft.entry("@type") != nullptr) return true;
    if (!value->is_null() && *value != "ltr" && *value != "rtl") {
        return run_.fail("invalid base direction", "@direction is \"ltr\", \"rtl\" or null");
    }
    draft.definition.direction.emplace();
    if (!value->is_null()) *draft.definition.direction = *value == "ltr" ? Direction::ltr : Direction::rtl;
    return true;
}

/// Step 24.
bool TermDefiner::read_nest(Draft& draft) {
    auto const* value = draft.entry("@nest");
    if (value == nullptr) return true;
    if (is_1_0()) return run_.fail("invalid term definition", "@nest in a JSON-LD 1.0 document");
    auto const keyword = value->is_string() ? keyword_of(value->get_ref<std::string const&>()) : Keyword::no_keyword;
    if (!value->is_string() || (keyword != Keyword::no_keyword && keyword != Keyword::nest)) {
        return run_.fail("invalid @nest value", "@nest of a term is a term or @nest");
    }
    draft.definition.nest = value->get_ref<std::string const&>();
    return true;
}

/// Step 25.
bool TermDefiner::read_prefix(Draft& draft) {
    auto const* value = draft.entry("@prefix");
    if (value == nullptr) return true;
    if (is_1_0() || draft.term.find_first_of(":/") != std::string_view::npos) {
        return run_.fail("invalid term definition", "@prefix of a term that cannot be a prefix");
    }
    if (!value->is_boolean()) return run_.fail("invalid @prefix value", "@prefix is true or false");
    draft.definition.is_prefix = value->get<bool>();
    if (!draft.definition.is_prefix || draft.definition.keyword == Keyword::no_keyword) return true;
    return run_.fail("invalid term definition", "a prefix that stands for a keyword");
}

/// Step 26.
bool TermDefiner::check_entries(Draft const& draft) {
    if (!draft.value.is_object()) return true;
    for (auto const& [name, value] : draft.value.get_ref<Json::object_t const&>()) {
        switch (keyword_of(name)) {
            case Keyword::id:
            case Keyword::reverse:
            case Keyword::container:
            case Keyword::context:
            case Keyword::direction:
            case Keyword::index:
            case Keyword::language:
            case Keyword::nest:
            case Keyword::prefix:
            case Keyword::is_protected:
            case Keyword::type:
                break;
            default:
                return run_.fail("invalid term definition", "a term definition with an unknown entry");
        }
    }
    return true;
}

/// Step 27.
bool TermDefiner::keep_protected(Draft& draft) {
    if (use_.override_protected || !draft.previous || !draft.previous->is_protected) return true;
    if (!same_definition(draft.definition, *draft.previous)) {
        return run_.fail("protected term redefinition", "a protected term that is defined anew");
    }
    draft.definition = *draft.previous;
    return true;
}

}  // namespace itqan::schemas
