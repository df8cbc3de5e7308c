#pragma once
// The programme's rows: elements of the starter files by kind, and achievements by issuer and version. Bodies are JSON
// texts as they were given; what they mean is the domain's matter.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "storage/database.hpp"

namespace itqan::storage {

/// Kinds in use: "programme", "framework", "framework-levels" (competencies.flat.json), "provider", "issuer",
/// "activity", "epa", "role", "path", "profile", "organisation", "region", "team", "crosswalk", "level-map", "mentor",
/// "mentoring-agreement", "mentoring-session", "intervention", "benefit", "benefit-network", "objective", "setting".
struct ProgrammeItem {
    std::string kind;
    std::string id;
    std::string body;
};

/// Inserts or replaces; a new item goes to the end of its kind (lists keep the order of the files).
void put_programme_item(Session& session, ProgrammeItem const& item, Instant now);
std::optional<std::string> programme_item(Session& session, std::string_view kind, std::string_view id);
void each_programme_item(Session& session, std::string_view kind,
                         std::function<void(ProgrammeItem const&)> const& each);

struct AchievementRow {
    std::string issuer_id;
    std::string id;
    int version = 1;
    std::string status;  ///< draft, published, retired.
    std::string body;
};

void put_achievement(Session& session, AchievementRow const& row, Instant now);
/// All issuers, in the order of their first import.
void each_achievement(Session& session, std::function<void(AchievementRow const&)> const& each);

/// The counter of a cache topic ("programme", "keys", "status"); 0 when never moved. bump_change() belongs into the
/// transaction of the change itself.
std::int64_t change_count(Session& session, std::string_view topic);
/// All that ever moved.
void each_change_count(Session& session, std::function<void(std::string_view topic, std::int64_t count)> const& each);
void bump_change(Session& session, std::string_view topic);

}  // namespace itqan::storage
