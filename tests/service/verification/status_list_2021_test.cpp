// Status List 2021, the forerunner of Bitstring Status List: entries and lists of others.

#include <doctest/doctest.h>

#include "crypto/status_list.hpp"
#include "tests/service/verification/verification_house.hpp"

using namespace itqan;
using namespace itqan::domain;
using namespace itqan::tests;

namespace {

/// The list of the report's own example: 131 072 positions, none set.
constexpr char const* published_empty = "H4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA";

struct OlderStatusHouse {
    TestIssuer issuer{"nakhla"};
    Verifier verifier;
    Json entry{{"id", "https://badges.example/status/2021#94567"},
               {"type", "StatusList2021Entry"},
               {"statusPurpose", "revocation"},
               {"statusListIndex", "94567"},
               {"statusListCredential", "https://badges.example/status/2021"}};
    Json list{{"@context",
               Json::array({"https://www.w3.org/2018/credentials/v1", "https://w3id.org/vc/status-list/2021/v1"})},
              {"id", "https://badges.example/status/2021"},
              {"type", Json::array({"VerifiableCredential", "StatusList2021Credential"})},
              {"issuer", issuer.did()},
              {"issuanceDate", "2026-11-01T00:00:00Z"},
              {"credentialSubject",
               {{"id", "https://badges.example/status/2021#list"},
                {"type", "StatusList2021"},
                {"statusPurpose", "revocation"},
                {"encodedList", published_empty}}}};

    OlderStatusHouse() { verifier.knows(issuer); }
    void set(std::initializer_list<std::uint64_t> positions) {
        crypto::StatusList bits;
        for (auto const position : positions)
            bits.set(position);
        list["credentialSubject"]["encodedList"] = bits.encode().substr(1);
    }
    std::string status() {
        auto proven = list;
        proven["@context"].push_back("https://w3id.org/security/data-integrity/v2");
        verifier.knows("https://badges.example/status/2021", embed(proven, issuer, issuer.did() + "#1").dump());
        auto badge = issuer.badge();
        badge["credentialStatus"] = entry;
        auto const report = verifier.verify(issuer.sign(badge));
        return code_of(report, "status") + " " + std::string(verdict_name(report.verdict));
    }
};

}  // namespace

TEST_CASE("a list of 2021 withdraws and holds like those that came after it") {
    OlderStatusHouse house;
    CHECK(house.status() == "status.in-force valid");
    house.set({94566, 94568});
    CHECK(house.status() == "status.in-force valid");
    house.set({94567});
    CHECK(house.status() == "status.revoked invalid");
    house.entry["statusPurpose"] = "suspension";
    CHECK(house.status() == "status.purpose invalid");
    house.list["credentialSubject"]["statusPurpose"] = "suspension";
    CHECK(house.status() == "status.suspended invalid");
}

TEST_CASE("both alphabets of base64 are read, with padding and without") {
    OlderStatusHouse house;
    house.set({94567, 5});
    auto& encoded = house.list["credentialSubject"]["encodedList"];
    auto text = encoded.get<std::string>();
    std::replace(text.begin(), text.end(), '-', '+');
    std::replace(text.begin(), text.end(), '_', '/');
    encoded = text + std::string((4 - text.size() % 4) % 4, '=');
    CHECK(house.status() == "status.revoked invalid");
    encoded = "u" + text;
    CHECK(house.status() == "status.STATUS_LIST_ENCODING_ERROR invalid");
}

TEST_CASE("a list of 2021 that is broken, foreign, too short or of another edition says nothing good") {
    OlderStatusHouse house;
    house.list["credentialSubject"]["encodedList"] = "AAAA";
    CHECK(house.status() == "status.STATUS_LIST_ENCODING_ERROR invalid");
    house.set({});
    house.entry["statusListIndex"] = "131072";
    CHECK(house.status() == "status.RANGE_ERROR invalid");
    house.entry["statusListIndex"] = "94567";
    house.entry["statusPurpose"] = "message";
    CHECK(house.status() == "status.unknown-kind unchecked");
    house.entry["statusPurpose"] = "revocation";
    house.entry["type"] = "BitstringStatusListEntry";
    CHECK(house.status() == "status.other-edition invalid");
    house.entry["type"] = "StatusList2021Entry";
    house.list["issuer"] = "did:web:evil.example";
    CHECK(house.status() == "status.foreign-list unchecked");
    house.list["issuer"] = house.issuer.did();
    house.list["credentialSubject"].erase("statusPurpose");
    CHECK(house.status() == "status.status-list-shape invalid");
}
