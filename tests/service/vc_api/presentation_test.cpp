// Presentations over the route: the holder's proof, and every credential inside.

#include "tests/service/vc_api/vc_api_house.hpp"

#include <doctest/doctest.h>

#include "crypto/did.hpp"
#include "crypto/jws.hpp"

using namespace itqan;
using crypto::KeyType;
using tests::common_house;
using tests::credential_1;
using tests::credential_2;

namespace {

constexpr char context_v2[] = "https://www.w3.org/ns/credentials/v2";
constexpr char holder_profile[] = "eddsa-rdfc-2022";
Json const asked{{"challenge", "c-1"}, {"domain", "verifier.example"}};

Json presentation(Json const& credentials = nullptr) {
    Json made{{"@context", {context_v2}}, {"type", {"VerifiablePresentation"}}};
    if (!credentials.is_null()) made["verifiableCredential"] = credentials;
    return made;
}

Json proven(Json const& document, std::string const& profile = holder_profile) {
    auto options = asked;
    options["profile"] = profile;
    auto const replied = common_house().post("presentations/prove", {{"presentation", document}, {"options", options}});
    if (replied.status != 201) throw std::runtime_error("not proven: " + replied.body.dump());
    return replied.body.at("verifiablePresentation");
}

void check_accepted(Json const& document, Json const& options = asked) {
    auto const replied = common_house().verify_presentation(document, options);
    CHECK_MESSAGE(replied.status == 200, replied.body.dump());
}

void check_not_believed(Json const& document, std::string const& code, Json const& options = asked) {
    auto const replied = common_house().verify_presentation(document, options);
    CHECK(replied.status == 400);
    CHECK_MESSAGE(replied.code() == code, replied.body.dump());
    CHECK(replied.pointers().starts_with("/verifiablePresentation"));
}

/// A token of somebody's key.
struct Holder {
    crypto::LocalSigner signer{crypto::PrivateKey::generate(KeyType::ed25519), "holder"};
    std::string did = crypto::did_key(signer.public_key());

    /// The document with an embedded proof of the same key.
    Json presenting(Json document) const {
        static domain::VcApiLinkedData const linked_data(schemas::canon_limits::production);
        crypto::ProofOptions options;
        options.purpose = "authentication";
        options.verification_method = did + "#" + did.substr(8);
        auto proven = crypto::add_proof(std::move(document), options, signer, linked_data.canonicalizer());
        if (!proven) throw std::runtime_error(proven.error().detail);
        return *std::move(proven);
    }

    std::string token(Json const& payload, std::optional<std::string> const& type) const {
        return crypto::sign_compact(signer, {did + "#" + did.substr(8), type}, payload.dump());
    }
};

Json envelope(char const* type, std::string const& media_type, std::string const& token) {
    return {{"@context", context_v2}, {"type", type}, {"id", "data:" + media_type + "," + token}};
}

Json const asking_for_holder{{"checks", {"holder-binding"}}};

void check_held_by_signer(Json const& document) {
    auto const replied = common_house().verify_presentation(document, asking_for_holder);
    CHECK_MESSAGE(replied.status == 200, replied.body.dump());
    CHECK(replied.passed("holder-binding"));
    CHECK(replied.body.at("warnings").empty());
}

/// A warning, or a refusal where it is asked for.
void check_held_by_another(Json const& document, std::string const& pointer) {
    auto const replied = common_house().verify_presentation(document);
    CHECK_MESSAGE(replied.status == 200, replied.body.dump());
    CHECK_FALSE(replied.passed("holder-binding"));
    REQUIRE(replied.body.at("warnings").size() == 1);
    CHECK(replied.body.at("warnings").at(0).at("pointer") == pointer);
    auto const refused = common_house().verify_presentation(document, asking_for_holder);
    CHECK(refused.status == 400);
    CHECK_MESSAGE(refused.code() == "holder-binding", refused.body.dump());
    CHECK(refused.pointers() == pointer);
}

Json held_by(Json document, Json const& holder) {
    document["holder"] = holder;
    return document;
}

Json presented_token(Holder const& holder, Json const& payload) {
    return envelope("EnvelopedVerifiablePresentation", "application/vp+jwt", holder.token(payload, "vp+jwt"));
}

}  // namespace

