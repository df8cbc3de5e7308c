#include <doctest/doctest.h>

#include <set>
#include <thread>

#include "tests/service/domain/acts_house.hpp"

using namespace itqan;
using namespace itqan::domain;
using namespace itqan::tests;

namespace {

using Position = std::pair<std::string, std::int64_t>;

std::vector<Position> take(StatusLists& lists, int count, std::string const& issuer = "nakhla") {
    std::vector<Position> taken;
    for (int i = 0; i < count; ++i) {
        auto const position = lists.take(issuer);
        taken.emplace_back(position.list_id, position.position);
    }
    return taken;
}

}  // namespace

TEST_CASE("positions are never given twice, by threads, processes or after a restart") {
    ActsHouse house;
    auto const other_database = house.db.open();
    StatusLists other(*other_database, house.keys, house.addresses, house.clock);
    std::vector<std::vector<Position>> taken(4);

    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < taken.size(); ++i)
        threads.emplace_back([&, i] { taken[i] = take(i % 2 == 0 ? house.status : other, 700); });
    for (auto& thread : threads)
        thread.join();
    StatusLists restarted(house.database(), house.keys, house.addresses, house.clock);
    taken.push_back(take(restarted, 700));

    std::set<Position> distinct;
    for (auto const& each : taken)
        distinct.insert(each.begin(), each.end());
    CHECK(distinct.size() == 5 * 700);
}

