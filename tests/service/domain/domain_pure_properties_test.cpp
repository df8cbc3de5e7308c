#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <random>

#include "tests/service/domain/programmes.hpp"

// What must hold for any evidence: random records, always the same ones, in the small programme.

using namespace itqan;
using namespace itqan::domain;
using namespace itqan::tests;

namespace {

auto const record_day = day("2026-11-01");

class Maker {
  public:
    explicit Maker(unsigned seed) : engine_(seed) {}

    int below(int n) { return static_cast<int>(engine_() % static_cast<unsigned>(n)); }
    Day date() { return day("2023-01-01") + below(1400); }
    Standing standing() {
        auto const roll = below(10);
        return roll < 6 ? Standing::verified : roll < 9 ? Standing::waiting : Standing::excluded;
    }
    std::string who(char const* prefix) { return prefix + std::to_string(below(4)); }

    void add_one(Evidence& evidence, Standing standing) {
        static constexpr char const* activities[] = {"course", "simulator", "placement"};
        static constexpr char const* competencies[] = {"A1", "A2", "B1", "B2"};
        static constexpr char const* grades[] = {"F", "D", "C", "B", "A"};
        static constexpr char const* groups[] = {"C", "I", "T", "M"};
        auto id = "r" + std::to_string(next_++);
        switch (below(6)) {
            case 0:
            case 1:
                evidence.completions.push_back({id, activities[below(3)], "prv-a", date(),
                                                static_cast<double>(40 + below(61)), grades[below(5)],
                                                static_cast<double>(1 + below(12)), standing});
                break;
            case 2:
                evidence.signoffs.push_back({id, competencies[below(4)], who("men-"), 1 + below(5), date(), standing});
                break;
            case 3:
                evidence.entrustments.push_back(
                    {id, "epa-round", who("asr-"), 3 + below(3), below(5) > 0, date(), standing});
                break;
            case 4: {
                auto const from = date();
                auto const to = below(3) == 0 ? std::nullopt : std::optional(from + below(500));
                evidence.experiences.push_back({id, "role-scanner", groups[below(4)], "org-a", from, to, standing});
                break;
            }
            default:
                evidence.practices.push_back({id, competencies[below(4)], date(), standing});
                break;
        }
    }

    Evidence some(int records) {
        Evidence evidence;
        for (int i = 0; i < records; ++i)
            add_one(evidence, standing());
        return evidence;
    }

    void shuffle(Evidence& evidence) {
        std::shuffle(evidence.completions.begin(), evidence.completions.end(), engine_);
        std::shuffle(evidence.signoffs.begin(), evidence.signoffs.end(), engine_);
        std::shuffle(evidence.entrustments.begin(), evidence.entrustments.end(), engine_);
        std::shuffle(evidence.experiences.begin(), evidence.experiences.end(), engine_);
        std::shuffle(evidence.practices.begin(), evidence.practices.end(), engine_);
    }

  private:
    std::mt19937 engine_;
    int next_ = 0;
};

/// Rules with every kind of leaf, beside those of the programme's achievements.
std::vector<schemas::Rule> const& rules() {
    static std::vector<schemas::Rule> list;
    if (!list.empty()) return list;
    for (auto const& achievement : small_programme().achievements)
        list.push_back(achievement.criteria);
    for (auto const* text :
         {R"({"competency":{"code":"A1","level":3}})", R"({"competency":{"code":"B1","level":2,"within":"P18M"}})",
          R"({"completion":{"activity":"course","minScore":80,"grade":"C","minHours":4}})",
          R"({"hours":{"domain":"A","min":20,"within":"P2Y"}})",
          R"({"signoff":{"competency":"A1","level":2,"count":2,"within":"P24M"}})",
          R"({"entrustment":{"epa":"epa-round","level":4,"assessors":2}})",
          R"({"experience":{"months":18,"group":["C","M"]}})"})
        list.push_back(*schemas::parse_rule(Json::parse(text)));
    return list;
}

std::vector<Node> judge(Evidence const& evidence, Day t) {
    BadgeOverrides const none;
    Evaluator evaluator(small_programme(), evidence, t, none);
    std::vector<Node> nodes;
    for (auto const& rule : rules())
        nodes.push_back(evaluator.evaluate_rule(rule));
    return nodes;
}

bool has_experience(Node const& node) {
    if (node.leaf) return std::holds_alternative<schemas::ExperienceLeaf>(*node.leaf);
    return std::any_of(node.children.begin(), node.children.end(), has_experience);
}

void turn(Evidence& evidence, Standing from, Standing to) {
    auto const each = [&](auto& records) {
        for (auto& record : records)
            if (record.standing == from) record.standing = to;
    };
    each(evidence.completions);
    each(evidence.signoffs);
    each(evidence.entrustments);
    each(evidence.experiences);
    each(evidence.practices);
}

constexpr unsigned rounds = 300;

}  // namespace

TEST_CASE("another verified record never lowers a level, an outcome, a progress or a last day") {
    for (unsigned seed = 0; seed < rounds; ++seed) {
        CAPTURE(seed);
        Maker maker(seed);
        auto evidence = maker.some(12);
        auto const t = record_day + maker.below(700);
        auto const levels = levels_of(small_programme(), evidence, t);
        auto const before = judge(evidence, t);

        maker.add_one(evidence, Standing::verified);

        auto const after = judge(evidence, t);
        auto const levels_after = levels_of(small_programme(), evidence, t);
        for (auto const& [code, level] : levels)
            CHECK(levels_after.at(code).level >= level.level);
        for (std::size_t i = 0; i < before.size(); ++i) {
            CHECK(after[i].outcome >= before[i].outcome);
            CHECK(after[i].progress >= before[i].progress);
            CHECK(after[i].cost_hours.value() <= before[i].cost_hours.value());
            if (before[i].outcome == Outcome::satisfied && after[i].until)
                CHECK((before[i].until && *after[i].until >= *before[i].until));
        }
    }
}

