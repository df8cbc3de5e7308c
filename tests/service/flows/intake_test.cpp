#include <doctest/doctest.h>

#include <algorithm>
#include <thread>

#include "service/domain/sweep.hpp"
#include "storage/credentials.hpp"
#include "storage/evidence.hpp"
#include "storage/outbox.hpp"
#include "storage/people.hpp"
#include "tests/service/starter_house.hpp"

// What evidence does on its way in: waits, is confirmed, wins badges, is taken back, all seen from the domain.

namespace itqan::tests {
namespace {

using domain::Answer;

Actor provider(char const* id, bool history = false) {
    Actor actor;
    actor.role = Role::provider;
    actor.id = std::string("token:") + id;
    actor.provider_id = id;
    actor.may_post_history = history;
    return actor;
}
Actor learner(char const* id) {
    Actor actor;
    actor.role = Role::learner;
    actor.id = std::string("learner:") + id;
    actor.learner_id = id;
    return actor;
}
Actor mentor(char const* id) {
    auto actor = learner(id);
    actor.role = Role::mentor;
    return actor;
}
Actor lead(char const* organisation) {
    Actor actor;
    actor.role = Role::lead;
    actor.id = std::string("token:") + organisation;
    actor.organisation_id = organisation;
    return actor;
}

Json good(std::string const& external_id = "x-1") {
    return {{"externalId", external_id},
            {"activityId", "act-102"},
            {"learnerId", "lrn-015"},
            {"completedAt", "2026-10-20T12:00:00Z"},
            {"score", 86},
            {"status", "verified"}};
}
Json with(Json body, char const* member, Json value) {
    body[member] = std::move(value);
    return body;
}

/// The starter with all its evidence: one completion short of two badges for lrn-015.
struct FullHouse : StarterHouse {
    FullHouse() { import_evidence(); }

