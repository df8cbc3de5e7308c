#include "storage/catalog.hpp"

#include <doctest/doctest.h>

#include "tests/storage/rows.hpp"

using namespace itqan;
using namespace itqan::storage;
using namespace itqan::tests;

TEST_CASE("a credential comes back as inserted, by id and by share code") {
    TemporaryDatabase test;
    auto row = credential_row("c1");
    row.achievement_version = 3;
    row.award_no = 2;
    row.reason = "under review";
    row.show_name = true;
    row.edition = 4;
    row.valid_until = noon.day() + 365;
    row.limited_by = "evidence";
    row.changed_at = after(9);

    test->write([&](Session& session) { insert_credential(session, row); });

    test->read([&](Session& session) {
        auto const found = credential_by_share_code(session, "share-c1");
        REQUIRE(found);
        CHECK(found->id == "c1");
        CHECK(found->issuer_id == "iss-1");
        CHECK(found->learner_id == "lrn-1");
        CHECK(found->achievement_id == "ach-c1");
        CHECK(found->achievement_version == 3);
        CHECK(found->award_no == 2);
        CHECK(found->origin == "rule");
        CHECK(found->status == "active");
        CHECK(found->reason == "under review");
        CHECK(found->claim_state == "offered");
        CHECK(found->visibility == "offered");
        CHECK(found->show_name);
        CHECK(found->language == "en");
        CHECK(found->edition == 4);
        CHECK(found->awarded_at == noon);
        CHECK(found->valid_until == noon.day() + 365);
        CHECK(found->limited_by == "evidence");
        CHECK(found->status_list_id == "list-1");
        CHECK(found->status_position == row.status_position);
        CHECK(found->details == row.details);
        CHECK(found->created_at == noon);
        CHECK(found->changed_at == after(9));
        CHECK_FALSE(found->erased_at);
        CHECK(credential(session, "c1")->share_code == "share-c1");
        CHECK_FALSE(credential(session, "c2"));
    });
}

TEST_CASE("an award, a share code and a status position are given once") {
    TemporaryDatabase test;
    auto const first = credential_row("c1");
    test->write([&](Session& session) { insert_credential(session, first); });
    auto same_award = credential_row("c2");
    same_award.achievement_id = first.achievement_id;
    auto same_code = credential_row("c3");
    same_code.share_code = first.share_code;
    auto same_position = credential_row("c4");
    same_position.status_position = first.status_position;
    auto next_award = same_award;
    next_award.award_no = 2;
    auto const insert = [&](CredentialRow const& row) {
        test->write([&](Session& session) { insert_credential(session, row); });
    };

    CHECK_THROWS_AS(insert(same_award), ConstraintError);
    CHECK_THROWS_AS(insert(same_code), ConstraintError);
    CHECK_THROWS_AS(insert(same_position), ConstraintError);
    CHECK_NOTHROW(insert(next_award));
}

TEST_CASE("a credential changes only as long as it is as expected, also within one millisecond") {
    TemporaryDatabase test;
    auto row = credential_row("c1");
    test->write([&](Session& session) { insert_credential(session, row); });
    row.status = "revoked";
    row.reason = "superseded";
    row.claim_state = "claimed";
    row.visibility = "link";
    row.show_name = true;
    row.language = "ar";
    row.edition = 2;
    row.changed_at = noon;
    auto const update = [&] {
        return test->write([&](Session& session) { return update_credential(session, row, noon); });
    };

    CHECK(update());
    CHECK_FALSE(update());

    auto const found = test->read([](Session& session) { return credential(session, "c1"); });
    REQUIRE(found);
    CHECK(found->status == "revoked");
    CHECK(found->reason == "superseded");
    CHECK(found->claim_state == "claimed");
    CHECK(found->visibility == "link");
    CHECK(found->show_name);
    CHECK(found->language == "ar");
    CHECK(found->edition == 2);
    CHECK(found->changed_at > noon);
}

