#include "service/domain/issuance.hpp"

#include <doctest/doctest.h>

#include "schemas/open_badge_rules.hpp"
#include "service/domain/evidence_reader.hpp"
#include "storage/catalog.hpp"
#include "storage/evidence.hpp"
#include "tests/service/domain/acts_house.hpp"

using namespace itqan;
using namespace itqan::domain;
using namespace itqan::tests;

namespace {

/// The starter's completion of Cyber Hygiene for Care Teams, as it stands in storage.
void store_completion(ActsHouse& house, std::string const& id, std::string const& completed_at, int score) {
    Json const element{
        {"id", id},       {"providerId", "prv-qalam"},   {"activityId", "act-102"}, {"learnerId", "lrn-020"},
        {"score", score}, {"completedAt", completed_at}, {"status", "verified"}};
    auto const read = must(read_evidence_element("completion", element, *house.programme()));
    storage::EvidenceRow row;
    row.id = row.external_id = id;
    row.kind = "completion";
    row.source = "prv-qalam";
    row.learner_id = "lrn-020";
    row.occurred_on = read.occurred_on;
    row.recorded_at = house.clock.now;
    row.status = read.status;
    row.body = read.body.dump();
    house.database().write([&](storage::Session& session) { storage::insert_evidence(session, row); });
}

Result<Prepared> prepare_from(ActsHouse& house, std::vector<std::string> const& evidence_ids,
                              std::optional<Day> until) {
    auto const programme = house.programme();
    Evaluation evaluation;
    evaluation.achievement_id = "ach-08";
    evaluation.root.outcome = Outcome::satisfied;
    evaluation.root.until = until;
    evaluation.root.evidence = evidence_ids;
    return house.database().read([&](storage::Session& session) {
        auto const learner = storage::learner(session, "lrn-020").value();
        return house.issuance.prepare(session, *programme, learner, *programme->achievement("ach-08"), 1, &evaluation,
                                      load_evidence(session, "lrn-020"), nullptr);
    });
}

/// Wall and domain at different times.
class TwoClocks final : public Clock {
  public:
    Instant wall() const override { return *Instant::parse("2026-11-01T12:00:00.700Z"); }
    Instant domain() const override { return domain_now; }

    Instant domain_now;
};

}  // namespace

TEST_CASE("a badge is a valid Open Badge of its issuer with a random subject") {
    ActsHouse house;

    auto const row = house.award("ach-01", "lrn-020");
    auto const badge = house.badge(row);

    CHECK(schemas::validate_open_badge(badge, schemas::OpenBadgeProfile::own).empty());
    CHECK(badge.at("@context").size() == 3);
    CHECK(badge.at("id") == "https://badges.example/credentials/" + row.id);
    CHECK(badge.at("/issuer/id"_json_pointer) == "did:web:badges.example:issuers:nakhla");
    CHECK(badge.at("/issuer/url"_json_pointer) == "https://badges.example/issuers/nakhla");
    CHECK(badge.at("/credentialSubject/id"_json_pointer).get<std::string>().starts_with("urn:uuid:"));
    CHECK(badge.at("validFrom") == "2026-11-01T12:00:00Z");
    CHECK(badge.at("validUntil") == "2028-11-01T23:59:59Z");
    CHECK(badge.at("awardedDate") == badge.at("validFrom"));
    CHECK(badge.at("/credentialSchema/0/type"_json_pointer) == "1EdTechJsonSchemaValidator2019");
    CHECK_FALSE(badge.contains("proof"));
    CHECK(row.claim_state == "offered");
    CHECK(row.visibility == "offered");
}

TEST_CASE("an issued token verifies with the key at its kid and with the issuer's DID document") {
    ActsHouse house;

    auto const text = house.jwt(house.award("ach-01", "lrn-020"));
    auto const token = must(crypto::read_vc_jwt(text));
    auto const jwk = Json::parse(house.documents.get(token.jws.kid.value()).body);
    auto const report = house.check(text);

    CHECK(token.jws.kid->starts_with("https://badges.example/issuers/nakhla/keys/"));
    CHECK(crypto::verify_jws(token.jws, must(crypto::PublicKey::from_jwk(jwk))));
    CHECK(crypto::check_vc_jwt_claims(token).empty());
    CHECK(report.verdict == Verdict::valid);
}

