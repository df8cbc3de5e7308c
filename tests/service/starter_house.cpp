#include "tests/service/starter_house.hpp"

#include <map>

#include "storage/catalog.hpp"
#include "storage/people.hpp"

namespace itqan::tests {
namespace {

void load_items(storage::Session& session, std::string const& kind, Json const& items, Instant now,
                char const* id = "id") {
    for (auto const& item : items)
        storage::put_programme_item(session, {kind, item.at(id).get<std::string>(), item.dump()}, now);
}

void load_frameworks(storage::Session& session, Instant now) {
    auto const levels = read_starter("competencies.flat.json");
    storage::put_programme_item(session, {"framework-levels", levels.at("framework").get<std::string>(), levels.dump()},
                                now);
    for (auto const* const language : {"en", "ar", "bahr"}) {
        auto const package = read_starter("framework." + std::string(language) + ".cfpackage.json");
        auto const id = package.at("CFDocument").at("identifier").get<std::string>();
        storage::put_programme_item(session, {"framework", id, package.dump()}, now);
    }
    auto const crosswalks = read_starter("crosswalks.json");
    load_items(session, "crosswalk", crosswalks.at("CFAssociations"), now, "identifier");
    for (auto const& [name, map] : crosswalks.at("frameworkLevelMaps").items())
        storage::put_programme_item(session, {"level-map", name, map.dump()}, now);
}

void load_learners(storage::Session& session, Instant now) {
    for (auto element : read_starter("learners.json")) {
        storage::LearnerRow row;
        row.id = element.at("id");
        row.email = element.at("email");
        row.name = element.at("name");
        row.name_ar = element.at("name_ar");
        row.organisation_id = element.at("orgId");
        for (auto const* const member : {"id", "email", "name", "name_ar"})
            element.erase(member);
        row.body = element.dump();
        row.created_at = now;
        storage::put_learner(session, row);
    }
}

void load_programme(storage::Session& session, Instant now) {
    auto const programme = read_starter("programme.json");
    storage::put_programme_item(session, {"programme", programme.at("id").get<std::string>(), programme.dump()}, now);
    load_frameworks(session, now);
    for (auto const& [kind, file] : std::map<std::string, std::string>{{"provider", "providers.json"},
                                                                       {"issuer", "issuers.json"},
                                                                       {"activity", "activities.json"},
                                                                       {"epa", "epas.json"},
                                                                       {"role", "roles.json"},
                                                                       {"team", "teams.json"},
                                                                       {"path", "career-paths.json"},
                                                                       {"organisation", "organisations.json"}}) {
        load_items(session, kind, read_starter(file), now);
    }
    for (auto const& achievement : read_starter("achievements.json")) {
        storage::put_achievement(session,
                                 {achievement.at("issuerId"), achievement.at("id"), achievement.at("version"),
                                  achievement.at("status"), achievement.dump()},
                                 now);
    }
    load_learners(session, now);
    storage::bump_change(session, "programme");
}

}  // namespace

Json read_starter(std::string const& name) {
    auto const shared = shared_dir();
    if (!shared) throw std::runtime_error("the starter is not on this machine");
    return Json::parse(read_file(*shared / "starter" / name));
}

StarterHouse::StarterHouse() {
    database().write([&](storage::Session& session) { load_programme(session, clock.now); });
    auto const programme = database().read([&](storage::Session& s) { return programmes.current(s); });
    for (auto const& issuer : programme->issuers)
        keys.ensure(issuer, crypto::KeyType::ed25519);
}

}  // namespace itqan::tests
