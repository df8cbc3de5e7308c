#include <doctest/doctest.h>

#include "tests/service/domain/programmes.hpp"

// Each kind of leaf on 2026-11-01 in the small programme: have, need, outcome on V and on V+P, last day, cost,
// evidence.

using namespace itqan;
using namespace itqan::domain;
using namespace itqan::tests;

namespace {

auto const today = day("2026-11-01");

struct Learner {
    Evidence evidence;

    Learner& completion(char const* id, char const* activity, char const* date, double score,
                        Json more = Json::object()) {
        Json element{{"id", id},
                     {"learnerId", "l"},
                     {"activityId", activity},
                     {"completedAt", std::string(date) + "T12:00:00Z"},
                     {"score", score},
                     {"status", "verified"}};
        element.update(more);
        return take("completion", element);
    }
    Learner& signoff(char const* id, char const* mentor, char const* date, int level, Json more = Json::object()) {
        Json element{{"id", id},           {"learnerId", "l"}, {"competency", "A1"},   {"level", level},
                     {"mentorId", mentor}, {"signedAt", date}, {"status", "confirmed"}};
        element.update(more);
        return take("signoff", element);
    }
    Learner& entrustment(char const* id, char const* assessor, char const* date, int level,
                         Json more = Json::object()) {
        Json element{{"id", id},          {"learnerId", "l"},       {"epaId", "epa-round"},
                     {"level", level},    {"assessorId", assessor}, {"decision", "summative"},
                     {"decidedAt", date}, {"status", "confirmed"}};
        element.update(more);
        return take("entrustment", element);
    }
    Learner& experience(char const* id, char const* group, char const* from, Json to,
                        char const* status = "confirmed") {
        return take("experience", {{"id", id},
                                   {"learnerId", "l"},
                                   {"roleId", "role-scanner"},
                                   {"group", group},
                                   {"from", from},
                                   {"to", std::move(to)},
                                   {"status", status}});
    }
    Learner& practice(char const* id, char const* date) {
        return take("practice",
                    {{"id", id}, {"learnerId", "l"}, {"competency", "A1"}, {"at", date}, {"status", "confirmed"}});
    }
    Learner& external(char const* id, int level) {
        return take("external-badge", {{"id", id},
                                       {"learnerId", "l"},
                                       {"issuerName", "Other"},
                                       {"badgeName", "Foreign"},
                                       {"frameworkItem", "99999999-9999-4999-8999-999999999999"},
                                       {"level", level},
                                       {"awardedAt", "2026-10-01"},
                                       {"status", "verified"}});
    }

    Node judge(char const* rule, BadgeOverrides const& overrides = {}) const {
        Evaluator evaluator(small_programme(), evidence, today, overrides);
        return evaluator.evaluate_rule(kept_rule(rule));
    }

  private:
    Learner& take(char const* kind, Json const& element) {
        add(evidence, small_programme(), kind, element);
        return *this;
    }
};

struct Expected {
    Outcome outcome;
    double have, need, progress, cost;
    std::string until = "none";
    std::vector<std::string> evidence = {};
};

void check(Node const& node, Expected const& expected) {
    CHECK(node.outcome == expected.outcome);
    CHECK(node.have == expected.have);
    CHECK(node.need == expected.need);
    CHECK(node.progress == expected.progress);
    CHECK(node.cost_hours == std::optional(expected.cost));
    CHECK((node.until ? node.until->text() : "none") == expected.until);
    CHECK(node.evidence == expected.evidence);
}

constexpr auto satisfied = Outcome::satisfied;
constexpr auto pending = Outcome::pending;
constexpr auto unsatisfied = Outcome::unsatisfied;
Json const waiting{{"status", "pending"}};

}  // namespace

