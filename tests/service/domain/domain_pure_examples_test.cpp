#include <doctest/doctest.h>

#include "service/domain/criteria_leaves.hpp"
#include "tests/service/domain/programmes.hpp"

// The worked examples of the domain text, as values: F-cap, F1, F1b, F1c, F2, F3, F3b, F4, F16.

using namespace itqan;
using namespace itqan::domain;
using namespace itqan::tests;

namespace {

DecayClass const standard{"standard", 730, 365, 1, 1825};
DecayClass const technology{"technology", 365, 365, 1, 1460};
DecayClass const safety{"safety", 365, 180, 0, 730};

Claim claim_of(int level, char const* date) {
    return {"A1", level, EvidenceKind::workplace, day(date), "sgn-1"};
}

Node child(Outcome outcome, double progress, double cost, char const* until) {
    Node node;
    node.outcome = outcome;
    node.progress = progress;
    node.cost_hours = cost;
    if (until != nullptr) node.until = day(until);
    return node;
}

/// The four children of F3 under one operator.
Node combined(schemas::Operator op, int n) {
    Node node;
    node.op = op;
    node.n = n;
    node.children.push_back(child(Outcome::satisfied, 1, 0, "2027-03-01"));
    node.children.push_back(child(Outcome::pending, 1, 0, nullptr));
    node.children.push_back(child(Outcome::unsatisfied, 0.5, 16, nullptr));
    node.children.push_back(child(Outcome::satisfied, 1, 0, "2026-12-31"));
    combine(node);
    return node;
}

void check_node(Node const& node, Outcome outcome, double progress, double cost, char const* until) {
    CHECK(node.outcome == outcome);
    CHECK(node.progress == progress);
    CHECK(node.cost_hours == std::optional(cost));
    CHECK((node.until ? node.until->text() : "none") == (until == nullptr ? "none" : until));
}

Experience interval(char const* from, std::optional<char const*> to) {
    Experience experience;
    experience.from = day(from);
    if (to) experience.to = day(*to);
    return experience;
}

Day last_counting_day(char const* date, char const* within) {
    return window_end(day(date), Period::parse(within).value());
}

}  // namespace

TEST_CASE("a level falls by one per drop after the fresh days, stops at the floor and ends with the validity") {
    struct Example {
        DecayClass const& decay;
        int age, level;
    };
    Example const examples[] = {
        {standard, 0, 3},      {standard, 730, 3},   {standard, 1094, 3},  {standard, 1095, 2},   {standard, 1459, 2},
        {standard, 1460, 1},   {standard, 1825, 1},  {standard, 1826, 0},  {safety, 365, 3},      {safety, 544, 3},
        {safety, 545, 2},      {safety, 724, 2},     {safety, 725, 1},     {safety, 730, 1},      {safety, 731, 0},
        {technology, 365, 3},  {technology, 729, 3}, {technology, 730, 2}, {technology, 1094, 2}, {technology, 1095, 1},
        {technology, 1460, 1}, {technology, 1461, 0}};

    for (auto const& example : examples) {
        CAPTURE(example.decay.name);
        CAPTURE(example.age);
        CHECK(decayed(example.decay, 3, example.age) == example.level);
    }
    CHECK(decayed(standard, 3, -1) == 0);
}

TEST_CASE("the last day of a level is known on the day of the claim") {
    auto const start = day("2026-01-01");

    CHECK(last_day(safety, start, 3, 3) == day("2027-06-29"));
    CHECK(last_day(safety, start, 3, 2) == day("2027-12-26"));
    CHECK(last_day(safety, start, 3, 1) == day("2028-01-01"));
    CHECK(last_day(standard, start, 3, 3) == day("2028-12-30"));
    CHECK(last_day(standard, start, 3, 1) == day("2030-12-31"));
    CHECK_FALSE(last_day(standard, start, 2, 3));
}

TEST_CASE("the last day of a level is the last day on which the decayed level reaches it") {
    auto const start = day("2026-01-01");
    for (auto const* decay : {&standard, &technology, &safety})
        for (int level = 1; level <= 5; ++level)
            for (int wanted = 1; wanted <= level; ++wanted) {
                auto const last = last_day(*decay, start, level, wanted).value();

                CHECK(decayed(*decay, level, last - start) >= wanted);
                CHECK(decayed(*decay, level, last - start + 1) < wanted);
            }
}

TEST_CASE("practice restores the full level and each practice counts from the one before") {
    auto const claim = claim_of(3, "2024-01-01");
    std::vector<Day> const practices{day("2025-10-01"), day("2027-08-31")};
    struct Example {
        char const* on;
        char const* effective;
        int level;
    };
    Example const examples[] = {{"2025-09-30", "2024-01-01", 2},
                                {"2025-10-01", "2025-10-01", 3},
                                {"2027-08-30", "2025-10-01", 2},
                                {"2027-08-31", "2027-08-31", 3}};

    for (auto const& example : examples) {
        CAPTURE(example.on);
        auto const effective = effective_date(safety, claim, practices, day(example.on));
        CHECK(effective == day(example.effective));
        CHECK(decayed(safety, 3, day(example.on) - effective) == example.level);
    }
}

