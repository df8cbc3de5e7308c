#include "schemas/criteria_rule.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/support/shared.hpp"

using namespace itqan;
using namespace itqan::schemas;

namespace {

Json read(std::string_view text) {
    return *parse_json(text, json_limits::batch);
}

/// "pointer, pointer" of a rejected rule, in order; "accepted" otherwise.
std::string rejected_at(std::string_view text, RuleVocabulary const& vocabulary = {}) {
    auto const rule = parse_rule(read(text), vocabulary);
    if (rule) return "accepted";
    CHECK(rule.error().fault == Fault::unprocessable);
    CHECK(rule.error().code == "invalid-rule");
    std::string out;
    for (auto const& violation : rule.error().violations) {
        CHECK_FALSE(violation.detail.empty());
        out += (out.empty() ? "" : ", ") + (violation.pointer.empty() ? "root" : violation.pointer);
    }
    return out;
}

std::string nested(int levels) {
    std::string out = R"({"badge":{"achievement":"ach-01"}})";
    for (auto i = 1; i < levels; ++i)
        out = R"({"all":[)" + out + "]}";
    return out;
}

std::string wide(int branches, int leaves) {
    std::string children;
    for (auto i = 0; i < leaves; ++i)
        children += std::string(i > 0 ? "," : "") + R"({"badge":{"achievement":"a"}})";
    std::string out;
    for (auto i = 0; i < branches; ++i)
        out += std::string(i > 0 ? "," : "") + R"({"any":[)" + children + "]}";
    return R"({"all":[)" + out + "]}";
}

}  // namespace

