#include "schemas/verifiable_credential.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "schemas/verifiable_credential_forms.hpp"
#include "tests/support/shared.hpp"

using namespace itqan;
using namespace itqan::schemas;

namespace {

constexpr char const* v2_url = "https://www.w3.org/ns/credentials/v2";
constexpr char const* v1_url = "https://www.w3.org/2018/credentials/v1";
constexpr char const* token = "eyJhbGciOiJFZERTQSJ9.e30.c2ln";

Json credential() {
    return {{"@context", Json::array({v2_url})},
            {"type", Json::array({"VerifiableCredential"})},
            {"issuer", "did:web:badges.example"},
            {"credentialSubject", {{"id", "urn:uuid:1"}}}};
}

Json older_credential() {
    auto document = credential();
    document["@context"] = Json::array({v1_url});
    document["issuanceDate"] = "2026-11-27T12:00:00Z";
    return document;
}

Json presentation() {
    return {{"@context", Json::array({v2_url})},
            {"type", Json::array({"VerifiablePresentation"})},
            {"verifiableCredential", Json::array({credential()})}};
}

Json envelope(char const* type, std::string const& id) {
    return {{"@context", v2_url}, {"type", type}, {"id", id}};
}

std::string pointers_of(std::vector<Violation> const& violations) {
    std::string out;
    for (auto const& violation : violations) {
        CHECK_FALSE(violation.detail.empty());
        out += (out.empty() ? "" : ", ") + (violation.pointer.empty() ? "root" : violation.pointer);
    }
    return out;
}

std::string credential_pointers(Json const& document) {
    return pointers_of(check_verifiable_credential(document));
}
std::string presentation_pointers(Json const& document) {
    return pointers_of(check_verifiable_presentation(document));
}

Json with(Json document, char const* pointer, Json value) {
    document[Json::json_pointer(pointer)] = std::move(value);
    return document;
}

Json without(Json document, char const* name) {
    document.erase(name);
    return document;
}

struct Case {
    char const* at;
    Json value;
    char const* reported;  ///< "" where the value is a good one.
};

}  // namespace

