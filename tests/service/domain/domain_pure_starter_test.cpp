#include <doctest/doctest.h>

#include "tests/service/domain/programmes.hpp"

using namespace itqan;
using namespace itqan::domain;
using namespace itqan::tests;

namespace {

std::map<std::string, int> level_numbers(Programme const& programme, Evidence const& evidence, Day t) {
    std::map<std::string, int> numbers;
    for (auto const& [code, level] : levels_of(programme, evidence, t))
        numbers[code] = level.level;
    return numbers;
}

Node root_of(Starter const& starter, std::string const& learner, std::string const& achievement, Day t) {
    BadgeOverrides const none;
    Evaluator evaluator(starter.programme, starter.evidence.at(learner), t, none);
    return evaluator.evaluate(*starter.programme.achievement(achievement)).root;
}

/// The golden trees carry no message keys.
Json without_message_keys(Json tree) {
    tree.erase("messageKey");
    if (tree.contains("children"))
        for (auto& child : tree.at("children"))
            child = without_message_keys(child);
    return tree;
}

}  // namespace

TEST_CASE("every learner of the starter has the expected levels") {
    auto const* data = starter();
    if (data == nullptr) return;
    auto const t = day(data->expected.at("asOf").get<std::string>());

    for (auto const& [learner, levels] : data->expected.at("levels").items()) {
        CAPTURE(learner);
        CHECK(Json(level_numbers(data->programme, data->evidence.at(learner), t)) == levels);
    }
}

TEST_CASE("every learner of the starter has the expected outcome, progress, last day and cost") {
    auto const* data = starter();
    if (data == nullptr) return;
    auto const t = day(data->expected.at("asOf").get<std::string>());

    int compared = 0;
    for (auto const& [achievement, learners] : data->expected.at("achievements").items()) {
        for (auto const& [learner, summary] : learners.items()) {
            CAPTURE(achievement);
            CAPTURE(learner);
            CHECK(summary_to_json(root_of(*data, learner, achievement, t)) == summary);
            ++compared;
        }
    }
    CHECK(compared > 300);
}

TEST_CASE("evaluating all achievements at once gives what evaluating one gives") {
    auto const* data = starter();
    if (data == nullptr) return;
    auto const t = day("2026-11-01");

    for (auto const& [learner, evidence] : data->evidence) {
        for (auto const& evaluation : evaluate_all(data->programme, evidence, t)) {
            CAPTURE(learner);
            CHECK(node_to_json(evaluation.root) == node_to_json(root_of(*data, learner, evaluation.achievement_id, t)));
        }
    }
}

TEST_CASE("the explanation trees of the starter are the expected ones") {
    auto const* data = starter();
    if (data == nullptr) return;
    auto const t = day(data->expected.at("asOf").get<std::string>());

    for (auto const& explanation : data->expected.at("explanations")) {
        auto const root = root_of(*data, explanation.at("learner"), explanation.at("achievement"), t);
        CHECK(without_message_keys(node_to_json(root)) == explanation.at("tree"));
    }
}

TEST_CASE("the numbers that the domain text gives for whole trees hold") {
    auto const* data = starter();
    if (data == nullptr) return;
    auto const t = day("2026-11-01");

    auto const waiting = root_of(*data, "lrn-003", "ach-05", t);
    auto const missing = root_of(*data, "lrn-031", "ach-02", t);

    CHECK(waiting.outcome == Outcome::pending);
    CHECK(waiting.progress == 1.0);
    CHECK(waiting.cost_hours == 0.0);
    CHECK(missing.outcome == Outcome::unsatisfied);
    CHECK(missing.progress == 0.15);
    CHECK(missing.cost_hours == 58.0);
    std::vector<double> costs;
    for (auto const* leaf : why_not_yet(missing))
        costs.push_back(leaf->cost_hours.value());
    CHECK(costs == std::vector<double>{8, 8, 8, 16, 18});
}

TEST_CASE("the whole starter gives the published counts of badges") {
    auto const* data = starter();
    if (data == nullptr) return;

    std::map<std::string, std::pair<int, int>> counts;
    for (auto const& [learner, evidence] : data->evidence)
        for (auto const& evaluation : evaluate_all(data->programme, evidence, day("2026-11-01"))) {
            auto& [satisfied, pending] = counts[evaluation.achievement_id];
            if (evaluation.outcome() == Outcome::satisfied) ++satisfied;
            if (evaluation.outcome() == Outcome::pending) ++pending;
        }

    std::map<std::string, std::pair<int, int>> const expected{
        {"ach-01", {23, 2}}, {"ach-02", {4, 0}}, {"ach-03", {4, 0}}, {"ach-04", {1, 1}}, {"ach-05", {4, 1}},
        {"ach-06", {2, 1}},  {"ach-07", {2, 1}}, {"ach-08", {7, 1}}, {"ach-09", {2, 0}}, {"ach-10", {2, 0}},
        {"ach-11", {3, 0}},  {"ach-12", {1, 0}}, {"ach-13", {4, 1}}};
    CHECK(counts == expected);
}

TEST_CASE("readiness for every role is the expected one") {
    auto const* data = starter();
    if (data == nullptr) return;

    for (auto const& [learner, roles] : data->expected.at("gaps").items()) {
        auto const levels = levels_of(data->programme, data->evidence.at(learner), day("2026-11-01"));
        for (auto const& [role, readiness] : roles.items()) {
            CAPTURE(learner);
            CAPTURE(role);
            CHECK(readiness_of(*data->programme.role(role), levels).readiness == readiness.get<double>());
        }
    }
}

TEST_CASE("levels and outcomes on other days are the expected ones") {
    auto const* data = starter();
    if (data == nullptr) return;

    for (auto const& [date, expected] : data->expected.at("later").items()) {
        CAPTURE(date);
        for (auto const& [learner, levels] : expected.at("levels").items()) {
            CAPTURE(learner);
            CHECK(Json(level_numbers(data->programme, data->evidence.at(learner), day(date))) == levels);
        }
        for (auto const& [learner, outcomes] : expected.at("achievements").items())
            for (auto const& [achievement, outcome] : outcomes.items()) {
                CAPTURE(learner);
                CAPTURE(achievement);
                CHECK(outcome_name(root_of(*data, learner, achievement, day(date)).outcome) == outcome);
            }
    }
}

TEST_CASE("the starter's framework has its Arabic sibling, rubrics, decay classes and ceilings") {
    auto const* data = starter();
    if (data == nullptr) return;

    auto const& framework = data->programme.framework;
    auto const* competency = data->programme.competency("DH4.2");

    CHECK(framework.competencies.size() == 48);
    CHECK(framework.domains.size() == 8);
    CHECK(framework.title_ar == "إطار نخلة لقدرات الصحة الرقمية");
    CHECK(framework.levels.at(2).name.ar == "متمكّن");
    REQUIRE(competency != nullptr);
    CHECK(competency->domain == "DH4");
    CHECK(competency->uri != competency->uri_ar);
    CHECK(competency->uri_ar.starts_with("https://badges.itqan.example/case/CFItems/"));
    REQUIRE(competency->levels.size() == 5);
    CHECK(competency->levels[2].name.en == "Practitioner");
    CHECK(competency->levels[2].uri.find("CFRubricCriterionLevels") != std::string::npos);
    CHECK(data->programme.transfers.size() == 4);
}