TEST_CASE("a presentation that a profile proves verifies with its challenge and domain and no other") {
    for (auto const* const profile : {"eddsa-rdfc-2022", "eddsa-jcs-2022", "ecdsa-rdfc-2019-p256",
                                      "ecdsa-rdfc-2019-p384", "ecdsa-jcs-2019-p256", "ecdsa-jcs-2019-p384"}) {
        CAPTURE(std::string(profile));
        auto const document = proven(presentation(), profile);
        CHECK(document.at("proof").at("proofPurpose") == "authentication");
        check_accepted(document);
        check_not_believed(document, "proof-challenge", {{"challenge", "c-2"}, {"domain", "verifier.example"}});
        check_not_believed(document, "proof-domain", {{"challenge", "c-1"}, {"domain", "other.example"}});
    }
    auto const refused = common_house().post(
        "presentations/prove", {{"presentation", presentation()}, {"options", {{"profile", "ecdsa-sd-2023"}}}});
    CHECK(refused.code() == "unsupported-profile");
    CHECK(refused.pointers() == "/options/profile");
}

TEST_CASE("the profile that proves is one known name, and the first where none is given") {
    auto const proven_with = [](Json const& options) {
        return common_house().post("presentations/prove", {{"presentation", presentation()}, {"options", options}});
    };
    for (Json const& name : {Json::array(), Json::array({"eddsa-jcs-2022"}), Json(5), Json(true), Json::object(),
                             Json(""), Json("eddsa-2099")}) {
        CAPTURE(name.dump());
        auto const refused = proven_with({{"profile", name}});
        CHECK(refused.status == 400);
        CHECK(refused.code() == "unsupported-profile");
        CHECK(refused.pointers() == "/options/profile");
    }
    for (Json const& options : {Json::object(), Json{{"profile", nullptr}}}) {
        auto const made = proven_with(options);
        REQUIRE_MESSAGE(made.status == 201, made.body.dump());
        CHECK(made.body.at("verifiablePresentation").at("proof").at("cryptosuite") == "eddsa-rdfc-2022");
    }
}

TEST_CASE("a challenge that is null is none, for holders and for verifiers") {
    Json const silent{{"challenge", nullptr}, {"domain", nullptr}};
    auto const made =
        common_house().post("presentations/prove", {{"presentation", presentation()}, {"options", silent}});

    REQUIRE_MESSAGE(made.status == 201, made.body.dump());
    auto const& document = made.body.at("verifiablePresentation");
    CHECK_FALSE(document.at("proof").contains("challenge"));
    check_accepted(document, silent);
    check_not_believed(document, "proof-challenge", {{"challenge", "c-1"}});
    for (Json const& challenge : {Json(5), Json::array(), Json::array({"a", "b"}), Json::object()}) {
        Json const options{{"challenge", challenge}};
        CHECK(common_house().verify_presentation(document, options).pointers() == "/options/challenge");
        CHECK(common_house()
                  .post("presentations/prove", {{"presentation", presentation()}, {"options", options}})
                  .pointers() == "/options/challenge");
    }
}

TEST_CASE("conformance 18: contexts, types and holders of presentations have the forms of the data model") {
    auto const holder = common_house().did(holder_profile);
    for (Json const& named : {Json(holder), Json{{"id", holder}}}) {
        auto document = presentation();
        document["holder"] = named;
        check_accepted(proven(document));
    }
    auto const with = [](char const* member, Json const& value) {
        auto document = proven(presentation());
        document[member] = value;
        return document;
    };
    check_not_believed(with("@context", Json::array({{{"Manager", "https://example.org/#Manager"}}, context_v2})),
                       "presentation-structure");
    check_not_believed(with("@context", Json::array({"https://www.w3.org/ns/credentials/examples/v2"})),
                       "presentation-structure");
    check_not_believed(with("type", Json::array({"NonconformingDocument"})), "presentation-structure");
    check_not_believed(with("holder", "no url"), "presentation-structure");
    auto without = proven(presentation());
    without.erase("@context");
    check_not_believed(without, "presentation-structure");
}

