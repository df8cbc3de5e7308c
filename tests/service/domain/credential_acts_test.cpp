#include <doctest/doctest.h>

#include <filesystem>

#include "tests/service/domain/acts_house.hpp"

using namespace itqan;
using namespace itqan::domain;
using namespace itqan::tests;

namespace {

/// Whether any file of the database holds these bytes.
/// Whether a row of any table holds the text.
bool rows_hold(ActsHouse& house, std::string_view text) {
    std::vector<std::string> tables;
    house.database().read([&](storage::Session& session) {
        session.query("SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema",
                      [&](storage::Row const& row) { tables.push_back(row.string(0)); });
    });
    return std::any_of(tables.begin(), tables.end(), [&](std::string const& table) {
        auto const sql = "SELECT count(*) FROM " + table + " AS t WHERE position($1 IN t::text) > 0";
        std::int64_t count = 0;
        house.database().read([&](storage::Session& session) {
            session.query(
                sql, [&](storage::Row const& row) { count = row.integer(0); }, text);
        });
        return count > 0;
    });
}

/// Whether the files of the database hold the bytes. Those of a server are not ours: there its rows are asked.
bool files_hold(ActsHouse& house, std::string_view bytes) {
    if (house.db.is_postgres()) return rows_hold(house, bytes);
    for (auto const& entry : std::filesystem::recursive_directory_iterator(house.db.folder.path()))
        if (entry.is_regular_file() && read_file(entry.path()).find(bytes) != std::string::npos) return true;
    return false;
}

std::optional<std::string> note_on(ActsHouse& house, std::string const& id) {
    return house.database().read(
        [&](storage::Session& session) { return storage::latest_note(session, "credential", id); });
}

std::string const* failing_check(Report const& report) {
    for (auto const& check : report.checks)
        if (check.outcome == CheckOutcome::fail) return &check.id;
    return nullptr;
}

}  // namespace

TEST_CASE("a revocation sets the bit, the reason, the private note and the event together") {
    ActsHouse house;
    auto const row = house.award("ach-01", "lrn-001");
    auto const text = house.text(row);

    auto const revoked =
        house.claims.revoke(issuer_actor("nakhla"), row.id, "issued-in-error", "Wrong person in the list.");

    REQUIRE(revoked);
    CHECK(revoked->status == "revoked");
    CHECK(revoked->reason == "issued-in-error");
    CHECK(house.served_bit(row));
    CHECK(note_on(house, row.id) == "Wrong person in the list.");
    CHECK(house.events_of(row.id).back() == "credential.revoked");
    auto const report = house.check(text);
    CHECK(report.verdict == Verdict::invalid);
    CHECK(report.headline_code == "revoked");
    REQUIRE(failing_check(report) != nullptr);
    CHECK(*failing_check(report) == "status");
}

TEST_CASE("a revocation is never undone or repeated") {
    ActsHouse house;
    auto const row = house.award("ach-01", "lrn-001");
    REQUIRE(house.claims.revoke(Actor{}, row.id, "superseded", std::nullopt));

    CHECK(house.claims.reinstate(Actor{}, row.id, std::nullopt).error().code == "wrong-state");
    CHECK(house.claims.suspend(Actor{}, row.id, std::nullopt).error().code == "wrong-state");
    CHECK(house.claims.revoke(Actor{}, row.id, "issued-in-error", std::nullopt).error().fault == Fault::conflict);
    CHECK(house.row(row.id).reason == "superseded");
    CHECK(house.served_bit(row));
}

TEST_CASE("a reason outside the public list is refused with the list") {
    ActsHouse house;
    auto const row = house.award("ach-01", "lrn-001");

    auto const refused = house.claims.revoke(Actor{}, row.id, "because", std::nullopt);

    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == "unknown-reason");
    CHECK(refused.error().violations.at(0).pointer == "/reason");
    for (auto const& reason : revocation_reasons())
        CHECK(refused.error().detail.find(reason) != std::string::npos);
    CHECK(house.row(row.id).status == "active");
}

TEST_CASE("an act whose transaction fails leaves bit, row, note and event as they were") {
    ActsHouse house;
    auto const row = house.award("ach-01", "lrn-001");
    auto const failing = [](storage::Session&, storage::CredentialRow const&) {
        throw std::runtime_error("the answer cannot be kept");
    };

    CHECK_THROWS_AS(house.claims.revoke(Actor{}, row.id, "issued-in-error", "note", failing), std::runtime_error);

    CHECK(house.row(row.id).status == "active");
    CHECK_FALSE(house.served_bit(row));
    CHECK_FALSE(note_on(house, row.id));
    CHECK(house.events_of(row.id) == std::vector<std::string>{"credential.issued"});
}

