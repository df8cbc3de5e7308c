#pragma once
// Builds a Programme from the JSON bodies of its items and checks the shape of one item (a POST body, an import file).
// It reads no file and no database.

#include <memory>
#include <string_view>
#include <vector>

#include "schemas/json.hpp"
#include "service/domain/programme.hpp"

namespace itqan::domain {

/// Shape of one item of a kind: required, unknown and wrongly typed members, ranges, and a valid rule as far as no
/// other item is needed. Kinds: programme, framework, framework-levels, provider, issuer, activity, epa, role,
/// organisation, crosswalk, level-map, achievement, path, profile, region, team, objective. Pointers are relative to
/// the body. An unknown kind is one violation.
std::vector<Violation> check_item(std::string_view kind, Json const& body);

/// Collects items in any order and builds the Programme from all of them at once.
class ProgrammeBuilder {
  public:
    ProgrammeBuilder();
    ~ProgrammeBuilder();
    ProgrammeBuilder(ProgrammeBuilder const&) = delete;
    ProgrammeBuilder& operator=(ProgrammeBuilder const&) = delete;

    /// Kinds as for check_item. "level-map" bodies are {"1": 1, ...}; kinds that decide nothing (path, team, ...) are
    /// ignored. Achievements: every version; the newest published or retired one counts, drafts are left out.
    void add(std::string_view kind, Json body);

    /// Error: unprocessable "invalid-programme" with a violation for every item of the wrong shape, unknown reference,
    /// duplicate id, invalid rule and badge cycle. Pointers: "/{kind}/{id or position}/{member}...".
    Result<Programme> build() const;

  private:
    struct Items;
    std::unique_ptr<Items> items_;
};

}  // namespace itqan::domain