TEST_CASE("the e-mail address is signed as a salted hash and the name not at all") {
    ActsHouse house;

    auto const badge = house.badge(house.award("ach-01", "lrn-020"));
    auto const& identity = badge.at("/credentialSubject/identifier"_json_pointer);

    REQUIRE(identity.size() == 1);
    auto const salt = identity[0].at("salt").get<std::string>();
    CHECK(base64url_decode(salt).value().size() == 16);
    CHECK(identity[0].at("identityType") == "emailAddress");
    CHECK(identity[0].at("hashed") == true);
    CHECK(identity[0].at("identityHash") == "sha256$" + crypto::sha256_hex("lrn-020@people.example" + salt));
    CHECK(badge.dump().find("people.example") == std::string::npos);
    CHECK(badge.dump().find("Yousef") == std::string::npos);
}

TEST_CASE("badges of one issuer share the subject and never a salt, another issuer's have another subject") {
    ActsHouse house;
    auto const subject = [&](Json const& badge) { return badge.at("/credentialSubject/id"_json_pointer); };
    auto const salt = [&](Json const& badge) { return badge.at("/credentialSubject/identifier/0/salt"_json_pointer); };

    auto const first = house.badge(house.award("ach-01", "lrn-020"));
    auto const second = house.badge(house.award("ach-02", "lrn-020"));
    auto const foreign = house.badge(house.award("ach-13", "lrn-020"));
    auto const somebody = house.badge(house.award("ach-01", "lrn-001"));

    CHECK(subject(first) == subject(second));
    CHECK(salt(first) != salt(second));
    CHECK(subject(first) != subject(foreign));
    CHECK(subject(first) != subject(somebody));
}

TEST_CASE("the level travels with the badge in its own language") {
    ActsHouse house;

    auto const english = house.badge(house.award("ach-01", "lrn-020"));
    auto const arabic = house.badge(house.award("ach-01", "lrn-001"));

    for (auto const* const badge : {&english, &arabic}) {
        auto const& achievement = badge->at("/credentialSubject/achievement"_json_pointer);
        auto const& description = achievement.at("resultDescription")[1];
        auto const& levels = description.at("rubricCriterionLevel");
        CHECK(achievement.at("alignment")[1].at("targetType") == "CFItem");
        CHECK(achievement.at("alignment")[1].at("targetCode") == "DH6.1");
        CHECK(description.at("resultType") == "RubricCriterionLevel");
        REQUIRE(levels.size() == 5);
        for (auto const& level : levels)
            CHECK(level.at("alignment")[0].at("targetType") == "CFRubricCriterionLevel");
        CHECK(description.at("requiredLevel") == levels[1].at("id"));
        auto const& result = badge->at("/credentialSubject/result"_json_pointer)[1];
        CHECK(result.at("resultDescription") == description.at("id"));
        CHECK(result.at("achievedLevel") == levels[1].at("id"));
    }
    auto const level_name =
        "/credentialSubject/achievement/resultDescription/1/rubricCriterionLevel/1/name"_json_pointer;
    auto const item = "/credentialSubject/achievement/alignment/1/targetUrl"_json_pointer;
    auto const level =
        "/credentialSubject/achievement/resultDescription/1/rubricCriterionLevel/1/alignment/0/targetUrl"_json_pointer;
    CHECK(english.at(level_name) == "Assisted");
    CHECK(arabic.at(level_name) == "بمساندة");
    CHECK(english.at(item) != arabic.at(item));
    CHECK(english.at(level) == arabic.at(level));
}

TEST_CASE("an achievement is written in the learner's first language and related to the other") {
    ActsHouse house;

    auto const english =
        house.badge(house.award("ach-01", "lrn-020")).at("/credentialSubject/achievement"_json_pointer);
    auto const arabic = house.badge(house.award("ach-01", "lrn-001")).at("/credentialSubject/achievement"_json_pointer);

    CHECK(english.at("inLanguage") == "en");
    CHECK(english.at("name") == "Digital Health Foundation");
    CHECK(arabic.at("inLanguage") == "ar");
    CHECK(arabic.at("name") == "أساس الصحة الرقمية");
    CHECK(english.at("related")[0].at("id") == arabic.at("id"));
    CHECK(arabic.at("related")[0].at("id") == english.at("id"));
    CHECK(english.at("humanCode") == "ach-01");
    CHECK(english.at("image").at("id") == english.at("id").get<std::string>() + "/picture.png");
    CHECK(english.at("criteria").at("id") == english.at("id"));
    CHECK(english.at("criteria").at("narrative").get<std::string>().find("Digital Health Essentials") !=
          std::string::npos);
}