TEST_CASE("a course makes no one better than assisted and a simulator no one better than practitioner") {
    Learner course, simulator, placement;
    course.completion("c", "course", "2026-10-01", 100);
    simulator.completion("c", "simulator", "2026-10-01", 100);
    placement.completion("c", "placement", "2026-10-01", 100);

    CHECK(levels_of(small_programme(), course.evidence, today).at("A1").level == 2);
    CHECK(levels_of(small_programme(), simulator.evidence, today).at("A1").level == 3);
    CHECK(levels_of(small_programme(), placement.evidence, today).at("A1").level == 4);
}

TEST_CASE("a self-assessment and a failed course make no claim") {
    Learner learner;
    learner.completion("c", "course", "2026-10-01", 59.9);
    add(learner.evidence, small_programme(), "self-assessment",
        {{"id", "s"}, {"learnerId", "l"}, {"competency", "B2"}, {"level", 5}, {"at", "2026-10-01"}});

    CHECK(learner.evidence.self_assessments.size() == 1);
    CHECK(claims_of(small_programme(), learner.evidence, Scope::with_waiting, today).empty());
}

TEST_CASE("entrustments count together on one day and level, and only with enough assessors") {
    Learner one, two, waits, another_day, ad_hoc;
    one.entrustment("e1", "asr-1", "2026-10-01", 5);
    two.entrustment("e1", "asr-1", "2026-10-01", 5).entrustment("e2", "asr-2", "2026-10-01", 5);
    waits.entrustment("e1", "asr-1", "2026-10-01", 5)
        .entrustment("e2", "asr-2", "2026-10-01", 5, {{"status", "proposed"}});
    another_day.entrustment("e1", "asr-1", "2026-10-01", 5).entrustment("e2", "asr-2", "2026-10-02", 5);
    ad_hoc.entrustment("e1", "asr-1", "2026-10-01", 5, {{"decision", "adHoc"}})
        .entrustment("e2", "asr-2", "2026-10-01", 5);
    auto const level = [](Learner const& learner, char const* code) {
        auto const levels = levels_of(small_programme(), learner.evidence, today);
        return levels.contains(code) ? levels.at(code).level : 0;
    };

    CHECK(level(one, "A1") == 0);
    CHECK(level(two, "A1") == 5);
    CHECK(level(two, "B1") == 2);
    CHECK(level(waits, "A1") == 0);
    CHECK(waits.judge(R"({"competency":{"code":"A1","level":5}})").outcome == pending);
    CHECK(level(another_day, "A1") == 0);
    CHECK(level(ad_hoc, "A1") == 0);
}

TEST_CASE("a foreign badge transfers through its level map, never above four and never on weak or mere relations") {
    Learner learner;
    learner.external("x", 3);

    auto const claims = claims_of(small_programme(), learner.evidence, Scope::verified, today);

    REQUIRE(claims.size() == 1);
    CHECK(claims[0] == Claim{"A1", 4, EvidenceKind::external, day("2026-10-01"), "x"});
}

TEST_CASE("a competency leaf looks at today's level and lasts as long as the level does") {
    auto const* const rule = R"({"competency":{"code":"A1","level":3}})";
    Learner none, low, held, waits;
    low.completion("c", "course", "2026-10-01", 100);
    held.signoff("s", "men-1", "2025-01-01", 3);
    waits.signoff("s", "men-1", "2025-01-01", 3, {{"status", "requested"}});

    check(none.judge(rule), {unsatisfied, 0, 3, 0, 10});
    check(low.judge(rule), {unsatisfied, 2, 3, 0.6667, 10, "none", {"c"}});
    check(held.judge(rule), {satisfied, 3, 3, 1, 0, "2027-12-31", {"s"}});
    check(waits.judge(rule), {pending, 3, 3, 1, 0, "none", {"s"}});
}

TEST_CASE("a competency leaf's window looks at the claim's own date, whatever practice did") {
    Learner learner;
    learner.signoff("s", "men-1", "2024-10-01", 3).practice("p", "2026-10-01");

    check(learner.judge(R"({"competency":{"code":"A1","level":3}})"), {satisfied, 3, 3, 1, 0, "2029-09-29", {"s"}});
    check(learner.judge(R"({"competency":{"code":"A1","level":3,"within":"P36M"}})"),
          {satisfied, 3, 3, 1, 0, "2027-10-01", {"s"}});
    check(learner.judge(R"({"competency":{"code":"A1","level":3,"within":"P24M"}})"), {unsatisfied, 0, 3, 0, 10});
}