TEST_CASE("a badge on hold fails our verifier without a bit, and is valid again afterwards") {
    ActsHouse house;
    auto const row = house.award("ach-01", "lrn-001");
    auto const text = house.text(row);

    auto const suspended = house.claims.suspend(issuer_actor("nakhla"), row.id, "Asked the provider.");
    auto const on_hold = house.check(text);
    bool const bit = house.served_bit(row);
    auto const twice = house.claims.suspend(issuer_actor("nakhla"), row.id, std::nullopt);
    auto const reinstated = house.claims.reinstate(issuer_actor("nakhla"), row.id, std::nullopt);

    REQUIRE(suspended);
    CHECK(suspended->status == "suspended");
    CHECK(on_hold.verdict == Verdict::invalid);
    CHECK(on_hold.headline_code == "suspended");
    CHECK_FALSE(bit);
    CHECK(note_on(house, row.id) == "Asked the provider.");
    CHECK(twice.error().code == "wrong-state");
    REQUIRE(reinstated);
    CHECK(reinstated->status == "active");
    CHECK(house.check(text).verdict == Verdict::valid);
    CHECK(house.claims.reinstate(Actor{}, row.id, std::nullopt).error().code == "wrong-state");
}

TEST_CASE("issuers, learners and providers change no credential of another issuer") {
    ActsHouse house;
    auto const row = house.award("ach-01", "lrn-001");
    Actor provider;
    provider.role = itqan::Role::provider;
    provider.provider_id = "prv-qalam";

    for (auto const& actor : {issuer_actor("murjan"), learner_actor("lrn-001"), provider}) {
        CHECK(house.claims.revoke(actor, row.id, "issued-in-error", std::nullopt).error().fault == Fault::not_found);
        CHECK(house.claims.suspend(actor, row.id, std::nullopt).error().fault == Fault::not_found);
    }
    CHECK(house.row(row.id).status == "active");
}

TEST_CASE("erasure leaves no byte of name, address or badge in the files and keeps ids and positions") {
    ActsHouse house;
    auto const row = house.award("ach-01", "lrn-015");
    auto const kept = house.award("ach-02", "lrn-001");
    auto const named = must(house.claims.choose(learner_actor("lrn-015"), row.id, {"public", true, "en"}));
    REQUIRE(house.claims.suspend(Actor{}, row.id, "A note about the person from ward nine."));
    auto const signature = Json::parse(house.text(named)).at("/proof/proofValue"_json_pointer).get<std::string>();
    auto const token_signature = house.jwt(named).substr(house.jwt(named).rfind('.') + 1);
    std::vector<std::string> const secrets{"Reem Al Sahli", "ريم السهلي", "lrn-015@people.example",
                                           "ward nine",     signature,    token_signature};
    for (auto const& secret : secrets)
        REQUIRE(files_hold(house, secret));

    auto const erased = house.claims.erase(Actor{}, "lrn-015");

    REQUIRE(erased);
    CHECK(*erased == 1);
    for (auto const& secret : secrets)
        CHECK_FALSE(files_hold(house, secret));
    auto const view = house.claims.view(row.id, nullptr);
    REQUIRE(view);
    CHECK(view->erased);
    CHECK(view->document.empty());
    CHECK(view->row.status_position == row.status_position);
    CHECK(house.served_bit(row));
    CHECK_FALSE(house.served_bit(kept));
    CHECK(house.check(house.text(kept)).verdict == Verdict::valid);
    CHECK(house.events_of("lrn-015").back() == "learner.erased");
}

TEST_CASE("an erased learner is given nothing more, and erasing again is harmless") {
    ActsHouse house;
    auto const row = house.award("ach-01", "lrn-015");
    auto const token = house.link_to(row);
    REQUIRE(house.claims.erase(Actor{}, "lrn-015"));

    CHECK(house.try_award("ach-02", "lrn-015").error().code == "unknown-learner");
    CHECK(house.claims.open(token).error().fault == Fault::not_found);
    CHECK(house.claims.revoke(Actor{}, row.id, "issued-in-error", std::nullopt).error().fault == Fault::gone);
    CHECK(house.claims.choose(learner_actor("lrn-015"), row.id, {"link", false, "en"}).error().fault == Fault::gone);
    CHECK(must(house.claims.erase(Actor{}, "lrn-015")) == 0);
    CHECK(house.claims.erase(Actor{}, "lrn-999").error().fault == Fault::not_found);
}
