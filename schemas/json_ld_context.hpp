#pragma once
// What a context means: active contexts, which never change once made and are shared, and the terms they define.
// Section 4.1 of https://www.w3.org/TR/json-ld11-api/.

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/json.hpp"
#include "schemas/json_ld.hpp"
#include "schemas/json_ld_keyword.hpp"

namespace itqan::schemas {

enum class Direction : std::uint8_t { ltr, rtl };

std::string_view direction_name(Direction direction);

/// A context as it was written, and the URL its relative references start from.
struct LocalContext {
    std::shared_ptr<Json const> owner;  ///< Of the document it is part of; null when the caller owns that.
    Json const* value = nullptr;
    std::shared_ptr<std::string const> base_url;
    bool is_known = false;  ///< It is the loader's, so what it means may be remembered.
};

/// A set of container keywords.
class Container {
  public:
    enum Kind : std::uint8_t { none = 0, list = 1, set = 2, index = 4, language = 8, id = 16, type = 32, graph = 64 };

    constexpr Container() = default;
    constexpr Container(unsigned kinds) : kinds_(static_cast<std::uint8_t>(kinds)) {}

    constexpr bool has(unsigned kinds) const { return (kinds_ & kinds) != 0; }
    constexpr std::uint8_t kinds() const { return kinds_; }
    constexpr bool operator==(Container const&) const = default;

  private:
    std::uint8_t kinds_ = 0;
};

struct TermDefinition {
    std::string term;
    std::optional<std::string> iri;         ///< Or keyword; nothing when the term is mapped to null.
    Keyword keyword = Keyword::no_keyword;  ///< When `iri` is one.
    bool is_property = false;               ///< `iri` has a colon and is no keyword.
    bool is_well_formed = false;            ///< `iri` may stand in RDF.
    bool is_prefix = false;
    bool is_protected = false;
    bool is_reverse = false;
    bool is_published = false;  ///< A context of the loader says so, not one that the document writes out.
    Container container;
    std::optional<std::string> type;                     ///< "@id", "@vocab", "@json", "@none" or an IRI.
    Keyword type_keyword = Keyword::no_keyword;          ///< When `type` is one.
    std::optional<std::optional<std::string>> language;  ///< An inner nothing is an explicit null.
    std::optional<std::optional<Direction>> direction;   ///< Likewise.
    std::optional<std::string> index;
    std::optional<std::string> nest;
    std::optional<LocalContext> context;
};

/// The definitions of a context, found by term: open addressing, copied whole when a context is derived.
class TermTable {
  public:
    TermDefinition const* find(std::string_view term) const;
    std::shared_ptr<TermDefinition const> share(std::string_view term) const;
    void set(std::shared_ptr<TermDefinition const> definition);
    void erase(std::string_view term);
    std::size_t size() const { return size_; }

    template <typename Visit>
    void for_each(Visit&& visit) const {
        for (auto const& slot : slots_) {
            if (slot.definition) visit(*slot.definition);
        }
    }

  private:
    struct Slot {
        std::size_t hash = 0;
        bool taken = false;  ///< Also when the definition was erased, so that a search goes on.
        std::shared_ptr<TermDefinition const> definition;
    };

    Slot const* find_slot(std::string_view term) const;
    void grow();

    std::vector<Slot> slots_;
    std::size_t size_ = 0;
    std::size_t taken_ = 0;
};

class ActiveContext;
using ContextPtr = std::shared_ptr<ActiveContext const>;

/// The fields of an active context while it is being made.
struct ContextFields {
    ProcessingMode mode = ProcessingMode::json_ld_1_1;
    std::optional<std::string> base;
    std::string original_base;
    std::optional<std::string> vocab;
    std::optional<std::string> language;
    std::optional<Direction> direction;
    ContextPtr previous;
    TermTable terms;
};

struct InverseContext;

class ActiveContext : public ContextFields {
  public:
    /// `cached` when it was derived from nothing but the loader's documents, so that it may be remembered.
    ActiveContext(ContextFields fields, bool cached);
    ~ActiveContext();

    bool is_cached() const { return cached_; }

    /// The names of members that mean @type or @value, sorted.
    std::vector<std::string> const& type_names() const { return type_names_; }
    std::vector<std::string> const& value_names() const { return value_names_; }

    /// Section 4.3, made when it is first asked for.
    InverseContext const& inverse() const;
    bool has_inverse() const { return has_inverse_.load(std::memory_order_relaxed); }

  private:
    bool cached_;
    std::vector<std::string> type_names_;
    std::vector<std::string> value_names_;
    mutable std::atomic<bool> has_inverse_ = false;
    mutable std::once_flag inverse_made_;
    mutable std::unique_ptr<InverseContext> inverse_;
};

}  // namespace itqan::schemas
