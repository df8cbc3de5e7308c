#include "service/domain/programme_store.hpp"

#include <stdexcept>

#include <nlohmann/json.hpp>

#include "schemas/must_not_wait.hpp"
#include "service/domain/programme_reader.hpp"
#include "storage/catalog.hpp"

namespace itqan::domain {
namespace {

constexpr std::string_view kinds[] = {"programme", "framework", "framework-levels", "provider",  "issuer",   "activity",
                                      "epa",       "role",      "organisation",     "crosswalk", "level-map"};

}  // namespace

Result<Programme> read_programme(storage::Session& session) {
    ProgrammeBuilder builder;
    for (auto const kind : kinds) {
        storage::each_programme_item(
            session, kind, [&](storage::ProgrammeItem const& item) { builder.add(kind, Json::parse(item.body)); });
    }
    storage::each_achievement(
        session, [&](storage::AchievementRow const& row) { builder.add("achievement", Json::parse(row.body)); });
    return builder.build();
}

std::shared_ptr<Programme const> ProgrammeStore::known_since(std::int64_t change) {
    std::lock_guard const lock(mutex_);
    return change_ == change ? programme_ : nullptr;
}

std::shared_ptr<Programme const> ProgrammeStore::current(storage::Session& session) {
    auto const change = storage::change_count(session, "programme");
    if (auto known = known_since(change)) return known;
    long_work_is_due();
    std::lock_guard const building(building_);
    if (auto known = known_since(change)) return known;
    auto programme = read_programme(session);
    if (!programme) {
        std::string message = "the stored programme is inconsistent: " + programme.error().detail;
        for (auto const& violation : programme.error().violations)
            message += "; " + violation.pointer + ": " + violation.detail;
        throw std::runtime_error(message);
    }
    std::lock_guard const lock(mutex_);
    programme_ = std::make_shared<Programme const>(std::move(*programme));
    change_ = change;
    return programme_;
}

}  // namespace itqan::domain
