#include <doctest/doctest.h>

#include "service/domain/issuance.hpp"
#include "tests/storage/temporary_database.hpp"

using namespace itqan;
using namespace itqan::domain;

namespace {

Day const today = Day::of(2026, 11, 1);

class FixedClock final : public Clock {
  public:
    Instant wall() const override { return Instant::start_of(today); }
    Instant domain() const override { return Instant::start_of(today); }
};

/// One achievement that runs a year, and the rule that says which awards a verdict opens.
struct AwardRule {
    AwardRule() {
        programme.issuers.push_back({"nakhla", "nakhla", {"Nakhla", ""}, "", "", std::nullopt, std::nullopt});
        Achievement achievement;
        achievement.id = "ach-01";
        achievement.version = 2;
        achievement.issuer_id = "nakhla";
        achievement.status = "published";
        achievement.validity = Period{12, 'M'};
        programme.achievements.push_back(achievement);
        programme.index();
    }

    /// The number of the award that opens, 0 for none.
    int opened(std::vector<storage::CredentialRow> const& held, Outcome outcome = Outcome::satisfied,
               std::optional<Day> until = std::nullopt) {
        Evaluation evaluation;
        evaluation.achievement_id = "ach-01";
        evaluation.root.outcome = outcome;
        evaluation.root.until = until;
        auto const due = issuance.due(programme, {evaluation}, held, today);
        return due.empty() ? 0 : due.front().second;
    }

    tests::TemporaryDatabase db;
    FixedClock clock;
    Addresses addresses{"https://badges.example"};
    crypto::KeyEncryptionKey kek = crypto::KeyEncryptionKey::from_bytes(crypto::SecretBytes(32));
    IssuerKeys keys{*db.database, kek, addresses, clock, crypto::KeyType::ed25519};
    ProgrammeStore programmes;
    StatusLists status{*db.database, keys, addresses, clock};
    Issuance issuance{*db.database, programmes, keys, status, addresses, clock};
    Programme programme;
};

storage::CredentialRow held_until(std::optional<Day> valid_until) {
    storage::CredentialRow row;
    row.id = "first";
    row.issuer_id = "nakhla";
    row.achievement_id = "ach-01";
    row.award_no = 1;
    row.origin = "rule";
    row.status = "active";
    row.valid_until = valid_until;
    return row;
}

storage::CredentialRow revoked_because(std::string const& reason) {
    auto row = held_until(today + 200);
    row.status = "revoked";
    row.reason = reason;
    return row;
}

}  // namespace

TEST_CASE("a satisfied rule opens the first award and no other outcome does") {
    AwardRule rule;

    CHECK(rule.opened({}) == 1);
    CHECK(rule.opened({}, Outcome::pending) == 0);
    CHECK(rule.opened({}, Outcome::unsatisfied) == 0);
}

TEST_CASE("only a published achievement is awarded") {
    AwardRule rule;
    rule.programme.achievements[0].status = "retired";

    CHECK(rule.opened({}) == 0);
}

TEST_CASE("an award that runs keeps the next one closed, also in a new version") {
    AwardRule rule;
    auto row = held_until(today + 200);
    row.achievement_version = 1;

    CHECK(rule.opened({row}) == 0);
    CHECK(rule.opened({held_until(std::nullopt)}) == 0);
}

TEST_CASE("an award that has run out opens the next, whatever remains of the evidence") {
    AwardRule rule;

    CHECK(rule.opened({held_until(today - 1)}) == 2);
    CHECK(rule.opened({held_until(today - 1)}, Outcome::satisfied, today + 1) == 2);
    CHECK(rule.opened({held_until(today)}, Outcome::satisfied, today + 1) == 0);
}

TEST_CASE("an award that ends within 30 days opens the next when that one lasts 30 days longer") {
    AwardRule rule;

    CHECK(rule.opened({held_until(today + 30)}) == 2);
    CHECK(rule.opened({held_until(today + 31)}) == 0);
    CHECK(rule.opened({held_until(today + 10)}, Outcome::satisfied, today + 40) == 2);
    CHECK(rule.opened({held_until(today + 10)}, Outcome::satisfied, today + 39) == 0);
}

TEST_CASE("after a revocation the rule opens the next award only where the evidence was at fault") {
    AwardRule rule;

    CHECK(rule.opened({revoked_because("evidence-withdrawn")}) == 2);
    CHECK(rule.opened({revoked_because("requirements-no-longer-met")}) == 2);
    CHECK(rule.opened({revoked_because("issued-in-error")}) == 0);
    CHECK(rule.opened({revoked_because("holder-request")}) == 0);
    CHECK(rule.opened({revoked_because("superseded")}) == 0);
}

TEST_CASE("an award on hold blocks the next even when it has run out") {
    AwardRule rule;
    auto row = held_until(today - 1);
    row.status = "suspended";

    CHECK(rule.opened({row}) == 0);
}

TEST_CASE("an erased award opens nothing") {
    AwardRule rule;
    auto row = held_until(today - 1);
    row.erased_at = Instant::start_of(today);

    CHECK(rule.opened({row}) == 0);
}

TEST_CASE("the newest award decides and another issuer's awards do not count") {
    AwardRule rule;
    auto second = held_until(today + 200);
    second.award_no = 2;
    auto foreign = held_until(today + 200);
    foreign.issuer_id = "murjan";

    CHECK(rule.opened({second, held_until(today - 1)}) == 0);
    CHECK(rule.opened({foreign}) == 1);
}

TEST_CASE("a badge ends with its validity or with its evidence, whichever comes first") {
    Achievement yearly;
    yearly.validity = Period{12, 'M'};
    Achievement const unlimited;

    auto const by_validity = expiry_of(yearly, today + 700, today);
    auto const by_evidence = expiry_of(yearly, today + 100, today);

    CHECK(by_validity.last_day == Day::of(2027, 11, 1));
    CHECK(by_validity.limited_by == "validity");
    CHECK(by_evidence.last_day == today + 100);
    CHECK(by_evidence.limited_by == "evidence");
    CHECK(expiry_of(unlimited, today + 5, today).limited_by == "evidence");
    CHECK_FALSE(expiry_of(unlimited, std::nullopt, today).last_day);
    CHECK_FALSE(expiry_of(unlimited, std::nullopt, today).limited_by);
}

TEST_CASE("for badge leaves a withdrawn credential counts against the rule and a hand award for it") {
    auto by_hand = held_until(today + 5);
    by_hand.achievement_id = "ach-02";
    by_hand.origin = "hand";
    auto on_hold = held_until(today + 5);
    on_hold.achievement_id = "ach-03";
    on_hold.status = "suspended";
    auto again = revoked_because("evidence-withdrawn");
    auto renewed = held_until(today + 5);
    renewed.award_no = 2;

    auto const overrides = overrides_from({by_hand, on_hold, again, renewed});

    CHECK(overrides.withdrawn == std::set<std::string>{"ach-03"});
    REQUIRE(overrides.by_hand.size() == 1);
    CHECK(overrides.by_hand.at("ach-02") == today + 5);
}
