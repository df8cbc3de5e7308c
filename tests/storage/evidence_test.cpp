#include <doctest/doctest.h>

#include <set>

#include "storage/catalog.hpp"
#include "tests/storage/rows.hpp"

using namespace itqan;
using namespace itqan::storage;
using namespace itqan::tests;

TEST_CASE("evidence comes back as inserted, by id and by its natural key") {
    TemporaryDatabase test;
    auto row = evidence_row("e1");
    row.coi = "same-team";
    row.replaces = "ext-0";
    row.eligible = false;

    test->write([&](Session& session) { insert_evidence(session, row); });

    test->read([&](Session& session) {
        auto const found = evidence_by_external_id(session, "completion", "prv-1", "ext-e1");
        REQUIRE(found);
        CHECK(found->id == "e1");
        CHECK(found->learner_id == "lrn-1");
        CHECK(found->occurred_on == noon.day());
        CHECK(found->recorded_at == noon);
        CHECK(found->status == "verified");
        CHECK_FALSE(found->eligible);
        CHECK(found->coi == "same-team");
        CHECK(found->replaces == "ext-0");
        CHECK(found->body == row.body);
        CHECK(evidence(session, "e1")->external_id == "ext-e1");
        CHECK_FALSE(evidence(session, "e2"));
        CHECK_FALSE(evidence_by_external_id(session, "signoff", "prv-1", "ext-e1"));
    });
}

TEST_CASE("an external id is taken once per kind and source") {
    TemporaryDatabase test;
    test->write([](Session& session) { insert_evidence(session, evidence_row("e1")); });
    auto same = evidence_row("e2");
    same.external_id = "ext-e1";
    auto other_source = same;
    other_source.source = "prv-2";

    CHECK_THROWS_AS(test->write([&](Session& session) { insert_evidence(session, same); }), ConstraintError);
    CHECK_NOTHROW(test->write([&](Session& session) { insert_evidence(session, other_source); }));
}

TEST_CASE("the stamp of a learner moves with every insert and change of state, and with nothing else") {
    TemporaryDatabase test;
    auto const stamp = [&] { return test->read([](Session& s) { return decision_stamp(s, "lrn-1"); }); };
    auto const set = [&](std::string const& expected, std::string const& status) {
        return test->write([&](Session& s) { return set_evidence_status(s, "e1", expected, status, true); });
    };
    std::vector<std::string> stamps{stamp()};

    test->write([](Session& session) { insert_evidence(session, evidence_row("e1")); });
    stamps.push_back(stamp());
    test->write([](Session& session) { insert_evidence(session, evidence_row("e2")); });
    stamps.push_back(stamp());
    CHECK(set("verified", "rejected"));
    stamps.push_back(stamp());
    CHECK(set("rejected", "verified"));
    stamps.push_back(stamp());
    CHECK_FALSE(set("rejected", "verified"));
    test->write([](Session& session) { insert_evidence(session, evidence_row("e3", "lrn-2")); });

    for (std::size_t i = 1; i < stamps.size(); ++i)
        CHECK(stamps[i] != stamps[i - 1]);
    CHECK(stamps[4] != stamps[2]);
    CHECK(stamp() == stamps.back());
}

TEST_CASE("a change of state needs the expected state") {
    TemporaryDatabase test;
    test->write([](Session& session) { insert_evidence(session, evidence_row("e1")); });

    auto const changed =
        test->write([](Session& s) { return set_evidence_status(s, "e1", "pending", "rejected", false); });
    auto const unchanged = test->read([](Session& s) { return evidence(s, "e1"); });
    auto const moved =
        test->write([](Session& s) { return set_evidence_status(s, "e1", "verified", "revoked", false); });

    CHECK_FALSE(changed);
    CHECK(unchanged->status == "verified");
    CHECK(moved);
    auto const found = test->read([](Session& s) { return evidence(s, "e1"); });
    CHECK(found->status == "revoked");
    CHECK_FALSE(found->eligible);
}

TEST_CASE("a learner's evidence is walked in the order of recording") {
    TemporaryDatabase test;
    std::string ids;

    test->write([](Session& session) {
        auto late = evidence_row("a");
        late.recorded_at = after(10);
        insert_evidence(session, late);
        insert_evidence(session, evidence_row("c"));
        insert_evidence(session, evidence_row("b"));
        insert_evidence(session, evidence_row("x", "lrn-2"));
    });
    test->read(
        [&](Session& session) { each_evidence_of(session, "lrn-1", [&](EvidenceRow const& row) { ids += row.id; }); });

    CHECK(ids == "bca");
}

