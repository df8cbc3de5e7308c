#include <algorithm>

#include "service/domain/verification_open_badge_2.hpp"

namespace itqan::domain {
namespace {

void put(Json& out, char const* name, std::optional<std::string> const& value) {
    if (value) out[name] = *value;
}

/// A level of a rubric as the badge says it was reached; number 0: none.
struct Reached {
    int number = 0;
    schemas::RubricCriterionLevel const* level = nullptr;
};

Reached reached(schemas::AchievementSubject const& subject, schemas::ResultDescription const& description) {
    Reached best;
    for (auto const& result : subject.result) {
        for (auto const& level : description.rubric_criterion_level) {
            if (result.achieved_level != level.id || !level.level || level.level->size() != 1) continue;
            int const number = level.level->front() - '0';
            if (number >= 1 && number <= 9 && number > best.number) best = {number, &level};
        }
    }
    return best;
}

/// The highest level reached, with its words.
Json level_of(schemas::AchievementSubject const& subject) {
    Reached best;
    for (auto const& description : subject.achievement.result_description)
        if (auto const one = reached(subject, description); one.number > best.number) best = one;
    if (best.level == nullptr) return nullptr;
    Json highest{{"level", best.number}, {"name", best.level->name}};
    put(highest, "description", best.level->description);
    return highest;
}

/// The level reached in what the alignment names; 0 where the badge states none.
int level_in(schemas::AchievementSubject const& subject, schemas::Alignment const& alignment) {
    int best = 0;
    for (auto const& description : subject.achievement.result_description) {
        bool const is_about =
            std::any_of(description.alignment.begin(), description.alignment.end(),
                        [&](schemas::Alignment const& each) { return each.target_url == alignment.target_url; });
        if (is_about) best = std::max(best, reached(subject, description).number);
    }
    return best;
}

Json alignments_of(schemas::AchievementSubject const& subject) {
    auto all = Json::array();
    for (auto const& alignment : subject.achievement.alignment) {
        Json one{{"name", alignment.target_name}, {"url", alignment.target_url}};
        put(one, "code", alignment.target_code);
        put(one, "framework", alignment.target_framework);
        if (auto const level = level_in(subject, alignment); level > 0) one["level"] = level;
        all.push_back(std::move(one));
    }
    return all;
}

Json evidence_of(schemas::Credential const& credential) {
    auto all = Json::array();
    for (auto const& evidence : credential.evidence) {
        auto one = Json::object();
        put(one, "id", evidence.id);
        put(one, "name", evidence.name);
        put(one, "narrative", evidence.narrative);
        all.push_back(std::move(one));
    }
    return all;
}

/// Somebody's word about something: who, about what, which words.
Json said_by_endorsement(Json const& document) {
    auto const subject = document.value("credentialSubject", Json());
    auto const issuer = document.value("issuer", Json());
    Json said{{"id", text_at(document, "id")}, {"endorsed", text_at(subject, "id")}};
    said["issuer"] = Json{{"id", issuer_id_of(document)}};
    auto const put_text = [](Json& out, char const* name, std::string const& text) {
        if (!text.empty()) out[name] = text;
    };
    put_text(said["issuer"], "name", text_at(issuer, "name"));
    put_text(said, "name", text_at(document, "name"));
    put_text(said, "comment", text_at(subject, "endorsementComment"));
    put_text(said, "validFrom", text_at(document, "validFrom"));
    put_text(said, "validUntil", text_at(document, "validUntil"));
    return said;
}

Json inner_reports(std::vector<Report> const& reports) {
    auto all = Json::array();
    for (auto const& report : reports)
        all.push_back(report_to_json(report));
    return all;
}

}  // namespace

Json said_by(Case const& verified) {
    if (verified.open_badge_2) return said_by_open_badge_2(verified);
    if (verified.kind == CredentialKind::presentation) return said_by_presentation(verified);
    if (verified.kind == CredentialKind::endorsement && verified.found.document.is_object())
        return said_by_endorsement(verified.found.document);
    if (!verified.readable) return nullptr;
    auto const& credential = *verified.readable;
    auto const& achievement = credential.subject.achievement;
    Json said{{"id", credential.id},
              {"name", credential.name.value_or(achievement.name)},
              {"validFrom", credential.valid_from.text()}};
    put(said, "description", credential.description);
    said["issuer"] = Json{{"id", credential.issuer.id}};
    put(said["issuer"], "name", credential.issuer.name);
    put(said["issuer"], "url", credential.issuer.url);
    auto recipient = Json::object();
    put(recipient, "id", credential.subject.id);
    for (auto const& identity : credential.subject.identifier)
        if (identity.identity_type == "name" && !identity.hashed) recipient["name"] = identity.identity_hash;
    said["recipient"] = std::move(recipient);
    Json about{{"id", achievement.id}, {"name", achievement.name}, {"description", achievement.description}};
    put(about, "inLanguage", achievement.in_language);
    put(about, "achievementType", achievement.achievement_type);
    put(about, "humanCode", achievement.human_code);
    put(about, "version", achievement.version);
    said["achievement"] = std::move(about);
    put(said, "criteria", achievement.criteria.narrative);
    said["alignment"] = alignments_of(credential.subject);
    if (auto level = level_of(credential.subject); !level.is_null()) said["level"] = std::move(level);
    said["evidence"] = evidence_of(credential);
    if (credential.valid_until) said["validUntil"] = credential.valid_until->text();
    if (credential.awarded_date) said["awardedDate"] = credential.awarded_date->text();
    return said;
}

Json report_to_json(Report const& report) {
    // Members are put where they stay: braces would make each and copy it.
    auto checks = Json::array();
    for (auto const& check : report.checks) {
        auto& one = checks.emplace_back(Json::object());
        one["id"] = check.id;
        one["outcome"] = check_outcome_name(check.outcome);
        one["code"] = check.code;
        one["title"] = check.title;
        one["detail"] = check.detail;
        one["evidence"] = check.evidence;
    }
    auto warnings = Json::array();
    for (auto const& warning : report.warnings)
        warnings.push_back({{"code", warning.code}, {"pointer", warning.pointer}, {"detail", warning.detail}});
    auto json = Json::object();
    json["verdict"] = verdict_name(report.verdict);
    json["headline"] = report.headline;
    json["headlineCode"] = report.headline_code;
    json["checkedAt"] = report.checked_at.text();
    json["kind"] = report.kind;
    json["credential"] = report.credential;
    json["checks"] = std::move(checks);
    json["warnings"] = std::move(warnings);
    json["endorsements"] = inner_reports(report.endorsements);
    json["nested"] = inner_reports(report.nested);
    if (!report.exceptions.empty()) json["exceptions"] = report.exceptions;
    for (auto const& check : report.checks)
        if (check.id == "recipient")
            json["recipient"] =
                Json{{"asked", true}, {"match", report.recipient_match ? Json(*report.recipient_match) : Json()}};
    return json;
}

}  // namespace itqan::domain
