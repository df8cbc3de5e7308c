#pragma once
// The programmes that these tests decide in: the small one of this folder, and the starter data when it is there.

#include <map>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "service/domain/criteria.hpp"
#include "service/domain/evidence_reader.hpp"
#include "service/domain/programme_reader.hpp"

namespace itqan::tests {

Json read_json(std::string const& path);

/// data/programme.json: lists of items by kind.
Json small_items();
domain::Programme build(Json const& items);
domain::Programme const& small_programme();

struct Starter {
    domain::Programme programme;
    std::map<std::string, domain::Evidence> evidence;  ///< By learner.
    Json expected;                                     ///< expected/dataset-expected.json.
};

/// Null, with a message in the running test, when ../shared is absent.
Starter const* starter();

/// Reads one element, which must be right, and appends it as it would come back from storage.
void add(domain::Evidence& evidence, domain::Programme const& programme, std::string const& kind, Json const& element);

/// A rule that lives as long as the nodes that point into it.
schemas::Rule const& kept_rule(std::string_view text);

inline Day day(std::string_view text) {
    return Day::parse(text).value();
}

}  // namespace itqan::tests
