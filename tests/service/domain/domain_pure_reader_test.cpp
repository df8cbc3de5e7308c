#include <doctest/doctest.h>

#include <algorithm>

#include "tests/service/domain/programmes.hpp"

using namespace itqan;
using namespace itqan::domain;
using namespace itqan::tests;

namespace {

Json completion(Json const& more = Json::object()) {
    Json element{{"id", "cmp-1"},
                 {"learnerId", "lrn-1"},
                 {"activityId", "course"},
                 {"completedAt", "2026-10-01T23:30:00-02:00"},
                 {"score", 80}};
    element.update(more);
    return element;
}

/// "code pointer" of the refusal, or "fine".
std::string refusal(char const* kind, Json const& element) {
    auto const read = read_evidence_element(kind, element, small_programme());
    if (read) return "fine";
    return read.error().code + " " + read.error().violations.at(0).pointer;
}

/// The pointers of what is wrong with a programme.
std::vector<std::string> faults(Json const& items) {
    ProgrammeBuilder builder;
    for (auto const& [kind, bodies] : items.items())
        for (auto const& body : bodies)
            builder.add(kind, body);
    auto const programme = builder.build();
    std::vector<std::string> pointers;
    if (programme) return pointers;
    CHECK(programme.error().code == "invalid-programme");
    for (auto const& violation : programme.error().violations)
        pointers.push_back(violation.pointer);
    return pointers;
}

using List = std::vector<std::string>;

}  // namespace

TEST_CASE("a completion is read into a day, a state and a body without free text") {
    auto const read = read_evidence_element("completion",
                                            completion({{"externalId", "lms-7"},
                                                        {"replaces", "lms-6"},
                                                        {"status", "pending"},
                                                        {"eligible", false},
                                                        {"coi", "COI-5"},
                                                        {"evidence", Json::array({{{"narrative", "Ward 3"}}})}}),
                                            small_programme());

    REQUIRE(read);
    CHECK(read->id == "lms-7");
    CHECK(read->learner_id == "lrn-1");
    CHECK(read->occurred_on == day("2026-10-02"));
    CHECK(read->status == "pending");
    CHECK_FALSE(read->eligible);
    CHECK(read->coi == "COI-5");
    CHECK(read->replaces == "lms-6");
    CHECK(read->free_text.value().find("Ward 3") != std::string::npos);
    CHECK(read->body.dump().find("Ward 3") == std::string::npos);
    CHECK(read->body.at("hours") == 4);
    CHECK_FALSE(read->body.contains("learnerId"));
}

TEST_CASE("what is wrong with evidence has a code and a pointer") {
    CHECK(refusal("completion", completion()) == "fine");
    CHECK(refusal("completion", completion({{"colour", "red"}})) == "invalid-body /colour");
    CHECK(refusal("completion", completion({{"score", "80"}})) == "invalid-body /score");
    CHECK(refusal("completion", completion({{"completedAt", "2026-10-01"}})) == "invalid-body /completedAt");
    CHECK(refusal("completion", completion({{"score", 100.5}})) == "score-out-of-range /score");
    CHECK(refusal("completion", completion({{"grade", "E"}})) == "unknown-grade /grade");
    CHECK(refusal("completion", completion({{"startedAt", "2026-10-02T10:00:00Z"}})) ==
          "completed-before-start /completedAt");
    CHECK(refusal("completion", completion({{"status", "confirmed"}})) == "invalid-body /status");
    CHECK(refusal("signoff", {{"competency", "Z9"}, {"level", 3}, {"mentorId", "m"}, {"signedAt", "2026-10-01"}}) ==
          "unknown-competency /competency");
    CHECK(refusal("signoff", {{"competency", "A1"}, {"level", 6}, {"mentorId", "m"}, {"signedAt", "2026-10-01"}}) ==
          "invalid-body /level");
    CHECK(refusal("entrustment", {{"epaId", "epa-9"},
                                  {"level", 3},
                                  {"assessorId", "a"},
                                  {"decision", "summative"},
                                  {"decidedAt", "2026-10-01"}}) == "unknown-epa /epaId");
    CHECK(refusal("experience",
                  {{"roleId", "role-scanner"}, {"group", "C"}, {"from", "2026-10-01"}, {"to", "2026-09-30"}}) ==
          "ends-before-start /to");
    CHECK(refusal("practice", {{"competency", "A1"}}) == "invalid-body /at");
    CHECK(refusal("gossip", Json::object()) == "invalid-body ");
}

