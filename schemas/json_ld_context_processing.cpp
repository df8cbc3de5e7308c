#include "schemas/json_ld_context_processing.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "schemas/iri.hpp"
#include "schemas/json_ld_term_definition.hpp"

namespace itqan::schemas {
namespace {

Json const* member_of(Json const& object, char const* name) {
    if (!object.is_object()) return nullptr;
    auto const found = object.find(name);
    return found == object.end() ? nullptr : &*found;
}

bool has_protected(TermTable const& terms) {
    bool found = false;
    terms.for_each([&found](TermDefinition const& definition) { found = found || definition.is_protected; });
    return found;
}

/// One call of the algorithm of section 4.1.2.
class Processing {
  public:
    Processing(JsonLdRun& run, ContextPtr const& active, LocalContext const& local, ContextUse use,
               RemoteContexts const* remote)
        : run_(run), active_(active), local_(local), use_(use), remote_(remote), result_(active) {
        auto const* propagate = member_of(*local.value, "@propagate");
        if (propagate != nullptr && propagate->is_boolean()) use_.propagate = propagate->get<bool>();
        cached_ = active->is_cached() && local.is_known;
    }

    ContextPtr process() {
        auto const& value = *local_.value;
        if (!use_.propagate && !value.is_object() && !value.is_null()) keep_previous();
        if (!value.is_array()) return process_item(value) ? result_ : nullptr;
        for (std::size_t i = 0; i < value.size(); ++i) {
            Step const step(run_, i);
            if (!process_item(held_context(value[i]))) return nullptr;
        }
        return result_;
    }

  private:
    /// JsonLdOptions::nested_contexts; published contexts are taken by the letter.
    Json const& held_context(Json const& item) const {
        if (!run_.options.nested_contexts || local_.is_known || !item.is_object() || item.size() != 1) return item;
        auto const* held = member_of(item, "@context");
        return held != nullptr && held->is_object() ? *held : item;
    }

    bool process_item(Json const& item) {
        if (!local_.is_known && use_.validate_scoped && ++run_.contexts > run_.options.limits.contexts) {
            return run_.exceed("more contexts than one document may have");
        }
        if (item.is_null()) return nullify();
        if (item.is_string()) return include(item.get_ref<std::string const&>());
        if (!item.is_object()) return run_.fail("invalid local context", "a context is a URL, an object or null");
        return define(item);
    }

    bool copy(ContextFields& fields) {
        if (!run_.spend(1 + result_->terms.size() / 8)) return false;
        fields = *result_;
        if (!use_.propagate && !fields.previous) fields.previous = active_;
        return true;
    }

    void keep(ContextFields fields) { result_ = std::make_shared<ActiveContext const>(std::move(fields), cached_); }

    void keep_previous() {
        ContextFields fields;
        if (copy(fields)) keep(std::move(fields));
    }

    /// Step 5.1.
    bool nullify() {
        if (!use_.override_protected && has_protected(result_->terms)) {
            return run_.fail("invalid context nullification", "null would remove protected terms");
        }
        ContextFields fields;
        fields.mode = active_->mode;
        fields.original_base = active_->original_base;
        if (!fields.original_base.empty()) fields.base = fields.original_base;
        if (!use_.propagate) fields.previous = result_;
        keep(std::move(fields));
        return true;
    }

    /// Nothing when it is not in the loader.
    std::shared_ptr<Json const> load(std::string const& url) {
        auto document = run_.loader.find(url);
        if (!document) run_.fail("loading remote context failed", "no context is known with the URL " + url);
        return document;
    }

    bool resolve(std::string_view reference, std::string& url) {
        url = resolve_iri(reference, *local_.base_url);
        if (has_iri_form(url)) return true;
        return run_.fail("loading document failed", "a context with a relative URL, and no base for it");
    }

