#pragma once
// What the files of compaction share.

#include "schemas/json_ld_compact.hpp"

namespace itqan::schemas {

struct Compactor::Object {
    ContextPtr active;
    ContextPtr type_scoped;
    ActiveProperty property;
    Json result;
};

struct Compactor::Item {
    std::string const& term;
    Json const& expanded;
    Json compacted;
    TermDefinition const* definition;
    Json& target;  ///< Where the member `term` goes.
    bool always_array;

    bool in(unsigned containers) const { return definition != nullptr && definition->container.has(containers); }
    void add(Json value) { add_value(target, term, std::move(value), always_array); }
};

}  // namespace itqan::schemas
