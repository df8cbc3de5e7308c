// What was read of a document is kept with it; whose keys count and what time it is are asked anew.

#include <doctest/doctest.h>

#include "crypto/data_integrity.hpp"
#include "crypto/status_list.hpp"
#include "schemas/status_list_credential.hpp"
#include "service/domain/verification_reading.hpp"
#include "tests/service/verification/verification_house.hpp"

using namespace itqan;
using namespace itqan::domain;
using namespace itqan::tests;

namespace {

/// An issuer with two keys: "1" signs its list, "2" its badges.
struct TwoKeys {
    TestIssuer issuer{"nakhla"}, second{"nakhla"};

    std::string did_document(bool lists_first) const {
        std::vector<crypto::ListedKey> keys{{"2", second.signer().public_key()}};
        if (lists_first) keys.push_back({"1", issuer.signer().public_key()});
        return crypto::did_document(issuer.did(), {}, keys).dump();
    }
    std::string badge() const { return embed(issuer.badge(), second, issuer.did() + "#2").dump(); }
};

Json unsigned_list(TestIssuer const& issuer, std::initializer_list<std::uint64_t> set = {}) {
    crypto::StatusList bits;
    for (auto const position : set)
        bits.set(position);
    schemas::StatusListFields fields;
    fields.id = issuer.list_address();
    fields.issuer = issuer.did();
    fields.valid_from = at("2026-11-01T00:00:00Z");
    fields.encoded_list = bits.encode();
    return schemas::to_json(fields);
}

void keep(Verifier& verifier, std::string const& address, std::string body) {
    verifier.knows(address, std::move(body));
    verifier.documents.at(address).reading = new_reading();
}

}  // namespace

TEST_CASE("a kept status list stops to count when its key is no longer listed") {
    TwoKeys const house;
    for (auto const& list : {house.issuer.status_list(),
                             embed(unsigned_list(house.issuer), house.issuer, house.issuer.did() + "#1").dump()}) {
        Verifier verifier;
        keep(verifier, house.issuer.list_address(), list);
        auto const code_with = [&](bool lists_first) {
            keep(verifier, house.issuer.did(), house.did_document(lists_first));
            return code_of(verifier.verify(house.badge()), "status");
        };

        CHECK(code_with(false) == "status.unproven-list");
        CHECK(code_with(true) == "status.in-force");
        CHECK(code_with(true) == "status.in-force");
        CHECK(code_with(false) == "status.unproven-list");
        CHECK(code_with(true) == "status.in-force");
    }
}

TEST_CASE("a kept status list stops to count when its method has another key") {
    TwoKeys const house;
    TestIssuer const other("nakhla");
    Verifier verifier;
    keep(verifier, house.issuer.list_address(),
         embed(unsigned_list(house.issuer), house.issuer, house.issuer.did() + "#1").dump());
    keep(verifier, house.issuer.did(), house.did_document(true));
    REQUIRE(code_of(verifier.verify(house.badge()), "status") == "status.in-force");
    keep(verifier, house.issuer.did(),
         crypto::did_document(house.issuer.did(), {},
                              {{"2", house.second.signer().public_key()}, {"1", other.signer().public_key()}})
             .dump());

    CHECK(code_of(verifier.verify(house.badge()), "status") == "status.unproven-list");
}

TEST_CASE("a kept status list of one issuer says nothing for another") {
    TestIssuer const issuer("nakhla"), thief("sidra");
    Verifier verifier;
    verifier.knows(thief);
    keep(verifier, issuer.did(), issuer.did_document().dump());
    keep(verifier, issuer.list_address(), issuer.status_list());
    auto stolen = thief.badge();
    stolen["credentialStatus"] = issuer.badge().at("credentialStatus");
    REQUIRE(code_of(verifier.verify(issuer.sign(issuer.badge())), "status") == "status.in-force");

    CHECK(code_of(verifier.verify(thief.sign(stolen)), "status") == "status.foreign-list");
}

TEST_CASE("a kept key runs out at its hour and counts again before it") {
    TestIssuer const issuer("nakhla");
    Verifier verifier;
    keep(verifier, issuer.list_address(), issuer.status_list());
    keep(verifier, issuer.did(),
         crypto::did_document(
             issuer.did(), {},
             {{"1", issuer.signer().public_key(), issuer.kid(), std::nullopt, at("2027-01-01T00:00:00Z")}})
             .dump());
    auto const text = issuer.sign(issuer.badge());
    auto const code_at = [&](char const* moment) {
        verifier.now = at(moment);
        return code_of(verifier.verify(text), "issuer-binding");
    };

    CHECK(code_at("2026-12-31T23:59:59Z") == "issuer-binding.listed");
    CHECK(code_at("2027-01-01T00:00:00Z") == "issuer-binding.key-expired");
    CHECK(code_at("2027-06-01T00:00:00Z") == "issuer-binding.key-expired");
    CHECK(code_at("2026-12-01T00:00:00Z") == "issuer-binding.listed");
}

TEST_CASE("the proof of a kept status list runs out at its hour") {
    TestIssuer const issuer("nakhla");
    crypto::ProofOptions options;
    options.verification_method = issuer.did() + "#1";
    options.created = at("2026-11-01T00:00:00Z");
    options.expires = at("2027-01-01T00:00:00Z");
    auto const list = crypto::add_proof(unsigned_list(issuer), options, issuer.signer(), canonicalizer());
    REQUIRE(list);
    Verifier verifier;
    keep(verifier, issuer.did(), issuer.did_document().dump());
    keep(verifier, issuer.list_address(), list->dump());
    auto const text = issuer.sign(issuer.badge());
    auto const code_at = [&](char const* moment) {
        verifier.now = at(moment);
        return code_of(verifier.verify(text), "status");
    };

    CHECK(code_at("2026-12-01T00:00:00Z") == "status.in-force");
    CHECK(code_at("2027-02-01T00:00:00Z") == "status.unproven-list");
    CHECK(code_at("2026-12-01T00:00:00Z") == "status.in-force");
}

TEST_CASE("what was read is the same for everybody who is handed the document") {
    TestIssuer const issuer("nakhla");
    DocumentReading reading;
    auto const text = issuer.did_document().dump();
    auto const list = issuer.status_list({7});

    auto const first = reading.keys(text, issuer.did(), at("2026-12-01T00:00:00Z"));
    auto const second = reading.keys(text, issuer.did(), at("2026-12-02T00:00:00Z"));
    auto const other = reading.keys(text, "did:web:other.example", at("2026-12-02T00:00:00Z"));

    REQUIRE(first);
    REQUIRE(second);
    CHECK(*first == *second);
    CHECK_FALSE(other);
    CHECK(reading.status(list) == reading.status(list));
    CHECK(reading.status(list)->bits->get(7));
}
