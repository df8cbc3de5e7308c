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