TEST_CASE("conformance 18: every credential of a presentation must verify, and none may be exchanged") {
    auto const one = common_house().issued(holder_profile, credential_2());
    auto const two = common_house().issued("ecdsa-rdfc-2019-p256", credential_2());
    auto const token = common_house().issued("jwt", credential_2());
    auto const text_signed = common_house().issued("ecdsa-jcs-2019-p384", credential_2());
    auto const document = proven(presentation({one, two, token, text_signed}));
    check_accepted(document);

    auto tampered = document;
    tampered["proof"]["created"] = "2020-01-01T00:00:00Z";
    check_not_believed(tampered, "proof-signature");
    auto fewer = document;
    fewer["verifiableCredential"].erase(1);
    check_not_believed(fewer, "proof-signature");
    auto forged = one;
    forged["credentialSubject"]["id"] = "did:example:mallory";
    auto const replied = common_house().verify_presentation(proven(presentation({two, forged})), asked);
    CHECK(replied.code() == "proof-signature");
    CHECK(replied.pointers().starts_with("/verifiablePresentation/verifiableCredential/1"));
    auto bare = one;
    bare.erase("proof");
    check_not_believed(proven(presentation(bare)), "missing-proof");
}

TEST_CASE("conformance 18: a context that is changed after signing, and a missing proof, are refused") {
    auto changed = proven(presentation());
    changed["@context"].push_back("https://www.w3.org/ns/credentials/examples/v2");
    CHECK(common_house().verify_presentation(changed, asked).status == 200);  // No statement changes its meaning.
    changed["@context"] = {context_v2, {{"VerifiablePresentation", "https://example.org/#Other"}}};
    CHECK(common_house().verify_presentation(changed, asked).status == 400);
    changed["@context"] = {context_v2, "https://unresolvable.example/"};
    CHECK(common_house().verify_presentation(changed, asked).status == 400);
    check_not_believed(presentation(), "missing-proof");
    auto asserted = tests::signed_by_stranger(presentation(), {}, KeyType::ed25519);
    check_not_believed(asserted, "proof-purpose", Json::object());
}

TEST_CASE("conformance 19: envelopes have the context, one exact type and a data: URL") {
    auto const good = common_house().issued("jwt", credential_2());
    CHECK(common_house().verify(good, Json::object()).status == 200);
    auto const code_of = [&](char const* member, Json const& value) {
        auto changed = good;
        changed[member] = value;
        auto const replied = common_house().verify(changed, Json::object());
        CHECK(replied.status == 400);
        return replied.code();
    };

    CHECK(code_of("@context", Json::array()) == "credential-structure");
    CHECK(code_of("@context", "https://www.w3.org/ns/credentials/examples/v2") == "credential-structure");
    CHECK(code_of("id", good.at("id").get<std::string>().substr(24)) == "credential-structure");
    CHECK(code_of("type", "VerifiableCredential") == "credential-structure");
    CHECK(code_of("id", "data:text/plain,abc") == "credential-structure");
    CHECK(code_of("id", "data:application/vc+cose;base64,YWJj") == "envelope-type");
    CHECK(code_of("id", "data:application/vc+jwt,abc") == "jws-syntax");
    auto id = good.at("id").get<std::string>();
    id[id.size() - 20] = id[id.size() - 20] == 'A' ? 'B' : 'A';
    CHECK(code_of("id", id) == "envelope-signature");
}

