#include "schemas/json_ld_context_cache.hpp"

#include <functional>
#include <mutex>
#include <utility>

namespace itqan::schemas {
namespace {

constexpr std::size_t definitions_of_an_entry = 16;  // What an entry without definitions takes, in definitions.

ContextPtr make_initial(JsonLdOptions const& options) {
    ContextFields fields;
    fields.mode = options.mode;
    fields.original_base = options.base;
    auto const& base = options.base_override.empty() ? options.base : options.base_override;
    if (!base.empty()) fields.base = base;
    return std::make_shared<ActiveContext const>(std::move(fields), true);
}

}  // namespace

std::size_t DerivedContexts::KeyHash::operator()(Key const& key) const {
    auto const parent = std::hash<void const*>{}(key.parent);
    auto const local = std::hash<void const*>{}(key.local);
    return (parent ^ (local * 31)) + (key.override_protected ? 1 : 0) + (key.propagate ? 2 : 0);
}

ContextPtr DerivedContexts::find(ActiveContext const& parent, Json const* local, ContextUse use) const {
    std::shared_lock lock(mutex_);
    auto const found = entries_.find(Key{&parent, local, use.override_protected, use.propagate});
    return found == entries_.end() ? nullptr : found->second.result;
}

void DerivedContexts::insert(ContextPtr parent, LocalContext const& local, ContextUse use, ContextPtr const& result) {
    std::unique_lock lock(mutex_);
    auto const definitions = definitions_of_an_entry + result->terms.size();
    definitions_ += definitions;
    if (definitions_ > most_definitions) {
        entries_.clear();
        definitions_ = definitions;
    }
    auto const key = Key{parent.get(), local.value, use.override_protected, use.propagate};
    entries_.try_emplace(key, Entry{std::move(parent), local.owner, result});
}

ContextCache::ContextCache() : without_base_(make_initial({})) {}

ContextPtr ContextCache::initial(JsonLdOptions const& options) {
    auto const is_1_1 = options.mode == ProcessingMode::json_ld_1_1;
    if (is_1_1 && options.base.empty() && options.base_override.empty()) return without_base_;
    auto name = (is_1_1 ? "1 " : "0 ") + options.base + " " + options.base_override;
    {
        std::shared_lock lock(mutex_);
        if (auto const found = with_base_.find(name); found != with_base_.end()) return found->second;
    }
    std::unique_lock lock(mutex_);
    if (with_base_.size() >= most_bases) with_base_.clear();
    return with_base_.try_emplace(std::move(name), make_initial(options)).first->second;
}

}  // namespace itqan::schemas
