#include "service/auth/tokens.hpp"

#include <doctest/doctest.h>

#include "crypto/digest.hpp"
#include "storage/outbox.hpp"
#include "tests/storage/temporary_database.hpp"
#include "tests/support/shared.hpp"

namespace itqan::auth {
namespace {

using tests::noon;

Instant in_days(std::int64_t days) {
    return Instant{noon.milliseconds + days * 24 * 3'600'000};
}

NewToken for_provider() {
    NewToken wanted;
    wanted.role = Role::provider;
    wanted.provider_id = "prv-qalam";
    wanted.scope = "history";
    wanted.expires_at = in_days(365);
    return wanted;
}

CreatedToken create(storage::Database& database, NewToken const& wanted) {
    return database.write([&](storage::Session& session) { return create_token(session, wanted, Actor{}, noon); });
}

TEST_CASE("a token is 256 random bits of which only the hash is stored") {
    tests::TemporaryDatabase db;

    auto const created = create(*db.database, for_provider());

    CHECK(created.secret.starts_with("itq_"));
    CHECK(base64url_decode(created.secret.substr(4)).value().size() == 32);
    CHECK(created.row.hash == crypto::sha256_hex(created.secret));
    CHECK(created.secret.starts_with(created.row.prefix));
    auto const stored = db->read([](storage::Session& s) { return storage::tokens(s); });
    REQUIRE(stored.size() == 1);
    CHECK(stored[0].prefix.size() < 16);
    if (!db.is_postgres()) CHECK(tests::read_file(db.file).find(created.secret) == std::string::npos);
}

TEST_CASE("making and ending a token each leave an event in the same transaction") {
    tests::TemporaryDatabase db;
    auto const created = create(*db.database, for_provider());

    auto const ended = db->write([&](storage::Session& s) { return end_token(s, created.row.id, Actor{}, noon); });

    REQUIRE(ended);
    auto const events = db->read([](storage::Session& s) { return storage::events_after(s, 0, std::nullopt, 10); });
    REQUIRE(events.size() == 2);
    CHECK(events[0].kind == "token.created");
    CHECK(events[0].data == R"({"providerId":"prv-qalam","role":"provider"})");
    CHECK(events[1].kind == "token.revoked");
    CHECK(events[1].subject == created.row.id);
}

TEST_CASE("ending twice, an unknown token or another issuer's is not found and writes nothing") {
    tests::TemporaryDatabase db;
    NewToken wanted;
    wanted.role = Role::issuer;
    wanted.issuer_id = "nakhla";
    wanted.expires_at = in_days(1);
    auto const created = create(*db.database, wanted);
    Actor const stranger{.role = Role::issuer, .id = "token:x", .issuer_id = "other"};
    auto const end = [&](std::string const& id, Actor const& actor) {
        return db->write([&](storage::Session& s) { return end_token(s, id, actor, noon); });
    };

    CHECK(end(created.row.id, stranger).error().fault == Fault::not_found);
    CHECK(end("nothing", Actor{}).error().fault == Fault::not_found);
    CHECK(tests::number(*db.database, "SELECT count(*) FROM event") == 1);
    REQUIRE(end(created.row.id, Actor{.role = Role::issuer, .id = "token:y", .issuer_id = "nakhla"}));
    CHECK(end(created.row.id, Actor{}).error().fault == Fault::not_found);
}

TEST_CASE("a token names the body of its role and no other") {
    auto wanted = for_provider();
    CHECK(check_new_token(wanted, noon));

    wanted.provider_id.reset();
    wanted.learner_id = "lrn-001";
    auto const wrong = check_new_token(wanted, noon);

    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().fault == Fault::unprocessable);
    REQUIRE(wrong.error().violations.size() == 2);
    CHECK(wrong.error().violations[0].pointer == "/providerId");
    CHECK(wrong.error().violations[1].pointer == "/learnerId");
}

TEST_CASE("a token ends within 366 days and has a scope that exists") {
    auto wanted = for_provider();
    for (auto const days : {0, -1, 367}) {
        wanted.expires_at = in_days(days);
        auto const wrong = check_new_token(wanted, noon);
        REQUIRE_FALSE(wrong);
        CHECK(wrong.error().violations.front().pointer == "/expiresAt");
    }
    wanted.expires_at = in_days(366);
    CHECK(check_new_token(wanted, noon));

    wanted.scope = "everything";
    CHECK(check_new_token(wanted, noon).error().violations.front().pointer == "/scope");
}

TEST_CASE("the actor of a token has its role, its body and its scope") {
    tests::TemporaryDatabase db;

    auto const actor = actor_of(create(*db.database, for_provider()).row);

    CHECK(actor.role == Role::provider);
    CHECK(actor.provider_id == "prv-qalam");
    CHECK(actor.may_post_history);
    CHECK(actor.id.starts_with("token:"));
}

}  // namespace
}  // namespace itqan::auth
