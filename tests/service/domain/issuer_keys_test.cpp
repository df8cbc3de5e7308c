#include <algorithm>
#include <set>

#include <doctest/doctest.h>

#include "crypto/did.hpp"
#include "tests/service/domain/acts_house.hpp"

using namespace itqan;
using namespace itqan::domain;
using namespace itqan::tests;

namespace {

crypto::AssertionKeys listed(ActsHouse& house, std::string const& issuer) {
    auto const document =
        house.database().read([&](storage::Session& s) { return house.keys.did_document(s, house.issuer(issuer)); });
    return must(crypto::read_assertion_keys(document, house.addresses.issuer_did(issuer), house.clock.now));
}

/// A key may be listed in two methods.
std::size_t distinct(crypto::AssertionKeys const& listed) {
    std::set<std::string> keys;
    for (auto const& each : listed.keys)
        keys.insert(each.key.to_jwk().dump());
    return keys.size();
}

Result<IssuerKeys::Active> active(ActsHouse& house, IssuerKeys& keys, std::string const& issuer = "nakhla",
                                  ProofForm form = ProofForm::embedded) {
    return house.database().read([&](storage::Session& s) { return keys.active(s, house.issuer(issuer), form); });
}

std::vector<std::string> states(ActsHouse& house) {
    std::vector<std::string> states;
    for (auto const& key : house.keys.list("nakhla"))
        states.push_back(key.state);
    return states;
}

}  // namespace

TEST_CASE("an issuer is given one key however often it is asked for") {
    ActsHouse house;

    house.keys.ensure(house.issuer("nakhla"));

    CHECK(states(house) == std::vector<std::string>{"active"});
    auto const key = active(house, house.keys);
    REQUIRE(key);
    CHECK(key->kid == "https://badges.example/issuers/nakhla/keys/" + key->key_id);
    CHECK(key->method == "did:web:badges.example:issuers:nakhla#" + key->key_id);
}

TEST_CASE("the key's address serves the JWK that signs, without its private half") {
    ActsHouse house;
    auto const key = must(active(house, house.keys));

    auto const served = Json::parse(house.documents.get(key.kid).body);

    CHECK(served.at("kid") == key.kid);
    CHECK(served.at("alg") == "EdDSA");
    CHECK_FALSE(served.contains("d"));
    CHECK(must(crypto::PublicKey::from_jwk(served)).to_jwk() == key.signer->public_key().to_jwk());
}

TEST_CASE("after a rotation the new key signs and the old one stays listed and verifies") {
    ActsHouse house;
    auto const before = house.text(house.award("ach-01", "lrn-001"));
    auto const old_key = must(active(house, house.keys));

    house.pass(one_minute);
    auto const rotated = house.keys.rotate(Actor{}, house.issuer("nakhla"), crypto::KeyType::ed25519);
    auto const after = house.text(house.award("ach-02", "lrn-001"));

    REQUIRE(rotated);
    CHECK(states(house) == std::vector<std::string>{"retired", "active"});
    CHECK(must(active(house, house.keys)).key_id == rotated->id);
    CHECK(listed(house, "nakhla").find(old_key.signer->public_key()) != nullptr);
    CHECK(distinct(listed(house, "nakhla")) == 2);
    CHECK(listed(house, "nakhla").keys.size() == 4);
    CHECK(house.check(before).verdict == Verdict::valid);
    CHECK(house.check(after).verdict == Verdict::valid);
    CHECK(house.events_of(rotated->id).back() == "key.activated");
}

TEST_CASE("a key made ahead is listed before it signs, and only one waits") {
    ActsHouse house;

    auto const next = house.keys.create(Actor{}, house.issuer("nakhla"), crypto::KeyType::ed25519);
    auto const second = house.keys.create(Actor{}, house.issuer("nakhla"), crypto::KeyType::ed25519);
    auto const listed_ahead = distinct(listed(house, "nakhla"));
    auto const rotated = house.keys.rotate(Actor{}, house.issuer("nakhla"), crypto::KeyType::ed25519);

    REQUIRE(next);
    CHECK(next->state == "next");
    REQUIRE_FALSE(second);
    CHECK(second.error().fault == Fault::conflict);
    CHECK(listed_ahead == 2);
    REQUIRE(rotated);
    CHECK(rotated->id == next->id);
}

TEST_CASE("tokens are signed with a key of the configured type, which is rotated by itself") {
    ActsHouse house;
    IssuerKeys keys(house.database(), house.kek, house.addresses, house.clock, crypto::KeyType::p256);
    keys.ensure(house.issuer("nakhla"));
    auto const embedded = must(active(house, keys));

    auto const token = must(active(house, keys, "nakhla", ProofForm::jwt));
    auto const rotated = must(keys.rotate(Actor{}, house.issuer("nakhla"), crypto::KeyType::p256));

    CHECK(token.signer->algorithm() == "ES256");
    CHECK(embedded.signer->algorithm() == "EdDSA");
    CHECK(must(active(house, keys, "nakhla", ProofForm::jwt)).key_id == rotated.id);
    CHECK(must(active(house, keys)).key_id == embedded.key_id);
    // Keys of one instant have no order.
    auto all = states(house);
    std::sort(all.begin(), all.end());
    CHECK(all == std::vector<std::string>{"active", "active", "retired"});
    CHECK(distinct(listed(house, "nakhla")) == 3);
    CHECK(listed(house, "nakhla").keys.size() == 4);
}

