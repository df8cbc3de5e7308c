#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>

#include "storage/people.hpp"
#include "tests/service/starter_house.hpp"

namespace itqan::tests {
namespace {

using domain::ImportElement;
using domain::ImportTarget;

/// A folder with files of these contents.
class Folder {
  public:
    Folder& with(std::string const& name, std::string const& text) {
        std::ofstream(folder_.file(name), std::ios::binary) << text;
        return *this;
    }
    Folder& with(std::string const& name, Json const& document) { return with(name, document.dump()); }
    std::string path(std::string const& name = "") const { return name.empty() ? folder_.path() : folder_.file(name); }

  private:
    TemporaryFolder folder_;
};

Result<domain::ImportReport> import_path(StarterHouse& house, std::string const& path,
                                         domain::ImportOptions const& options = {}) {
    return domain::import_path(house.database(), house.programmes, house.intake, house.clock, Actor{}, path, options);
}

std::int64_t count(StarterHouse& house, std::string const& table) {
    return number(house.database(), "SELECT count(*) FROM " + table);
}

std::vector<std::string> pointers(Error const& error) {
    std::vector<std::string> list;
    for (auto const& violation : error.violations)
        list.push_back(violation.pointer);
    return list;
}

Json completion(char const* id, char const* learner, char const* activity = "act-102") {
    return {{"id", id},
            {"providerId", "prv-qalam"},
            {"activityId", activity},
            {"learnerId", learner},
            {"completedAt", "2026-10-01T12:00:00Z"},
            {"score", 86},
            {"status", "verified"}};
}

using List = std::vector<std::string>;

}  // namespace

TEST_CASE("every element that cannot be taken is named with its file and place and nothing is written") {
    StarterHouse house;
    auto bad_score = completion("cmp-x4", "lrn-001");
    bad_score["score"] = 101;
    auto foreign = completion("cmp-x5", "lrn-001");
    foreign["providerId"] = "prv-murjan";
    Folder folder;
    folder
        .with("completions.json", Json::array({completion("cmp-x1", "lrn-001"), completion("cmp-x2", "lrn-999"),
                                               completion("cmp-x3", "lrn-001", "act-999"), bad_score, foreign}))
        .with("signoffs.json", Json::array({{{"id", "sgn-x1"}, {"learnerId", "lrn-001"}}}));

    auto const report = import_path(house, folder.path());

    REQUIRE_FALSE(report);
    CHECK(report.error().code == "invalid-import");
    auto const places = pointers(report.error());
    for (auto const* place :
         {"/completions.json/1/learnerId", "/completions.json/2/activityId", "/completions.json/3/score",
          "/completions.json/4/providerId", "/signoffs.json/0/competency"}) {
        CAPTURE(place);
        CHECK(std::find(places.begin(), places.end(), place) != places.end());
    }
    CHECK(count(house, "evidence") == 0);
}

TEST_CASE("the programme's own elements are checked member by member before anything is written") {
    StarterHouse house;
    Folder folder;
    folder.with("providers.json", Json::array({{{"id", "prv-new"}, {"name", "New"}, {"status", "asleep"}}}))
        .with("learners.json", Json::array({{{"id", "lrn-100"}, {"name", "N"}, {"email", "nowhere"}}}));

    auto const report = import_path(house, folder.path());

    REQUIRE_FALSE(report);
    CHECK(pointers(report.error()) == List{"/providers.json/0/status", "/learners.json/0/email"});
    CHECK(number(house.database(), "SELECT count(*) FROM programme_item WHERE id = 'prv-new'") == 0);
}

TEST_CASE("an address that another learner has is refused") {
    StarterHouse house;
    Folder folder;
    folder.with("learners.json",
                Json::array({{{"id", "lrn-100"}, {"name", "N"}, {"email", "LRN-001@people.example"}}}));

    auto const report = import_path(house, folder.path());

    REQUIRE_FALSE(report);
    CHECK(pointers(report.error()) == List{"/learners.json/0/email"});
    CHECK(count(house, "learner") == 60);
}

TEST_CASE("broken files are told apart from wrong ones") {
    StarterHouse house;
    Folder folder;
    folder.with("roles.json", std::string("[{]"))
        .with("teams.json", std::string("{}"))
        .with("notes.json", std::string("[]"));

    auto const syntax = import_path(house, folder.path("roles.json"));
    auto const list = import_path(house, folder.path("teams.json"));
    auto const unknown = import_path(house, folder.path("notes.json"));
    auto const missing = import_path(house, folder.path("nothing.json"));

    CHECK(syntax.error().fault == Fault::malformed);
    CHECK(list.error().code == "invalid-import");
    CHECK(unknown.error().code == "invalid-import");
    CHECK(missing.error().fault == Fault::not_found);
}

TEST_CASE("completions may come as a table, read only where there is no list") {
    std::string const table =
        "id,providerId,activityId,learnerId,startedAt,completedAt,score,grade,hours,status,idempotencyKey\n"
        "cmp-t1,prv-qalam,act-102,lrn-015,,2026-10-01T12:00:00Z,86,B,4,verified,\n";
    StarterHouse alone, beside;
    Folder one, both;
    one.with("completions.csv", table);
    both.with("completions.csv", table).with("completions.json", Json::array({completion("cmp-j1", "lrn-001")}));

    auto const from_table = import_path(alone, one.path("completions.csv"));
    auto const from_folder = import_path(beside, both.path());

    REQUIRE(from_table);
    CHECK(from_table->written == std::map<std::string, int>{{"completion", 1}});
    CHECK(number(alone.database(), "SELECT count(*) FROM evidence WHERE id = 'cmp-t1' AND source = 'prv-qalam'") == 1);
    REQUIRE(from_folder);
    CHECK(number(beside.database(), "SELECT count(*) FROM evidence WHERE id = 'cmp-j1'") == 1);
    CHECK(count(beside, "evidence") == 1);
}

TEST_CASE("the starter's list and its table of completions hold the same") {
    NEEDS_SHARED();
    StarterHouse house;
    house.import_evidence();

    auto const again = import_path(house, (*shared_dir() / "starter/completions.csv").string());

    REQUIRE(again);
    CHECK(again->written.empty());
    CHECK(again->unchanged == 435);
}

TEST_CASE("a table's row that cannot be read is named by its line") {
    StarterHouse house;
    Folder folder;
    folder.with(
        "completions.csv",
        std::string("id,activityId,learnerId,completedAt,score\nc1,act-102,lrn-001,2026-10-01T12:00:00Z,much\n"));

    auto const report = import_path(house, folder.path("completions.csv"));

    REQUIRE_FALSE(report);
    CHECK(pointers(report.error()) == List{"/completions.csv/line 2"});
}

TEST_CASE("a framework package is known by its document, whatever its file is called") {
    Folder folder;
    folder.with("anything.json", read_starter("framework.bahr.cfpackage.json"));

    auto const elements = domain::read_import(folder.path("anything.json"));

    REQUIRE(elements);
    REQUIRE(elements->size() == 1);
    CHECK(elements->front().kind == "framework");
}

TEST_CASE("a published version keeps what it says, and only its state may change") {
    StarterHouse house;
    auto achievement = read_starter("achievements.json").at(0);
    Folder changed, retired, newer;
    achievement["name"] = "Something else";
    changed.with("achievements.json", Json::array({achievement}));
    auto second = achievement;
    second["version"] = 2;
    newer.with("achievements.json", Json::array({second}));
    achievement = read_starter("achievements.json").at(0);
    achievement["status"] = "retired";
    retired.with("achievements.json", Json::array({achievement}));

    CHECK(pointers(import_path(house, changed.path()).error()) == List{"/achievements.json/0/version"});
    CHECK(import_path(house, newer.path()));
    CHECK(import_path(house, retired.path()));
}

TEST_CASE("names of assessors go to the person table and nowhere else") {
    StarterHouse house;

    CHECK(count(house, "person") == 5);
    CHECK(number(house.database(), "SELECT count(*) FROM programme_item WHERE body LIKE '%Maha Al Rimali%'") == 0);
    CHECK(number(house.database(), "SELECT count(*) FROM programme_item WHERE kind = 'assessor'") == 0);
}

TEST_CASE("an import does not bring an erased person back") {
    StarterHouse house;
    house.import_evidence();
    REQUIRE(house.claims.erase(Actor{}, "lrn-001"));
    Folder folder;
    folder.with("completions.json", Json::array({completion("cmp-new", "lrn-001")}));

    auto const again = house.import_evidence();
    auto const refused = import_path(house, folder.path());

    auto const learner =
        house.database().read([](storage::Session& session) { return storage::learner(session, "lrn-001"); });
    CHECK(again.written.empty());
    CHECK_FALSE(learner.value().name);
    CHECK_FALSE(learner.value().email);
    CHECK(pointers(refused.error()) == List{"/completions.json/0/learnerId"});
}

TEST_CASE("shifting moves days and times by days, months by months, and frameworks and achievements not at all") {
    std::vector<ImportElement> elements{
        {ImportTarget::evidence, "completion", "c",
         Json::parse(R"({"completedAt":"2026-10-31T12:00:00Z","note":"2026-11 or so"})"), "/a/0"},
        {ImportTarget::programme, "benefit", "b",
         Json::parse(R"({"measures":[{"period":"2025-11","value":1}],"from":"2026-11-01","to":null})"), "/b/0"},
        {ImportTarget::programme, "framework", "f",
         Json::parse(R"({"CFDocument":{"lastChangeDateTime":"2026-01-15T08:00:00Z"}})"), "/f"},
        {ImportTarget::achievement, "achievement", "a", Json::parse(R"({"since":"2026-11-01"})"), "/c/0"}};

    domain::shift_dates(elements, *Day::parse("2026-11-01"), *Day::parse("2027-01-02"));

    CHECK(elements[0].body == Json::parse(R"({"completedAt":"2027-01-01T12:00:00Z","note":"2026-11 or so"})"));
    CHECK(elements[1].body ==
          Json::parse(R"({"measures":[{"period":"2026-01","value":1}],"from":"2027-01-02","to":null})"));
    CHECK(elements[2].body.at("CFDocument").at("lastChangeDateTime") == "2026-01-15T08:00:00Z");
    CHECK(elements[3].body.at("since") == "2026-11-01");
}

}  // namespace itqan::tests