TEST_CASE("a signed document keeps its bytes, per edition and form") {
    TemporaryDatabase test;
    std::string const body = "eyJ.e30.\n \xd8\xa5";

    test->write([&](Session& session) {
        insert_document(session, {"c1", 1, "jwt", "key-1", body, noon});
        insert_document(session, {"c1", 2, "jwt", "key-1", "second", noon});
    });

    test->read([&](Session& session) {
        auto const found = document(session, "c1", 1, "jwt");
        REQUIRE(found);
        CHECK(found->body == body);
        CHECK(found->key_id == "key-1");
        CHECK(found->signed_at == noon);
        CHECK(document(session, "c1", 2, "jwt")->body == "second");
        CHECK_FALSE(document(session, "c1", 1, "json"));
    });
    CHECK_THROWS_AS(test->write([](Session& s) {
        insert_document(s, {"c1", 1, "jwt", "key-1", "other", noon});
    }),
                    ConstraintError);
}

TEST_CASE("a document takes the place of the one of its edition and form, and of no other") {
    TemporaryDatabase test;
    test->write([](Session& session) {
        insert_document(session, {"c1", 1, "jwt", "key-1", "old", noon});
        insert_document(session, {"c1", 1, "json", "key-1", "beside", noon});
        insert_document(session, {"c1", 2, "jwt", "key-1", "next", noon});
        insert_document(session, {"c2", 1, "jwt", "key-1", "another's", noon});
    });

    test->write([](Session& session) {
        replace_document(session, {"c1", 1, "jwt", "key-2", "new", after(1)});
        replace_document(session, {"c3", 1, "jwt", "key-2", "first", after(1)});
    });

    test->read([](Session& session) {
        auto const found = document(session, "c1", 1, "jwt");
        REQUIRE(found);
        CHECK(found->body == "new");
        CHECK(found->key_id == "key-2");
        CHECK(found->signed_at == after(1));
        CHECK(document(session, "c1", 1, "json")->body == "beside");
        CHECK(document(session, "c1", 2, "jwt")->body == "next");
        CHECK(document(session, "c2", 1, "jwt")->body == "another's");
        CHECK(document(session, "c3", 1, "jwt")->body == "first");
    });
}

TEST_CASE("credentials are listed oldest first in pages, by every filter") {
    TemporaryDatabase test;
    test->write([](Session& session) {
        for (int i = 0; i < 4; ++i) {
            auto row = credential_row("c" + std::to_string(i), i < 2 ? "lrn-1" : "lrn-2");
            row.issuer_id = i % 2 == 0 ? "iss-1" : "iss-2";
            row.status = i == 3 ? "revoked" : "active";
            row.created_at = after(10 - i);
            insert_credential(session, row);
        }
    });
    auto const list = [&](auto const& set) {
        CredentialFilter filter;
        set(filter);
        std::string ids;
        for (auto const& row : test->read([&](Session& session) { return list_credentials(session, filter); }))
            ids += row.id;
        return ids;
    };

    CHECK(list([](auto&) {}) == "c3c2c1c0");
    CHECK(list([](auto& f) { f.limit = 2; }) == "c3c2");
    CHECK(list([](auto& f) { f.after_id = "c2"; }) == "c1c0");
    CHECK(list([](auto& f) { f.after_id = "absent"; }) == "");
    CHECK(list([](auto& f) { f.issuer_id = "iss-1"; }) == "c2c0");
    CHECK(list([](auto& f) { f.issuer_id = "iss-1", f.after_id = "c2"; }) == "c0");
    CHECK(list([](auto& f) { f.issuer_id = "iss-2", f.status = "active"; }) == "c1");
    CHECK(list([](auto& f) { f.learner_id = "lrn-1"; }) == "c1c0");
    CHECK(list([](auto& f) { f.learner_id = "lrn-1", f.issuer_id = "iss-2"; }) == "c1");
    CHECK(list([](auto& f) { f.achievement_id = "ach-c2"; }) == "c2");
    CHECK(list([](auto& f) { f.status = "revoked"; }) == "c3");
    CHECK(test->read([](Session& s) { return credentials_of(s, "lrn-2"); }).size() == 2);
}

