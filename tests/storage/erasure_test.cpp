#include <doctest/doctest.h>

#include "tests/storage/rows.hpp"
#include "tests/support/shared.hpp"

using namespace itqan;
using namespace itqan::storage;
using namespace itqan::tests;

namespace {

constexpr char const* traces[] = {"MARYAM-TRACE",   "maryam-trace@example.org",
                                  "FREETEXT-TRACE", "SIGNED-TRACE",
                                  "BODY-TRACE",     "DETAILS-TRACE",
                                  "MAILBOX-TRACE",  "urn:uuid:trace"};

bool files_hold(std::string const& file, std::string const& text) {
    for (auto const* const suffix : {"", "-wal", "-shm"}) {
        if (read_file(file + suffix).find(text) != std::string::npos) return true;
    }
    return false;
}

/// A learner with a row in every table that knows of people, and a second one beside.
void fill(Session& session) {
    auto row = learner_row("lrn-1");
    row.name = "MARYAM-TRACE";
    row.email = "maryam-trace@example.org";
    row.body = R"({"phone":"BODY-TRACE"})";
    put_learner(session, row);
    put_learner(session, learner_row("lrn-2"));
    for (auto const* const who : {"lrn-1", "lrn-2"}) {
        std::string const id = who;
        auto completion = evidence_row("e-" + id, id);
        completion.body = R"({"activityId":"act-1","note":"BODY-TRACE )" + id + "\"}";
        insert_evidence(session, completion);
        auto badge = credential_row("c-" + id, id);
        badge.details = R"({"text":"DETAILS-TRACE"})";
        badge.show_name = true;
        insert_credential(session, badge);
        insert_document(session, {badge.id, 1, "jwt", "k", "SIGNED-TRACE " + std::string(6000, 'j'), noon});
        add_note(session, "credential", badge.id, std::nullopt, "FREETEXT-TRACE", noon);
        add_note(session, "evidence", completion.id, std::nullopt, "FREETEXT-TRACE", noon);
        add_note(session, "other", "x" + id, id, "FREETEXT-TRACE", noon);
        put_subject(session, "iss-1", id, "urn:uuid:trace-" + id);
        insert_mail_link(session, {"link-" + id, "claim", id, std::nullopt, noon, after(9), std::nullopt});
        auto opened = session_row("s-" + id);
        opened.learner_id = id;
        insert_session(session, opened);
        auto token = token_row("t-" + id);
        token.learner_id = id;
        insert_token(session, token);
        insert_outbox(session, outbox_row_of("waiting-" + id, id));
        auto sent = outbox_row_of("sent-" + id, id);
        sent.state = "done";
        sent.last_error = "450 MAILBOX-TRACE is full";
        insert_outbox(session, sent);
    }
}

}  // namespace

TEST_CASE("erasing a learner empties every row of the person and keeps ids, hashes and positions") {
    TemporaryDatabase test;
    test->write(fill);
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
    test->write(fill);

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
    test->write(fill);
    auto const stamp = test->read([](Session& session) { return decision_stamp(session, "lrn-1"); });
    auto const badge = test->read([](Session& session) { return *credential(session, "c-lrn-1"); });

    test->write([](Session& session) { erase_learner(session, "lrn-1", noon); });

    CHECK(test->read([](Session& session) { return decision_stamp(session, "lrn-1"); }) != stamp);
    CHECK_FALSE(test->write([&](Session& session) { return update_credential(session, badge, badge.changed_at); }));
}

TEST_CASE("after erase and purge no byte of the person is in any file of the database") {
    TemporaryDatabase test;
    test->write([](Session& session) {
        fill(session);
        for (int i = 0; i < 300; ++i) {
            insert_document(session, {"c-lrn-1", i + 2, "jwt", "k", std::string(3000, 'j') + "SIGNED-TRACE", noon});
            add_note(session, "credential", "c-lrn-1", "lrn-1", std::string(700, 'n') + "FREETEXT-TRACE", noon);
        }
    });
    for (auto const* const trace : traces)
        REQUIRE_MESSAGE(files_hold(test.file, trace), trace);

    test->write([](Session& session) {
        erase_learner(session, "lrn-1", after(7));
        erase_learner(session, "lrn-2", after(7));
    });
    test->purge_deleted();

    for (auto const* const trace : traces)
        CHECK_MESSAGE(!files_hold(test.file, trace), trace);
    CHECK(std::filesystem::file_size(test.file + "-wal") == 0);
    CHECK(number(*test.database, "PRAGMA freelist_count") == 0);
    test->write([](Session& session) { put_learner(session, learner_row("lrn-3")); });
    CHECK(test->read([](Session& session) { return learner(session, "lrn-3").has_value(); }));
}

TEST_CASE("a purge that a reader of another process holds up says so") {
    TemporaryDatabase test;
    test->write(fill);
    SqliteConfig config;
    config.path = test.file;
    config.busy_timeout_milliseconds = 20;
    auto const impatient = open_sqlite(config);

    test->read([&](Session& session) {
        REQUIRE(learner(session, "lrn-1"));
        impatient->write([](Session& s) { erase_learner(s, "lrn-1", after(7)); });
        CHECK_THROWS_AS(impatient->purge_deleted(), DatabaseError);
    });
    impatient->purge_deleted();

    CHECK_FALSE(files_hold(test.file, "MARYAM-TRACE"));
}
