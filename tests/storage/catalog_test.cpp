#include "storage/catalog.hpp"

#include <doctest/doctest.h>

#include "tests/storage/rows.hpp"

using namespace itqan;
using namespace itqan::storage;
using namespace itqan::tests;

TEST_CASE("programme items keep the order of their first import and take the newest body") {
    TemporaryDatabase test;
    std::vector<std::string> seen;

    test->write([](Session& session) {
        put_programme_item(session, {"activity", "b", "1"}, noon);
        put_programme_item(session, {"activity", "a", "2"}, noon);
        put_programme_item(session, {"role", "c", "3"}, noon);
        put_programme_item(session, {"activity", "b", "4"}, after(1));
    });
    test->read([&](Session& session) {
        each_programme_item(session, "activity", [&](ProgrammeItem const& item) {
            seen.push_back(item.kind + ":" + item.id + "=" + item.body);
        });
        CHECK(programme_item(session, "role", "c") == "3");
        CHECK_FALSE(programme_item(session, "role", "a"));
    });

    CHECK(seen == std::vector<std::string>{"activity:b=4", "activity:a=2"});
}

TEST_CASE("an achievement is one row per issuer, id and version") {
    TemporaryDatabase test;
    std::vector<std::string> seen;

    test->write([](Session& session) {
        put_achievement(session, {"iss-2", "ach-1", 1, "published", "old"}, noon);
        put_achievement(session, {"iss-1", "ach-1", 1, "draft", "{}"}, noon);
        put_achievement(session, {"iss-1", "ach-1", 2, "draft", "{}"}, noon);
        put_achievement(session, {"iss-2", "ach-1", 1, "retired", "new"}, after(1));
    });
    test->read([&](Session& session) {
        each_achievement(session, [&](AchievementRow const& row) {
            seen.push_back(row.issuer_id + "/" + row.id + "/" + std::to_string(row.version) + " " + row.status + " " +
                           row.body);
        });
    });

    CHECK(seen ==
          std::vector<std::string>{"iss-2/ach-1/1 retired new", "iss-1/ach-1/1 draft {}", "iss-1/ach-1/2 draft {}"});
}

TEST_CASE("a change counter starts at zero and moves with its own topic only") {
    TemporaryDatabase test;

    test->write([](Session& session) {
        bump_change(session, "programme");
        bump_change(session, "programme");
        bump_change(session, "keys");
    });

    test->read([](Session& session) {
        CHECK(change_count(session, "programme") == 2);
        CHECK(change_count(session, "keys") == 1);
        CHECK(change_count(session, "status") == 0);
    });
}