    std::vector<storage::CredentialRow> held(std::string const& learner_id) {
        return database().read([&](storage::Session& session) { return storage::credentials_of(session, learner_id); });
    }
    std::vector<std::string> events() {
        std::vector<std::string> kinds;
        database().read([&](storage::Session& session) {
            for (auto const& event : storage::events_after(session, 0, std::nullopt, 5000))
                if (event.kind != "evidence.imported" && event.kind != "programme.imported")
                    kinds.push_back(event.kind);
        });
        return kinds;
    }
    std::int64_t rows(std::string const& table) { return number(database(), "SELECT count(*) FROM " + table); }
};

Json parsed(Result<Answer> const& answer) {
    REQUIRE(answer);
    return Json::parse(answer->body);
}
std::string id_of(Result<Answer> const& answer) {
    return parsed(answer).at("id");
}

std::vector<std::string> earned(Result<Answer> const& answer) {
    std::vector<std::string> ids;
    auto const body = parsed(answer);
    for (auto const& credential : body.at("credentials"))
        ids.push_back(credential.at("achievementId"));
    std::sort(ids.begin(), ids.end());
    return ids;
}

using List = std::vector<std::string>;

}  // namespace

TEST_CASE("one completion writes its evidence, its badges, one mail and its answer at once") {
    FullHouse house;

    auto const answer = house.intake.complete(provider("prv-qalam"), good());

    CHECK(earned(answer) == List{"ach-01", "ach-08"});
    CHECK(answer->status == 201);
    CHECK(house.held("lrn-015").size() == 2);
    CHECK(house.rows("outbox") == 1);
    auto events = house.events();
    std::erase(events, "key.created");  // The house's own, before the completion.
    std::sort(events.begin(), events.end());
    CHECK(events == List{"credential.issued", "credential.issued", "evidence.recorded"});
}

TEST_CASE("administrators see before, progress and last day, and the credential's address") {
    FullHouse house;

    auto const body = parsed(house.intake.complete(Actor{}, good()));

    for (auto const& effect : body.at("effects"))
        if (effect.at("achievementId") == "ach-08")
            CHECK(effect == Json{{"achievementId", "ach-08"},
                                 {"before", "unsatisfied"},
                                 {"after", "satisfied"},
                                 {"progress", 1},
                                 {"until", "2027-10-20"}});
    CHECK(body.at("effects").size() == 2);
    CHECK(body.at("credentials")[0].at("url").get<std::string>().starts_with("https://badges.example/credentials/"));
}

TEST_CASE("a pending completion waits, and its provider's word makes it count") {
    FullHouse house;
    auto const qalam = provider("prv-qalam");

    auto const posted = house.intake.complete(qalam, with(good(), "status", "pending"));
    auto const effects = parsed(posted).at("effects");
    auto const foreign =
        house.intake.transition(provider("prv-murjan"), "completion", id_of(posted), "verify", std::nullopt);
    auto const verified = house.intake.transition(qalam, "completion", id_of(posted), "verify", std::nullopt);
    auto const again = house.intake.transition(qalam, "completion", id_of(posted), "verify", std::nullopt);

    CHECK(earned(posted).empty());
    CHECK(effects.at(0) == Json{{"achievementId", "ach-01"}, {"after", "pending"}});
    CHECK(foreign.error().fault == Fault::not_found);
    CHECK(earned(verified) == List{"ach-01", "ach-08"});
    CHECK(again.error().code == "wrong-state");
    CHECK(again.error().fault == Fault::conflict);
}

TEST_CASE("a rejected completion never counts and cannot be moved again") {
    FullHouse house;
    auto const qalam = provider("prv-qalam");
    auto const id = id_of(house.intake.complete(qalam, with(good(), "status", "pending")));

    auto const rejected = house.intake.transition(qalam, "completion", id, "reject", "sat in the wrong exam");

    CHECK(earned(rejected).empty());
    CHECK(parsed(rejected).at("status") == "rejected");
    for (auto const* move : {"verify", "reject", "retract"})
        CHECK(house.intake.transition(qalam, "completion", id, move, std::nullopt).error().code == "wrong-state");
    CHECK(number(house.database(), "SELECT count(*) FROM event WHERE data LIKE '%wrong exam%'") == 0);
    CHECK(house.rows("note") == 1);
}

TEST_CASE("what is taken back puts its badges on hold, and a correction names what it replaces") {
    FullHouse house;
    auto const qalam = provider("prv-qalam");
    auto const id = id_of(house.intake.complete(qalam, good()));
    auto const correction = with(with(good("x-2"), "replaces", "x-1"), "score", 90);

    auto const too_early = house.intake.complete(qalam, correction);
    auto const retracted = house.intake.transition(qalam, "completion", id, "retract", std::nullopt);
    auto const held = house.held("lrn-015");
    auto const corrected = house.intake.complete(qalam, correction);

    CHECK(too_early.error().code == "not-replaceable");
    CHECK(parsed(retracted).at("status") == "revoked");
    REQUIRE(held.size() == 2);
    for (auto const& row : held)
        CHECK(row.status == "suspended");
    auto const events = house.events();
    CHECK(std::count(events.begin(), events.end(), "credential.suspended") == 2);
    CHECK(std::count(events.begin(), events.end(), "evidence.revoked") == 1);
    CHECK(earned(corrected).empty());
    CHECK(house.held("lrn-015").size() == 2);
}

TEST_CASE("a correction of nothing is refused") {
    FullHouse house;

    CHECK(house.intake.complete(provider("prv-qalam"), with(good(), "replaces", "x-0")).error().code ==
          "not-replaceable");
}

TEST_CASE("a new learner comes with an address and a name, and events hold neither") {
    FullHouse house;
    auto body = good();
    body.erase("learnerId");
    body["learner"] = {{"email", " New.Person@People.Example "}};
    auto named = body;
    named["learner"]["name"] = "Nura Al Jadida";

    auto const nameless = house.intake.complete(provider("prv-qalam"), body);
    auto const invited = parsed(house.intake.complete(provider("prv-qalam"), named));
    auto const known = parsed(house.intake.complete(provider("prv-qalam"), with(named, "externalId", "x-2")));

    CHECK(nameless.error().code == "unknown-learner");
    CHECK(nameless.error().violations.at(0).pointer == "/learner/email");
    CHECK(known.at("learnerId") == invited.at("learnerId"));
    auto const row = house.database().read([&](storage::Session& session) {
        return storage::learner(session, invited.at("learnerId").get<std::string>());
    });
    CHECK(row.value().email == "new.person@people.example");
    CHECK(row.value().name == "Nura Al Jadida");
    for (auto const* table : {"event", "outbox", "evidence"}) {
        CAPTURE(table);
        auto const column = std::string(table) == "evidence" ? "body" : "data";
        CHECK(number(house.database(), std::string("SELECT count(*) FROM ") + table + " WHERE " + column +
                                           " LIKE '%Nura%' OR " + column + " LIKE '%new.person%'") == 0);
    }
}

TEST_CASE("free text of a completion stays in the notes") {
    FullHouse house;

    auto const id = id_of(house.intake.complete(
        provider("prv-qalam"), with(good(), "evidence", Json::array({{{"narrative", "The patient in bed 3"}}}))));

    CHECK(number(house.database(), "SELECT count(*) FROM evidence WHERE body LIKE '%bed 3%'") == 0);
    CHECK(house.database()
              .read([&](storage::Session& session) { return storage::latest_note(session, "evidence", id); })
              .value_or("")
              .find("bed 3") != std::string::npos);
}

TEST_CASE("only a token for history may post what is older than a year, and nobody what is older than ten") {
    FullHouse house;
    auto const two_years = with(good(), "completedAt", "2024-10-20T12:00:00Z"),
               eleven = with(good(), "completedAt", "2015-10-20T12:00:00Z");

    CHECK(house.intake.complete(provider("prv-qalam"), two_years).error().code == "completed-too-long-ago");
    CHECK(house.intake.complete(provider("prv-qalam", true), eleven).error().code == "completed-too-long-ago");
    CHECK(house.intake.complete(provider("prv-qalam", true), two_years));
}

TEST_CASE("a learner asks for a sign-off and the named mentor alone grants it") {
    FullHouse house;
    Json const request{{"learnerId", "lrn-015"},
                       {"competency", "DH4.2"},
                       {"level", 3},
                       {"mentorId", "lrn-006"},
                       {"signedAt", "2026-10-30"}};

    auto const asked = house.intake.record(learner("lrn-015"), "signoff", request);
    auto const by_another = house.intake.record(learner("lrn-001"), "signoff", request);
    auto const by_self = house.intake.transition(learner("lrn-015"), "signoff", id_of(asked), "verify", std::nullopt);
    auto const by_name = house.intake.transition(learner("lrn-006"), "signoff", id_of(asked), "verify", std::nullopt);
    auto const granted = house.intake.transition(mentor("lrn-006"), "signoff", id_of(asked), "verify", std::nullopt);

    CHECK(parsed(asked).at("status") == "requested");
    CHECK(by_another.error().code == "not-yours-to-post");
    CHECK(by_self.error().code == "not-yours-to-move");
    CHECK(by_name.error().code == "not-found");
    CHECK(parsed(granted).at("status") == "confirmed");
}

TEST_CASE("a learner who names himself the mentor of another grants nothing") {
    FullHouse house;
    Json const favour{{"learnerId", "lrn-015"},
                      {"competency", "DH4.2"},
                      {"level", 4},
                      {"mentorId", "lrn-006"},
                      {"signedAt", "2026-10-30"}};

    CHECK(house.intake.record(learner("lrn-006"), "signoff", favour).error().code == "not-yours-to-post");
    CHECK(parsed(house.intake.record(mentor("lrn-006"), "signoff", favour)).at("status") == "confirmed");
}

TEST_CASE("a provider that repeats what an administrator posted sees its own part of the answer") {
    FullHouse house;

    auto const first = parsed(house.intake.complete(Actor{}, good()));
    auto const repeated = house.intake.complete(provider("prv-qalam"), good());
    auto const again = house.intake.complete(Actor{}, good());

    CHECK(first.at("credentials").at(0).contains("url"));
    REQUIRE(repeated);
    CHECK(repeated->replayed);
    CHECK(parsed(repeated).at("id") == first.at("id"));
    for (auto const& credential : parsed(repeated).at("credentials"))
        CHECK(credential.size() == 2);
    for (auto const& effect : parsed(repeated).at("effects"))
        CHECK(effect.size() == 2);
    CHECK(parsed(again) == first);
}

TEST_CASE("an issuer without a usable key holds up no evidence, and its badge comes with the next key") {
    FullHouse house;
    auto const programme =
        house.database().read([&](storage::Session& session) { return house.programmes.current(session); });
    auto const& issuer = *programme->issuer("nakhla");
    auto const key = house.keys.list("nakhla").at(0).id;
    REQUIRE(house.keys.revoke(Actor{}, key));

    auto const answer = house.intake.complete(provider("prv-qalam"), good());

    CHECK(earned(answer).empty());
    auto const events = house.events();
    CHECK(std::count(events.begin(), events.end(), "evidence.recorded") == 1);
    CHECK(std::count(events.begin(), events.end(), "credential.blocked") == 2);
    REQUIRE(house.keys.create(Actor{}, issuer, crypto::KeyType::ed25519));
    CHECK(house.intake.settle(Actor{}, "lrn-015", false).size() == 2);
}

TEST_CASE("only the loss of what a badge stood on puts it on hold") {
    FullHouse house;
    auto const posted = house.intake.complete(provider("prv-qalam"), good());
    auto const suspended = [&] {
        return number(house.database(),
                      "SELECT count(*) FROM credential WHERE learner_id = 'lrn-015' AND status = 'suspended'");
    };
    // Reinstated by the issuer after a review, though the rule is not satisfied any more.
    auto const retract = [&](std::string const& id) {
        return house.intake.transition(provider("prv-qalam"), "completion", id, "retract", std::nullopt);
    };
    REQUIRE(retract(id_of(posted)));
    CHECK(suspended() == 2);
    for (auto const& row : house.held("lrn-015"))
        REQUIRE(house.claims.reinstate(Actor{}, row.id, std::nullopt));
    auto const other =
        house.intake.complete(provider("prv-qalam"), with(with(good("x-2"), "score", 10), "status", "pending"));

    REQUIRE(retract(id_of(other)));

    CHECK(suspended() == 0);
}

TEST_CASE("experience is confirmed by a lead of the learner's own organisation") {
    FullHouse house;
    Json const period{{"learnerId", "lrn-015"}, {"roleId", "role-itsup"}, {"group", "T"},
                      {"orgId", "org-durrat"},  {"from", "2020-01-01"},   {"to", "2021-01-01"}};

    auto const by_self = house.intake.record(learner("lrn-015"), "experience", period);
    auto const foreign = house.intake.record(lead("org-wadi"), "experience", period);
    auto const own = house.intake.record(lead("org-durrat"), "experience", period);
    auto const confirmed =
        house.intake.transition(lead("org-durrat"), "experience", id_of(by_self), "verify", std::nullopt);

    CHECK(parsed(by_self).at("status") == "pending");
    CHECK(foreign.error().code == "not-yours-to-post");
    CHECK(parsed(own).at("status") == "confirmed");
    CHECK(parsed(confirmed).at("status") == "confirmed");
    CHECK(house.intake
              .record(learner("lrn-015"), "entrustment",
                      {{"learnerId", "lrn-015"},
                       {"epaId", "epa-01"},
                       {"level", 5},
                       {"assessorId", "asr-01"},
                       {"decision", "summative"},
                       {"decidedAt", "2026-10-01"}})
              .error()
              .code == "not-yours-to-post");
}

TEST_CASE("eligibility is decided by administrators alone") {
    FullHouse house;

    CHECK(house.intake.complete(provider("prv-qalam"), with(good(), "eligible", true)).error().code == "invalid-body");
    auto const excluded = house.intake.complete(Actor{}, with(with(good(), "eligible", false), "coi", "COI-7"));
    CHECK(earned(excluded).empty());
}

TEST_CASE("settling issues what is due once, and the sweeper finds everybody in a day") {
    FullHouse house;
    domain::Sweep sweep(house.database(), house.intake, house.clock);

    CHECK(house.intake.settle(Actor{}, "lrn-005", false).size() >= 1);
    CHECK(house.intake.settle(Actor{}, "lrn-005", false).empty());
    CHECK(house.intake.settle(Actor{}, "lrn-none", false).empty());
    int batches = 1;
    while (sweep.run_once())
        ++batches;
    CHECK(batches > 1);
    CHECK(house.rows("credential") == 59);
    CHECK_FALSE(sweep.run_once());
    CHECK(house.rows("credential") == 59);
}

TEST_CASE("a learner whom the rules cannot judge does not hold up those behind") {
    FullHouse house;
    house.database().write([](storage::Session& session) {
        session.execute(
            "UPDATE evidence SET kind = 'unheard-of' WHERE id = (SELECT min(id) FROM evidence WHERE learner_id = "
            "'lrn-001')");
    });
    std::vector<std::string> reported;
    domain::Sweep sweep(house.database(), house.intake, house.clock,
                        [&](std::string const& learner_id, std::string const&) { reported.push_back(learner_id); });

    while (sweep.run_once())
        continue;

    CHECK(reported == List{"lrn-001"});
    CHECK(house.rows("credential") > 50);
}

TEST_CASE("each day has its own round and brings what has come due since") {
    FullHouse house;
    house.clock.now = *Instant::parse("2026-10-01T12:00:00Z");
    domain::Sweep sweep(house.database(), house.intake, house.clock);
    while (sweep.run_once())
        continue;
    auto const first = house.rows("credential");

    house.clock.now = *Instant::parse("2026-11-01T12:00:00Z");
    while (sweep.run_once())
        continue;

    CHECK(first > 0);
    CHECK(house.rows("credential") > first);
    CHECK(number(house.database(), "SELECT count(DISTINCT learner_id || achievement_id) FROM credential") >= 59);
}

TEST_CASE("many hands posting for one learner at once lose nothing and double nothing") {
    FullHouse house;
    constexpr int hands = 8;
    std::vector<std::string> same(hands);
    std::vector<int> statuses(hands);

    std::vector<std::thread> threads;
    for (int hand = 0; hand < hands; ++hand)
        threads.emplace_back([&, hand] {
            auto const qalam = provider("prv-qalam");
            if (auto const answer = house.intake.complete(qalam, good("same")))
                same[static_cast<std::size_t>(hand)] = answer->body;
            if (auto const answer = house.intake.complete(qalam, good("own-" + std::to_string(hand))))
                statuses[static_cast<std::size_t>(hand)] = answer->status;
        });
    for (auto& thread : threads)
        thread.join();

    for (auto const& body : same)
        CHECK(body == same.front());
    CHECK(statuses == std::vector<int>(hands, 201));
    CHECK(number(house.database(),
                 "SELECT count(*) FROM evidence WHERE learner_id = 'lrn-015' AND body LIKE '%act-102%'") == hands + 1);
    CHECK(house.held("lrn-015").size() == 2);
}

}  // namespace itqan::tests
