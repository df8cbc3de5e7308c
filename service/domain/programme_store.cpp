#include "service/domain/programme_store.hpp"

#include <stdexcept>

#include <nlohmann/json.hpp>

#include "service/domain/programme_reader.hpp"
#include "storage/catalog.hpp"

namespace itqan::domain {
namespace {

constexpr std::string_view kinds[] = {"programme", "framework", "framework-levels", "provider", "issuer", "activity",
                                      "epa", "role", "organisation", "crosswalk", "level-map"};

Programme load(storage::Session& session) {
    ProgrammeBuilder builder;
    for (auto const kind : kinds) {
        storage::each_programme_item(session, kind, [&](storage::ProgrammeItem const& item) {
            builder.add(kind, Json::parse(item.body));
        });
    }
    storage::each_achievement(session, [&](storage::AchievementRow const& row) {
        builder.add("achievement", Json::parse(row.body));
    });
    auto programme = builder.build();
    if (!programme) {
        std::string message = "the stored programme is inconsistent: " + programme.error().detail;
        for (auto const& violation : programme.error().violations) message += "; " + violation.pointer + ": " + violation.detail;
        throw std::runtime_error(message);
    }
    return std::move(*programme);
}

}  // namespace

std::shared_ptr<Programme const> ProgrammeStore::current(storage::Session& session) {
    auto const change = storage::change_count(session, "programme");
    std::lock_guard const lock(mutex_);
    if (!programme_ || change_ != change) {
        programme_ = std::make_shared<Programme const>(load(session));
        change_ = change;
    }
    return programme_;
}

}  // namespace itqan::domain