TEST_CASE("the leaves whose evidence sets the last day can be named") {
    Learner learner;
    learner.signoff("s", "men-1", "2024-10-01", 3)
        .practice("p", "2026-10-01")
        .completion("c", "course", "2026-10-01", 90);

    auto const all = learner.judge(R"({"all":[
        {"competency":{"code":"A1","level":3}},
        {"any":[{"completion":{"activity":"course","within":"P6M"}},
                {"competency":{"code":"A1","level":3,"within":"P36M"}}]}]})");
    auto const tie = learner.judge(R"({"all":[
        {"competency":{"code":"A1","level":3,"within":"P36M"}}, {"competency":{"code":"A1","level":3,"within":"P36M"}}]})");
    auto const open = learner.judge(R"({"completion":{"activity":"course"}})");
    auto const unmet = learner.judge(R"({"competency":{"code":"A1","level":5}})");

    REQUIRE(all.outcome == satisfied);
    CHECK(limiting_leaves(all) == std::vector<Node const*>{&all.children[1].children[1]});
    CHECK(limiting_leaves(tie) == std::vector<Node const*>{&tie.children[0], &tie.children[1]});
    CHECK(limiting_leaves(open).empty());
    CHECK(limiting_leaves(unmet).empty());
}

TEST_CASE("a missing level costs twenty mentor hours each where no activity is cheaper or reaches it") {
    Learner learner;
    learner.completion("c", "placement", "2026-10-01", 100);

    CHECK(Learner().judge(R"({"competency":{"code":"B2","level":1}})").cost_hours == std::optional(20.0));
    CHECK(learner.judge(R"({"competency":{"code":"B2","level":3}})").cost_hours == std::optional(20.0));
    CHECK(Learner().judge(R"({"competency":{"code":"A1","level":4}})").cost_hours == std::optional(30.0));
    CHECK(Learner().judge(R"({"competency":{"code":"A1","level":5}})").cost_hours == std::optional(100.0));
}

TEST_CASE("a completion leaf takes the best single completion and its smallest ratio") {
    auto const* const rule =
        R"({"completion":{"activity":"course","minScore":80,"grade":"B","minHours":4,"within":"P12M"}})";
    Learner none, failed, mixed, met, waits, old;
    failed.completion("c1", "course", "2026-10-01", 40, {{"grade", "B"}});
    mixed.completion("c1", "course", "2026-10-01", 90, {{"grade", "C"}})
        .completion("c2", "course", "2026-10-02", 60, {{"grade", "A"}});
    met.completion("c1", "course", "2025-11-20", 80, {{"grade", "B"}})
        .completion("c2", "course", "2026-06-30", 95, {{"grade", "A"}, {"hours", 2}});
    waits.completion("c1", "course", "2026-10-01", 80, {{"grade", "A"}, {"status", "pending"}});
    old.completion("c1", "course", "2025-10-31", 100, {{"grade", "A"}});

    check(none.judge(rule), {unsatisfied, 0, 80, 0, 4});
    check(failed.judge(rule), {unsatisfied, 40, 80, 0.5, 4, "none", {"c1"}});
    check(mixed.judge(rule), {unsatisfied, 90, 80, 0.75, 4, "none", {"c1", "c2"}});
    check(met.judge(rule), {satisfied, 95, 80, 1, 0, "2026-11-20", {"c1", "c2"}});
    check(waits.judge(rule), {pending, 80, 80, 1, 0, "none", {"c1"}});
    check(old.judge(rule), {unsatisfied, 0, 80, 0, 4});
}