TEST_CASE("practice cannot revive a claim that has run out") {
    auto const claim = claim_of(3, "2024-01-01");
    auto const on = day("2027-08-31");

    auto const effective = effective_date(safety, claim, {on}, on);

    CHECK(effective == day("2024-01-01"));
    CHECK(decayed(safety, 3, on - effective) == 0);
}

TEST_CASE("months of experience are whole months of the days covered") {
    struct Example {
        int days, months;
    };
    for (auto const& example : {Example{30, 0}, {31, 1}, {365, 11}, {366, 12}, {548, 18}, {1461, 48}}) {
        CAPTURE(example.days);
        Experience experience;
        experience.from = day("2020-01-01");
        experience.to = experience.from + example.days;
        CHECK(experience_months({&experience}, day("2026-11-01")) == example.months);
    }
}

TEST_CASE("overlapping intervals count once, an open one ends today and the future counts nothing") {
    auto const first = interval("2024-01-01", "2025-01-01");
    auto const inside = interval("2024-03-01", "2024-09-01");
    auto const open = interval("2024-12-01", std::nullopt);
    auto const later = interval("2030-01-01", "2031-01-01");

    CHECK(experience_months({&first, &inside}, day("2026-01-01")) == 12);
    CHECK(experience_months({&inside, &first, &open}, day("2025-06-15")) == 17);
    CHECK(experience_months({&open}, day("2024-12-31")) == 0);
    CHECK(experience_months({&open}, day("2025-01-01")) == 1);
    CHECK(experience_months({&later}, day("2026-01-01")) == 0);
}

TEST_CASE("outcome, progress, last day and cost of a branch are order statistics of its children") {
    using schemas::Operator;

    check_node(combined(Operator::all, 4), Outcome::unsatisfied, 0.875, 16, nullptr);
    check_node(combined(Operator::any, 1), Outcome::satisfied, 1, 0, "2027-03-01");
    check_node(combined(Operator::at_least, 2), Outcome::satisfied, 1, 0, "2026-12-31");
    check_node(combined(Operator::at_least, 3), Outcome::pending, 1, 0, nullptr);
}

TEST_CASE("an empty all is satisfied and an empty any cannot be") {
    Node all, any;
    all.op = schemas::Operator::all;
    any.op = schemas::Operator::any;
    any.n = 1;

    combine(all);
    combine(any);

    check_node(all, Outcome::satisfied, 1, 0, nullptr);
    CHECK(any.outcome == Outcome::unsatisfied);
    CHECK(any.progress == 0);
    CHECK_FALSE(any.cost_hours);
}

TEST_CASE("progress is rounded half up at four places, exactly") {
    CHECK(r4({1, 3}) == 0.3333);
    CHECK(r4({2, 3}) == 0.6667);
    CHECK(r4({43875, 100'000}) == 0.4388);
    CHECK(r4({1, 20'000}) == 0.0001);
    CHECK(r4({0, 7}) == 0.0);
}

TEST_CASE("evidence stands in its window as long as the calendar says") {
    CHECK(last_counting_day("2025-04-30", "P1M") == day("2025-05-31"));
    CHECK(last_counting_day("2025-08-31", "P6M") == day("2026-02-28"));
    CHECK(last_counting_day("2023-02-28", "P12M") == day("2024-02-29"));
    CHECK(last_counting_day("2024-02-29", "P12M") == day("2025-02-28"));
    CHECK(last_counting_day("2026-01-15", "P24M") == day("2028-01-15"));
    CHECK(last_counting_day("2026-01-15", "P90D") == day("2026-04-15"));
}

TEST_CASE("the window's end is the last day whose window still reaches back to the evidence") {
    for (auto const* within : {"P1M", "P6M", "P12M", "P24M", "P1Y", "P45D"}) {
        auto const period = Period::parse(within).value();
        for (auto date = day("2023-01-27"); date < day("2024-04-02"); date = date + 1) {
            auto const last = window_end(date, period);
            CAPTURE(within);
            CAPTURE(date.text());
            CHECK(period.before(last) <= date);
            CHECK(period.before(last + 1) > date);
        }
    }
}

TEST_CASE("readiness weighs what is held against what a role requires") {
    domain::Role role;
    role.id = "role-ni";
    role.requires_ = {{"DH3.1", 3, 2}, {"DH3.2", 3, 1}, {"DH3.5", 3, 1},
                      {"DH4.3", 3, 1}, {"DH7.2", 3, 2}, {"DH2.2", 2, 1}};
    std::map<std::string, CompetencyLevel> levels;
    for (auto const& [code, level] : std::map<std::string, int>{{"DH3.2", 2}, {"DH4.3", 3}, {"DH2.2", 2}, {"DH7.2", 1}})
        levels[code].level = level;

    auto const readiness = readiness_of(role, levels);

    CHECK(readiness.readiness == 0.3913);
    CHECK(readiness.gaps == std::map<std::string, int>{{"DH3.1", 3}, {"DH3.2", 1}, {"DH3.5", 3}, {"DH7.2", 2}});
}

TEST_CASE("a role that requires nothing is neither ready nor short of anything") {
    auto const readiness = readiness_of(domain::Role{}, {});

    CHECK(readiness.readiness == 0);
    CHECK(readiness.gaps.empty());
}
