// The profile that gives credentials a place in a status list, and what verifying makes of status entries.

#include "tests/service/vc_api/vc_api_house.hpp"

#include <doctest/doctest.h>

#include "crypto/status_list.hpp"
#include "storage/catalog.hpp"
#include "storage/credentials.hpp"

using namespace itqan;
using tests::common_house;
using tests::credential_2;

namespace {

Json subject_with_id() {
    auto credential = credential_2();
    credential["id"] = "urn:uuid:66876a40-6f57-4ab7-9ff7-7dca2356aa18";
    return credential;
}

std::string list_id_of(Json const& credential) {
    auto const address = credential.at("credentialStatus").at("statusListCredential").get<std::string>();
    return address.substr(address.rfind('/') + 1);
}

/// A badge of the programme, as it was signed first and as a token in an envelope.
struct Badge {
    explicit Badge(tests::StarterHouse& house) {
        auto const programme = house.database().read([&](storage::Session& s) { return house.programmes.current(s); });
        auto const row = house.issuance.award(Actor{}, *programme, {"ach-01", "lrn-001", std::nullopt, std::nullopt});
        if (!row) throw std::runtime_error("not awarded: " + row.error().detail);
        id = row->id;
        document = Json::parse(
            house.database()
                .read([&](storage::Session& s) { return storage::first_document(s, row->id, row->edition); })
                ->body);
        auto const token = house.issuance.document(row->id, domain::ProofForm::jwt);
        if (!token) throw std::runtime_error("no token: " + token.error().detail);
        envelope = {{"@context", "https://www.w3.org/ns/credentials/v2"},
                    {"type", "EnvelopedVerifiableCredential"},
                    {"id", "data:application/vc+jwt," + token->body}};
    }

    std::string id;
    Json document, envelope;
};

/// What GET /status/ID answers.
Json served(tests::StarterHouse& house, std::string const& list_id) {
    auto const programme = house.database().read([&](storage::Session& s) { return house.programmes.current(s); });
    auto const list = house.status.serve(list_id, *programme);
    if (!list) throw std::runtime_error(list.error().detail);
    return Json::parse((*list)->text);
}

}  // namespace

TEST_CASE("conformance 20: the issuer adds a status entry and leaves the rest as it was sent") {
    auto const sent = subject_with_id();

    auto const issued = common_house().issued("bitstring", sent);

    CHECK(issued.at("type") == sent.at("type"));
    CHECK(issued.at("credentialSubject") == sent.at("credentialSubject"));
    CHECK(issued.at("id") == sent.at("id"));
    auto const& entry = issued.at("credentialStatus");
    CHECK(entry.at("type") == "BitstringStatusListEntry");
    CHECK(entry.at("statusPurpose") == "revocation");
    auto const index = entry.at("statusListIndex").get<std::string>();
    CHECK(index.find_first_not_of("0123456789") == std::string::npos);
    auto const list = entry.at("statusListCredential").get<std::string>();
    CHECK(list.starts_with("https://badges.example/status/"));
    CHECK(entry.at("id") == list + "#" + index);
    auto const verified = common_house().verify(issued);
    CHECK_MESSAGE(verified.status == 200, verified.body.dump());
    CHECK(verified.body.at("warnings").empty());
    auto const again = common_house().issued("bitstring", sent);
    CHECK(again.at("credentialStatus").at("statusListIndex") != index);
}

TEST_CASE("conformance 20: under VC 1.1 the terms of status lists are appended") {
    auto const issued = common_house().issued("bitstring", tests::credential_1());

    auto const& context = issued.at("@context");
    CHECK(std::count(context.begin(), context.end(), "https://www.w3.org/ns/credentials/status/v1") == 1);
    CHECK(issued.at("credentialStatus").at("type") == "BitstringStatusListEntry");
    auto const verified = common_house().verify(issued);
    CHECK_MESSAGE(verified.status == 200, verified.body.dump());
    CHECK(verified.body.at("warnings").empty());
}

