// The public validator's samples, as far as they need no linked-data proof: each gets the verdict its maintainers give
// it, or is unchecked for a reason that is said.

#include <doctest/doctest.h>

#include "crypto/jws.hpp"
#include "crypto/vc_jwt.hpp"
#include "tests/service/verification/verification_house.hpp"

using namespace itqan;
using namespace itqan::domain;
using namespace itqan::tests;

namespace {

std::string sample(std::string const& file) {
    return read_file(*shared_dir() / "vectors" / file);
}

/// The sample's issuer as if it listed the key that the sample carries.
void trust_key_of(Verifier& verifier, std::string const& token) {
    auto const read = crypto::read_vc_jwt(token);
    REQUIRE(read);
    REQUIRE(read->jws.jwk);
    auto const& issuer = read->credential.at("issuer");
    auto const id = issuer.is_string() ? issuer.get<std::string>() : issuer.at("id").get<std::string>();
    auto const method = id + "#key";
    verifier.knows(id, Json{{"id", id},
                            {"verificationMethod", Json::array({{{"id", method},
                                                                 {"type", "JsonWebKey"},
                                                                 {"controller", id},
                                                                 {"publicKeyJwk", read->jws.jwk->to_jwk()}}})},
                            {"assertionMethod", Json::array({method})}}
                           .dump());
}

}  // namespace

TEST_CASE("the baked JWT samples are genuine once their issuer lists the key") {
    NEEDS_SHARED();
    for (auto const* file : {"validator/ob30/simple-jwt.png", "validator/ob30/simple-jwt.svg",
                             "validator/ob30/simple-jwt_v1.png", "validator/ob30/simple-jwt_v1.svg"}) {
        CAPTURE(file);
        Verifier verifier;
        auto const alone = verifier.verify(sample(file));
        CHECK(alone.verdict == Verdict::unchecked);
        trust_key_of(verifier, alone.document);

        auto const report = verifier.verify(sample(file));

        // Both lack the claim sub, which the specification requires: a remark, no refusal.
        CHECK_MESSAGE(report.verdict == Verdict::warning, summary(report));
        CHECK(outcome_of(report, "issuer-binding") == "pass");
    }
}

TEST_CASE("token samples that are wrong are refused for the reason given with them") {
    NEEDS_SHARED();
    Verifier verifier;

    auto const draft = verifier.verify(sample("validator/ob30/simple.jwt"));
    CHECK(draft.verdict == Verdict::invalid);
    CHECK(code_of(draft, "proof") == "proof.no-key-named");
    CHECK(outcome_of(draft, "schema") == "fail");

    auto const velocity = verifier.verify(sample("validator/ob30/velocity.jwt"));
    CHECK(velocity.verdict == Verdict::invalid);
    CHECK(code_of(velocity, "proof") == "proof.foreign-key");
    CHECK(outcome_of(velocity, "contexts") == "warn");

    auto const unsigned_one = verifier.verify(sample("validator/ob30/simple-noproof.json"));
    CHECK(unsigned_one.verdict == Verdict::invalid);
    CHECK(code_of(unsigned_one, "proof") == "proof.missing");
}

TEST_CASE("samples whose structure is wrong fail at the check that looks at it") {
    NEEDS_SHARED();
    for (auto const* name :
         {"issuer", "credential-subject-type", "credential-subject-result-type",
          "credential-subject-achievement-result-description-type", "credential-subject-profile-type", "evidence-type",
          "issuer-type", "issuer-parentorg-type", "issuer-otheridentifier-type"}) {
        CAPTURE(name);
        Verifier verifier;
        auto const report = verifier.verify(sample("validator/ob30/simple-err-" + std::string(name) + ".json"));
        CHECK_MESSAGE(outcome_of(report, "schema") == "fail", summary(report));
        CHECK(report.verdict == Verdict::invalid);
    }
    Verifier verifier;
    auto const other_type = verifier.verify(sample("validator/ob30/simple-err-type.json"));
    CHECK(code_of(other_type, "format") == "format.not-a-badge");
    CHECK(other_type.verdict == Verdict::invalid);
}

TEST_CASE("good samples with an embedded proof are read and left unchecked") {
    NEEDS_SHARED();
    struct Sample {
        char const* file;
        char const* contexts;
    };
    for (auto const& [file, contexts] :
         {Sample{"validator/ob30/simple.json", "pass"}, Sample{"validator/ob30/simple.1ob", "pass"},
          Sample{"validator/ob30/simple_v1.json", "warn"}, Sample{"validator/ob30/simple-did-key-method.json", "pass"},
          Sample{"validator/ob30/simple-context-alias.json", "pass"},
          Sample{"validator/ob30/simple-context-version.json", "warn"},
          Sample{"validator/ob30/simple-eddsa-2022.json", "warn"}, Sample{"validator/ob30/simple-json.png", "pass"},
          Sample{"validator/ob30/simple-json.svg", "pass"}}) {
        CAPTURE(file);
        Verifier verifier;
        auto const report = verifier.verify(sample(file));
        CHECK_MESSAGE(report.verdict == Verdict::unchecked, summary(report));
        CHECK(code_of(report, "proof") == "proof.linked-data");
        CHECK(outcome_of(report, "contexts") == contexts);
        CHECK_MESSAGE(outcome_of(report, "schema") == "pass", summary(report));
    }
}

TEST_CASE("learner records, endorsements and Open Badges 2 are recognised") {
    NEEDS_SHARED();
    Verifier verifier;

    CHECK(code_of(verifier.verify(sample("validator/clr20/simple.jwt")), "format") == "format.learner-record");
    CHECK(code_of(verifier.verify(sample("validator/ob30/endorsement-valid.json")), "format") == "format.endorsement");
    for (auto const* file : {"validator/ob20/simple.jwt", "validator/ob20/simple-revoked.jwt"}) {
        auto const older = verifier.verify(sample(file));
        CHECK(code_of(older, "format") == "format.open-badges-2");
        CHECK(older.verdict == Verdict::unchecked);
    }
}
