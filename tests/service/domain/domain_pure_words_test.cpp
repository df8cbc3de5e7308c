#include <doctest/doctest.h>

#include "service/domain/rule_words.hpp"
#include "tests/service/domain/programmes.hpp"

using namespace itqan;
using namespace itqan::domain;
using namespace itqan::tests;

namespace {

Node judged(char const* rule, Evidence const& evidence = {}) {
    BadgeOverrides const none;
    Evaluator evaluator(small_programme(), evidence, day("2026-11-01"), none);
    return evaluator.evaluate_rule(kept_rule(rule));
}

std::string title(char const* rule, std::string_view language) {
    return node_title(small_programme(), judged(rule), language);
}

std::string narrative(char const* rule, std::string_view language) {
    return rule_narrative(small_programme(), *schemas::parse_rule(Json::parse(rule)), language);
}

}  // namespace

TEST_CASE("every kind of condition reads as a line of English") {
    CHECK(title(R"({"competency":{"code":"A1","level":3}})", "en") == "Scanning (A1): level 3 (Practitioner) or above");
    CHECK(title(R"({"competency":{"code":"A1","level":5}})", "en") == "Scanning (A1): level 5 (Lead)");
    CHECK(title(R"({"completion":{"activity":"course"}})", "en") == "Scanning Basics, passed");
    CHECK(
        title(R"({"completion":{"activity":"course","minScore":80,"grade":"B","minHours":1,"within":"P24M"}})", "en") ==
        "Scanning Basics, score 80 or more, grade B or better, at least 1 hour, within the last 24 months");
    CHECK(title(R"({"hours":{"domain":"A","min":12.5}})", "en") == "At least 12.5 hours of study in Medication (A)");
    CHECK(title(R"({"badge":{"achievement":"ach-basic"}})", "en") == "The badge Scanning Foundation");
    CHECK(title(R"({"signoff":{"competency":"B1","level":2,"count":1}})", "en") ==
          "Workplace sign-off of Reporting (B1): level 2 (Assisted) or above, by 1 mentor");
    CHECK(title(R"({"signoff":{"competency":"B1","level":2,"count":2,"within":"P1Y"}})", "en") ==
          "Workplace sign-off of Reporting (B1): level 2 (Assisted) or above, by 2 different mentors, within the last "
          "year");
    CHECK(title(R"({"any":[{"badge":{"achievement":"ach-basic"}}]})", "en") == "One of:");
    CHECK(title(R"({"atLeast":2,"of":[{"badge":{"achievement":"ach-basic"}},{"badge":{"achievement":"ach-broad"}}]})",
                "en") == "At least 2 of:");
}

TEST_CASE("every kind of condition reads as a line of Arabic with its own plurals") {
    CHECK(title(R"({"competency":{"code":"A1","level":3}})", "ar") == "كفاءة «المسح» (A1): المستوى 3 (متمكّن) أو أعلى");
    CHECK(title(R"({"completion":{"activity":"course","minHours":2}})", "ar") ==
          "اجتياز «أساسيات المسح»، بحضور ساعتين على الأقل");
    CHECK(title(R"({"completion":{"activity":"course","minHours":3}})", "ar") ==
          "اجتياز «أساسيات المسح»، بحضور 3 ساعات على الأقل");
    CHECK(title(R"({"completion":{"activity":"course","minHours":11}})", "ar") ==
          "اجتياز «أساسيات المسح»، بحضور 11 ساعة على الأقل");
    CHECK(title(R"({"badge":{"achievement":"ach-basic"}})", "ar") == "شارة «أساس المسح»");
    CHECK(title(R"({"all":[]})", "ar") == "لا شروط.");
}

TEST_CASE("an Arabic line takes the Arabic statement before an English short name, and English when there is none") {
    CHECK(title(R"({"competency":{"code":"A2","level":1}})", "ar").find("إعادة تشغيل الماسح") != std::string::npos);
    CHECK(title(R"({"competency":{"code":"B2","level":1}})", "ar").find("Teaching") != std::string::npos);
}

TEST_CASE("a whole rule is a nested list in both languages") {
    auto const* const rule = R"({"all":[{"completion":{"activity":"course"}},
                                        {"any":[{"badge":{"achievement":"ach-basic"}},{"competency":{"code":"B1","level":2}}]}]})";

    CHECK(narrative(rule, "en") ==
          "All of:\n\n- Scanning Basics, passed\n- One of:\n  - The badge Scanning Foundation\n"
          "  - Reporting (B1): level 2 (Assisted) or above");
    CHECK(narrative(rule, "ar") ==
          "جميع ما يلي:\n\n- اجتياز «أساسيات المسح»\n- عنصر واحد على الأقل مما يلي:\n"
          "  - شارة «أساس المسح»\n  - كفاءة «الإبلاغ» (B1): المستوى 2 (بمساندة) أو أعلى");
}

TEST_CASE("a name cannot smuggle Markdown into a narrative") {
    auto items = small_items();
    items["activity"][0]["title"] = "[Free](https://evil.example) *now* <b>";
    auto const programme = build(items);
    auto const rule = *schemas::parse_rule(Json::parse(R"({"completion":{"activity":"course"}})"));

    CHECK(rule_narrative(programme, rule, "en") == R"(\[Free\](https://evil.example) \*now\* \<b>, passed)");
}

TEST_CASE("a condition says how it stands") {
    auto const state = [](char const* rule, Evidence const& evidence, std::string_view language) {
        return node_state(small_programme(), judged(rule, evidence), language);
    };
    auto const* const passed = R"({"completion":{"activity":"course","minScore":70,"within":"P12M"}})";
    Evidence failing, fine, waiting;
    add(failing, small_programme(), "completion",
        {{"id", "c"},
         {"learnerId", "l"},
         {"activityId", "course"},
         {"completedAt", "2026-10-01T12:00:00Z"},
         {"score", 65},
         {"status", "verified"}});
    fine = failing;
    fine.completions[0].score = 70;
    waiting = fine;
    waiting.completions[0].standing = Standing::waiting;

    CHECK(state(passed, {}, "en") == "4 hours to go");
    CHECK(state(passed, {}, "ar") == "المتبقي 4 ساعات");
    CHECK(state(passed, failing, "en") == "best score 65 of 70, 4 hours to go");
    CHECK(state(passed, fine, "en") == "held until 1 October 2027");
    CHECK(state(passed, fine, "ar") == "متحقق حتى 1 أكتوبر 2027");
    CHECK(state(passed, waiting, "en") == "recorded, waiting for confirmation");
    CHECK(state(R"({"any":[]})", {}, "en") == "cannot be met");
    CHECK(state(R"({"all":[]})", {}, "en") == "held, no end date");
}

TEST_CASE("days and months are written out with Latin digits in both languages") {
    CHECK(day_in_words(day("2027-10-23"), "en") == "23 October 2027");
    CHECK(day_in_words(day("2027-10-23"), "ar") == "23 أكتوبر 2027");
    CHECK(month_in_words(day("2026-11-01"), "en") == "November 2026");
    CHECK(month_in_words(day("2026-11-01"), "ar") == "نوفمبر 2026");
}