TEST_CASE("conformance 20: the list is a credential of the same did:key that verifies") {
    auto const issued = common_house().issued("bitstring", subject_with_id());

    auto const list = served(common_house().house, list_id_of(issued));

    CHECK(list.at("id") == issued.at("credentialStatus").at("statusListCredential"));
    CHECK(list.at("issuer") == common_house().did("bitstring"));
    CHECK(domain::is_of_type(list, "BitstringStatusListCredential"));
    auto const& subject = list.at("credentialSubject");
    CHECK(subject.at("type") == "BitstringStatusList");
    CHECK(subject.at("statusPurpose") == "revocation");
    CHECK(list.at("proof").at("cryptosuite") == "eddsa-rdfc-2022");
    auto const verified = common_house().verify(list, {{"checks", {"proof", "issuer-binding"}}});
    CHECK_MESSAGE(verified.status == 200, verified.body.dump());
}

TEST_CASE("conformance 21: an undefined member beside the status is refused") {
    auto credential = subject_with_id();
    credential["statusEntry"] = {{"type", "BitstringStatusListEntry"},
                                 {"statusListIndex", true},
                                 {"statusListCredential", "https://example.com"}};

    auto const replied = common_house().issue("bitstring", credential);

    CHECK(replied.status == 400);
    CHECK(replied.code() == "json-ld-undefined-term");
    CHECK(replied.pointers() == "/credential/statusEntry");
    credential.erase("statusEntry");
    credential["credentialStatus"] = {{"id", "https://example.com/status/3#94567"},
                                      {"type", "BitstringStatusListEntry"}};
    CHECK(common_house().issue("bitstring", credential).code() == "status-given");
}

