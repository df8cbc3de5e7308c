#include "tests/schemas/badge_samples.hpp"

namespace itqan::tests {

using namespace schemas;

Credential minimal_credential() {
    Credential credential;
    credential.id = "https://badges.example/credentials/0b8f3f0e-52a1-4c79-9d65-6a1f7d4a1c11";
    credential.issuer.id = "did:web:badges.example:issuers:nakhla";
    credential.valid_from = *Instant::parse("2026-11-01T12:00:00Z");
    credential.subject.id = "urn:uuid:5f0e2c1a-9d57-4b9e-8a41-2f6d8b1c7e20";
    credential.subject.achievement.id = "https://badges.example/achievements/2c5ea4c0-4067-51f9-ba38-7c6a5f0b3e44";
    credential.subject.achievement.name = "Digital Health Foundation";
    credential.subject.achievement.description = "The holder completed Digital Health Essentials.";
    credential.subject.achievement.criteria.narrative = "All of: Digital Health Essentials with 70 points.";
    return credential;
}

namespace {

ResultDescription level_description() {
    ResultDescription description{"urn:uuid:f6ab24cd-86e8-4eaf-b8c6-ded74e8fd41c", "Level in DH6.1",
                                  "RubricCriterionLevel"};
    for (auto const* name : {"Aware", "Practising", "Proficient", "Leading", "Shaping"}) {
        auto const number = std::to_string(description.rubric_criterion_level.size() + 1);
        RubricCriterionLevel level{"urn:uuid:d05a0867-d0ad-4b03-bdb5-28fb5d2aab7" + number, name};
        level.level = number;
        level.alignment = {Alignment{name, "https://badges.example/case/levels/" + number}};
        level.alignment.front().target_type = "CFRubricCriterionLevel";
        description.rubric_criterion_level.push_back(level);
    }
    description.required_level = description.rubric_criterion_level.at(1).id;
    return description;
}

Achievement full_achievement(Achievement achievement) {
    achievement.criteria.id = achievement.id + "#criteria";
    achievement.achievement_type = "Badge";
    achievement.image = Image{"https://badges.example/images/ach-01.png", "Digital Health Foundation"};
    achievement.alignment = {Alignment{"Protects patient data", "https://badges.example/case/items/dh61", "DH6.1",
                                       "Keeps data safe", "Digital Health Framework", "CFItem"}};
    achievement.result_description = {level_description()};
    achievement.related = {{"https://badges.example/achievements/9a1d4b1e-3a60-5f3b-8d0a-0b7f2a0d6c55", "ar", "1"}};
    achievement.in_language = "en";
    achievement.version = "1";
    achievement.human_code = "ach-01";
    achievement.tag = {"digital health"};
    achievement.creator = Profile{"did:web:badges.example:issuers:nakhla", "Nakhla Institute"};
    return achievement;
}

}  // namespace

Credential full_credential() {
    auto credential = minimal_credential();
    credential.name = "Digital Health Foundation";
    credential.description = "Shows training and assessment.";
    credential.issuer.name = "Nakhla Institute";
    credential.issuer.url = "https://badges.example/issuers/nakhla";
    credential.issuer.image = Image{"https://badges.example/logo.png"};
    credential.valid_until = *Instant::parse("2028-10-31T23:59:59Z");
    credential.awarded_date = credential.valid_from;
    credential.subject.identifier = {
        {"sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399", "emailAddress", true, "Kosher"},
        {"Layla Hassan", "name", false}};
    credential.subject.achievement = full_achievement(std::move(credential.subject.achievement));
    auto const& description = credential.subject.achievement.result_description.front();
    credential.subject.result = {{description.id, std::nullopt, description.rubric_criterion_level.at(2).id}};
    credential.evidence = {
        {std::nullopt, "Digital Health Essentials", "Completed with Al Bahr Academy in October 2026."}};
    credential.status = {{"BitstringStatusListEntry", "https://badges.example/status/nakhla-1#94567", "revocation",
                          "94567", "https://badges.example/status/nakhla-1"}};
    return credential;
}

}  // namespace itqan::tests
