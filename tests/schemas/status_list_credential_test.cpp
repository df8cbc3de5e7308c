#include "schemas/status_list_credential.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/support/shared.hpp"

using namespace itqan;
using namespace itqan::schemas;

namespace {

StatusListFields sample() {
    StatusListFields fields;
    fields.id = "https://badges.example/status/nakhla-1";
    fields.issuer = "did:web:badges.example:issuers:nakhla";
    fields.valid_from = *Instant::parse("2026-11-24T12:00:00Z");
    fields.encoded_list = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA";
    return fields;
}

std::string refusals(Json const& document) {
    auto const fields = read_status_list(document);
    if (fields) return "accepted";
    std::string out;
    for (auto const& violation : fields.error().violations)
        out += (out.empty() ? "" : ", ") + violation.pointer;
    return out;
}

}  // namespace

TEST_SUITE("status list credential") {
    TEST_CASE("a list is written in the shape of Bitstring Status List 1.0") {
        auto const document = to_json(sample());

        CHECK(
            canonical_json(document) ==
            R"({"@context":["https://www.w3.org/ns/credentials/v2"],"credentialSubject":{"encodedList":")" +
                sample().encoded_list +
                R"(","id":"https://badges.example/status/nakhla-1#list","statusPurpose":"revocation","ttl":300000,"type":"BitstringStatusList"},)"
                R"("id":"https://badges.example/status/nakhla-1","issuer":"did:web:badges.example:issuers:nakhla",)"
                R"("type":["VerifiableCredential","BitstringStatusListCredential"],"validFrom":"2026-11-24T12:00:00Z"})");
    }

    TEST_CASE("a list reads back as it was written") {
        auto fields = sample();
        fields.valid_until = *Instant::parse("2026-12-24T12:00:00Z");
        fields.ttl_milliseconds = std::nullopt;
        fields.purpose = "suspension";

        auto const back = read_status_list(to_json(fields));

        REQUIRE(back);
        CHECK(canonical_json(to_json(*back)) == canonical_json(to_json(fields)));
        CHECK_FALSE(back->ttl_milliseconds);
    }

    TEST_CASE("the validator's list is read") {
        auto const shared = tests::shared_dir();
        if (!shared) {
            MESSAGE("shared data is absent");
            return;
        }
        auto const document = parse_json(tests::read_file(*shared / "vectors/validator/ob30/bit-string-list/testlist"),
                                         json_limits::credential);
        REQUIRE(document);

        auto const fields = read_status_list(*document);

        REQUIRE(fields);
        CHECK(fields->purpose == "revocation");
        CHECK(fields->encoded_list.starts_with("u"));
        CHECK_FALSE(fields->issuer.empty());
    }

    TEST_CASE("what is missing or misshapen is named") {
        auto const good = to_json(sample());
        auto const with = [&good](char const* pointer, Json value) {
            auto document = good;
            document[Json::json_pointer(pointer)] = std::move(value);
            return refusals(document);
        };
        CHECK(refusals(Json::array()) == "");
        CHECK(with("/type", Json::array({"VerifiableCredential"})) == "/type");
        CHECK(with("/issuer", 7) == "/issuer");
        CHECK(with("/issuer", Json::object()) == "/issuer/id");
        CHECK(with("/validFrom", "today") == "/validFrom");
        CHECK(with("/credentialSubject", Json::array()) == "/credentialSubject");
        CHECK(with("/credentialSubject/type", "Other") == "/credentialSubject/type");
        CHECK(with("/credentialSubject/statusPurpose", "") == "/credentialSubject/statusPurpose");
        CHECK(with("/credentialSubject/encodedList", Json()) == "/credentialSubject/encodedList");
        CHECK(with("/credentialSubject/ttl", "300000") == "/credentialSubject/ttl");
        CHECK(with("/credentialSubject/ttl", -1) == "/credentialSubject/ttl");
        CHECK(with("/issuer", {{"id", "did:example:1"}}) == "accepted");
    }
}
