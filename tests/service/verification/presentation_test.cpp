// What a holder shows: several credentials at once, signed by the holder or not.

#include <doctest/doctest.h>

#include "crypto/data_integrity.hpp"
#include "tests/service/verification/verification_house.hpp"

using namespace itqan;
using namespace itqan::domain;
using namespace itqan::tests;

namespace {

struct PresentationHouse {
    TestIssuer nakhla{"nakhla"}, sidra{"sidra"}, holder{"holder"};
    Verifier verifier;

    PresentationHouse() {
        verifier.knows(nakhla);
        verifier.knows(sidra);
        auto document = holder.did_document();
        document["authentication"] = document.at("assertionMethod");
        verifier.knows(holder.did(), document.dump());
    }
    Json badge_of(TestIssuer const& issuer) const { return embed(issuer.badge(), issuer, issuer.did() + "#1"); }
    static Json envelope(std::string const& token) {
        return {{"@context", "https://www.w3.org/ns/credentials/v2"},
                {"type", "EnvelopedVerifiableCredential"},
                {"id", "data:application/vc+jwt," + token}};
    }
    static Json showing(Json credentials) {
        return {{"@context", Json::array({"https://www.w3.org/ns/credentials/v2"})},
                {"type", Json::array({"VerifiablePresentation"})},
                {"verifiableCredential", std::move(credentials)}};
    }
    Json held(Json credentials) const {
        auto presentation = showing(std::move(credentials));
        presentation["holder"] = holder.did();
        return presentation;
    }
    Json proven(Json presentation, std::string const& purpose = "authentication",
                TestIssuer const* by = nullptr) const {
        auto const& signer = by != nullptr ? *by : holder;
        crypto::ProofOptions options;
        options.cryptosuite = "eddsa-rdfc-2022";
        options.verification_method = signer.did() + "#1";
        options.purpose = purpose;
        options.created = at("2026-12-01T11:59:00Z");
        options.challenge = "c1";
        auto made = crypto::add_proof(std::move(presentation), options, signer.signer(), canonicalizer());
        REQUIRE_MESSAGE(made, made.error().detail);
        return std::move(*made);
    }
    std::string token_of(Json const& payload, char const* type = "vp+jwt") const {
        return holder.sign_raw(Json{{"alg", "EdDSA"}, {"typ", type}, {"kid", holder.did() + "#1"}}.dump(),
                               payload.dump());
    }
    Report verify(Json const& presentation) { return verifier.verify(presentation.dump()); }
};

std::string verdicts(Report const& report) {
    std::string all(verdict_name(report.verdict));
    for (auto const& each : report.nested)
        all += " " + std::string(verdict_name(each.verdict));
    return all;
}

}  // namespace

TEST_CASE("a presentation that nobody signed is worth what is in it") {
    PresentationHouse house;
    auto const good = house.badge_of(house.nakhla);

    auto const report = house.verify(house.showing({good, house.envelope(house.sidra.sign(house.sidra.badge()))}));

    CHECK_MESSAGE(verdicts(report) == "valid valid valid", summary(report));
    CHECK(report.kind == "VerifiablePresentation (VCDM 2.0, no proof)");
    CHECK(report.credential == Json{{"credentials", 2}});
    std::vector<std::string> ids;
    for (auto const& check : report.checks)
        ids.push_back(check.id);
    CHECK(ids ==
          std::vector<std::string>{"format", "schema", "contexts", "proof", "holder-binding", "validity", "nested"});
    CHECK(code_of(report, "proof") == "proof.unsigned-presentation");
    CHECK(report.nested.front().kind == "OpenBadgeCredential 3.0 (VCDM 2.0, eddsa-rdfc-2022)");
    CHECK(house.verifier.asked.empty());
    // Around a single credential it is a wrapping only.
    CHECK(house.verify(house.showing(Json::array({good}))).kind == report.nested.front().kind);
}

