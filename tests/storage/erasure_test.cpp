#include <doctest/doctest.h>

#include "tests/storage/traced_person.hpp"

using namespace itqan;
using namespace itqan::storage;
using namespace itqan::tests;

TEST_CASE("erasing a learner empties every row of the person and keeps ids, hashes and positions") {
    TemporaryDatabase test;
    test->write(write_traced_people);
    auto const position = test->read([](Session& s) { return credential(s, "c-lrn-1")->status_position; });

    auto const ids = test->write([](Session& session) { return erase_learner(session, "lrn-1", after(7)); });

    CHECK(ids == std::vector<std::string>{"c-lrn-1"});
    test->read([&](Session& session) {
        auto const person = learner(session, "lrn-1");
        REQUIRE(person);
        CHECK_FALSE(person->name);
        CHECK_FALSE(person->email);
        CHECK(person->body == "{}");
        CHECK(person->erased_at == after(7));
        auto const kept = evidence(session, "e-lrn-1");
        REQUIRE(kept);
        CHECK(kept->body == "{}");
        CHECK(kept->external_id == "ext-e-lrn-1");
        CHECK(kept->learner_id == "lrn-1");
        auto const badge = credential(session, "c-lrn-1");
        REQUIRE(badge);
        CHECK(badge->details == "{}");
        CHECK(badge->erased_at == after(7));
        CHECK(badge->changed_at == after(7));
        CHECK(badge->status_position == position);
        CHECK_FALSE(document(session, "c-lrn-1", 1, "jwt"));
        CHECK_FALSE(latest_note(session, "credential", "c-lrn-1"));
        CHECK_FALSE(latest_note(session, "evidence", "e-lrn-1"));
        CHECK_FALSE(latest_note(session, "other", "xlrn-1"));
        CHECK_FALSE(subject_urn(session, "iss-1", "lrn-1"));
        CHECK_FALSE(mail_link(session, "link-lrn-1"));
        CHECK_FALSE(session_by_hash(session, "s-lrn-1"));
        CHECK_FALSE(token_by_hash(session, "hash-t-lrn-1"));
        CHECK_FALSE(outbox_row(session, "waiting-lrn-1"));
        CHECK_FALSE(outbox_row(session, "sent-lrn-1")->last_error);
    });
}

TEST_CASE("erasing one learner leaves the others alone") {
    TemporaryDatabase test;
    test->write(write_traced_people);

    test->write([](Session& session) { erase_learner(session, "lrn-1", after(7)); });

    test->read([](Session& session) {
        CHECK(learner(session, "lrn-2")->name == "Name of lrn-2");
        CHECK(evidence(session, "e-lrn-2")->body != "{}");
        CHECK_FALSE(credential(session, "c-lrn-2")->erased_at);
        CHECK(document(session, "c-lrn-2", 1, "jwt"));
        CHECK(latest_note(session, "credential", "c-lrn-2"));
        CHECK(subject_urn(session, "iss-1", "lrn-2"));
        CHECK(mail_link(session, "link-lrn-2"));
        CHECK(session_by_hash(session, "s-lrn-2"));
        CHECK(token_by_hash(session, "hash-t-lrn-2"));
        CHECK(outbox_row(session, "waiting-lrn-2"));
    });
}

TEST_CASE("a decision made before an erasure cannot be written after it") {
    TemporaryDatabase test;
    test->write(write_traced_people);
    auto const stamp = test->read([](Session& session) { return decision_stamp(session, "lrn-1"); });
    auto const badge = test->read([](Session& session) { return *credential(session, "c-lrn-1"); });

    test->write([](Session& session) { erase_learner(session, "lrn-1", noon); });

    CHECK(test->read([](Session& session) { return decision_stamp(session, "lrn-1"); }) != stamp);
    CHECK_FALSE(test->write([&](Session& session) { return update_credential(session, badge, badge.changed_at); }));
}