TEST_CASE("under a revoked key everything fails and nothing more is signed") {
    ActsHouse house;
    auto const badge = house.text(house.award("ach-01", "lrn-001"));
    auto const key = must(active(house, house.keys));

    auto const revoked = house.keys.revoke(Actor{}, key.key_id);

    REQUIRE(revoked);
    CHECK(listed(house, "nakhla").keys.empty());
    CHECK(house.documents.get(key.kid).failure == "gone");
    CHECK(house.check(badge).verdict == Verdict::invalid);
    auto const award = house.try_award("ach-02", "lrn-001");
    REQUIRE_FALSE(award);
    CHECK(award.error().code == "no-active-key");
    CHECK(award.error().fault == Fault::unavailable);
    CHECK(house.keys.revoke(Actor{}, key.key_id).error().fault == Fault::conflict);
}

TEST_CASE("a key that signs both forms is listed as a Multikey and under its kid as a JWK") {
    ActsHouse house;
    auto const key = must(active(house, house.keys));

    auto const document =
        house.database().read([&](storage::Session& s) { return house.keys.did_document(s, house.issuer("nakhla")); });

    auto const& methods = document.at("verificationMethod");
    REQUIRE(methods.size() == 2);
    CHECK(methods[0].at("id") == key.method);
    CHECK(methods[0].at("type") == "Multikey");
    CHECK(methods[0].at("publicKeyMultibase") == key.signer->public_key().multikey());
    CHECK(methods[1].at("id") == key.method + "-jwk");
    CHECK(methods[1].at("type") == "JsonWebKey");
    CHECK(methods[1].at("/publicKeyJwk/kid"_json_pointer) == key.kid);
    CHECK(methods[1].at("/publicKeyJwk/alg"_json_pointer) == "EdDSA");
    CHECK(document.at("assertionMethod") == Json::array({key.method, key.method + "-jwk"}));
}

TEST_CASE("a key that signs embedded proofs only is listed once, and one of tokens under its kid") {
    ActsHouse house;
    TwoKeyHouse two(house);

    auto const document =
        house.database().read([&](storage::Session& s) { return two.keys.did_document(s, house.issuer("nakhla")); });

    std::map<std::string, std::string> types;
    for (auto const& method : document.at("verificationMethod"))
        types[method.at("id")] = method.at("type");
    CHECK(types == std::map<std::string, std::string>{{two.active(ProofForm::embedded).method, "Multikey"},
                                                      {two.active(ProofForm::jwt).method, "JsonWebKey"}});
}

TEST_CASE("a token under a revoked key fails though its JWK is still listed as revoked") {
    ActsHouse house;
    auto const row = house.award("ach-01", "lrn-001");
    auto const token = house.jwt(row);
    REQUIRE(house.check(token).verdict == Verdict::valid);

    must(house.keys.revoke(Actor{}, house.document(row).key_id));
    must(house.keys.create(Actor{}, house.issuer("nakhla"), crypto::KeyType::ed25519));

    CHECK(house.check(token).verdict == Verdict::invalid);
}

TEST_CASE("a key that does not sign yet is not served at its address") {
    ActsHouse house;
    auto const next = must(house.keys.create(Actor{}, house.issuer("nakhla"), crypto::KeyType::ed25519));
    auto const address = house.addresses.key("nakhla", next.id);
    auto const ahead = house.documents.get(address);

    must(house.keys.rotate(Actor{}, house.issuer("nakhla"), crypto::KeyType::ed25519));
    auto const served = house.documents.get(address);

    CHECK(ahead.failure == "there is no such key");
    CHECK(ahead.body.empty());
    CHECK(served.failure.empty());
    CHECK(Json::parse(served.body).at("kid") == address);
}

TEST_CASE("an issuer neither revokes nor vouches with another issuer's key") {
    ActsHouse house;
    auto const nakhla = must(active(house, house.keys));

    auto const refused = house.keys.revoke(issuer_actor("murjan"), nakhla.key_id);

    REQUIRE_FALSE(refused);
    CHECK(refused.error().fault == Fault::not_found);
    CHECK(listed(house, "murjan").find(nakhla.signer->public_key()) == nullptr);
    CHECK(distinct(listed(house, "murjan")) == 1);
    CHECK(listed(house, "murjan").keys.size() == 2);
    CHECK_FALSE(house.database()
                    .read([&](storage::Session& s) { return house.keys.installation_document(s); })
                    .contains("assertionMethod"));
}

TEST_CASE("another process's rotation is followed at the next signature") {
    ActsHouse house;
    auto const before = must(active(house, house.keys));
    auto const other_database = house.db.open();
    IssuerKeys other(*other_database, house.kek, house.addresses, house.clock, crypto::KeyType::ed25519);

    auto const rotated = other.rotate(Actor{}, house.issuer("nakhla"), crypto::KeyType::ed25519);

    REQUIRE(rotated);
    auto const after = must(active(house, house.keys));
    CHECK(after.key_id == rotated->id);
    CHECK(after.key_id != before.key_id);
}

TEST_CASE("a stored key opens under its own key-encryption key only") {
    ActsHouse house;
    crypto::SecretBytes other_bytes(32);
    other_bytes.data()[0] = 1;
    auto const other_kek = crypto::KeyEncryptionKey::from_bytes(std::move(other_bytes));
    IssuerKeys stranger(house.database(), other_kek, house.addresses, house.clock, crypto::KeyType::ed25519);

    auto const opened = active(house, stranger);

    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == "sealed-key");
}