TEST_CASE("conformance 22: the list has 131072 bits or more, and entries name no size") {
    auto const issued = common_house().issued("bitstring", subject_with_id());
    CHECK_FALSE(issued.at("credentialStatus").contains("statusSize"));
    CHECK_FALSE(issued.at("credentialStatus").contains("statusMessage"));

    auto const list = served(common_house().house, list_id_of(issued));

    auto const encoded = list.at("credentialSubject").at("encodedList").get<std::string>();
    CHECK(encoded.starts_with("u"));
    auto const bits = crypto::StatusList::decode(encoded);
    REQUIRE(bits);
    CHECK(bits->size() >= 131'072);
}

TEST_CASE("a credential whose bit is set is refused, also where only its proof was asked for") {
    tests::VcApiHouse house;
    auto const issued = house.issued("bitstring", subject_with_id());
    auto const index = std::stoll(issued.at("credentialStatus").at("statusListIndex").get<std::string>());
    CHECK(house.verify(issued).status == 200);

    house.house.database().write([&](storage::Session& session) {
        storage::set_status_bit(session, list_id_of(issued), index, house.house.clock.now);
        storage::bump_change(session, "status");
    });

    CHECK(house.verify(issued).code() == "status-revoked");
    CHECK(house.verify(issued).pointers() == "/verifiableCredential/credentialStatus");
    auto const bits = crypto::StatusList::decode(
        served(house.house, list_id_of(issued)).at("credentialSubject").at("encodedList").get<std::string>());
    CHECK(bits->get(static_cast<std::uint64_t>(index)));
}

TEST_CASE("entries of our lists must exist, those of others are a warning") {
    auto const issued = common_house().issued("bitstring", subject_with_id());
    auto const with_entry = [&](char const* member, Json const& value) {
        auto credential = credential_2();
        credential["credentialStatus"] = issued.at("credentialStatus");
        credential["credentialStatus"][member] = value;
        credential["credentialStatus"].erase("id");
        return common_house().verify(tests::signed_by_stranger(credential, {}, crypto::KeyType::ed25519));
    };

    CHECK(with_entry("statusListIndex", "131072").code() == "status-list");
    CHECK(with_entry("statusPurpose", "suspension").code() == "status-list");
    CHECK(with_entry("statusListIndex", "-1").status == 400);
    CHECK(with_entry("statusListCredential", "https://badges.example/status/none").code() == "status-list");
    auto const foreign = with_entry("statusListCredential", "https://elsewhere.example/status/1");
    CHECK(foreign.status == 200);
    CHECK(foreign.body.at("warnings").at(0).at("pointer") == "/verifiableCredential/credentialStatus");
    CHECK(foreign.body.at("warnings").at(0).at("detail").get<std::string>().find("unchecked") != std::string::npos);
}

TEST_CASE("a credential has at most 8 status entries") {
    auto const with_entries = [](int count) {
        auto credential = credential_2();
        for (int i = 0; i < count; ++i)
            credential["credentialStatus"].push_back({{"type", "BitstringStatusListEntry"},
                                                      {"statusPurpose", "revocation"},
                                                      {"statusListIndex", std::to_string(i)},
                                                      {"statusListCredential", "https://elsewhere.example/status/1"}});
        return common_house().verify(tests::signed_by_stranger(credential, {}, crypto::KeyType::ed25519));
    };

    auto const most = with_entries(8);
    CHECK_MESSAGE(most.status == 200, most.body.dump());
    CHECK(std::count_if(most.body.at("warnings").begin(), most.body.at("warnings").end(), [](Json const& warning) {
              return warning.at("pointer").get<std::string>().starts_with("/verifiableCredential/credentialStatus/");
          }) == 8);
    auto const more = with_entries(9);
    CHECK(more.status == 400);
    CHECK(more.code() == "too-many-status-entries");
    CHECK(more.pointers() == "/verifiableCredential/credentialStatus");
}

TEST_CASE("a badge of ours that is on hold is refused, which no bit says, and so is one that was withdrawn") {
    tests::VcApiHouse house;
    Badge const badge(house.house);
    auto const check_refused = [&](std::string const& code) {
        for (auto const& [document, pointer] : {std::pair(badge.document, "/verifiableCredential/id"),
                                                std::pair(badge.envelope, "/verifiableCredential/id/id")}) {
            auto const replied = house.verify(document);
            CHECK(replied.status == 400);
            CHECK_MESSAGE(replied.code() == code, replied.body.dump());
            CHECK(replied.pointers() == pointer);
        }
    };
    auto const check_accepted = [&] {
        for (auto const& document : {badge.document, badge.envelope}) {
            auto const replied = house.verify(document);
            CHECK_MESSAGE(replied.status == 200, replied.body.dump());
            CHECK(replied.passed("status"));
            CHECK(replied.passed("issuer-binding"));
        }
    };
    check_accepted();

    REQUIRE(house.house.claims.suspend(Actor{}, badge.id, std::nullopt));
    check_refused("status-suspended");
    REQUIRE(house.house.claims.reinstate(Actor{}, badge.id, std::nullopt));
    check_accepted();
    REQUIRE(house.house.claims.revoke(Actor{}, badge.id, "issued-in-error", std::nullopt));
    check_refused("status-revoked");
}

TEST_CASE("our state of a badge counts without a status entry, and ids of ours that name none do not") {
    tests::VcApiHouse house;
    Badge const badge(house.house);
    auto credential = credential_2();
    auto const judged = [&](Json const& id) {
        credential["id"] = id;
        return house.verify(tests::signed_by_stranger(credential, {}, crypto::KeyType::ed25519));
    };
    CHECK(judged(badge.document.at("id")).status == 200);

    REQUIRE(house.house.claims.revoke(Actor{}, badge.id, "issued-in-error", std::nullopt));

    CHECK(judged(badge.document.at("id")).code() == "status-revoked");
    CHECK(judged("https://badges.example/credentials/00000000-0000-4000-8000-000000000000").status == 200);
    CHECK(judged("https://badges.example.org/credentials/" + badge.id).status == 200);
    CHECK(judged("https://badges.example/").status == 200);
}

TEST_CASE("a list of ours says nothing good of credentials of other issuers") {
    tests::VcApiHouse house;
    Badge const badge(house.house);
    auto const issued = house.issued("bitstring", subject_with_id());
    for (auto const& entry : {issued.at("credentialStatus"), badge.document.at("credentialStatus")}) {
        auto credential = credential_2();
        credential["credentialStatus"] = entry;
        auto const replied = house.verify(tests::signed_by_stranger(credential, {}, crypto::KeyType::ed25519));

        CHECK_MESSAGE(replied.status == 200, replied.body.dump());
        CHECK_FALSE(replied.passed("status"));
        REQUIRE(replied.body.at("warnings").size() == 1);
        auto const& warning = replied.body.at("warnings").at(0);
        CHECK(warning.at("pointer") == "/verifiableCredential/credentialStatus");
        CHECK(warning.at("detail").get<std::string>().find("list of another issuer") != std::string::npos);
    }
    CHECK(house.verify(issued).passed("status"));
    auto two = credential_2();
    two["issuer"] = house.did("bitstring");
    two["credentialStatus"] = {issued.at("credentialStatus"), badge.document.at("credentialStatus")};
    auto const mixed = house.verify(tests::signed_by_stranger(two, {}, crypto::KeyType::ed25519));
    CHECK_MESSAGE(mixed.status == 200, mixed.body.dump());
    CHECK_FALSE(mixed.passed("status"));
}