    /// Step 5.2.
    bool include(std::string const& reference) {
        std::string url;
        if (!resolve(reference, url)) return false;
        auto const is_repeated = remote_ != nullptr && remote_->includes(url);
        if (is_repeated && !use_.validate_scoped) return true;
        if (is_repeated && result_->mode == ProcessingMode::json_ld_1_0) {
            return run_.fail("recursive context inclusion", "the context " + url + " includes itself");
        }
        RemoteContexts const remote{remote_, url, remote_ == nullptr ? 1 : remote_->count + 1};
        if (is_repeated || remote.count > run_.options.limits.remote_depth) {
            return run_.fail("context overflow", "the context " + url + " is included by too many others, or itself");
        }
        auto const document = load(url);
        if (!document) return false;
        auto const* value = member_of(*document, "@context");
        if (value == nullptr) {
            return run_.fail("invalid remote context", "the document " + url + " has no @context");
        }
        if (use_.validate_scoped && result_->is_cached()) {
            if (auto known = run_.cache.derived().find(*result_, value, {})) {
                result_ = std::move(known);
                return true;
            }
        }
        LocalContext const local{document, value, std::make_shared<std::string const>(url), true};
        ContextUse use;
        use.validate_scoped = use_.validate_scoped;
        result_ = process_context(run_, result_, local, use, &remote);
        return result_ != nullptr;
    }

    /// Steps 5.5 to 5.13.
    bool define(Json const& item) {
        LocalContext definition{local_.owner, &item, local_.base_url, local_.is_known};
        if (!check_version(item) || !import(definition)) return false;
        ContextFields fields;
        auto const& context = *definition.value;
        if (!copy(fields) || !set_base(context, fields) || !set_vocab(context, fields) ||
            !set_language(context, fields) || !set_direction(context, fields) || !check_propagate(context)) {
            return false;
        }
        TermDefiner definer(run_, fields, definition, use_, remote_);
        for (auto const& [term, value] : context.get_ref<Json::object_t const&>()) {
            if (is_setting(term)) continue;
            Step const step(run_, std::string_view(term));
            if (!definer.define(term)) return false;
        }
        keep(std::move(fields));
        return true;
    }

    static bool is_setting(std::string_view term) {
        auto const keyword = keyword_of(term);
        return keyword == Keyword::base || keyword == Keyword::direction || keyword == Keyword::import ||
               keyword == Keyword::language || keyword == Keyword::propagate || keyword == Keyword::is_protected ||
               keyword == Keyword::version || keyword == Keyword::vocab;
    }

    bool is_1_0() const { return active_->mode == ProcessingMode::json_ld_1_0; }

    bool check_version(Json const& item) {
        auto const* version = member_of(item, "@version");
        if (version == nullptr) return true;
        if (!version->is_number() || version->get<double>() != 1.1) {
            return run_.fail("invalid @version value", "@version is the number 1.1");
        }
        return !is_1_0() || run_.fail("processing mode conflict", "@version in a JSON-LD 1.0 document");
    }

    /// Step 5.6: what this context does not say is taken from the imported one.
    bool import(LocalContext& definition) {
        auto const* imported = member_of(*definition.value, "@import");
        if (imported == nullptr) return true;
        if (is_1_0()) return run_.fail("invalid context entry", "@import in a JSON-LD 1.0 document");
        if (!imported->is_string()) return run_.fail("invalid @import value", "@import is a URL");
        std::string url;
        if (!resolve(imported->get_ref<std::string const&>(), url)) return false;
        auto const document = load(url);
        if (!document) return false;
        auto const* source = member_of(*document, "@context");
        if (source == nullptr || !source->is_object()) {
            return run_.fail("invalid remote context", "the document " + url + " has no @context that is an object");
        }
        if (source->contains("@import")) {
            return run_.fail("invalid context entry", "the imported context " + url + " imports another");
        }
        if (!run_.spend(1 + source->size())) return false;
        auto merged = std::make_shared<Json>(*source);
        merged->update(*definition.value);
        definition.value = merged.get();
        definition.owner = std::move(merged);
        return true;
    }