TEST_CASE("who presents signs for authentication, with a key listed for it") {
    PresentationHouse house;
    auto const presentation = house.held({house.badge_of(house.nakhla), house.badge_of(house.sidra)});

    auto const good = house.verify(house.proven(presentation));
    CHECK_MESSAGE(verdicts(good) == "valid valid valid", summary(good));
    CHECK(good.kind == "VerifiablePresentation (VCDM 2.0, eddsa-rdfc-2022)");
    CHECK(code_of(good, "holder-binding") == "holder-binding.own-key");
    CHECK(good.credential.at("holder") == Json{{"id", house.holder.did()}});

    CHECK(findings(house.verify(house.proven(presentation, "assertionMethod"))) == "proof.purpose");
    CHECK(findings(house.verify(house.proven(presentation, "authentication", &house.sidra))) ==
          "proof.foreign-key holder-binding.other-key");
    auto changed = house.proven(presentation);
    changed["verifiableCredential"].erase(1);
    auto const shorter = house.verify(changed);
    CHECK(findings(shorter) == "proof.bad-signature");
    CHECK(shorter.headline_code == "invalid");
    // A key that may only assert is none to present with.
    house.verifier.knows(house.holder);
    CHECK(house.verify(house.proven(presentation)).verdict == Verdict::invalid);
    house.verifier.documents.erase(house.holder.did());
    CHECK(findings(house.verify(house.proven(presentation))) == "proof.unreachable holder-binding.unreachable");
}

TEST_CASE("a presentation without a holder is signed by nobody in particular") {
    PresentationHouse house;
    auto const did = crypto::did_key(house.holder.signer().public_key());
    crypto::ProofOptions options;
    options.cryptosuite = "eddsa-rdfc-2022";
    options.verification_method = crypto::resolve_did_key(did)->verification_method;
    options.purpose = "authentication";
    auto const made = crypto::add_proof(house.showing(Json::array({house.badge_of(house.nakhla)})), options,
                                        house.holder.signer(), canonicalizer());
    REQUIRE(made);

    auto const report = house.verify(*made);

    CHECK_MESSAGE(verdicts(report) == "valid valid", summary(report));
    CHECK(code_of(report, "holder-binding") == "holder-binding.no-holder");
}

TEST_CASE("presentations in tokens are read, of both data models") {
    PresentationHouse house;
    auto const shown = house.held(Json::array({house.envelope(house.nakhla.sign(house.nakhla.badge()))}));
    auto payload = shown;
    payload.update(
        {{"iss", house.holder.did()}, {"aud", "x"}, {"nonce", "n"}, {"nbf", 1'796'126'000}, {"exp", 1'796'130'000}});

    auto const report = house.verifier.verify(house.token_of(payload));
    CHECK_MESSAGE(verdicts(report) == "valid valid", summary(report));
    CHECK(report.kind == "VerifiablePresentation (VCDM 2.0, VC-JWT EdDSA)");
    auto const data = "data:application/vp+jwt," + house.token_of(payload);
    CHECK(verdicts(house.verify({{"@context", "https://www.w3.org/ns/credentials/v2"},
                                 {"type", "EnvelopedVerifiablePresentation"},
                                 {"id", data}})) == "valid valid");

    Json const older{{"@context", Json::array({"https://www.w3.org/2018/credentials/v1"})},
                     {"type", Json::array({"VerifiablePresentation"})},
                     {"verifiableCredential", Json::array({house.nakhla.sign(house.nakhla.badge())})}};
    auto const legacy = house.verifier.verify(house.token_of({{"iss", house.holder.did()}, {"vp", older}}, "JWT"));
    CHECK_MESSAGE(verdicts(legacy) == "valid valid", summary(legacy));
    CHECK(code_of(legacy, "holder-binding") == "holder-binding.own-key");

    auto late = payload;
    late["exp"] = 1'700'000'000;
    CHECK(findings(house.verifier.verify(house.token_of(late))) == "validity.expired");
    auto other = payload;
    other["iss"] = house.sidra.did();
    CHECK(findings(house.verifier.verify(house.token_of(other))) == "proof.claim-contradiction");
    auto forged = house.token_of(payload);
    forged[forged.size() / 2] = forged[forged.size() / 2] == 'A' ? 'B' : 'A';
    CHECK(house.verifier.verify(forged).verdict == Verdict::invalid);
}

TEST_CASE("a token for one purpose is no token for another") {
    PresentationHouse house;
    auto const badge = house.nakhla.badge();
    CHECK(findings(house.verifier.verify(house.nakhla.sign_raw(
              Json{{"alg", "EdDSA"}, {"typ", "vp+jwt"}, {"kid", house.nakhla.did() + "#1"}}.dump(), badge.dump()))) ==
          "format.not-a-presentation schema.violation proof.foreign-key nested.nothing-shown");
    auto const report =
        house.verifier.verify(house.token_of(house.held(Json::array({house.badge_of(house.nakhla)})), "vc+jwt"));
    CHECK(code_of(report, "format") == "format.jws-type");
    CHECK(report.verdict == Verdict::invalid);
}