TEST_CASE("conformance 19: vc and vp claims are read in older tokens only") {
    Holder const holder;
    auto credential = credential_2();
    credential["issuer"] = holder.did;
    auto const older = holder.token({{"iss", holder.did}, {"vc", credential}}, std::nullopt);
    auto const document = envelope("EnvelopedVerifiableCredential", "application/jwt", older);
    CHECK(common_house().verify(document).status == 200);
    auto const newer = holder.token({{"iss", holder.did}, {"vc", credential}}, "vc+jwt");
    CHECK(common_house().verify(envelope("EnvelopedVerifiableCredential", "application/vc+jwt", newer)).code() ==
          "legacy-claim");

    Json inner = presentation(Json::array({document}));
    inner["holder"] = holder.did;
    Json const payload{{"iss", holder.did}, {"aud", "example.com"}, {"nonce", "123456789"}, {"vp", inner}};
    auto const presented = envelope("EnvelopedVerifiablePresentation", "application/jwt", holder.token(payload, "JWT"));
    check_accepted(presented, {{"challenge", "123456789"}});
    check_accepted(presented, {{"challenge", "123456789"}, {"domain", "example.com"}});
    check_not_believed(presented, "token-claims", {{"challenge", "987654321"}});
    check_not_believed(presented, "token-claims", {{"domain", "other.example"}});
    check_not_believed(
        envelope("EnvelopedVerifiablePresentation", "application/vp+jwt", holder.token(payload, "vp+jwt")),
        "legacy-claim", Json::object());
}

TEST_CASE("a presentation token of today holds the presentation itself, and its claims must agree") {
    Holder const holder;
    auto payload = presentation(common_house().issued(holder_profile, credential_2()));
    payload["holder"] = holder.did;
    payload["iss"] = holder.did;
    payload["nonce"] = "n-1";
    auto const wrapped = [&] {
        return envelope("EnvelopedVerifiablePresentation", "application/vp+jwt", holder.token(payload, "vp+jwt"));
    };
    check_accepted(wrapped(), {{"challenge", "n-1"}});
    check_not_believed(wrapped(), "token-claims", {{"challenge", "n-2"}});

    payload["exp"] = 1'000'000;
    check_not_believed(wrapped(), "token-time", Json::object());
    auto const now = common_house().house.clock.now.seconds();
    payload["exp"] = now;
    check_not_believed(wrapped(), "token-time", Json::object());
    payload["exp"] = now + 1;
    check_accepted(wrapped(), Json::object());
    payload["nbf"] = now + 300;
    check_accepted(wrapped(), Json::object());
    payload["nbf"] = now + 301;
    check_not_believed(wrapped(), "token-time", Json::object());
    payload.erase("nbf");
    payload.erase("exp");
    payload["iss"] = "did:key:z6MkwasFwhdYiyvq3FJg6oKJ8mddRzAxGTzJK4wHM1Czf7ah";
    check_not_believed(wrapped(), "token-claims", Json::object());
}

