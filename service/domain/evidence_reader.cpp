#include "service/domain/evidence_reader.hpp"

#include <algorithm>
#include <array>

#include "schemas/json_pointer.hpp"
#include "service/domain/evidence_body.hpp"
#include "service/domain/programme_shapes.hpp"

namespace itqan::domain {
namespace {

using Words = std::string_view const[];

constexpr bool optional = false;
constexpr double any_size = std::numeric_limits<double>::infinity();

constexpr Words verified_states = {"verified", "pending", "rejected", "revoked"};
constexpr Words signoff_states = {"confirmed", "requested", "rejected", "revoked"};
constexpr Words entrustment_states = {"confirmed", "proposed", "rejected", "revoked"};
constexpr Words confirmed_states = {"confirmed", "pending", "rejected", "revoked"};
constexpr Words decisions = {"summative", "adHoc"};
constexpr Words groups = {"C", "I", "T", "M"};

constexpr Field state(std::span<std::string_view const> words) {
    return {"status", Form::word, optional, false, 0, any_size, words};
}
constexpr Field id{"id", Form::id, optional}, learner{"learnerId", Form::id, optional};
constexpr Field eligible{"eligible", Form::boolean, optional}, coi{"coi", Form::text, optional, true};
constexpr Field competency{"competency"}, level{"level", Form::whole, true, false, 1, 5};
constexpr Field recorded{"recordedAt", Form::day_or_instant, optional};

constexpr Field link_fields[] = {
    {"url", Form::uri, optional}, {"name", Form::text, optional}, {"narrative", Form::prose, optional}};
constexpr Field completion_fields[] = {id,
                                       learner,
                                       {"externalId", Form::text, optional},
                                       {"replaces", Form::text, optional},
                                       {"providerId", Form::id, optional},
                                       {"activityId", Form::id},
                                       {"startedAt", Form::instant, optional},
                                       {"completedAt", Form::instant},
                                       {"score", Form::number, optional, false, -1e9},
                                       {"grade", Form::text, optional},
                                       {"hours", Form::number, optional, false, 0, 10'000},
                                       state(verified_states),
                                       eligible,
                                       coi,
                                       {"idempotencyKey", Form::text, optional},
                                       {"evidence", Form::objects, optional, false, 0, any_size, {}, link_fields}};
constexpr Field signoff_fields[] = {id,
                                    learner,
                                    competency,
                                    level,
                                    {"mentorId", Form::id},
                                    {"agreementId", Form::id, optional, true},
                                    {"signedAt", Form::day_or_instant},
                                    state(signoff_states),
                                    eligible,
                                    coi};
constexpr Field entrustment_fields[] = {id,
                                        learner,
                                        {"epaId", Form::id},
                                        level,
                                        {"assessorId", Form::id},
                                        {"decision", Form::word, true, false, 0, any_size, decisions},
                                        {"decidedAt", Form::day_or_instant},
                                        state(entrustment_states),
                                        eligible,
                                        coi};
constexpr Field experience_fields[] = {id,
                                       learner,
                                       {"roleId", Form::id},
                                       {"group", Form::word, true, false, 0, any_size, groups},
                                       {"orgId", Form::id, optional, true},
                                       {"from", Form::day},
                                       {"to", Form::day, optional, true},
                                       state(confirmed_states),
                                       eligible,
                                       coi};
constexpr Field practice_fields[] = {id,
                                     learner,
                                     competency,
                                     {"hours", Form::number, optional, false, 0, 10'000},
                                     {"at", Form::day_or_instant},
                                     state(confirmed_states),
                                     eligible,
                                     coi};
constexpr Field self_fields[] = {
    id, learner, competency, {"level", Form::whole, true, false, 0, 5}, {"at", Form::day_or_instant}};
constexpr Field external_fields[] = {id,
                                     learner,
                                     {"issuerName"},
                                     {"badgeName"},
                                     {"framework", Form::text, optional},
                                     {"frameworkItem", Form::text},
                                     {"itemCode", Form::text, optional},
                                     {"level", Form::whole, true, false, 1, 20},
                                     {"awardedAt", Form::day_or_instant},
                                     recorded,
                                     {"verificationUrl", Form::uri, optional},
                                     state(verified_states),
                                     eligible,
                                     coi};

struct Table {
    std::string_view kind;
    std::string_view date;  ///< The member with the day it counts from.
    std::span<Field const> fields;
};
constexpr std::array<Table, 7> tables{{{"completion", "completedAt", completion_fields},
                                       {"signoff", "signedAt", signoff_fields},
                                       {"entrustment", "decidedAt", entrustment_fields},
                                       {"experience", "from", experience_fields},
                                       {"practice", "at", practice_fields},
                                       {"self-assessment", "at", self_fields},
                                       {"external-badge", "awardedAt", external_fields}}};

Table const* table_of(std::string_view kind) {
    auto const found = std::find_if(tables.begin(), tables.end(), [&](Table const& t) { return t.kind == kind; });
    return found == tables.end() ? nullptr : found;
}

Error refused(Fault fault, std::string code, std::vector<Violation> violations) {
    auto const& first = violations.front();
    auto detail =
        "The evidence is refused: " + (first.pointer.empty() ? "it" : first.pointer) + " " + first.detail + ".";
    return {fault, std::move(code), std::move(detail), std::move(violations)};
}

Day day_of(std::string const& text) {
    if (auto const day = Day::parse(text)) return *day;
    return Instant::parse(text).value().day();
}

/// Finds the first thing that the programme does not allow.
std::optional<Error> check_meaning(std::string_view kind, Json const& element, Programme const& programme) {
    auto const wrong = [](std::string code, std::string pointer, std::string detail) {
        return refused(Fault::unprocessable, std::move(code), {{std::move(pointer), std::move(detail)}});
    };
    if (auto const code = optional_text_of(element, "competency"); code && programme.competency(*code) == nullptr)
        return wrong("unknown-competency", "/competency", "\"" + *code + "\" is no competency of the programme");
    if (auto const epa = optional_text_of(element, "epaId"); epa && programme.epa(*epa) == nullptr)
        return wrong("unknown-epa", "/epaId", "\"" + *epa + "\" is no EPA of the programme");
    if (auto const role = optional_text_of(element, "roleId"); role && programme.role(*role) == nullptr)
        return wrong("unknown-role", "/roleId", "\"" + *role + "\" is no role of the programme");
    if (kind == "experience")
        if (auto const to = Day::parse(text_of(element, "to")); to && *to < *Day::parse(text_of(element, "from")))
            return wrong("ends-before-start", "/to", "is before from");
    if (kind != "completion") return std::nullopt;

    if (auto const score = element.value("score", 0.0); score < 0 || score > 100)
        return wrong("score-out-of-range", "/score", "must be from 0 to 100");
    auto const started = optional_text_of(element, "startedAt");
    if (started && *Instant::parse(*started) > *Instant::parse(text_of(element, "completedAt")))
        return wrong("completed-before-start", "/completedAt", "is before startedAt");
    auto const* activity = programme.activity(text_of(element, "activityId"));
    auto const grade = optional_text_of(element, "grade");
    if (activity == nullptr || !grade) return std::nullopt;
    auto const& scale = activity->grade_scale;
    if (std::find(scale.begin(), scale.end(), *grade) == scale.end())
        return wrong("unknown-grade", "/grade", "\"" + *grade + "\" is not in the grade scale of " + activity->id);
    return std::nullopt;
}

}  // namespace

Result<StoredEvidence> read_evidence_element(std::string_view kind, Json const& element, Programme const& programme) {
    auto const* table = table_of(kind);
    if (table == nullptr)
        return refused(Fault::malformed, "invalid-body",
                       {{"", "\"" + std::string(kind) + "\" is no kind of evidence"}});
    std::vector<Violation> violations;
    check_fields(element, table->fields, schemas::Place(), violations);
    if (!violations.empty()) return refused(Fault::malformed, "invalid-body", std::move(violations));
    if (auto error = check_meaning(kind, element, programme)) return *std::move(error);

    StoredEvidence stored;
    stored.id = optional_text_of(element, "externalId").value_or(text_of(element, "id"));
    stored.learner_id = text_of(element, "learnerId");
    stored.occurred_on = day_of(text_of(element, table->date));
    stored.status = kind == "self-assessment" ? "verified" : text_of(element, "status");
    stored.eligible = element.value("eligible", true);
    stored.coi = optional_text_of(element, "coi");
    stored.replaces = optional_text_of(element, "replaces");
    stored.body = element;
    if (element.contains("evidence")) stored.free_text = element.at("evidence").dump();
    for (auto const* name :
         {"id", "externalId", "learnerId", "status", "eligible", "coi", "replaces", "idempotencyKey", "evidence"})
        stored.body.erase(name);
    if (kind == "completion" && !stored.body.contains("hours"))
        if (auto const* activity = programme.activity(text_of(element, "activityId")))
            stored.body["hours"] = activity->hours;
    return stored;
}

void add_to(Evidence& evidence, std::string_view kind, std::string_view id_text, std::string_view status,
            bool is_eligible, Day occurred_on, std::string_view body_text) {
    EvidenceBody const body(body_text);
    auto const standing = standing_of(status, is_eligible);
    std::string row_id(id_text);
    if (kind == "completion") {
        evidence.completions.push_back({std::move(row_id), body.text("activityId"), body.text("providerId"),
                                        occurred_on, body.number("score"), body.optional_text("grade"),
                                        body.number("hours"), standing});
    } else if (kind == "signoff") {
        evidence.signoffs.push_back({std::move(row_id), body.text("competency"), body.text("mentorId"),
                                     body.whole("level"), occurred_on, standing});
    } else if (kind == "entrustment") {
        evidence.entrustments.push_back({std::move(row_id), body.text("epaId"), body.text("assessorId"),
                                         body.whole("level"), body.text("decision") == "summative", occurred_on,
                                         standing});
    } else if (kind == "experience") {
        evidence.experiences.push_back({std::move(row_id), body.text("roleId"), body.text("group"), body.text("orgId"),
                                        occurred_on, Day::parse(body.text("to")), standing});
    } else if (kind == "practice") {
        evidence.practices.push_back({std::move(row_id), body.text("competency"), occurred_on, standing});
    } else if (kind == "self-assessment") {
        if (standing != Standing::excluded)
            evidence.self_assessments.push_back(
                {std::move(row_id), body.text("competency"), body.whole("level"), occurred_on});
    } else if (kind == "external-badge") {
        evidence.external_badges.push_back({std::move(row_id), body.text("frameworkItem"), body.text("issuerName"),
                                            body.text("badgeName"), body.whole("level"), occurred_on, standing});
    } else {
        throw std::runtime_error("stored evidence of the unknown kind \"" + std::string(kind) + "\"");
    }
}

}  // namespace itqan::domain
