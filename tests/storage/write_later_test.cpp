// Units of work that nobody waits for, and threads that must not wait.

#include <future>

#include <doctest/doctest.h>

#include "schemas/must_not_wait.hpp"
#include "tests/storage/temporary_database.hpp"

using namespace itqan;
using namespace itqan::storage;
using namespace itqan::tests;

namespace {

using Outcome = Pending::Outcome;

struct Numbers : TemporaryDatabase {
    Numbers() {
        database->write([](Session& session) {
            session.execute("CREATE TABLE number (n INTEGER NOT NULL PRIMARY KEY) STRICT");
            session.execute("INSERT INTO number (n) VALUES (1)");
        });
    }
    std::int64_t count() const { return number(*database, "SELECT count(*) FROM number"); }

    /// How a unit ended that writes 2 and then does `more`, and why it failed.
    std::pair<Outcome, std::exception_ptr> end_of(std::function<bool(Session&)> more) const {
        bool was_told_first = false;
        auto const pending = database->write_later(
            [more = std::move(more)](Session& session) {
                session.execute("INSERT INTO number (n) VALUES (2)");
                return more(session);
            },
            [&] { was_told_first = true; });
        std::promise<bool> ended;
        pending->when_ended([&] { ended.set_value(was_told_first); });
        auto told = ended.get_future();
        REQUIRE(told.wait_for(std::chrono::seconds(20)) == std::future_status::ready);
        CHECK(told.get());
        return {pending->outcome(), pending->failure()};
    }
};

}  // namespace

TEST_CASE("a unit that nobody waits for ends when it is durable") {
    Numbers const numbers;
    auto const [outcome, failure] = numbers.end_of([](Session&) { return true; });
    CHECK(outcome == Outcome::kept);
    CHECK(failure == nullptr);
    CHECK(numbers.count() == 2);
}

TEST_CASE("nothing stays of a unit that refuses itself or is refused by a constraint") {
    Numbers const numbers;
    CHECK(numbers.end_of([](Session&) { return false; }).first == Outcome::refused);
    auto const taken = [](Session& session) { return session.execute("INSERT INTO number (n) VALUES (1)") == 1; };
    CHECK(numbers.end_of(taken).first == Outcome::refused);
    CHECK(numbers.count() == 1);
}

TEST_CASE("what a unit throws that nobody waits for is handed on, and hurts no other") {
    Numbers const numbers;
    auto const [outcome, failure] = numbers.end_of([](Session&) -> bool { throw std::range_error("why"); });
    CHECK(outcome == Outcome::failed);
    REQUIRE(failure != nullptr);
    CHECK_THROWS_AS(std::rethrow_exception(failure), std::range_error);
    CHECK(numbers.count() == 1);
    CHECK(numbers.end_of([](Session&) { return true; }).first == Outcome::kept);
}

TEST_CASE("whoever asks only after the end is told at once") {
    Numbers const numbers;
    auto const pending = numbers.database->write_later([](Session&) { return true; }, nullptr);
    numbers.database->write([](Session& session) { session.execute("INSERT INTO number (n) VALUES (3)"); });
    std::promise<void> ended;
    pending->when_ended([&] { ended.set_value(); });
    CHECK(ended.get_future().wait_for(std::chrono::seconds(20)) == std::future_status::ready);
}

TEST_CASE("units that wait when the database is closed are still carried out") {
    TemporaryDatabase test;
    std::vector<std::shared_ptr<Pending>> all;
    for (std::int64_t i = 0; i < 50; ++i)
        all.push_back(test.database->write_later(
            [i](Session& session) {
                session.execute("INSERT INTO change (topic, n) VALUES ($1, 1)", std::to_string(i));
                return true;
            },
            nullptr));
    test.database.reset();
    int kept = 0;
    for (auto const& pending : all)
        pending->when_ended([&] { kept += pending->outcome() == Outcome::kept ? 1 : 0; });
    CHECK(kept == 50);
}

TEST_CASE("a thread that must not wait begins no unit of work, and reads only where no network is between") {
    Numbers const numbers;
    auto const before = numbers.database->figures().units;
    {
        NoWaiting const here;
        CHECK_THROWS_AS(numbers.database->write([](Session&) {}), MustNotWait);
        if (numbers.is_postgres())
            CHECK_THROWS_AS(numbers.count(), MustNotWait);
        else
            CHECK(numbers.count() == 1);
    }
    CHECK(numbers.database->figures().units == before);
    CHECK(numbers.count() == 1);
}