TEST_SUITE("criteria rule") {
    TEST_CASE("the thirteen achievements of the starter parse and are written back the same") {
        auto const shared = tests::shared_dir();
        if (!shared) {
            MESSAGE("shared data is absent");
            return;
        }
        auto const starter = read(tests::read_file(*shared / "starter/achievements.json"));

        for (auto const& achievement : starter) {
            CAPTURE(achievement.at("id").get<std::string>());
            auto const rule = parse_rule(achievement.at("criteria"));
            REQUIRE(rule);
            CHECK(canonical_json(rule_to_json(*rule)) == canonical_json(achievement.at("criteria")));
        }
        CHECK(starter.size() == 13);
    }

    TEST_CASE("a rule becomes a tree with the number of children that must hold") {
        auto const rule = parse_rule(read(
            R"({"all":[{"atLeast":2,"of":[{"badge":{"achievement":"a"}},{"badge":{"achievement":"b"}},{"any":[]}]},
                {"completion":{"activity":"act-101","minScore":70,"grade":"B","minHours":1.5,"within":"P36M"}}]})"));

        REQUIRE(rule);
        CHECK(rule->op == Operator::all);
        CHECK(rule->n == 2);
        CHECK(rule->children.at(0).op == Operator::at_least);
        CHECK(rule->children.at(0).n == 2);
        CHECK(rule->children.at(0).children.at(2).op == Operator::any);
        CHECK(rule->children.at(0).children.at(2).n == 1);
        auto const& leaf = std::get<CompletionLeaf>(rule->children.at(1).leaf.value());
        CHECK(leaf.activity == "act-101");
        CHECK(leaf.min_score == 70);
        CHECK(leaf.grade == "B");
        CHECK(leaf.min_hours == 1.5);
        CHECK(leaf.within == Period{36, 'M'});
    }

    TEST_CASE("each leaf has its name and its own object") {
        std::pair<std::string_view, std::string_view> const leaves[] = {
            {"competency", R"({"code":"DH4.2","level":3,"within":"P90D"})"},
            {"completion", R"({"activity":"act-101","minHours":2,"minScore":70.5})"},
            {"hours", R"({"domain":"DH2","min":20,"within":"P36M"})"},
            {"badge", R"({"achievement":"ach-01"})"},
            {"signoff", R"({"competency":"DH3.2","count":1,"level":3})"},
            {"entrustment", R"({"assessors":2,"epa":"epa-02","level":4,"within":"P2Y"})"},
            {"experience", R"({"group":["C","I"],"months":18})"},
            {"experience", R"({"months":18,"role":"role-ni"})"},
            {"experience", R"({"months":18})"}};
        for (auto const& [name, body] : leaves) {
            CAPTURE(name);
            auto const rule = parse_rule(Json{{std::string(name), read(body)}});
            REQUIRE(rule);
            CHECK(rule->op == Operator::leaf);
            CHECK(leaf_name(rule->leaf.value()) == name);
            CHECK(canonical_json(leaf_to_json(rule->leaf.value())) == body);
        }
    }

    TEST_CASE("rejections point at the offending member") {
        std::pair<std::string_view, std::string_view> const table[] = {
            {R"(7)", "root"},
            {R"([])", "root"},
            {R"({})", "root"},
            {R"({"not":[]})", "/not"},
            {R"({"all":[],"any":[]})", "root"},
            {R"({"all":[],"of":[]})", "/of"},
            {R"({"all":{}})", "/all"},
            {R"({"all":[3]})", "/all/0"},
            {R"({"all":[{"any":[{"badge":{"achievement":""}}]}]})", "/all/0/any/0/badge/achievement"},
            {R"({"atLeast":1})", "/of"},
            {R"({"atLeast":0,"of":[{"any":[]}]})", "/atLeast"},
            {R"({"atLeast":2,"of":[{"any":[]}]})", "/atLeast"},
            {R"({"atLeast":"1","of":[{"any":[]}]})", "/atLeast"},
            {R"({"atLeast":1.5,"of":[{"any":[]},{"any":[]}]})", "/atLeast"},
            {R"({"of":[]})", "root"},
            {R"({"competency":[]})", "/competency"},
            {R"({"competency":{"code":"DH1.1"}})", "/competency/level"},
            {R"({"all":[{"competency":{"code":"DH1.1","level":6}}]})", "/all/0/competency/level"},
            {R"({"competency":{"code":"DH1.1","level":0}})", "/competency/level"},
            {R"({"competency":{"code":"DH1.1","level":2.5}})", "/competency/level"},
            {R"({"competency":{"level":2}})", "/competency/code"},
            {R"({"competency":{"code":7,"level":2}})", "/competency/code"},
            {R"({"competency":{"code":"DH1.1","level":2,"within":"P0M"}})", "/competency/within"},
            {R"({"competency":{"code":"DH1.1","level":2,"within":24}})", "/competency/within"},
            {R"({"competency":{"code":"DH1.1","level":2,"a/b~c":1}})", "/competency/a~1b~0c"},
            {R"({"completion":{"activity":"a","minScore":101}})", "/completion/minScore"},
            {R"({"completion":{"activity":"a","minScore":-1}})", "/completion/minScore"},
            {R"({"completion":{"activity":"a","minHours":0}})", "/completion/minHours"},
            {R"({"completion":{"activity":"a","grade":""}})", "/completion/grade"},
            {R"({"completion":{}})", "/completion/activity"},
            {R"({"hours":{"domain":"DH2","min":0}})", "/hours/min"},
            {R"({"hours":{"domain":"DH2"}})", "/hours/min"},
            {R"({"badge":{"achievement":"a","level":1}})", "/badge/level"},
            {R"({"signoff":{"competency":"DH1.1","level":1}})", "/signoff/count"},
            {R"({"signoff":{"competency":"DH1.1","level":1,"count":0}})", "/signoff/count"},
            {R"({"entrustment":{"epa":"e","level":3,"assessors":"2"}})", "/entrustment/assessors"},
            {R"({"experience":{"months":0}})", "/experience/months"},
            {R"({"experience":{"months":1,"group":[]}})", "/experience/group"},
            {R"({"experience":{"months":1,"group":["C","C"]}})", "/experience/group/1"},
            {R"({"experience":{"months":1,"group":["C"],"role":"r"}})", "/experience/role"}};
        for (auto const& [text, pointers] : table) {
            CAPTURE(text);
            CHECK(rejected_at(text) == pointers);
        }
    }

    TEST_CASE("all problems are reported at once") {
        CHECK(rejected_at(R"({"all":[{"competency":{"level":9}},{"badge":{}},{"any":[{"nope":1}]}]})") ==
              "/all/0/competency/code, /all/0/competency/level, /all/1/badge/achievement, /all/2/any/0/nope");
    }

    TEST_CASE("eight levels, 32 children and 128 nodes are the most") {
        CHECK(rejected_at(nested(8)) == "accepted");
        CHECK(rejected_at(nested(9)) == "/all/0/all/0/all/0/all/0/all/0/all/0/all/0/all/0");
        CHECK(rejected_at(wide(1, 32)) == "accepted");
        CHECK(rejected_at(wide(1, 33)) == "/all/0/any");
        CHECK(rejected_at(wide(7, 17)) == "accepted");
        CHECK(rejected_at(wide(8, 15)) == "root");
    }

    TEST_CASE("ids are checked against the programme") {
        RuleVocabulary vocabulary;
        auto const only = [](std::string known) { return [known](std::string const& id) { return id == known; }; };
        vocabulary.competency = only("DH1.1");
        vocabulary.activity = only("act-101");
        vocabulary.achievement = only("ach-01");
        vocabulary.epa = only("epa-01");
        vocabulary.domain = only("DH1");
        vocabulary.role = only("role-ni");
        vocabulary.group = only("C");
        std::vector<std::string> const scale{"D", "C", "B"};
        vocabulary.grade_scale = [&scale](std::string const& id) { return id == "act-101" ? &scale : nullptr; };

        CHECK(
            rejected_at(
                R"({"all":[{"competency":{"code":"DH1.1","level":1}},{"completion":{"activity":"act-101","grade":"B"}},
            {"badge":{"achievement":"ach-01"}},{"entrustment":{"epa":"epa-01","level":1,"assessors":1}},{"hours":{"domain":"DH1","min":1}},
            {"experience":{"months":1,"role":"role-ni"}},{"experience":{"months":1,"group":["C"]}}]})",
                vocabulary) == "accepted");
        CHECK(rejected_at(R"({"competency":{"code":"DH9.9","level":1}})", vocabulary) == "/competency/code");
        CHECK(rejected_at(R"({"signoff":{"competency":"DH9.9","level":1,"count":1}})", vocabulary) ==
              "/signoff/competency");
        CHECK(rejected_at(R"({"completion":{"activity":"act-102","grade":"Z"}})", vocabulary) ==
              "/completion/activity");
        CHECK(rejected_at(R"({"completion":{"activity":"act-101","grade":"A"}})", vocabulary) == "/completion/grade");
        CHECK(rejected_at(R"({"badge":{"achievement":"ach-02"}})", vocabulary) == "/badge/achievement");
        CHECK(rejected_at(R"({"entrustment":{"epa":"epa-02","level":1,"assessors":1}})", vocabulary) ==
              "/entrustment/epa");
        CHECK(rejected_at(R"({"hours":{"domain":"DH9","min":1}})", vocabulary) == "/hours/domain");
        CHECK(rejected_at(R"({"experience":{"months":1,"role":"r"}})", vocabulary) == "/experience/role");
        CHECK(rejected_at(R"({"experience":{"months":1,"group":["C","Q"]}})", vocabulary) == "/experience/group/1");
    }
}