TEST_CASE("there is one status entry, of purpose revocation, at the position of the row") {
    ActsHouse house;

    auto const row = house.award("ach-01", "lrn-020");
    auto const status = house.badge(row).at("credentialStatus");

    REQUIRE(status.is_object());
    CHECK(status.at("type") == "BitstringStatusListEntry");
    CHECK(status.at("statusPurpose") == "revocation");
    CHECK(status.at("statusListIndex") == std::to_string(row.status_position));
    CHECK(status.at("statusListCredential") == "https://badges.example/status/" + row.status_list_id);
}

TEST_CASE("evidence is signed as activity, provider and month, without score or failed attempts") {
    ActsHouse house;
    store_completion(house, "cmp-passed", "2026-10-05T12:00:00Z", 93);
    store_completion(house, "cmp-failed", "2026-09-05T12:00:00Z", 41);

    auto const prepared = prepare_from(house, {"cmp-passed", "cmp-failed"}, std::nullopt);

    REQUIRE(prepared);
    auto const badge = read_signed(prepared->documents.at(0));
    auto const& evidence = badge.at("evidence");
    REQUIRE(evidence.size() == 1);
    CHECK(evidence[0].at("name") == "Cyber Hygiene for Care Teams");
    CHECK(evidence[0].at("narrative") == "Qalam Academy of Health Informatics, October 2026");
    CHECK(evidence.dump().find("93") == std::string::npos);
    CHECK(Json::parse(prepared->row.details).at("evidence").size() == 2);
}

TEST_CASE("a badge whose evidence ends first ends with it and says so") {
    ActsHouse house;

    auto const by_evidence = prepare_from(house, {}, Day::of(2027, 3, 5));
    auto const by_validity = prepare_from(house, {}, Day::of(2029, 3, 5));

    REQUIRE(by_evidence);
    REQUIRE(by_validity);
    CHECK(by_evidence->row.limited_by == "evidence");
    CHECK(read_signed(by_evidence->documents.at(0)).at("validUntil") == "2027-03-05T23:59:59Z");
    CHECK(by_validity->row.limited_by == "validity");
    CHECK(by_validity->row.valid_until == Day::of(2027, 11, 1));
}

TEST_CASE("a badge is valid from the earlier of both clocks in whole seconds") {
    ActsHouse house;
    TwoClocks clocks;
    Issuance issuance(house.database(), house.programmes, house.keys, house.status, house.addresses, clocks);
    auto const valid_from = [&](std::string const& achievement, std::string const& domain_now) {
        clocks.domain_now = Instant::parse(domain_now).value();
        auto const row =
            issuance.award(Actor{}, *house.programme(), {achievement, "lrn-020", std::nullopt, std::nullopt});
        auto const token = must(crypto::read_vc_jwt(house.jwt(must(row))));
        CHECK(token.payload.at("nbf") ==
              Instant::parse(token.credential.at("validFrom").get<std::string>()).value().seconds());
        return token.credential.at("validFrom").get<std::string>();
    };

    CHECK(valid_from("ach-01", "2026-10-01T09:00:00.900Z") == "2026-10-01T09:00:00Z");
    CHECK(valid_from("ach-02", "2026-11-09T09:00:00Z") == "2026-11-01T12:00:00Z");
}

TEST_CASE("a hand award may name an earlier day, from which its validity counts") {
    ActsHouse house;

    auto const earlier = house.try_award("ach-01", "lrn-020", Day::of(2026, 5, 1));
    auto const future = house.try_award("ach-02", "lrn-020", Day::of(2026, 11, 2));
    auto const run_out = house.try_award("ach-02", "lrn-020", Day::of(2020, 1, 1));

    REQUIRE(earlier);
    CHECK(house.badge(*earlier).at("awardedDate") == "2026-05-01T00:00:00Z");
    CHECK(house.badge(*earlier).at("validFrom") == "2026-11-01T12:00:00Z");
    CHECK(earlier->valid_until == Day::of(2028, 5, 1));
    CHECK(earlier->origin == "hand");
    REQUIRE_FALSE(future);
    CHECK(future.error().code == "awarded-in-future");
    REQUIRE_FALSE(run_out);
    CHECK(run_out.error().code == "awarded-too-long-ago");
}

TEST_CASE("a narrative of the issuer becomes evidence of the badge") {
    ActsHouse house;

    auto const row = house.issuance.award(Actor{}, *house.programme(),
                                          {"ach-01", "lrn-020", std::nullopt, "Led the go-live in May."});

    REQUIRE(row);
    CHECK(house.badge(*row).at("/evidence/0/narrative"_json_pointer) == "Led the go-live in May.");
}