TEST_CASE("a presentation is no better than the worst that it shows") {
    PresentationHouse house;
    auto const good = house.badge_of(house.nakhla);
    auto forged = good;
    forged["name"] = "Another";
    auto unreachable = house.badge_of(house.sidra);
    auto const over = [&] {
        auto badge = house.nakhla.badge();
        badge["validUntil"] = "2026-11-30T00:00:00Z";
        return embed(badge, house.nakhla, house.nakhla.did() + "#1");
    }();
    auto const of = [&](Json one) {
        auto const report = house.verify(house.showing({good, std::move(one)}));
        return report.headline_code + " " + findings(report) + " " + verdicts(report);
    };

    CHECK(of(good) == "valid  valid valid valid");
    CHECK(of(forged) == "not-all nested.bad-shown invalid valid invalid");
    CHECK(of(over) == "not-all nested.not-in-force-shown invalid valid invalid");
    CHECK(of(Json::object()) == "not-all nested.bad-shown invalid valid invalid");
    CHECK(of(house.showing({good, good})) == "not-all nested.broken-shown invalid valid");
    house.verifier.documents.erase(house.sidra.did());
    CHECK(of(unreachable) == "unchecked nested.not-checked-shown unchecked valid unchecked");
    CHECK(findings(house.verify(house.showing(Json::array()))) == "nested.nothing-shown");
    CHECK(findings(house.verify(house.showing(std::vector<Json>(33, Json::object())))) == "nested.too-many-shown");
}

TEST_CASE("everything shown must be of the person who is asked about") {
    PresentationHouse house;
    auto const badge_for = [&](TestIssuer const& issuer, char const* email) {
        auto badge = issuer.badge();
        badge["credentialSubject"]["identifier"] = Json::array({{{"type", "IdentityObject"},
                                                                 {"identityType", "emailAddress"},
                                                                 {"hashed", false},
                                                                 {"identityHash", email}}});
        return embed(badge, issuer, issuer.did() + "#1");
    };
    auto const own = badge_for(house.nakhla, "layla@example.org"), other = badge_for(house.sidra, "omar@example.org");
    auto const of = [&](Json credentials) {
        house.verifier.recipient = "layla@example.org";
        auto const report = house.verify(house.showing(std::move(credentials)));
        auto const match = report.recipient_match;
        return report.headline_code + " " + findings(report) + (match ? *match ? " yes" : " no" : " open");
    };

    CHECK(of({own, own}) == "valid  yes");
    CHECK(of({own, other}) == "other-recipient recipient.other no");
}

TEST_CASE("endorsements of what is shown are judged with it") {
    PresentationHouse house;
    auto badge = house.nakhla.badge();
    Json endorsement{{"@context", badge.at("@context")},
                     {"id", "urn:uuid:0e7c5a9c-7e4c-4a0e-9a36-7d8f4d3d6a10"},
                     {"type", {"VerifiableCredential", "EndorsementCredential"}},
                     {"name", "Endorsed"},
                     {"issuer", {{"id", house.sidra.did()}, {"type", {"Profile"}}, {"name", "Sidra"}}},
                     {"validFrom", "2026-11-01T00:00:00Z"},
                     {"credentialSubject",
                      {{"id", badge.at("id")}, {"type", {"EndorsementSubject"}}, {"endorsementComment", "Good."}}}};
    badge["endorsement"] = Json::array({embed(endorsement, house.sidra, house.sidra.did() + "#1")});
    auto const shown = [&] {
        return house.verify(
            house.showing({embed(badge, house.nakhla, house.nakhla.did() + "#1"), house.badge_of(house.sidra)}));
    };

    auto const report = shown();
    REQUIRE(report.nested.size() == 2);
    CHECK_MESSAGE(code_of(report.nested.front(), "endorsements") == "endorsements.good",
                  summary(report.nested.front()));
    CHECK(report.nested.front().endorsements.size() == 1);
    CHECK(report.verdict == Verdict::valid);
    badge["endorsement"][0]["name"] = "Changed";
    CHECK(verdicts(shown()) == "warning warning valid");
}

