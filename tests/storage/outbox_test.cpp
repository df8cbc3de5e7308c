#include <doctest/doctest.h>

#include "tests/storage/rows.hpp"

using namespace itqan;
using namespace itqan::storage;
using namespace itqan::tests;

TEST_CASE("due rows are leased oldest first and by one worker only") {
    TemporaryDatabase test;
    test->write([](Session& session) {
        for (auto const& [id, due] : {std::pair("c", 5), std::pair("a", 9), std::pair("b", 5), std::pair("d", 50)}) {
            auto row = outbox_row_of(id);
            row.due_at = after(due);
            insert_outbox(session, row);
        }
    });
    auto const lease = [&](Instant now, Instant until, int limit) {
        std::string ids;
        for (auto const& row : test->write([&](Session& s) { return lease_outbox(s, now, until, limit); })) {
            CHECK(row.leased_until == until);
            ids += row.id;
        }
        return ids;
    };

    CHECK(lease(after(10), after(20), 2) == "bc");
    CHECK(lease(after(10), after(20), 9) == "a");
    CHECK(lease(after(10), after(20), 9) == "");
    CHECK(lease(after(20), after(30), 9) == "bca");
}

TEST_CASE("a row is finished, tried again or parked") {
    TemporaryDatabase test;
    test->write([](Session& session) {
        for (auto const* const id : {"done", "again", "parked"})
            insert_outbox(session, outbox_row_of(id));
        lease_outbox(session, noon, after(10), 9);
        finish_outbox(session, "done", after(1));
        retry_outbox(session, "again", "421 later", after(60));
        retry_outbox(session, "parked", "550 no", std::nullopt);
    });

    test->read([](Session& session) {
        auto const done = outbox_row(session, "done");
        CHECK(done->state == "done");
        CHECK(done->done_at == after(1));
        auto const again = outbox_row(session, "again");
        CHECK(again->state == "waiting");
        CHECK(again->attempts == 1);
        CHECK(again->due_at == after(60));
        CHECK(again->last_error == "421 later");
        CHECK_FALSE(again->leased_until);
        auto const parked = outbox_row(session, "parked");
        CHECK(parked->state == "parked");
        CHECK(parked->attempts == 1);
        CHECK(parked->last_error == "550 no");
    });
    CHECK(test->write([](Session& s) { return lease_outbox(s, after(1000), after(2000), 9); }).size() == 1);
}

TEST_CASE("later badges join the newest waiting mail that nobody holds") {
    TemporaryDatabase test;
    auto newer = outbox_row_of("newer");
    newer.created_at = after(5);
    newer.due_at = after(100);
    auto done = outbox_row_of("done");
    done.state = "done";
    done.created_at = after(9);
    test->write([&](Session& session) {
        for (auto const& row : {outbox_row_of("older"), newer, done, outbox_row_of("other", "lrn-2")})
            insert_outbox(session, row);
    });
    auto const waiting = [&](Instant now) {
        auto const row =
            test->read([&](Session& session) { return waiting_outbox(session, "mail.claim", "lrn-1", now); });
        return row ? row->id : "none";
    };

    CHECK(waiting(noon) == "newer");
    test->write([](Session& s) {
        set_outbox_data(s, "newer", R"({"credentialIds":["c1"]})");
        lease_outbox(s, after(100), after(200), 9);
    });

    CHECK(waiting(after(150)) == "none");
    CHECK(waiting(after(200)) == "newer");
    test->read([](Session& session) {
        CHECK(outbox_row(session, "newer")->data == R"({"credentialIds":["c1"]})");
        CHECK(last_outbox(session, "mail.claim", "lrn-1") == after(9));
        CHECK_FALSE(last_outbox(session, "mail.sign-in", "lrn-1"));
    });
}

TEST_CASE("the outbox is listed newest first, for one issuer or all") {
    TemporaryDatabase test;
    test->write([](Session& session) {
        auto own = outbox_row_of("own");
        own.created_at = after(1);
        auto foreign = outbox_row_of("foreign");
        foreign.issuer_id = "iss-2";
        insert_outbox(session, own);
        insert_outbox(session, foreign);
    });

    test->read([](Session& session) {
        auto const all = list_outbox(session, std::nullopt, 10);
        REQUIRE(all.size() == 2);
        CHECK(all[0].id == "own");
        CHECK(list_outbox(session, std::nullopt, 1).size() == 1);
        auto const foreign = list_outbox(session, "iss-2", 10);
        REQUIRE(foreign.size() == 1);
        CHECK(foreign[0].id == "foreign");
    });
}

TEST_CASE("events are numbered from one, by one writer without gaps, and read in order") {
    TemporaryDatabase test;
    EventRow event{0, after(2), after(1), "token:t1", "credential.issued", "c1", "iss-1", R"({"a":"b"})"};
    auto foreign = event;
    foreign.issuer_id = std::nullopt;

    test->write([&](Session& session) {
        append_event(session, event);
        append_event(session, foreign);
    });
    CHECK_THROWS_AS(test->write([&](Session& session) {
        append_event(session, event);
        throw std::range_error("rolled back");
    }),
                    std::range_error);
    test->write([&](Session& session) { append_event(session, event); });

    // With several writers a number whose unit was given up stays unused.
    auto const last = test.is_postgres() ? 4 : 3;
    test->read([last](Session& session) {
        auto const all = events_after(session, 0, std::nullopt, 10);
        REQUIRE(all.size() == 3);
        CHECK(all[0].seq == 1);
        CHECK(all[1].seq == 2);
        CHECK(all[2].seq == last);
        CHECK(all[0].recorded_at == after(2));
        CHECK(all[0].occurred_at == after(1));
        CHECK(all[0].actor == "token:t1");
        CHECK(all[0].kind == "credential.issued");
        CHECK(all[0].subject == "c1");
        CHECK(all[0].data == R"({"a":"b"})");
        CHECK_FALSE(all[1].issuer_id);
        CHECK(events_after(session, 1, "iss-1", 10).size() == 1);
        CHECK(events_after(session, 0, std::nullopt, 2).size() == 2);
        CHECK(events_after(session, last, std::nullopt, 2).empty());
    });
}