TEST_CASE("confirming what waits makes satisfied exactly what was satisfied or pending") {
    for (unsigned seed = 0; seed < rounds; ++seed) {
        CAPTURE(seed);
        Maker maker(seed);
        auto evidence = maker.some(14);
        auto const before = judge(evidence, record_day);

        turn(evidence, Standing::waiting, Standing::verified);

        auto const confirmed = judge(evidence, record_day);
        for (std::size_t i = 0; i < before.size(); ++i) {
            CHECK((confirmed[i].outcome == Outcome::satisfied) == (before[i].outcome != Outcome::unsatisfied));
            CHECK(confirmed[i].progress == before[i].progress);
        }
    }
}

TEST_CASE("the order in which evidence arrived never shows") {
    for (unsigned seed = 0; seed < rounds; ++seed) {
        CAPTURE(seed);
        Maker maker(seed);
        auto evidence = maker.some(16);
        auto const before = judge(evidence, record_day);
        auto const levels = levels_of(small_programme(), evidence, record_day);

        maker.shuffle(evidence);

        auto const after = judge(evidence, record_day);
        auto const levels_after = levels_of(small_programme(), evidence, record_day);
        for (std::size_t i = 0; i < before.size(); ++i)
            CHECK(node_to_json(after[i]) == node_to_json(before[i]));
        REQUIRE(levels_after.size() == levels.size());
        for (auto const& [code, level] : levels) {
            CHECK(levels_after.at(code).claim == level.claim);
            CHECK(levels_after.at(code).until == level.until);
        }
    }
}

TEST_CASE("a rule holds on its last day and not on the day after") {
    int checked = 0;
    for (unsigned seed = 0; seed < rounds; ++seed) {
        CAPTURE(seed);
        Maker maker(seed);
        auto const evidence = maker.some(14);
        auto const nodes = judge(evidence, record_day);
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            if (nodes[i].outcome != Outcome::satisfied || !nodes[i].until) continue;
            CAPTURE(i);
            CHECK(judge(evidence, *nodes[i].until)[i].outcome == Outcome::satisfied);
            if (has_experience(nodes[i])) continue;  // experience may ripen meanwhile
            // Evidence dated after record_day may hold the rule up; this programme has none.
            CHECK(judge(evidence, *nodes[i].until + 1)[i].outcome != Outcome::satisfied);
            ++checked;
        }
    }
    CHECK(checked > 100);
}

TEST_CASE("without new evidence a level only falls") {
    for (unsigned seed = 0; seed < 40; ++seed) {
        CAPTURE(seed);
        auto const evidence = Maker(seed).some(14);
        auto before = levels_of(small_programme(), evidence, record_day);
        for (auto t = record_day + 30; t < record_day + 2000; t = t + 30) {
            auto const after = levels_of(small_programme(), evidence, t);
            for (auto const& [code, level] : after) {
                REQUIRE(before.contains(code));
                CHECK(level.level <= before.at(code).level);
            }
            before = after;
        }
    }
}

TEST_CASE("a completion changes only the achievements that listen to its keys, directly or through a badge") {
    auto const& programme = small_programme();
    auto const listens = [&](Activity const& activity) {
        std::set<std::string> touched{"act:" + activity.id};
        for (auto const& award : activity.awards) {
            touched.insert("comp:" + award.competency);
            touched.insert("hours:" + programme.competency(award.competency)->domain);
        }
        std::set<std::string> ids;
        for (auto const* achievement : programme.in_badge_order()) {
            auto const keys = touched_keys(achievement->criteria);
            if (!std::any_of(keys.begin(), keys.end(), [&](std::string const& key) { return touched.contains(key); }))
                continue;
            ids.insert(achievement->id);
            touched.insert("badge:" + achievement->id);
        }
        return ids;
    };

    int changed = 0;
    for (unsigned seed = 0; seed < rounds; ++seed) {
        CAPTURE(seed);
        Maker maker(seed);
        auto evidence = maker.some(10);
        auto const before = evaluate_all(programme, evidence, record_day);
        auto const& activity = programme.activities[static_cast<std::size_t>(maker.below(3))];
        evidence.completions.push_back(
            {"new", activity.id, "prv-a", record_day, 100, "A", activity.hours, Standing::verified});

        auto const after = evaluate_all(programme, evidence, record_day);
        auto const listening = listens(activity);
        for (std::size_t i = 0; i < before.size(); ++i) {
            if (node_to_json(after[i].root) == node_to_json(before[i].root)) continue;
            ++changed;
            CHECK(listening.contains(after[i].achievement_id));
        }
    }
    CHECK(changed > 100);
}

TEST_CASE("a provider's view follows its activity's leaves, not badge leaves") {
    auto const& programme = small_programme();
    auto const sees = [&](char const* achievement, char const* activity) {
        return touches(programme.achievement(achievement)->criteria, programme, *programme.activity(activity));
    };

    CHECK(sees("ach-basic", "course"));
    CHECK_FALSE(sees("ach-expert", "course"));
    CHECK(sees("ach-broad", "simulator"));
    CHECK_FALSE(sees("ach-broad", "course"));
}
