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

std::size_t ContextCache::KeyHash::operator()(Key const& key) const {
    auto const parent = std::hash<void const*>{}(key.parent);
    auto const local = std::hash<void const*>{}(key.local);
    return (parent ^ (local * 31)) + (key.override_protected ? 1 : 0) + (key.propagate ? 2 : 0);
}

ContextPtr ContextCache::initial(JsonLdOptions const& options) {
    auto name = (options.mode == ProcessingMode::json_ld_1_0 ? "0 " : "1 ") + options.base;
    name += " " + options.base_override;
    {
        std::shared_lock lock(mutex_);
        if (auto const found = initial_.find(name); found != initial_.end()) return found->second;
    }
    std::unique_lock lock(mutex_);
    make_room(definitions_of_an_entry);
    return initial_.try_emplace(std::move(name), make_initial(options)).first->second;
}

ContextPtr ContextCache::find(ActiveContext const& parent, Json const* local, ContextUse use) const {
    std::shared_lock lock(mutex_);
    auto const found = derived_.find(Key{&parent, local, use.override_protected, use.propagate});
    return found == derived_.end() ? nullptr : found->second.result;
}

void ContextCache::insert(ContextPtr parent, LocalContext const& local, ContextUse use, ContextPtr const& result) {
    std::unique_lock lock(mutex_);
    make_room(definitions_of_an_entry + result->terms.size());
    auto const key = Key{parent.get(), local.value, use.override_protected, use.propagate};
    derived_.try_emplace(key, Entry{std::move(parent), local.owner, result});
}

void ContextCache::make_room(std::size_t definitions) {
    definitions_ += definitions;
    if (definitions_ <= most_definitions) return;
    derived_.clear();
    initial_.clear();
    definitions_ = definitions;
}

}  // namespace itqan::schemas