    bool set_base(Json const& context, ContextFields& fields) {
        auto const* base = member_of(context, "@base");
        if (base == nullptr || remote_ != nullptr) return true;
        if (base->is_null()) {
            fields.base.reset();
            return true;
        }
        if (!base->is_string()) return run_.fail("invalid base IRI", "@base is an IRI or null");
        auto const& value = base->get_ref<std::string const&>();
        if (has_iri_form(value)) {
            fields.base = value;
        } else if (fields.base) {
            if (!run_.spend_text(fields.base->size())) return false;
            fields.base = resolve_iri(value, *fields.base);
        } else {
            return run_.fail("invalid base IRI", "a relative @base, and no base for it");
        }
        return true;
    }

    bool set_vocab(Json const& context, ContextFields& fields) {
        auto const* vocab = member_of(context, "@vocab");
        if (vocab == nullptr) return true;
        if (vocab->is_null()) {
            fields.vocab.reset();
            return true;
        }
        if (!vocab->is_string()) return run_.fail("invalid vocab mapping", "@vocab is an IRI or null");
        auto const& value = vocab->get_ref<std::string const&>();
        if (is_1_0() && !has_iri_form(value) && !is_blank_node(value)) {
            return run_.fail("invalid vocab mapping", "a relative @vocab in a JSON-LD 1.0 document");
        }
        fields.vocab = expand_iri(run_, fields, value, {.document_relative = true});
        return !run_.failed();
    }

    bool set_language(Json const& context, ContextFields& fields) {
        auto const* language = member_of(context, "@language");
        if (language == nullptr) return true;
        if (language->is_null()) {
            fields.language.reset();
            return true;
        }
        if (!language->is_string()) return run_.fail("invalid default language", "@language is a language tag or null");
        fields.language = language->get_ref<std::string const&>();
        return true;
    }

    bool set_direction(Json const& context, ContextFields& fields) {
        auto const* direction = member_of(context, "@direction");
        if (direction == nullptr) return true;
        if (is_1_0()) return run_.fail("invalid context entry", "@direction in a JSON-LD 1.0 document");
        if (direction->is_null()) {
            fields.direction.reset();
        } else if (*direction == "ltr") {
            fields.direction = Direction::ltr;
        } else if (*direction == "rtl") {
            fields.direction = Direction::rtl;
        } else {
            return run_.fail("invalid base direction", "@direction is \"ltr\", \"rtl\" or null");
        }
        return true;
    }

    bool check_propagate(Json const& context) {
        auto const* propagate = member_of(context, "@propagate");
        if (propagate == nullptr) return true;
        if (is_1_0()) return run_.fail("invalid context entry", "@propagate in a JSON-LD 1.0 document");
        return propagate->is_boolean() || run_.fail("invalid @propagate value", "@propagate is true or false");
    }

    JsonLdRun& run_;
    ContextPtr active_;
    LocalContext const& local_;
    ContextUse use_;
    RemoteContexts const* remote_;
    ContextPtr result_;
    bool cached_;
};

}  // namespace

bool RemoteContexts::includes(std::string_view sought) const {
    for (auto const* context = this; context != nullptr; context = context->outer) {
        if (context->url == sought) return true;
    }
    return false;
}

ContextPtr process_context(JsonLdRun& run, ContextPtr const& active, LocalContext const& local, ContextUse use,
                           RemoteContexts const* remote) {
    auto const is_known = active->is_cached() && local.is_known;
    auto& cache = is_known ? run.cache.derived() : run.own_contexts;
    if (use.validate_scoped) {
        if (auto known = cache.find(*active, local.value, use)) return known;
    }
    Level const level(run);
    if (run.failed()) return nullptr;
    auto result = Processing(run, active, local, use, remote).process();
    if (run.failed()) return nullptr;
    if (use.validate_scoped) cache.insert(active, local, use, result);
    return result;
}

ContextPtr apply_scoped(JsonLdRun& run, ContextPtr const& active, TermDefinition const& definition, ContextUse use) {
    return process_context(run, active, *definition.context, use);
}

}  // namespace itqan::schemas
