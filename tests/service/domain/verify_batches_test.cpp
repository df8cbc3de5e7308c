// Lists that are verified in the background: order, turns, restarts, limits, what is kept and what is not.

#include <doctest/doctest.h>

#include <stdexcept>

#include "service/domain/verify_batches.hpp"
#include "tests/service/domain/acts_house.hpp"

using namespace itqan;
using namespace itqan::domain;
using namespace itqan::tests;

namespace {

constexpr BatchLimits wide{.items = 5'000, .open_jobs = 100, .jobs_a_day = 1'000};

struct BatchHouse {
    TemporaryDatabase db;
    StandingClock clock;
    std::vector<std::string> asked;
    VerifyBatches batches{*db.database, clock};

    VerifyBatches::Verify verify() {
        return [this](std::string input, std::optional<std::string> const&) -> Result<Report> {
            asked.push_back(input);
            if (input == "none") return Error{Fault::unprocessable, "no-credential", "There is none.", {}};
            if (input == "throws") throw std::logic_error("a secret detail");
            Report report;
            report.verdict = input == "bad" ? Verdict::invalid : Verdict::valid;
            report.headline = "=1+1";
            report.headline_code = input == "bad" ? "revoked" : "valid";
            report.credential = Json{{"name", "A badge"},
                                     {"recipient", {{"id", "urn:uuid:9"}, {"name", "Layla Haddad"}}},
                                     {"issuer", {{"id", "did:web:a.example"}, {"name", "A"}}}};
            report.checks = {
                {"status", input == "bad" ? CheckOutcome::fail : CheckOutcome::pass, "status.revoked", "", "", {}}};
            return report;
        };
    }
    BatchState start(std::vector<std::string> const& inputs, std::string const& client = "somebody") {
        std::vector<BatchItem> items;
        for (auto const& input : inputs)
            items.push_back({"", input, "layla@example.org"});
        return must(batches.start(items, client, wide));
    }
    void finish() {
        while (batches.run_once(verify()))
            continue;
    }
    std::string outcomes_of(std::string const& id) {
        std::string all;
        for (auto const& result : batches.results(id, 0, 10'000))
            all += result.outcome + " ";
        return all;
    }
};

std::string error_of(Result<BatchState> const& state) {
    return state ? "" : state.error().code;
}

}  // namespace

TEST_CASE("a list is judged in its order, and what was sent is gone") {
    BatchHouse house;
    auto const state = house.start({"good", "bad", "none", "throws", "good"});
    CHECK(state.total == 5);
    CHECK_FALSE(state.is_done());
    CHECK(house.outcomes_of(state.id) == "     ");

    house.finish();

    CHECK(house.asked == std::vector<std::string>{"good", "bad", "none", "throws", "good"});
    CHECK(house.outcomes_of(state.id) == "valid invalid unreadable unreadable valid ");
    auto const done = house.batches.state(state.id).value();
    CHECK(done.is_done());
    CHECK(done.counts == std::map<std::string, std::int64_t>{{"valid", 2}, {"invalid", 1}, {"unreadable", 2}});
    CHECK(number(*house.db.database,
                 "SELECT count(*) FROM job_item WHERE input IS NOT NULL OR recipient IS NOT NULL") == 0);
}

TEST_CASE("results tell the badge, the issuer and what is wrong, and nobody's name") {
    BatchHouse house;
    auto const id = house.start({"bad", "throws"}).id;
    house.finish();

    auto const results = house.batches.results(id, 0, 10);
    CHECK(results[0].result.at("name") == "A badge");
    CHECK(results[0].result.at("issuer") == "did:web:a.example");
    CHECK(results[0].result.at("problems") == Json{"status.revoked"});
    CHECK(results[1].result.at("code") == "not-verified");
    for (auto const& told : {batch_csv(house.batches, id), batch_json(house.batches, id)}) {
        CHECK(told.find("Layla") == std::string::npos);
        CHECK(told.find("urn:uuid:9") == std::string::npos);
        CHECK(told.find("secret detail") == std::string::npos);
    }
    auto const csv = batch_csv(house.batches, id);
    CHECK(csv.find("\"'=1+1\"") != std::string::npos);
    CHECK(std::count(csv.begin(), csv.end(), '\n') == 3);
    auto const json = Json::parse(batch_json(house.batches, id));
    CHECK(json.size() == 2);
    CHECK(json[0].at("outcome") == "invalid");
    CHECK(json[1].at("n") == 2);
}

TEST_CASE("files of many pages of results hold each once") {
    BatchHouse house;
    auto const id = house.start(std::vector<std::string>(1'203, "good")).id;
    house.finish();

    auto const json = Json::parse(batch_json(house.batches, id));
    REQUIRE(json.size() == 1'203);
    for (std::size_t i = 0; i < json.size(); ++i)
        CHECK(json[i].at("n") == i + 1);
}

TEST_CASE("a new process goes on where the last one stopped") {
    BatchHouse house;
    auto const id = house.start(std::vector<std::string>(50, "good")).id;
    CHECK(house.batches.run_once(house.verify()));
    auto const before = house.batches.state(id)->done;
    CHECK(before > 0);
    CHECK(before < 50);

    auto const reopened = house.db.open();
    VerifyBatches later(*reopened, house.clock);
    while (later.run_once(house.verify()))
        continue;

    CHECK(house.asked.size() == 50);
    CHECK(house.batches.state(id)->is_done());
}

TEST_CASE("items of a process that died are judged again when its lease has run out") {
    BatchHouse house;
    auto const id = house.start({"good", "bad"}).id;
    auto const dies = [](std::string const&, std::optional<std::string> const&) -> Result<Report> {
        throw storage::DatabaseError("gone");
    };
    CHECK_THROWS_AS(house.batches.run_once(dies), storage::DatabaseError);

    CHECK_FALSE(house.batches.run_once(house.verify()));
    house.clock.now.milliseconds += 15'000;
    house.finish();

    CHECK(house.outcomes_of(id) == "valid invalid ");
}

TEST_CASE("two who judge the same items write each once") {
    BatchHouse house;
    auto const id = house.start({"good", "good"}).id;
    bool is_first = true;
    auto const slow = [&](std::string input, std::optional<std::string> const& recipient) {
        if (std::exchange(is_first, false)) {
            house.clock.now.milliseconds += 20'000;
            house.finish();
        }
        return house.verify()(std::move(input), recipient);
    };
    house.batches.run_once(slow);

    auto const state = house.batches.state(id).value();
    CHECK(state.done == 2);
    CHECK(state.counts == std::map<std::string, std::int64_t>{{"valid", 2}});
}

TEST_CASE("a long list does not keep a short one waiting") {
    BatchHouse house;
    auto const long_list = house.start(std::vector<std::string>(200, "good"), "a").id;
    house.batches.run_once(house.verify());
    house.clock.now.milliseconds += 10;
    auto const short_list = house.start({"bad"}, "b").id;
    house.clock.now.milliseconds += 10;
    house.batches.run_once(house.verify());
    house.clock.now.milliseconds += 10;
    house.batches.run_once(house.verify());

    CHECK(house.batches.state(short_list)->is_done());
    CHECK_FALSE(house.batches.state(long_list)->is_done());
}

TEST_CASE("lists have limits for one sender and for all") {
    BatchHouse house;
    BatchLimits const narrow{.items = 3, .open_jobs = 2, .jobs_a_day = 3};
    std::vector<BatchItem> const two(2, BatchItem{"", "good"});
    CHECK(error_of(house.batches.start({}, "a", narrow)) == "empty-list");
    CHECK(error_of(house.batches.start(std::vector<BatchItem>(4, BatchItem{"", "good"}), "a", narrow)) ==
          "list-too-long");
    CHECK(error_of(house.batches.start(two, "a", narrow)) == "");
    CHECK(error_of(house.batches.start(two, "a", narrow)) == "");
    CHECK(error_of(house.batches.start(two, "a", narrow)) == "too-many-jobs");
    CHECK(error_of(house.batches.start(two, "b", narrow)) == "");
    house.finish();
    CHECK(error_of(house.batches.start(two, "a", narrow)) == "");
    house.finish();
    CHECK(error_of(house.batches.start(two, "a", narrow)) == "too-many-jobs");
    house.clock.now.milliseconds += one_day;
    CHECK(error_of(house.batches.start(two, "a", narrow)) == "");

    std::string last;
    for (int i = 0; i < 100 && last.empty(); ++i)
        last = error_of(house.batches.start(two, "client " + std::to_string(i), wide));
    CHECK(last == "queue-full");
    CHECK(number(*house.db.database, "SELECT count(*) FROM job WHERE client LIKE '%client%'") == 0);
}

TEST_CASE("strangers cannot take the room of those who are known, nor more items than there is room for") {
    BatchHouse house;
    std::vector<BatchItem> const two(2, BatchItem{"", "good"});
    BatchLimits const strangers{.all_open_jobs = 2}, known{.of_strangers = false, .all_open_jobs = 2};
    CHECK(error_of(house.batches.start(two, "a", strangers)) == "");
    CHECK(error_of(house.batches.start(two, "b", strangers)) == "");
    CHECK(error_of(house.batches.start(two, "c", strangers)) == "queue-full");
    CHECK(error_of(house.batches.start(two, "d", known)) == "");
    CHECK(error_of(house.batches.start(two, "e", {.all_kept_items = 4})) == "queue-full");
    CHECK(error_of(house.batches.start(two, "e", {.all_kept_items = 5})) == "");
}

TEST_CASE("a description in a list is no badge of anybody") {
    Report description;
    description.headline_code = "description";

    auto const row = batch_result(1, "class.json", description);

    CHECK(row.outcome == "unreadable");
    CHECK(row.result.at("code") == "description");
}

TEST_CASE("a link is told without its query, which may be a secret") {
    BatchHouse house;
    auto const id = house.start({"https://a.example/badge?token=s3cret#part"}).id;
    house.finish();
    CHECK(house.asked.front() == "https://a.example/badge?token=s3cret#part");
    CHECK(batch_csv(house.batches, id).find("s3cret") == std::string::npos);
    CHECK(batch_json(house.batches, id).find("https://a.example/badge\"") != std::string::npos);
}

TEST_CASE("a turn ends after a while, and at a stop what was cut off is judged again") {
    BatchHouse house;
    auto const id = house.start({"good", "good", "good"}).id;
    auto const slow = [&](std::string input, std::optional<std::string> const& recipient) {
        house.clock.now.milliseconds += 6'000;
        return house.verify()(std::move(input), recipient);
    };
    CHECK(house.batches.run_once(slow));
    CHECK(house.batches.state(id)->done == 1);

    bool stopping = false;
    auto const stopped = [&](std::string const& input, std::optional<std::string> const& recipient) {
        stopping = house.asked.size() == 2;
        return house.verify()(input, recipient);
    };
    house.asked.clear();
    house.asked.push_back("before");
    house.batches.run_once(stopped, [&] { return stopping; });
    CHECK(house.batches.state(id)->done == 2);
    CHECK(house.outcomes_of(id) == "valid valid  ");
    house.finish();
    CHECK(house.outcomes_of(id) == "valid valid valid ");
}

TEST_CASE("names that are no text do not break the results") {
    BatchHouse house;
    auto const id = must(house.batches.start({{"a\xff.png", "good"}}, "somebody", wide)).id;
    house.finish();
    auto const results = Json::parse(batch_json(house.batches, id));
    REQUIRE(results.size() == 1);
    CHECK(results[0].at("input") == "a?.png");
}

TEST_CASE("a list and its results are gone after a day") {
    BatchHouse house;
    auto const id = house.start(std::vector<std::string>(700, "good")).id;
    house.finish();
    house.clock.now.milliseconds += one_day - 1;
    CHECK(house.batches.state(id));
    CHECK_FALSE(house.batches.forget_expired());
    house.clock.now.milliseconds += 1;

    CHECK_FALSE(house.batches.state(id));
    while (house.batches.forget_expired())
        continue;
    CHECK(number(*house.db.database, "SELECT count(*) FROM job_item") == 0);
    CHECK(number(*house.db.database, "SELECT count(*) FROM job") == 0);
}

TEST_CASE("a CSV list names its column in one of several ways") {
    for (auto const* const header : {"input", "Link", "URL", "credential"}) {
        auto const items =
            must(read_batch_list(std::string(header) + ";email\nhttps://a.example/1;x@example.org\n\n b ;\n"));
        REQUIRE(items.size() == 2);
        CHECK(items[0].input == "https://a.example/1");
        CHECK(items[0].recipient == "x@example.org");
        CHECK(items[1].input == "b");
        CHECK_FALSE(items[1].recipient);
    }
    CHECK(read_batch_list("name\nx\n").error().code == "no-input-column");
    CHECK(read_batch_list("link\n\"open\n").error().code == "csv-syntax");
}

TEST_CASE("a thousand mixed inputs give exactly the counts of what they are, twice") {
    ActsHouse house;
    VerifyBatches batches(house.database(), house.clock);
    auto const good = house.text(house.award("ach-01", "lrn-001"));
    auto const revoked_row = house.award("ach-01", "lrn-002");
    auto const revoked = house.text(revoked_row);
    must(house.claims.revoke(issuer_actor(revoked_row.issuer_id), revoked_row.id, "issued-in-error", std::nullopt));
    auto forged = good;
    forged[forged.find("\"validUntil\":\"20") + 15] = '9';  // Another century.

    std::vector<BatchItem> items;
    for (int i = 0; i < 1'000; ++i) {
        auto const* const input = i % 10 < 6 ? &good : i % 10 < 8 ? &revoked : i % 10 == 8 ? &forged : nullptr;
        items.push_back({"row", input != nullptr ? *input : "https://badges.example/c/nothing"});
    }
    for (int round = 0; round < 2; ++round) {
        auto const id = must(batches.start(items, "employer", wide)).id;
        while (batches.run_once([&](std::string input, std::optional<std::string> const& recipient) {
            return house.documents.verify(std::move(input), recipient, house.clock.now);
        }))
            continue;
        CAPTURE(Json(batches.state(id)->counts).dump());
        CHECK(batches.state(id)->counts ==
              std::map<std::string, std::int64_t>{{"valid", 600}, {"invalid", 300}, {"unreadable", 100}});
    }
}
