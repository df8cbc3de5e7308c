#include <doctest/doctest.h>

#include "crypto/bake.hpp"
#include "tests/service/verification/open_badges_2_house.hpp"

using namespace itqan;
using namespace itqan::domain;
using namespace itqan::tests;

namespace {

struct InputHouse {
    TestIssuer issuer{"nakhla"};
    Verifier verifier;
    std::string token = issuer.sign(issuer.badge());

    InputHouse() { verifier.knows(issuer); }
};

constexpr char tiny_svg[] = R"(<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"></svg>)";

/// A white pixel.
std::string tiny_png() {
    return std::string(as_text(*base64_decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mP8/x8AAwMCAO+ip1sAAAAASUVORK5CYII=")));
}

}  // namespace

TEST_CASE("a badge is found in text, data addresses, envelopes, presentations and pictures") {
    InputHouse house;
    Json const enveloped{{"@context", "https://www.w3.org/ns/credentials/v2"},
                         {"id", "data:application/vc+jwt," + house.token},
                         {"type", "EnvelopedVerifiableCredential"}};
    Json const presented{{"@context", "https://www.w3.org/ns/credentials/v2"},
                         {"type", "VerifiablePresentation"},
                         {"verifiableCredential", Json::array({enveloped})}};
    auto const png = tiny_png();
    auto const baked_png = crypto::bake_png(as_bytes(png), house.token);
    auto const baked_svg = crypto::bake_svg(tiny_svg, house.token);
    auto const baked_envelope = crypto::bake_svg(tiny_svg, enveloped.dump());
    REQUIRE(baked_png);
    REQUIRE(baked_svg);
    REQUIRE(baked_envelope);

    for (auto const& input : {house.token, "data:application/vc+jwt," + house.token,
                              "data:text/plain;base64," + base64_encode(as_bytes(house.token)), enveloped.dump(),
                              "\n" + enveloped.dump(2) + "\n", presented.dump(), std::string(as_text(baked_png->png)),
                              *baked_svg, "\n" + *baked_svg, *baked_envelope}) {
        CAPTURE(input.substr(0, 60));
        auto const report = house.verifier.verify(input);
        CHECK_MESSAGE(report.verdict == Verdict::valid, summary(report));
        CHECK(report.document == house.token);
    }
}

TEST_CASE("what surrounds a pasted text is the edge's to take off") {
    InputHouse house;

    CHECK(house.verifier.verify(house.token + "\n").verdict == Verdict::invalid);
    CHECK(without_blanks_around(" \r\n" + house.token + "\n") == house.token);
    CHECK(without_blanks_around("\x89PNG\r\n\x1a\n") == "\x89PNG\r\n\x1a\n");
    CHECK(without_blanks_around(" \n").empty());
}

TEST_CASE("what holds no credential is refused with what to do") {
    InputHouse house;
    for (auto const& input :
         {std::string(), std::string(" \n"), std::string("hello"), std::string(R"({"a":1})"),
          std::string("https://elsewhere.example/badge/1"), tiny_png(), std::string(tiny_svg),
          std::string("%PDF-1.7\n%%EOF\n"), std::string("\xff\xd8\xff\xe0JFIF"), std::string("\x00\x01\x02", 3),
          std::string("data:text/plain"), std::string("data:,%zz"), std::string("data:;base64,***")}) {
        auto const report = house.verifier.try_verify(input);
        CAPTURE(input.substr(0, 60));
        REQUIRE_FALSE(report);
        CHECK(report.error().fault == Fault::unprocessable);
        CHECK(report.error().code == "no-credential");
        CHECK(report.error().detail.size() > 20);
    }
}

TEST_CASE("a picture without its badge says that messaging apps remove it") {
    InputHouse house;

    for (auto const& picture : {tiny_png(), std::string("\xff\xd8\xff\xe0JFIF"), std::string("GIF89a"),
                                std::string("RIFF\x24\x00\x00\x00WEBPVP8 ", 16),
                                std::string("\x00\x00\x00\x18"
                                            "ftypheic",
                                            12),
                                "data:image/gif;base64," + base64_encode(as_bytes(std::string("GIF89a")))})
        CHECK(house.verifier.try_verify(picture).error().detail.find("messaging apps remove it") != std::string::npos);
}

TEST_CASE("a picture may be written into a data address") {
    InputHouse house;
    auto const png = tiny_png();
    auto const baked_png = crypto::bake_png(as_bytes(png), house.token);
    auto const baked_svg = crypto::bake_svg(tiny_svg, house.token);
    REQUIRE(baked_png);
    REQUIRE(baked_svg);
    std::string percent, base64;
    for (auto const byte : baked_png->png)
        percent += "%" + hex_encode(ByteView(&byte, 1));
    for (char const c : base64_encode(baked_png->png))
        base64 += c == '+' ? "%2B" : c == '=' ? "%3D" : std::string(1, c);

    for (auto const& address :
         {"data:image/png;base64," + base64_encode(baked_png->png), "data:image/png;base64," + base64,
          "data:image/png," + percent, "data:image/svg+xml;base64," + base64_encode(as_bytes(*baked_svg)),
          "data:image/svg+xml," + *baked_svg}) {
        CAPTURE(address.substr(0, 60));
        auto const report = house.verifier.verify(address);
        CHECK_MESSAGE(report.verdict == Verdict::valid, summary(report));
        CHECK(report.document == house.token);
    }
}

TEST_CASE("a picture of Open Badges 2 is judged by what it says or by what stands at the address that it names") {
    OpenBadge2House house;
    house.serve();
    auto const id = house.assertion.at("id").get<std::string>();
    auto const drawing = [](std::string const& verify, std::string const& body) {
        return R"(<svg xmlns="http://www.w3.org/2000/svg" xmlns:o="http://openbadges.org"><o:assertion verify=")" +
               verify + "\"><![CDATA[" + body + "]]></o:assertion></svg>";
    };

    for (auto const& picture : {drawing("", house.assertion.dump()), drawing(id, ""), drawing(id, "{}"),
                                drawing("http" + id.substr(5), house.assertion.dump())}) {
        CAPTURE(picture);
        auto const report = house.verifier.verify(picture);
        CHECK(report.kind == "Open Badges 2.0 assertion (hosted)");
        CHECK_MESSAGE(outcome_of(report, "proof") == "pass", summary(report));
        CHECK(report.verdict != Verdict::invalid);
        CHECK(report.verdict != Verdict::unchecked);
        CHECK(report.credential.dump().find("Robots") != std::string::npos);
    }
    auto const nowhere = house.verifier.verify(drawing("https://badges.example/nowhere", house.assertion.dump()));
    CHECK(nowhere.verdict == Verdict::unchecked);
    CHECK(house.verifier.try_verify(drawing("https://", "")).error().code == "no-credential");
    CHECK(house.verifier.try_verify(drawing("javascript:alert(1)", "")).error().code == "no-credential");

    OpenBadge2House signing;
    signing.make_signed();
    signing.serve();
    auto const report = signing.verifier.verify(drawing(signing.signed_assertion(), ""));
    CHECK_MESSAGE(outcome_of(report, "proof") == "pass", summary(report));
}

TEST_CASE("a credential wrapped without end is refused") {
    InputHouse house;
    auto wrapped = house.token;
    for (int i = 0; i < 8; ++i)
        wrapped = "data:text/plain;base64," + base64_encode(as_bytes(wrapped));

    CHECK(house.verifier.try_verify(wrapped).error().code == "no-credential");
}

TEST_CASE("inputs beyond the limits are too large") {
    InputHouse house;

    CHECK(house.verifier.try_verify(std::string(7 * 1024 * 1024 + 1, 'a')).error().fault == Fault::too_large);
    CHECK(house.verifier.try_verify("ey" + std::string(512 * 1024, 'a') + ".a.a").error().fault == Fault::too_large);
    CHECK(house.verifier.try_verify("{\"@context\":\"" + std::string(300 * 1024, 'a') + "\"}").error().fault ==
          Fault::too_large);
}

TEST_CASE("a presentation whose one credential is hostile is judged by that credential") {
    InputHouse house;
    auto const forged = house.token.substr(0, house.token.size() - 4) + "AAAA";
    Json const presented{{"@context", "https://www.w3.org/ns/credentials/v2"},
                         {"type", "VerifiablePresentation"},
                         {"verifiableCredential", "data:application/vc+jwt," + forged}};

    CHECK(house.verifier.verify(presented.dump()).verdict == Verdict::invalid);
}

TEST_CASE("Open Badges 1 is recognised in all its forms and nothing of it passes unchecked") {
    Json const by_context{{"@context", "https://w3id.org/openbadges/v1"},
                          {"type", "Assertion"},
                          {"id", "https://example.org/a.json"},
                          {"issuedOn", "2016-12-31T23:59:59Z"},
                          {"badge", "https://example.org/robotics-badge.json"},
                          {"verify", {{"type", "hosted"}, {"url", "https://example.org/a.json"}}}};
    Json const by_members{{"uid", "1"},
                          {"issuedOn", "2014-12-31T23:59:59Z"},
                          {"recipient", {{"type", "email"}, {"hashed", false}, {"identity", "amal@example.org"}}},
                          {"badge", "https://example.org/robotics-badge.json"},
                          {"verify", {{"type", "hosted"}, {"url", "https://example.org/a.json"}}}};
    Json const oldest{{"recipient", "amal@example.org"},
                      {"issued_on", "2012-01-01"},
                      {"badge", {{"version", "0.5.0"}, {"name", "Robots"}, {"issuer", {{"name", "School"}}}}}};
    InputHouse house;
    house.verifier.recipient = "amal@example.org";
    for (auto const& older : {by_context, by_members, oldest}) {
        CAPTURE(older.dump());
        auto const report = house.verifier.verify(older.dump());

        CHECK(report.kind == "Open Badges 1");
        CHECK(report.verdict == Verdict::unchecked);
        CHECK(code_of(report, "format") == "format.open-badges-1");
        for (auto const& check : report.checks)
            if (check.id != "validity") CHECK(outcome_of(report, check.id) == "unchecked");
        CHECK(house.verifier.asked.empty());
    }
    auto expired = by_context;
    expired["expires"] = "2020-01-01T00:00:00Z";
    CHECK(house.verifier.verify(expired.dump()).verdict == Verdict::invalid);
}

TEST_CASE("a badge is of the edition that one of its contexts is, not of one whose name its context resembles") {
    InputHouse house;
    Json resembling{{"@context", Json::array({"https://www.w3.org/ns/credentials/v2",
                                              "https://elsewhere.example/?w3id.org/openbadges/v2"})},
                    {"type", Json::array({"VerifiableCredential", "OpenBadgeCredential"})}};

    CHECK(house.verifier.verify(resembling.dump()).kind.starts_with("OpenBadgeCredential 3.0"));
    resembling["type"] = "Something";
    CHECK(code_of(house.verifier.verify(resembling.dump()), "format") == "format.not-a-credential");
}

TEST_CASE("a token that cannot be read has no other check than its form and signature") {
    InputHouse house;

    auto const report = house.verifier.verify("eyJhbGciOiJub25lIn0.e30.");

    CHECK(report.verdict == Verdict::invalid);
    CHECK(outcome_of(report, "format") == "fail");
    CHECK(outcome_of(report, "proof") == "fail");
    for (auto const& check : report.checks)
        if (check.id != "format" && check.id != "proof") CHECK(check.code == check.id + ".unreadable");
}
