#include <doctest/doctest.h>

#include "tests/storage/rows.hpp"

using namespace itqan;
using namespace itqan::storage;
using namespace itqan::tests;

TEST_CASE("a token is found by the hash of its secret as it was stored") {
    TemporaryDatabase test;

    test->write([](Session& session) { insert_token(session, token_row("t1")); });
    auto const found = test->read([](Session& session) { return token_by_hash(session, "hash-t1"); });

    REQUIRE(found);
    CHECK(found->id == "t1");
    CHECK(found->prefix == "itq_t1");
    CHECK(found->role == "provider");
    CHECK_FALSE(found->issuer_id);
    CHECK(found->provider_id == "prv-1");
    CHECK_FALSE(found->organisation_id);
    CHECK_FALSE(found->learner_id);
    CHECK(found->scope == "history");
    CHECK(found->created_at == noon);
    CHECK(found->expires_at == after(1000));
    CHECK_FALSE(found->revoked_at);
    CHECK_FALSE(test->read([](Session& session) { return token_by_hash(session, "hash-t2"); }));
}

TEST_CASE("revoking a token also revokes the sessions it opened, once") {
    TemporaryDatabase test;
    test->write([](Session& session) {
        insert_token(session, token_row("t1"));
        auto opened = session_row("s1");
        opened.token_id = "t1";
        insert_session(session, opened);
        insert_session(session, session_row("s2"));
    });

    auto const first = test->write([](Session& session) { return revoke_token(session, "t1", after(5)); });
    auto const second = test->write([](Session& session) { return revoke_token(session, "t1", after(6)); });

    CHECK(first);
    CHECK_FALSE(second);
    test->read([](Session& session) {
        CHECK(tokens(session).at(0).revoked_at == after(5));
        CHECK(session_by_hash(session, "s1")->revoked_at == after(5));
        CHECK_FALSE(session_by_hash(session, "s2")->revoked_at);
    });
}

TEST_CASE("a session is touched forward only and revoked at its first revocation") {
    TemporaryDatabase test;

    test->write([](Session& session) {
        insert_session(session, session_row("s1"));
        touch_session(session, "s1", after(20));
        touch_session(session, "s1", after(10));
        revoke_session(session, "s1", after(30));
        revoke_session(session, "s1", after(40));
    });
    auto const found = test->read([](Session& session) { return session_by_hash(session, "s1"); });

    REQUIRE(found);
    CHECK(found->used_at == after(20));
    CHECK(found->revoked_at == after(30));
    CHECK(found->csrf == "csrf");
    CHECK(found->learner_id == "lrn-1");
    CHECK(found->expires_at == after(1000));
}

TEST_CASE("a mailed link is used by the first call only") {
    TemporaryDatabase test;
    test->write([](Session& session) {
        insert_mail_link(session, {"h1", "claim", "lrn-1", "mail-1", noon, after(1000), std::nullopt});
    });

    CHECK(test->write([](Session& session) { return use_mail_link(session, "h1", after(1)); }));
    CHECK_FALSE(test->write([](Session& session) { return use_mail_link(session, "h1", after(2)); }));
    CHECK_FALSE(test->write([](Session& session) { return use_mail_link(session, "absent", after(2)); }));

    auto const found = test->read([](Session& session) { return mail_link(session, "h1"); });
    REQUIRE(found);
    CHECK(found->purpose == "claim");
    CHECK(found->mail_id == "mail-1");
    CHECK(found->used_at == after(1));
}
