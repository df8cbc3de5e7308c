#pragma once
// Active contexts, remembered by what they were derived from, so that a known context is processed once and a typed
// node costs one look-up.

#include <cstddef>
#include <shared_mutex>
#include <string>
#include <unordered_map>

#include "schemas/json_ld_context.hpp"

namespace itqan::schemas {

/// How a local context is applied: the optional inputs of section 4.1.2.
struct ContextUse {
    bool override_protected = false;
    bool propagate = true;
    bool validate_scoped = true;
};

/// Thread-safe. When full it forgets everything: the few contexts in use come back at once, and types combined by an
/// attacker do not stay.
class DerivedContexts {
  public:
    ContextPtr find(ActiveContext const& parent, Json const* local, ContextUse use) const;
    void insert(ContextPtr parent, LocalContext const& local, ContextUse use, ContextPtr const& result);

    static constexpr std::size_t most_definitions = 200'000;

  private:
    struct Key {
        ActiveContext const* parent;
        Json const* local;
        bool override_protected;
        bool propagate;
        bool operator==(Key const&) const = default;
    };
    struct KeyHash {
        std::size_t operator()(Key const& key) const;
    };
    struct Entry {
        ContextPtr parent;  ///< Kept, as is `owner`, so that the addresses in the key stay theirs.
        std::shared_ptr<Json const> owner;
        ContextPtr result;
    };

    mutable std::shared_mutex mutex_;
    std::unordered_map<Key, Entry, KeyHash> entries_;
    std::size_t definitions_ = 0;
};

/// What a processor learned: the contexts documents start with, and those derived from them and the loader's documents.
/// Thread-safe.
class ContextCache {
  public:
    ContextCache();

    /// The context a document starts with.
    ContextPtr initial(JsonLdOptions const& options);

    DerivedContexts& derived() { return derived_; }

    static constexpr std::size_t most_bases = 256;

  private:
    ContextPtr without_base_;  ///< The usual one.
    DerivedContexts derived_;
    std::shared_mutex mutex_;
    std::unordered_map<std::string, ContextPtr> with_base_;
};

}  // namespace itqan::schemas