TEST_CASE("a token of VC 1.1 is read with the members that its claims stand for") {
    Holder const holder;
    auto credential = credential_1();
    credential["@context"].push_back("https://w3id.org/security/data-integrity/v2");
    for (auto const* const member : {"id", "issuanceDate"})
        credential.erase(member);
    Json const payload{{"iss", holder.did},
                       {"jti", "urn:uuid:0b6a1a3f-8f1d-4f5c-9a71-1a3a3b1c2d3e"},
                       {"nbf", 1'767'225'600},
                       {"sub", "did:example:subject"},
                       {"vc", credential}};
    auto const document = envelope("EnvelopedVerifiableCredential", "application/jwt", holder.token(payload, "JWT"));

    auto const replied = common_house().verify(document, {{"checks", {"proof", "issuer-binding"}}});

    CHECK_MESSAGE(replied.status == 200, replied.body.dump());
}

TEST_CASE("a profile presents for its own did:key alone") {
    auto const code_and_pointer = [](Json const& holder) {
        auto const replied =
            common_house().post("presentations/prove", {{"presentation", held_by(presentation(), holder)}});
        CHECK(replied.status == 400);
        return replied.code() + " " + replied.pointers();
    };
    CHECK(code_and_pointer("did:example:alice") == "holder-mismatch /presentation/holder");
    CHECK(code_and_pointer(common_house().did("eddsa-jcs-2022")) == "holder-mismatch /presentation/holder");
    CHECK(code_and_pointer({{"id", "did:example:alice"}}) == "holder-mismatch /presentation/holder/id");
    auto const own = common_house().did(holder_profile);
    check_held_by_signer(proven(held_by(presentation(), own)));
    check_held_by_signer(proven(held_by(presentation(), {{"id", own}})));
    CHECK_FALSE(proven(presentation()).contains("holder"));
}

TEST_CASE("the holder is whoever the key of the presentation's proof belongs to") {
    Holder const alice, mallory;
    check_held_by_signer(alice.presenting(held_by(presentation(), alice.did)));
    check_held_by_signer(alice.presenting(held_by(presentation(), {{"id", alice.did}})));
    check_held_by_another(mallory.presenting(held_by(presentation(), alice.did)), "/verifiablePresentation/holder");
    check_held_by_signer(mallory.presenting(alice.presenting(held_by(presentation(), alice.did))));

    auto const anonymous = alice.presenting(presentation());
    auto const replied = common_house().verify_presentation(anonymous);
    CHECK(replied.status == 200);
    CHECK_FALSE(replied.passed("holder-binding"));
    CHECK(replied.body.at("warnings").empty());
    CHECK(common_house().verify_presentation(anonymous, asking_for_holder).code() == "holder-binding");
}

TEST_CASE("the holder of a presentation in a token is whoever signed the token") {
    Holder const alice, mallory;
    check_held_by_signer(presented_token(alice, held_by(presentation(), alice.did)));
    check_held_by_another(presented_token(mallory, held_by(presentation(), alice.did)),
                          "/verifiablePresentation/id/holder");
    auto const wrapped = alice.presenting(held_by(presentation(), alice.did));
    check_held_by_another(presented_token(mallory, wrapped), "/verifiablePresentation/id/holder");
    check_held_by_signer(presented_token(alice, wrapped));
}

TEST_CASE("a proof of a presentation in a token is judged as well") {
    Holder const alice;
    auto const inner = alice.presenting(presentation());
    CHECK(common_house().verify_presentation(presented_token(alice, inner)).status == 200);
    auto broken = inner;
    broken["proof"]["created"] = "2020-01-01T00:00:00Z";
    check_not_believed(presented_token(alice, broken), "proof-signature", Json::object());
    auto const replied = common_house().verify_presentation(presented_token(alice, broken));
    CHECK(replied.pointers().starts_with("/verifiablePresentation/id/proof"));
    broken["proof"] = "none";
    CHECK(common_house().verify_presentation(presented_token(alice, broken)).status == 400);
    Json const older{{"iss", alice.did}, {"vp", held_by(inner, alice.did)}};
    check_not_believed(envelope("EnvelopedVerifiablePresentation", "application/jwt", alice.token(older, std::nullopt)),
                       "proof-signature", Json::object());
}

TEST_CASE("checks of a presentation name what held for all of it, warnings say of which credential they are") {
    auto const bound = common_house().issued(holder_profile, credential_2());
    auto foreign = credential_2();
    foreign["issuer"] = "https://vc.example/issuers/5678";
    foreign = tests::signed_by_stranger(foreign, {}, KeyType::ed25519);
    auto const judged = [](Json const& document) { return common_house().verify_presentation(document, asked); };

    CHECK(judged(proven(presentation(bound))).passed("issuer-binding"));
    CHECK_FALSE(judged(proven(presentation())).passed("issuer-binding"));
    for (auto const& [credentials, pointer] :
         {std::pair(Json::array({bound, foreign}), "/verifiablePresentation/verifiableCredential/1/issuer"),
          std::pair(Json::array({foreign, bound}), "/verifiablePresentation/verifiableCredential/0/issuer")}) {
        auto const replied = judged(proven(presentation(credentials)));
        CHECK_MESSAGE(replied.status == 200, replied.body.dump());
        CHECK_FALSE(replied.passed("issuer-binding"));
        CHECK_FALSE(replied.passed("holder-binding"));
        CHECK(replied.passed("proof"));
        REQUIRE(replied.body.at("warnings").size() == 1);
        CHECK(replied.body.at("warnings").at(0).at("pointer") == pointer);
    }
}