TEST_CASE("a completion leaf never asks for less than the activity's pass score") {
    Learner learner;
    learner.completion("c1", "course", "2026-10-01", 55);

    check(learner.judge(R"({"completion":{"activity":"course","minScore":50}})"),
          {unsatisfied, 55, 60, 0.9167, 4, "none", {"c1"}});
}

TEST_CASE("hours add up over passed completions of the domain and end with the one that reached the sum") {
    auto const* const rule = R"({"hours":{"domain":"B","min":25,"within":"P24M"}})";
    Learner learner, short_of, waits;
    learner.completion("c1", "simulator", "2025-01-31", 70)
        .completion("c2", "simulator", "2026-02-01", 90)
        .completion("c3", "simulator", "2026-03-01", 69)
        .completion("c4", "course", "2026-04-01", 100)
        .completion("c5", "simulator", "2026-05-01", 71, {{"hours", 6}});
    short_of.completion("c1", "simulator", "2026-02-01", 90, {{"hours", 12.5}});
    waits.completion("c1", "simulator", "2026-02-01", 90).completion("c2", "placement", "2026-02-02", 90, waiting);

    check(learner.judge(rule), {satisfied, 26, 25, 1, 0, "2027-01-31", {"c1", "c2", "c5"}});
    check(short_of.judge(rule), {unsatisfied, 12.5, 25, 0.5, 12.5, "none", {"c1"}});
    check(waits.judge(rule), {pending, 40, 25, 1, 0, "none", {"c1", "c2"}});
}

TEST_CASE("a sign-off leaf counts distinct mentors, each with the newest record") {
    auto const* const rule = R"({"signoff":{"competency":"A1","level":3,"count":2,"within":"P12M"}})";
    Learner same, both, low, waits;
    same.signoff("s1", "men-1", "2026-01-01", 3).signoff("s2", "men-1", "2026-02-01", 3);
    both.signoff("s1", "men-1", "2026-01-01", 3)
        .signoff("s2", "men-2", "2026-02-01", 4)
        .signoff("s3", "men-1", "2026-05-01", 3);
    low.signoff("s1", "men-1", "2026-01-01", 3).signoff("s2", "men-2", "2026-02-01", 2);
    waits.signoff("s1", "men-1", "2026-01-01", 3).signoff("s2", "men-2", "2026-02-01", 3, {{"status", "requested"}});

    check(same.judge(rule), {unsatisfied, 1, 2, 0.5, 4, "none", {"s1", "s2"}});
    check(both.judge(rule), {satisfied, 2, 2, 1, 0, "2027-02-01", {"s1", "s2", "s3"}});
    check(low.judge(rule), {unsatisfied, 1, 2, 0.5, 4, "none", {"s1"}});
    check(waits.judge(rule), {pending, 2, 2, 1, 0, "none", {"s1", "s2"}});
}

TEST_CASE("an entrustment leaf counts distinct assessors of summative decisions on any days") {
    auto const* const rule = R"({"entrustment":{"epa":"epa-round","level":4,"assessors":2,"within":"P12M"}})";
    Learner one, both, ad_hoc;
    one.entrustment("e1", "asr-1", "2026-01-01", 4);
    both.entrustment("e1", "asr-1", "2026-01-01", 4).entrustment("e2", "asr-2", "2026-03-01", 5);
    ad_hoc.entrustment("e1", "asr-1", "2026-01-01", 4)
        .entrustment("e2", "asr-2", "2026-03-01", 5, {{"decision", "adHoc"}});

    check(one.judge(rule), {unsatisfied, 1, 2, 0.5, 6, "none", {"e1"}});
    check(both.judge(rule), {satisfied, 2, 2, 1, 0, "2027-01-01", {"e1", "e2"}});
    check(ad_hoc.judge(rule), {unsatisfied, 1, 2, 0.5, 6, "none", {"e1"}});
}