TEST_CASE("completions are listed in pages by source, activity and time") {
    TemporaryDatabase test;
    test->write([](Session& session) {
        for (int i = 0; i < 6; ++i) {
            auto row = evidence_row("e" + std::to_string(i));
            row.recorded_at = after(i / 2);
            row.source = i % 2 == 0 ? "prv-1" : "prv-2";
            row.body = i < 3 ? R"({"activityId":"act-1"})" : R"({"activityId":"act-2"})";
            insert_evidence(session, row);
        }
        auto signoff = evidence_row("s");
        signoff.kind = "signoff";
        insert_evidence(session, signoff);
    });
    auto const list = [&](EvidencePage const& page) {
        std::string ids;
        for (auto const& row : test->read([&](Session& session) { return list_completions(session, page); }))
            ids += row.id;
        return ids;
    };
    EvidencePage all;
    EvidencePage two{std::nullopt, std::nullopt, noon, "e1", 2};
    EvidencePage own{"prv-1", std::nullopt, noon, "", 100};
    EvidencePage act{"prv-1", "act-2", noon, "", 100};
    EvidencePage any_source_act{std::nullopt, "act-1", after(1), "", 100};
    EvidencePage late{std::nullopt, std::nullopt, after(2), "e0", 100};
    EvidencePage unknown{std::nullopt, std::nullopt, noon, "absent", 100};

    CHECK(list(all) == "e0e1e2e3e4e5");
    CHECK(list(two) == "e2e3");
    CHECK(list(own) == "e0e2e4");
    CHECK(list(act) == "e4");
    CHECK(list(any_source_act) == "e2");
    CHECK(list(late) == "e4e5");
    CHECK(list(unknown) == "");
}

TEST_CASE("an answer is kept once per key until it expires") {
    TemporaryDatabase test;
    AnswerRow const row{"key:token:t1", "k", "hash", 201, "/api/v1/completions/1", "{\"a\": 1}\n", noon, after(100)};
    auto later = row;
    later.created_at = after(100);
    later.expires_at = std::nullopt;
    later.location = std::nullopt;
    auto const insert = [&](AnswerRow const& one) {
        test->write([&](Session& session) { insert_answer(session, one); });
    };
    auto const find = [&](Instant now) {
        return test->read([&](Session& session) { return answer(session, "key:token:t1", "k", now); });
    };

    insert(row);

    auto const found = find(after(99));
    REQUIRE(found);
    CHECK(found->body == row.body);
    CHECK(found->status == 201);
    CHECK(found->request_hash == "hash");
    CHECK(found->location == row.location);
    CHECK_FALSE(find(after(100)));
    auto early = row;
    early.created_at = after(99);
    CHECK_THROWS_AS(insert(early), ConstraintError);
    insert(later);
    CHECK(find(after(1'000'000))->location == std::nullopt);
    CHECK_THROWS_AS(insert(later), ConstraintError);
}

TEST_CASE("an answer whose time is over goes, the others stay") {
    TemporaryDatabase test;
    test->write([](Session& session) {
        insert_answer(session, {"key:a", "old", "h", 201, std::nullopt, "{}", noon, after(1)});
        insert_answer(session, {"key:a", "new", "h", 201, std::nullopt, "{}", noon, after(100)});
        insert_answer(session, {"completion:p", "ever", "h", 201, std::nullopt, "{}", noon, std::nullopt});
        forget_expired_answers(session, after(1));
    });

    CHECK(number(*test.database, "SELECT count(*) FROM answer") == 2);
    CHECK(number(*test.database, "SELECT count(*) FROM answer WHERE key = 'old'") == 0);
}

TEST_CASE("the stamp of a decision moves with evidence, credentials, erasure and keys") {
    TemporaryDatabase test;
    auto const stamp = [&] { return test->read([](Session& session) { return decision_stamp(session, "lrn-1"); }); };
    std::set<std::string> seen{stamp()};
    auto const moves = [&](auto const& act) {
        test->write([&](Session& session) { act(session); });
        return seen.insert(stamp()).second;
    };

    CHECK(moves([](Session& session) { put_learner(session, learner_row("lrn-1")); }) == false);
    CHECK(moves([](Session& session) { insert_evidence(session, evidence_row("e1")); }));
    CHECK(moves([](Session& session) { insert_credential(session, credential_row("c1")); }));
    CHECK(moves([](Session& session) {
        auto row = credential(session, "c1").value();
        row.status = "suspended";
        row.changed_at = after(5);
        REQUIRE(update_credential(session, row, noon));
    }));
    CHECK(moves([](Session& session) { bump_change(session, "keys"); }));
    CHECK(moves([](Session& session) { erase_learner(session, "lrn-1", after(9)); }));
    CHECK(moves([](Session& session) { insert_evidence(session, evidence_row("e2", "lrn-2")); }) == false);
}