TEST_SUITE("verifiable credential") {
    TEST_CASE("the least of a credential breaks no rule") {
        CHECK(credential_pointers(credential()) == "");
        CHECK(credential_pointers(older_credential()) == "");
        CHECK(presentation_pointers(presentation()) == "");
        CHECK(presentation_pointers(without(presentation(), "verifiableCredential")) == "");
    }

    TEST_CASE("what is no object is refused as a whole") {
        for (auto const& document : {Json(), Json("x"), Json(7), Json::array({credential()})}) {
            CHECK(credential_pointers(document) == "root");
            CHECK(presentation_pointers(document) == "root");
        }
        CHECK(credential_pointers(Json::object()) == "/@context, /type, /issuer, /credentialSubject");
    }

    TEST_CASE("the first context tells the edition and no other will do") {
        CHECK(data_model_of(credential()) == DataModel::v2_0);
        CHECK(data_model_of(older_credential()) == DataModel::v1_1);
        CHECK_FALSE(data_model_of(Json("x")));
        CHECK_FALSE(data_model_of(with(credential(), "/@context", Json::array())));
        CHECK_FALSE(data_model_of(with(credential(), "/@context", Json::array({"https://badges.example/v2"}))));

        CHECK(credential_pointers(without(credential(), "@context")) == "/@context");
        CHECK(credential_pointers(with(credential(), "/@context", v2_url)) == "/@context");
        CHECK(credential_pointers(with(credential(), "/@context", Json::array())) == "/@context");
        CHECK(credential_pointers(with(credential(), "/@context", Json::array({"https://a.example", v2_url}))) ==
              "/@context/0");
        CHECK(credential_pointers(
                  with(credential(), "/@context", Json::array({v2_url, Json::object(), "https://a.example/c"}))) == "");
        for (auto const& other : {Json(123192875), Json(), Json("https ://a.example"), Json("c"), Json::array()}) {
            CHECK(credential_pointers(with(credential(), "/@context", Json::array({v2_url, other}))) == "/@context/1");
        }
    }

    TEST_CASE("a credential is refused for each member that is wrong") {
        Case const cases[] = {
            {"/id", "https://badges.example/1", ""},
            {"/id", nullptr, "/id"},
            {"/id", Json::array({"urn:a:1"}), "/id"},
            {"/id", "https ://badges.example", "/id"},
            {"/id", "badges", "/id"},
            {"/type", "VerifiableCredential", ""},
            {"/type", Json::array({"https://badges.example/t", "VerifiableCredential"}), ""},
            {"/type", "Badge", "/type"},
            {"/type", Json::array(), "/type"},
            {"/type", nullptr, "/type"},
            {"/type", Json::array({"VerifiableCredential", 2}), "/type"},
            {"/type", Json::array({"VerifiableCredential", ""}), "/type"},
            {"/issuer", {{"id", "did:a:b"}}, ""},
            {"/issuer", {{"id", "did:a:b"}, {"name", "x"}}, ""},
            {"/issuer", nullptr, "/issuer"},
            {"/issuer", "fake-issuer", "/issuer"},
            {"/issuer", Json::array({"did:a:b"}), "/issuer"},
            {"/issuer", {{"name", "x"}}, "/issuer/id"},
            {"/issuer", {{"id", nullptr}}, "/issuer/id"},
            {"/issuer", {{"id", "fake-issuer"}}, "/issuer/id"},
            {"/issuer", {{"id", "did:a:b"}, {"name", 7}}, "/issuer/name"},
            {"/credentialSubject", Json::array({{{"name", "x"}}, {{"id", "urn:a:1"}}}), ""},
            {"/credentialSubject", nullptr, "/credentialSubject"},
            {"/credentialSubject", "urn:a:1", "/credentialSubject"},
            {"/credentialSubject", Json::object(), "/credentialSubject"},
            {"/credentialSubject", Json::array(), "/credentialSubject"},
            {"/credentialSubject", Json::array({{{"id", "urn:a:1"}}, Json::object()}), "/credentialSubject/1"},
            {"/credentialSubject/id", Json::array({"urn:a:1", "urn:a:2"}), "/credentialSubject/id"},
            {"/credentialSubject/id", "somebody", "/credentialSubject/id"},
            {"/credentialStatus", {{"type", "T"}}, ""},
            {"/credentialStatus", {{"type", "T"}, {"id", "urn:a:1"}}, ""},
            {"/credentialStatus", {{"id", "urn:a:1"}}, "/credentialStatus/type"},
            {"/credentialStatus", {{"type", 2}}, "/credentialStatus/type"},
            {"/credentialStatus", {{"type", "T"}, {"id", Json::array({"urn:a:1"})}}, "/credentialStatus/id"},
            {"/credentialStatus", {{"type", "T"}, {"id", "https ://a.example"}}, "/credentialStatus/id"},
            {"/credentialStatus", Json::array({{{"type", "T"}}, Json::object()}), "/credentialStatus/1/type"},
            {"/credentialSchema", {{"type", "T"}, {"id", "urn:a:1"}}, ""},
            {"/credentialSchema", {{"type", "T"}}, "/credentialSchema/id"},
            {"/credentialSchema", {{"type", "T"}, {"id", "https ://a.example"}}, "/credentialSchema/id"},
            {"/credentialSchema", {{"id", "urn:a:1"}}, "/credentialSchema/type"},
            {"/credentialSchema", "urn:a:1", "/credentialSchema"},
            {"/refreshService", {{"type", Json::array({"T", "U"})}}, ""},
            {"/refreshService", {{"id", "urn:a:1"}}, "/refreshService/type"},
            {"/termsOfUse", Json::array({{{"type", "T"}}, {{"type", "T"}}}), ""},
            {"/termsOfUse", Json::object(), "/termsOfUse/type"},
            {"/termsOfUse", {{"id", "urn:a:1"}}, "/termsOfUse/type"},
            {"/evidence", {{"type", "T"}}, ""},
            {"/evidence", Json::object(), "/evidence/type"},
            {"/evidence", Json::array(), "/evidence"},
            {"/evidence", nullptr, "/evidence"}};

        for (auto const& [at, value, reported] : cases) {
            CAPTURE(at);
            CAPTURE(value.dump());
            CHECK(credential_pointers(with(credential(), at, value)) == reported);
        }
        CHECK(credential_pointers(without(credential(), "issuer")) == "/issuer");
        CHECK(credential_pointers(without(credential(), "type")) == "/type");
        CHECK(credential_pointers(without(credential(), "credentialSubject")) == "/credentialSubject");
    }

    TEST_CASE("a time is an XSD dateTimeStamp") {
        for (auto const* good : {"2023-02-26T01:02:58.447Z", "2023-02-25T19:10:39-06:00", "4023-01-01T00:00:00Z",
                                 "2024-02-29T23:59:59.123456789+14:00"}) {
            CAPTURE(good);
            CHECK(credential_pointers(with(credential(), "/validFrom", good)) == "");
            CHECK(read_date_time_stamp(good));
        }
        for (auto const* bad : {"", "2023-02-26", "2023-02-26T01:02:58", "2023-02-26 01:02:58Z", "2023-02-26t01:02:58Z",
                                "2023-02-26T01:02:58z", "2023-02-29T00:00:00Z", "2023-02-26T24:00:00Z",
                                "2023-02-26T23:59:60Z", "2023-02-26T01:02:58+14:01", "2023-02-26T01:02:58-15:00",
                                "2023-02-26T01:02:58+0600", "2023-02-26T01:02:58.Z", "12023-02-26T01:02:58Z",
                                "Sat 25 Feb 2023 07:16:31 PM CST", "Sun, 26 Feb 2023 01:22:14 +0000"}) {
            CAPTURE(bad);
            CHECK(credential_pointers(with(credential(), "/validFrom", bad)) == "/validFrom");
            CHECK(credential_pointers(with(credential(), "/validUntil", bad)) == "/validUntil");
        }
        CHECK(credential_pointers(with(credential(), "/validFrom", 1700000000)) == "/validFrom");
        CHECK(credential_pointers(with(credential(), "/validFrom", nullptr)) == "/validFrom");
    }

    TEST_CASE("nothing ends before it begins, whatever the offset") {
        auto const ending = [](char const* until) {
            return credential_pointers(
                with(with(credential(), "/validFrom", "2023-02-26T01:21:23Z"), "/validUntil", until));
        };

        CHECK(ending("2023-02-26T01:21:23Z") == "");
        CHECK(ending("2023-02-25T19:21:29-06:00") == "");
        CHECK(ending("2023-02-26T03:21:22+02:00") == "/validUntil");
        CHECK(ending("2023-02-26T01:21:22.999Z") == "/validUntil");
    }

    TEST_CASE("names and descriptions are language values") {
        Json const good[] = {"x",
                             {{"@value", "x"}},
                             {{"@value", "x"}, {"@language", "en"}},
                             {{"@value", "x"}, {"@language", "ar"}, {"@direction", "rtl"}},
                             Json::array({{{"@value", "x"}}, {{"@value", "y"}, {"@language", "fr"}}})};
        for (auto const& value : good) {
            CAPTURE(value.dump());
            auto const issuer = Json{{"id", "did:a:b"}, {"name", value}, {"description", value}};
            CHECK(credential_pointers(with(with(credential(), "/name", value), "/description", value)) == "");
            CHECK(credential_pointers(with(credential(), "/issuer", issuer)) == "");
        }
        std::pair<Json, char const*> const bad[] = {
            {nullptr, ""},
            {7, ""},
            {Json::array(), ""},
            {Json::array({"x", 7}), "/1"},
            {Json::object(), "/@value"},
            {{{"@language", "en"}}, "/@value"},
            {{{"@value", 7}}, "/@value"},
            {{{"@value", "x"}, {"@language", 7}}, "/@language"},
            {{{"@value", "x"}, {"@direction", "up"}}, "/@direction"},
            {{{"@value", "x"}, {"@language", "en"}, {"url", "did:a:b"}}, "/url"},
            {{{"@value", "x"}, {"@type", "urn:a:b"}}, "/@type"}};
        for (auto const& [value, at] : bad) {
            CAPTURE(value.dump());
            for (auto const* member : {"/name", "/description", "/issuer/name", "/issuer/description"}) {
                auto const document = with(with(credential(), "/issuer", {{"id", "did:a:b"}}), member, value);
                CHECK(credential_pointers(document) == std::string(member) + at);
            }
        }
    }

    TEST_CASE("a related resource has one id and a digest") {
        std::string const sri = "sha256-WZVc7WaX1h4D8rJVb+vlMIqxaEKEb1tYbX8fet7JJzQ=";
        std::string const multibase = "uWZVc7WaX1h4D8rJVb-vlMIqxaEKEb1tYbX8fet7JJzQ";
        Json const resource{{"id", "urn:a:1"}, {"digestSRI", sri}};
        Json const other{{"id", "urn:a:2"}, {"digestMultibase", multibase}, {"mediaType", "text/plain"}};
        Case const cases[] = {
            {"", resource, ""},
            {"", Json::array({resource, other}), ""},
            {"", Json::array(), "/relatedResource"},
            {"", "urn:a:1", "/relatedResource"},
            {"", Json::array({"urn:a:1"}), "/relatedResource/0"},
            {"", Json::array({resource, resource}), "/relatedResource/1/id"},
            {"", {{"digestSRI", sri}}, "/relatedResource/id"},
            {"", {{"id", "one"}, {"digestSRI", sri}}, "/relatedResource/id"},
            {"", {{"id", "urn:a:1"}}, "/relatedResource"},
            {"", {{"id", "urn:a:1"}, {"digestSRI", multibase}}, "/relatedResource/digestSRI"},
            {"", {{"id", "urn:a:1"}, {"digestMultibase", sri}}, "/relatedResource/digestMultibase"},
            {"", {{"id", "urn:a:1"}, {"digestSRI", 7}}, "/relatedResource/digestSRI"},
            {"", {{"id", "urn:a:1"}, {"digestSRI", sri}, {"mediaType", 7}}, "/relatedResource/mediaType"}};

        for (auto const& [at, value, reported] : cases) {
            CAPTURE(value.dump());
            CHECK(credential_pointers(with(credential(), "/relatedResource", value)) == reported);
        }
    }

    TEST_CASE("a credential of 1.1 has its own dates and stricter references") {
        auto const older = older_credential();

        CHECK(credential_pointers(without(older, "issuanceDate")) == "/issuanceDate");
        CHECK(credential_pointers(with(older, "/issuanceDate", "yesterday")) == "/issuanceDate");
        CHECK(credential_pointers(with(older, "/expirationDate", "2026-11-27T11:59:59Z")) == "/expirationDate");
        CHECK(credential_pointers(with(older, "/expirationDate", "2027-11-27T11:59:59Z")) == "");
        CHECK(credential_pointers(with(older, "/name", 7)) == "");  // no member of 1.1
        for (auto const* member : {"/credentialStatus", "/credentialSchema", "/refreshService"}) {
            CHECK(credential_pointers(with(older, member, {{"type", "T"}})) == std::string(member) + "/id");
            CHECK(credential_pointers(with(older, member, {{"type", "T"}, {"id", "urn:a:1"}})) == "");
        }
        CHECK(credential_pointers(with(older, "/evidence", {{"type", "T"}})) == "");
    }

    TEST_CASE("a presentation is judged with all that it holds") {
        auto bad = credential();
        bad.erase("issuer");
        Case const cases[] = {
            {"/holder", "did:a:b", ""},
            {"/holder", {{"id", "did:a:b"}}, ""},
            {"/holder", nullptr, "/holder"},
            {"/holder", "somebody", "/holder"},
            {"/holder", {{"name", "x"}}, "/holder/id"},
            {"/holder", {{"id", 7}}, "/holder/id"},
            {"/id", "urn:uuid:1", ""},
            {"/id", Json::array({"urn:uuid:1"}), "/id"},
            {"/type", "VerifiablePresentation", ""},
            {"/type", "VerifiableCredential", "/type"},
            {"/@context", Json::array({Json::object(), v2_url}), "/@context/0"},
            {"/@context", Json::array({v2_url, 123192875}), "/@context/1"},
            {"/termsOfUse", Json::object(), "/termsOfUse/type"},
            {"/verifiableCredential", credential(), ""},
            {"/verifiableCredential", older_credential(), ""},
            {"/verifiableCredential", bad, "/verifiableCredential/issuer"},
            {"/verifiableCredential", Json::array({credential(), bad}), "/verifiableCredential/1/issuer"},
            {"/verifiableCredential", Json::array(), "/verifiableCredential"},
            {"/verifiableCredential", token, "/verifiableCredential"},
            {"/verifiableCredential",
             Json::array({envelope("EnvelopedVerifiableCredential", std::string("data:application/vc+jwt,") + token)}),
             ""},
            {"/verifiableCredential",
             Json::array({envelope("EnvelopedVerifiableCredential", std::string("data:application/vp+jwt,") + token)}),
             "/verifiableCredential/0/id"}};

        for (auto const& [at, value, reported] : cases) {
            CAPTURE(at);
            CAPTURE(value.dump());
            CHECK(presentation_pointers(with(presentation(), at, value)) == reported);
        }
    }

    TEST_CASE("an envelope is a data URL with the right type and context") {
        auto const good = envelope("EnvelopedVerifiableCredential", std::string("data:application/vc+jwt,") + token);

        CHECK(credential_pointers(good) == "");
        CHECK(credential_pointers(with(good, "/@context", Json::array({"https://a.example", v2_url}))) == "");
        CHECK(credential_pointers(with(good, "/type", Json::array({"EnvelopedVerifiableCredential"}))) == "");
        CHECK(credential_pointers(without(good, "@context")) == "/@context");
        CHECK(credential_pointers(with(good, "/@context", Json::array())) == "/@context");
        CHECK(credential_pointers(with(good, "/@context", "https://a.example")) == "/@context");
        CHECK(credential_pointers(with(good, "/type", Json::array({"EnvelopedVerifiableCredential", "Badge"}))) ==
              "/type");
        CHECK(credential_pointers(with(good, "/type", "EnvelopedVerifiablePresentation")) != "");
        CHECK(credential_pointers(without(good, "id")) == "/id");
        for (auto const* id : {"", "eyJ.e30.c2ln", "data:application/vc+jwt", "data:application/vc+jwt,", "data:,e.e.c",
                               "data:text/html,e.e.c", "data:application/vc+jwt,e%2ee.c", "data:application/vc+jwt,e e",
                               "https://a.example/application/vc+jwt,e"}) {
            CAPTURE(id);
            CHECK(credential_pointers(with(good, "/id", id)) == "/id");
        }
        CHECK(credential_pointers(with(good, "/id", 7)) == "/id");
        CHECK(presentation_pointers(
                  envelope("EnvelopedVerifiablePresentation", std::string("data:application/jwt,") + token)) == "");
        CHECK(presentation_pointers(with(good, "/type", "VerifiablePresentation")) == "/@context");
    }

    TEST_CASE("an envelope is opened without looking into it") {
        auto const type = "EnvelopedVerifiableCredential";

        auto const plain = read_envelope(envelope(type, std::string("data:Application/VC+JWT;a=b,") + token));
        REQUIRE(plain);
        CHECK(plain->media_type == "application/vc+jwt");
        CHECK(plain->content == token);
        CHECK_FALSE(plain->is_base64);
        auto const packed = read_envelope(envelope(type, "data:application/vc+cose;base64,0oRD"));
        REQUIRE(packed);
        CHECK(packed->is_base64);
        CHECK(packed->content == "0oRD");
        auto const refused = read_envelope(envelope(type, "data:,x"));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == "envelope-shape");
        CHECK(pointers_of(refused.error().violations) == "/id");
        CHECK(pointers_of(read_envelope(credential()).error().violations) == "/type");
        CHECK_FALSE(is_enveloped(credential()));
        CHECK(is_enveloped(envelope("EnvelopedVerifiablePresentation", "x")));
    }

    TEST_CASE("the examples of the data model break no rule") {
        NEEDS_SHARED();
        auto const folder = *tests::shared_dir() / "vectors/vc-data-model/schema";
        int seen = 0;
        for (auto const& [name, judge] : {std::pair{"verifiable-credential", &check_verifiable_credential},
                                          std::pair{"verifiable-presentation", &check_verifiable_presentation}}) {
            for (auto const& entry : std::filesystem::directory_iterator(folder / name)) {
                if (!entry.path().filename().string().starts_with("example-")) continue;
                CAPTURE(entry.path().filename().string());
                auto const document = parse_json(tests::read_file(entry.path()), json_limits::credential);
                REQUIRE(document);
                CHECK(pointers_of(judge(*document)) == "");
                ++seen;
            }
        }
        CHECK(seen == 12);
    }
}