TEST_CASE("a presentation without contexts or members that it needs is refused for that") {
    PresentationHouse house;
    auto const badge = house.badge_of(house.nakhla);
    auto bare = house.showing({badge, badge});
    bare.erase("@context");
    CHECK(findings(house.verify(bare)) == "contexts.missing");
    auto other = house.showing({badge, badge});
    other["@context"] = Json::array({"https://example.org/context"});
    CHECK(findings(house.verify(other)) == "contexts.order");
    auto wrong = house.showing({badge, badge});
    wrong["holder"] = 5;
    CHECK(findings(house.verify(wrong)) == "schema.violation");
}

TEST_CASE("who shows somebody else's credential is told to be somebody else") {
    PresentationHouse house;
    auto const badge_of = [&](std::string const& subject) {
        auto badge = house.nakhla.badge();
        badge["credentialSubject"]["id"] = subject;
        return embed(badge, house.nakhla, house.nakhla.did() + "#1");
    };
    auto const shown = [&](std::string const& subject) {
        auto const report = house.verify(house.proven(house.held(Json::array({badge_of(subject)}))));
        return code_of(report, "holder-binding") + " " + std::string(verdict_name(report.verdict));
    };

    CHECK(shown("did:web:people.example:alice") == "holder-binding.not-subject warning");
    CHECK(shown(house.holder.did()) == "holder-binding.own-key valid");
    CHECK(shown("urn:uuid:6b4c3b3e-8a39-4d52-9d83-a1f2e1b87a55") == "holder-binding.own-key valid");
}

TEST_CASE("to whom and in answer to what it was signed is told") {
    PresentationHouse house;
    auto const embedded = house.verify(house.proven(house.held(Json::array({house.badge_of(house.nakhla)}))));
    CHECK(check_of(embedded, "holder-binding").evidence.at("nonce") == "c1");
    auto payload = house.held(Json::array({house.envelope(house.nakhla.sign(house.nakhla.badge()))}));
    payload.update({{"iss", house.holder.did()}, {"aud", "https://bank.example"}, {"nonce", "n"}});
    auto const token = house.verifier.verify(house.token_of(payload));
    CHECK(check_of(token, "holder-binding").evidence.at("audience") == "https://bank.example");
    CHECK(check_of(token, "holder-binding").evidence.at("nonce") == "n");
    for (auto const& term : {Json("1700000000"), Json(1e300), Json(nullptr)}) {
        payload["exp"] = term;
        CHECK(findings(house.verifier.verify(house.token_of(payload))) == "validity.unreadable-date");
    }
}

TEST_CASE("a record with a forged badge is not called genuine for another reason, alone or shown") {
    PresentationHouse house;
    auto forged = house.badge_of(house.sidra);
    forged["name"] = "Another";
    auto record = house.nakhla.badge();
    record["type"] = {"VerifiableCredential", "ClrCredential"};
    record["credentialSubject"] = {{"type", {"ClrSubject"}},
                                   {"id", "urn:uuid:6b4c3b3e-8a39-4d52-9d83-a1f2e1b87a55"},
                                   {"verifiableCredential", Json::array({forged})}};
    auto const token = house.nakhla.sign(record);
    house.verifier.recipient = "somebody@example.org";

    CHECK(house.verifier.verify(token).headline_code == "invalid");
    auto const shown = house.verify(house.showing({house.envelope(token), house.badge_of(house.sidra)}));
    CHECK(code_of(shown, "nested") == "nested.bad-shown");
    CHECK(shown.headline_code == "not-all");
}

TEST_CASE("what is inside the credentials shown counts among them") {
    PresentationHouse house;
    auto record = house.nakhla.badge();
    record["type"] = {"VerifiableCredential", "ClrCredential"};
    record["credentialSubject"] = {{"type", {"ClrSubject"}},
                                   {"id", "urn:uuid:6b4c3b3e-8a39-4d52-9d83-a1f2e1b87a55"},
                                   {"verifiableCredential", std::vector<Json>(30, Json{{"type", "Unheard"}})}};
    CHECK(findings(house.verify(house.showing({record, record}))) == "nested.bad-shown");
    CHECK(findings(house.verify(house.showing({record, record, record}))) == "nested.too-many-shown");
}
