#include <doctest/doctest.h>

#include "tests/storage/rows.hpp"

using namespace itqan;
using namespace itqan::storage;
using namespace itqan::tests;

TEST_CASE("a learner comes back as put and is found by address") {
    TemporaryDatabase test;
    auto row = learner_row("lrn-1");
    row.name_ar = "\xd8\xa3";

    test->write([&](Session& session) { put_learner(session, row); });

    test->read([&](Session& session) {
        auto const found = learner_by_email(session, "lrn-1@example.org");
        REQUIRE(found);
        CHECK(found->id == "lrn-1");
        CHECK(found->name == row.name);
        CHECK(found->name_ar == row.name_ar);
        CHECK(found->organisation_id == "org-1");
        CHECK(found->body == row.body);
        CHECK(found->created_at == noon);
        CHECK_FALSE(found->erased_at);
        CHECK_FALSE(learner(session, "lrn-2"));
        CHECK_FALSE(learner_by_email(session, "lrn-2@example.org"));
    });
}

TEST_CASE("an address belongs to one learner") {
    TemporaryDatabase test;
    test->write([](Session& session) { put_learner(session, learner_row("lrn-1")); });
    auto second = learner_row("lrn-2");
    second.email = "lrn-1@example.org";

    CHECK_THROWS_AS(test->write([&](Session& session) { put_learner(session, second); }), ConstraintError);
}

TEST_CASE("pages of learners follow the order of import and end") {
    TemporaryDatabase test;
    test->write([](Session& session) {
        for (auto const* const id : {"c", "a", "b"})
            put_learner(session, learner_row(id));
        auto again = learner_row("c");
        again.name = "Changed";
        put_learner(session, again);
    });
    auto const page = [&](std::string const& start, int limit) {
        std::string ids;
        test->read([&](Session& session) {
            each_learner(session, start, limit, [&](LearnerRow const& row) { ids += row.id; });
        });
        return ids;
    };

    CHECK(page("", 2) == "ca");
    CHECK(page("a", 2) == "b");
    CHECK(page("b", 2) == "");
    CHECK(page("absent", 2) == "");
    CHECK(test->read([](Session& session) { return learner(session, "c")->name; }) == "Changed");
}

TEST_CASE("an erased learner does not come back with the next import") {
    TemporaryDatabase test;
    test->write([](Session& session) {
        put_learner(session, learner_row("lrn-1"));
        erase_learner(session, "lrn-1", after(1));
    });

    test->write([](Session& session) { put_learner(session, learner_row("lrn-1")); });

    auto const found = test->read([](Session& session) { return learner(session, "lrn-1"); });
    REQUIRE(found);
    CHECK_FALSE(found->name);
    CHECK_FALSE(found->email);
    CHECK(found->erased_at == after(1));
}

TEST_CASE("named persons are replaced by the newest import") {
    TemporaryDatabase test;
    std::string ids;

    test->write([](Session& session) {
        put_person(session, {"p2", "Two", std::nullopt, "{}"});
        put_person(session, {"p1", "One", std::nullopt, "{}"});
        put_person(session, {"p1", "Uno", "\xd8\xa3", "{\"a\":1}"});
    });
    test->read([&](Session& session) {
        each_person(session, [&](PersonRow const& row) { ids += row.id; });
        auto const found = person(session, "p1");
        REQUIRE(found);
        CHECK(found->name == "Uno");
        CHECK(found->name_ar == "\xd8\xa3");
        CHECK(found->body == "{\"a\":1}");
        CHECK_FALSE(person(session, "p3"));
    });

    CHECK(ids == "p1p2");
}

TEST_CASE("the latest note wins, also within one millisecond") {
    TemporaryDatabase test;

    test->write([](Session& session) {
        add_note(session, "credential", "c1", "lrn-1", "first", noon);
        add_note(session, "credential", "c1", "lrn-1", "second", noon);
        add_note(session, "evidence", "c1", std::nullopt, "other", noon);
    });

    test->read([](Session& session) {
        CHECK(latest_note(session, "credential", "c1") == "second");
        CHECK(latest_note(session, "evidence", "c1") == "other");
        CHECK_FALSE(latest_note(session, "credential", "c2"));
    });
}

TEST_CASE("a learner has one subject id per issuer, and no two share one") {
    TemporaryDatabase test;
    auto const put = [&](std::string const& issuer, std::string const& who, std::string const& urn) {
        test->write([&](Session& session) { put_subject(session, issuer, who, urn); });
    };

    put("iss-1", "lrn-1", "urn:uuid:1");
    put("iss-2", "lrn-1", "urn:uuid:2");

    CHECK_THROWS_AS(put("iss-1", "lrn-1", "urn:uuid:3"), ConstraintError);
    CHECK_THROWS_AS(put("iss-1", "lrn-2", "urn:uuid:2"), ConstraintError);
    test->read([](Session& session) {
        CHECK(subject_urn(session, "iss-1", "lrn-1") == "urn:uuid:1");
        CHECK(subject_urn(session, "iss-2", "lrn-1") == "urn:uuid:2");
        CHECK_FALSE(subject_urn(session, "iss-1", "lrn-2"));
    });
}