TEST_CASE("stored rows of every kind come back as the values that rules look at") {
    Evidence evidence;

    add(evidence, small_programme(), "completion",
        completion({{"grade", "B"}, {"hours", 2.5}, {"status", "verified"}}));
    add(evidence, small_programme(), "experience",
        {{"id", "x"},
         {"roleId", "role-scanner"},
         {"group", "I"},
         {"orgId", nullptr},
         {"from", "2025-01-01"},
         {"to", nullptr},
         {"status", "confirmed"}});
    add(evidence, small_programme(), "practice",
        {{"id", "p"}, {"competency", "A1"}, {"at", "2026-10-01"}, {"status", "pending"}});
    add_to(evidence, "self-assessment", "s", "revoked", true, day("2026-10-01"), R"({"competency":"A1","level":3})");

    REQUIRE(evidence.completions.size() == 1);
    CHECK(evidence.completions[0].activity_id == "course");
    CHECK(evidence.completions[0].completed == day("2026-10-02"));
    CHECK(evidence.completions[0].score == 80);
    CHECK(evidence.completions[0].grade == "B");
    CHECK(evidence.completions[0].hours == 2.5);
    CHECK(evidence.completions[0].standing == Standing::verified);
    CHECK(evidence.experiences.at(0).group == "I");
    CHECK_FALSE(evidence.experiences.at(0).to);
    CHECK(evidence.practices.at(0).standing == Standing::waiting);
    CHECK(evidence.self_assessments.empty());
    CHECK_THROWS_AS(add_to(evidence, "gossip", "g", "verified", true, day("2026-10-01"), "{}"), std::runtime_error);
    CHECK_THROWS_AS(add_to(evidence, "practice", "p", "confirmed", true, day("2026-10-01"), "[]"), std::runtime_error);
}

TEST_CASE("the small programme is sound and its look-ups find what it holds") {
    CHECK(faults(small_items()).empty());
    auto const& programme = small_programme();

    CHECK(programme.activity("simulator")->kind == EvidenceKind::simulation);
    CHECK(programme.activity("nothing") == nullptr);
    CHECK(programme.competency("B1")->decay.name == "safety");
    CHECK(programme.issuer_by_slug("iss-a") == programme.issuer("iss-a"));
    CHECK(programme.achievement("ach-basic")->validity == Period{12, 'M'});
    CHECK(programme.achievement("ach-expert")->badge_references == List{"ach-basic"});
    CHECK(programme.in_badge_order().size() == 3);
    CHECK(programme.transfers.size() == 1);
}

TEST_CASE("references to what does not exist are named where they stand") {
    auto items = small_items();
    items["activity"][0]["providerId"] = "prv-x";
    items["activity"][1]["awards"][0]["competency"] = "Z1";
    items["achievement"][0]["issuerId"] = "iss-x";
    items["achievement"][1]["criteria"]["all"][0]["badge"]["achievement"] = "ach-x";

    auto const pointers = faults(items);

    for (auto const* expected :
         {"/activity/course/providerId", "/activity/simulator/awards/0/competency", "/achievement/ach-basic/issuerId",
          "/achievement/ach-expert/criteria/all/0/badge/achievement"}) {
        CAPTURE(expected);
        CHECK(std::find(pointers.begin(), pointers.end(), expected) != pointers.end());
    }
    CHECK(pointers.size() == 4);
}

TEST_CASE("badges that depend on one another in a circle are refused") {
    auto items = small_items();
    items["achievement"][0]["criteria"]["all"].push_back({{"badge", {{"achievement", "ach-expert"}}}});

    auto const pointers = faults(items);

    REQUIRE(pointers.size() == 1);
    CHECK(pointers[0].ends_with("/criteria"));
}

TEST_CASE("shapes are checked member by member") {
    auto items = small_items();
    items["activity"][0].erase("hours");
    items["activity"][0]["color"] = "red";
    items["role"][0]["group"] = "X";
    items["achievement"][0]["criteria"] = {{"all", Json::array({{{"competency", {{"code", "A1"}, {"level", 9}}}}})}};

    auto const pointers = faults(items);

    CHECK(pointers == List{"/activity/course/hours", "/activity/course/color", "/role/role-scanner/group",
                           "/achievement/ach-basic/criteria/all/0/competency/level"});
}

TEST_CASE("an id stands once, and the newest published version of an achievement counts") {
    auto twice = small_items();
    twice["activity"].push_back(twice["activity"][0]);
    auto versions = small_items();
    auto second = versions["achievement"][0], draft = second;
    second["version"] = 2;
    second["name"] = "Scanning Foundation 2";
    draft["version"] = 3;
    draft["status"] = "draft";
    versions["achievement"].push_back(draft);
    versions["achievement"].push_back(second);

    CHECK(faults(twice) == List{"/activity/course/id"});
    auto const programme = build(versions);
    CHECK(programme.achievements.size() == 3);
    CHECK(programme.achievement("ach-basic")->version == 2);
    REQUIRE(programme.earlier_versions.size() == 1);
    CHECK(programme.earlier_versions[0].version == 1);
    CHECK(programme.earlier_versions[0].criteria.op == programme.achievement("ach-basic")->criteria.op);
    CHECK(programme.achievement("ach-basic")->name.en == "Scanning Foundation 2");
}