TEST_CASE("experience counts whole months of the groups or the role asked, needs no work and does not run out") {
    auto const* const rule = R"({"experience":{"months":12,"group":["C","I"]}})";
    Learner learner, waits;
    learner.experience("x1", "C", "2025-01-01", "2025-07-01")
        .experience("x2", "T", "2020-01-01", nullptr)
        .experience("x3", "I", "2026-05-01", nullptr);
    waits.experience("x1", "C", "2025-01-01", nullptr, "pending");

    check(learner.judge(rule), {unsatisfied, 11, 12, 0.9167, 0, "none", {"x1", "x3"}});
    check(learner.judge(R"({"experience":{"months":24,"role":"role-scanner"}})"),
          {satisfied, 82, 24, 1, 0, "none", {"x1", "x2", "x3"}});
    check(waits.judge(rule), {pending, 21, 12, 1, 0, "none", {"x1"}});
}

TEST_CASE("a badge leaf evaluates the named rule live, without that achievement's validity") {
    auto const* const rule = R"({"badge":{"achievement":"ach-basic"}})";
    Learner held, waits;
    held.completion("c", "course", "2025-06-15", 70);
    waits.completion("c", "course", "2025-06-15", 70, waiting);

    check(Learner().judge(rule), {unsatisfied, 0, 1, 0, 4});
    check(held.judge(rule), {satisfied, 1, 1, 1, 0, "2027-06-15"});
    check(waits.judge(rule), {pending, 1, 1, 1, 0});
}

TEST_CASE("a withdrawn credential takes its badge leaf away and a hand award gives it until its last day") {
    auto const* const rule = R"({"badge":{"achievement":"ach-basic"}})";
    Learner held;
    held.completion("c", "course", "2025-06-15", 70);
    BadgeOverrides withdrawn, by_hand, over;
    withdrawn.withdrawn.insert("ach-basic");
    by_hand.by_hand["ach-basic"] = day("2026-12-31");
    over.by_hand["ach-basic"] = day("2026-10-31");

    CHECK(held.judge(rule, withdrawn).outcome == unsatisfied);
    check(Learner().judge(rule, by_hand), {satisfied, 1, 1, 1, 0, "2026-12-31"});
    check(held.judge(rule, by_hand), {satisfied, 1, 1, 1, 0, "2027-06-15"});
    CHECK(Learner().judge(rule, over).outcome == unsatisfied);
}

TEST_CASE("rejected, revoked, ineligible and later evidence counts nowhere") {
    auto const* const rule = R"({"signoff":{"competency":"A1","level":3,"count":1}})";
    Learner learner;
    learner.signoff("s1", "men-1", "2026-01-01", 3, {{"status", "rejected"}})
        .signoff("s2", "men-2", "2026-01-01", 3, {{"status", "revoked"}})
        .signoff("s3", "men-3", "2026-01-01", 3, {{"eligible", false}, {"coi", "COI-1"}})
        .signoff("s4", "men-4", "2026-11-02", 3);

    check(learner.judge(rule), {unsatisfied, 0, 1, 0, 4});
    CHECK(levels_of(small_programme(), learner.evidence, today).empty());
}

TEST_CASE("a node tells its path, its operator and its message key") {
    auto const root =
        Learner().judge(R"({"all":[{"experience":{"months":1}},{"any":[{"badge":{"achievement":"ach-basic"}}]},
                                                 {"atLeast":1,"of":[{"completion":{"activity":"course"}}]}]})");

    auto const tree = node_to_json(root);
    CHECK(tree.at("path") == "$");
    CHECK(tree.at("/children/0/path"_json_pointer) == "$.all[0]");
    CHECK(tree.at("/children/1/children/0/path"_json_pointer) == "$.all[1].any[0]");
    CHECK(tree.at("/children/2/children/0/path"_json_pointer) == "$.all[2].of[0]");
    CHECK(tree.at("messageKey") == "criteria.all.unsatisfied");
    CHECK(tree.at("/children/2/messageKey"_json_pointer) == "criteria.atLeast.unsatisfied");
    CHECK(tree.at("/children/0/messageKey"_json_pointer) == "criteria.experience.unsatisfied");
}