TEST_CASE("positions are scattered over the list") {
    ActsHouse house;

    auto const taken = take(house.status, 64);

    int neighbours = 0, upper_half = 0;
    for (std::size_t i = 0; i < taken.size(); ++i) {
        if (i > 0 && taken[i].second == taken[i - 1].second + 1) ++neighbours;
        if (taken[i].second >= 65'536) ++upper_half;
    }
    CHECK(neighbours < 3);
    CHECK(upper_half > 10);
    CHECK(upper_half < 54);
}

TEST_CASE("issuers have lists of their own, and a list half reserved is followed by another") {
    ActsHouse house;
    auto const first = take(house.status, 1)[0].first;
    auto const foreign = take(house.status, 1, "murjan")[0].first;

    house.database().write([&](storage::Session& session) {
        session.execute("UPDATE status_list SET reserved = 65536 WHERE id = $1", first);
    });
    StatusLists restarted(house.database(), house.keys, house.addresses, house.clock);
    auto const second = take(restarted, 1)[0].first;

    CHECK(foreign != first);
    CHECK(second != first);
    CHECK(second != foreign);
}

TEST_CASE("the served list is signed by the issuer of its credentials and says which bits are set") {
    ActsHouse house;
    auto const credential = house.award("ach-01", "lrn-001");
    auto const other = house.award("ach-02", "lrn-001");
    house.database().write([&](storage::Session& session) {
        storage::set_status_bit(session, credential.status_list_id, credential.status_position, house.clock.now);
    });

    auto const served = house.status.serve(credential.status_list_id, *house.programme());
    auto const as_token = house.status.serve(credential.status_list_id, *house.programme(), ProofForm::jwt);

    REQUIRE(served);
    auto const json = Json::parse((*served)->text);
    CHECK(json.at("/proof/cryptosuite"_json_pointer) == "eddsa-rdfc-2022");
    REQUIRE(as_token);
    auto const token = must(crypto::read_vc_jwt((*as_token)->text));
    auto const jwk = Json::parse(house.documents.get(token.jws.kid.value()).body);
    CHECK(crypto::verify_jws(token.jws, must(crypto::PublicKey::from_jwk(jwk))));
    CHECK((*as_token)->etag != (*served)->etag);
    CHECK(must(schemas::read_status_list(token.credential)).encoded_list ==
          must(schemas::read_status_list(json)).encoded_list);
    auto const list = must(schemas::read_status_list(json));
    CHECK(list.id == "https://badges.example/status/" + credential.status_list_id);
    CHECK(list.issuer == "did:web:badges.example:issuers:nakhla");
    CHECK(list.purpose == "revocation");
    CHECK(list.ttl_milliseconds == 300'000);
    CHECK(house.served_bit(credential));
    CHECK_FALSE(house.served_bit(other));
}

TEST_CASE("a list is signed again only after a change, also one by another process") {
    ActsHouse house;
    auto const credential = house.award("ach-01", "lrn-001");
    auto const serve = [&] { return must(house.status.serve(credential.status_list_id, *house.programme())); };
    auto const first = serve();
    house.pass(one_minute);
    auto const again = serve();
    auto const other_database = house.db.open();

    other_database->write([&](storage::Session& session) {
        storage::set_status_bit(session, credential.status_list_id, credential.status_position, house.clock.now);
    });
    auto const changed = serve();

    CHECK(again->text == first->text);
    CHECK(again->etag == first->etag);
    CHECK(changed->etag != first->etag);
    CHECK(changed->etag.front() == '"');
    CHECK(house.served_bit(credential));
}

TEST_CASE("a list that was signed while the clock was ahead is signed again when the clock is right") {
    ActsHouse house;
    auto const credential = house.award("ach-01", "lrn-001");
    auto const serve = [&] { return must(house.status.serve(credential.status_list_id, *house.programme())); };
    house.pass(60 * one_minute);
    auto const ahead = serve();
    house.pass(-60 * one_minute);

    auto const again = serve();

    CHECK(ahead->signed_at > house.clock.now);
    CHECK(again->signed_at <= house.clock.now);
}

TEST_CASE("a bit that was set stays set after a restart and a rotation of the key") {
    ActsHouse house;
    auto const credential = house.award("ach-01", "lrn-001");
    REQUIRE(house.claims.revoke(Actor{}, credential.id, "issued-in-error", std::nullopt));
    house.pass(one_minute);
    REQUIRE(house.keys.rotate(Actor{}, house.issuer("nakhla"), crypto::KeyType::ed25519));

    StatusLists restarted(house.database(), house.keys, house.addresses, house.clock);
    auto const served = restarted.serve(credential.status_list_id, *house.programme());

    REQUIRE(served);
    CHECK(Json::parse((*served)->text).at("/proof/verificationMethod"_json_pointer) ==
          "did:web:badges.example:issuers:nakhla#" + house.keys.list("nakhla").back().id);
    CHECK(house.served_bit(credential));
}

TEST_CASE("without a key for one form the list is had in the other, and only by readers of both") {
    ActsHouse house;
    TwoKeyHouse two(house);
    auto const credential = house.award("ach-01", "lrn-001");
    auto const either = [&] { return must(two.status.serve_either(credential.status_list_id, *house.programme())); };
    auto const before = either();
    must(house.keys.revoke(Actor{}, house.document(credential).key_id));

    auto const embedded = two.status.serve(credential.status_list_id, *house.programme(), ProofForm::embedded);
    auto const after = either();
    must(two.keys.revoke(Actor{}, two.active(ProofForm::jwt).key_id));
    auto const neither = two.status.serve_either(credential.status_list_id, *house.programme());

    CHECK(before->form == ProofForm::embedded);
    REQUIRE_FALSE(embedded);
    CHECK(embedded.error().code == "no-active-key");
    CHECK(after->form == ProofForm::jwt);
    CHECK(must(crypto::read_vc_jwt(after->text)).credential.at("id") ==
          "https://badges.example/status/" + credential.status_list_id);
    REQUIRE_FALSE(neither);
    CHECK(neither.error().fault == Fault::unavailable);
}

TEST_CASE("a list that does not exist is not found") {
    ActsHouse house;

    auto const served = house.status.serve("no-such-list", *house.programme());

    REQUIRE_FALSE(served);
    CHECK(served.error().fault == Fault::not_found);
}