TEST_CASE("keys are listed oldest first, change state, and move the counter of keys") {
    TemporaryDatabase test;
    KeyRow row{"k1", "iss-1", "ed25519", "assertion", "{}", {0, 1, 2}, "next", after(1), {}, {}, {}};
    auto older = row;
    older.id = "k0";
    older.created_at = noon;

    test->write([&](Session& session) {
        insert_key(session, row);
        insert_key(session, older);
    });
    auto const before = test->read([](Session& session) { return change_count(session, "keys"); });
    row.state = "revoked";
    row.activated_at = after(2);
    row.retired_at = after(3);
    row.revoked_at = after(4);
    test->write([&](Session& session) { update_key_state(session, row); });

    test->read([&](Session& session) {
        auto const keys = keys_of(session, "iss-1");
        REQUIRE(keys.size() == 2);
        CHECK(keys[0].id == "k0");
        auto const found = key(session, "k1");
        REQUIRE(found);
        CHECK(found->sealed == Bytes{0, 1, 2});
        CHECK(found->state == "revoked");
        CHECK(found->activated_at == after(2));
        CHECK(found->retired_at == after(3));
        CHECK(found->revoked_at == after(4));
        CHECK(change_count(session, "keys") > before);
        CHECK_FALSE(key(session, "k2"));
        auto const revoked = revoked_keys(session);
        REQUIRE(revoked.size() == 1);
        CHECK(revoked.front().id == "k1");
    });
}

TEST_CASE("a status position is handed out once for ever") {
    TemporaryDatabase test;
    test->write([](Session& session) { insert_status_list(session, {"l1", "iss-1", "revocation", 8, 0, noon}); });
    auto const reserve = [&](std::vector<std::int64_t> const& wanted) {
        return test->write([&](Session& session) { return reserve_positions(session, "l1", wanted); });
    };

    CHECK(reserve({5, 1, 5}) == std::vector<std::int64_t>{5, 1});
    CHECK(reserve({1, 2}) == std::vector<std::int64_t>{2});
    CHECK_THROWS_AS(reserve({8}), std::invalid_argument);
    CHECK_THROWS_AS(reserve({-1}), std::invalid_argument);

    CHECK(test->read([](Session& session) { return status_list(session, "l1")->reserved; }) == 3);
}

TEST_CASE("the open list is the newest that is less than half reserved") {
    TemporaryDatabase test;
    auto const open = [&] {
        auto const list = test->read([](Session& s) { return open_status_list(s, "iss-1", "revocation"); });
        return list ? list->id : "none";
    };
    CHECK(open() == "none");
    test->write([](Session& session) {
        insert_status_list(session, {"l1", "iss-1", "revocation", 4, 0, noon});
        insert_status_list(session, {"l2", "iss-1", "revocation", 4, 0, after(1)});
        insert_status_list(session, {"l3", "iss-2", "revocation", 4, 0, after(2)});
    });

    CHECK(open() == "l2");
    test->write([](Session& session) { reserve_positions(session, "l2", {0, 1}); });

    CHECK(open() == "l1");
}

TEST_CASE("a status bit is set once, and setting it moves the counter of status") {
    TemporaryDatabase test;

    test->write([](Session& session) {
        set_status_bit(session, "l1", 9, noon);
        set_status_bit(session, "l1", 3, noon);
        set_status_bit(session, "l1", 9, after(1));
        set_status_bit(session, "l2", 1, noon);
    });

    test->read([](Session& session) {
        CHECK(set_positions(session, "l1") == std::vector<std::int64_t>{3, 9});
        CHECK(is_status_bit_set(session, "l1", 3));
        CHECK(is_status_bit_set(session, "l2", 1));
        CHECK_FALSE(is_status_bit_set(session, "l1", 1));
        CHECK_FALSE(is_status_bit_set(session, "none", 3));
        CHECK(change_count(session, "status") == 3);
    });
}