TEST_CASE("a running award or one on hold is not given again, a revoked one is by hand") {
    ActsHouse house;
    auto const first = house.award("ach-01", "lrn-020");

    auto const running = house.try_award("ach-01", "lrn-020");
    REQUIRE(house.claims.suspend(Actor{}, first.id, std::nullopt));
    auto const on_hold = house.try_award("ach-01", "lrn-020");
    REQUIRE(house.claims.revoke(Actor{}, first.id, "issued-in-error", std::nullopt));
    auto const again = house.try_award("ach-01", "lrn-020");

    REQUIRE_FALSE(running);
    CHECK(running.error().code == "already-awarded");
    REQUIRE_FALSE(on_hold);
    CHECK(on_hold.error().code == "already-awarded");
    REQUIRE(again);
    CHECK(again->award_no == 2);
    CHECK(again->id != first.id);
    CHECK(again->status_position != first.status_position);
}

TEST_CASE("the table refuses a second award of the same number") {
    ActsHouse house;
    auto const one = prepare_from(house, {}, std::nullopt);
    auto const two = prepare_from(house, {}, std::nullopt);
    auto const write = [&](Prepared const& prepared) {
        house.database().write([&](storage::Session& session) { house.issuance.write(session, prepared, Actor{}); });
    };

    write(*one);

    CHECK_THROWS_AS(write(*two), storage::ConstraintError);
    CHECK(house.row(one->row.id).status == "active");
    CHECK(number(house.database(), "SELECT count(*) FROM credential_document") == 1);
    CHECK(house.events_of(one->row.id) == std::vector<std::string>{"credential.issued"});
    CHECK(house.events_of(two->row.id).empty());
}

TEST_CASE("issuers award their own achievements to learners of the programme only") {
    ActsHouse house;
    auto const award = [&](std::string const& achievement, std::string const& learner) {
        return house.issuance.award(issuer_actor("murjan"), *house.programme(),
                                    {achievement, learner, std::nullopt, std::nullopt});
    };

    CHECK(award("ach-13", "lrn-020"));
    CHECK(award("ach-01", "lrn-020").error().fault == Fault::forbidden);
    CHECK(award("ach-99", "lrn-020").error().code == "unknown-achievement");
    CHECK(award("ach-13", "lrn-999").error().code == "unknown-learner");
}

TEST_CASE("an award whose transaction fails leaves neither badge nor mail nor event") {
    ActsHouse house;
    auto const failing = [](storage::Session&, storage::CredentialRow const&) {
        throw std::runtime_error("the answer cannot be kept");
    };

    CHECK_THROWS_AS(
        house.issuance.award(Actor{}, *house.programme(), {"ach-01", "lrn-020", std::nullopt, std::nullopt}, failing),
        std::runtime_error);

    CHECK(number(house.database(), "SELECT count(*) FROM credential") == 0);
    CHECK(number(house.database(), "SELECT count(*) FROM credential_document") == 0);
    CHECK(number(house.database(), "SELECT count(*) FROM event WHERE kind = 'credential.issued'") == 0);
    CHECK(house.mails().empty());
}

TEST_CASE("the first badge is mailed at once and those of the next ten minutes in one further mail") {
    ActsHouse house;
    auto const start = house.clock.now;
    auto const first = house.award("ach-01", "lrn-020");
    auto const at_once = house.mails();
    REQUIRE(at_once.size() == 1);
    house.database().write(
        [&](storage::Session& session) { storage::finish_outbox(session, at_once[0].id, house.clock.now); });

    house.pass(one_minute);
    auto const second = house.award("ach-02", "lrn-020");
    house.pass(one_minute);
    auto const third = house.award("ach-03", "lrn-020");
    auto const somebody = house.award("ach-01", "lrn-001");

    CHECK(at_once[0].due_at == start);
    CHECK(Json::parse(at_once[0].data) == Json{{"credentialIds", Json::array({first.id})}});
    auto const mail_of = [&](std::string const& credential_id) {
        for (auto const& mail : house.mails())
            if (mail.data.find(credential_id) != std::string::npos) return mail;
        return storage::OutboxRow{};
    };
    CHECK(house.mails().size() == 3);
    CHECK(mail_of(third.id).data == Json{{"credentialIds", Json::array({second.id, third.id})}}.dump());
    CHECK(mail_of(third.id).due_at.milliseconds == start.milliseconds + 10 * one_minute);
    CHECK(mail_of(somebody.id).learner_id == "lrn-001");
    CHECK(mail_of(somebody.id).data == Json{{"credentialIds", Json::array({somebody.id})}}.dump());
    CHECK(mail_of(somebody.id).due_at == house.clock.now);
}
