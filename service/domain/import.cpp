#include "service/domain/import.hpp"

#include <set>

#include "crypto/random.hpp"
#include "schemas/identifier.hpp"
#include "service/domain/evidence_reader.hpp"
#include "service/domain/programme_reader.hpp"
#include "storage/catalog.hpp"
#include "storage/evidence.hpp"
#include "storage/outbox.hpp"

namespace itqan::domain {
namespace {

constexpr std::size_t most_problems = 100;

class Problems {
  public:
    void add(std::string place, std::string detail) {
        if (found_.size() < most_problems) found_.push_back({std::move(place), std::move(detail)});
    }
    void add(std::string const& place, Error const& error) {
        if (error.violations.empty()) add(place, error.detail);
        for (auto const& violation : error.violations)
            add(place + violation.pointer, violation.detail);
    }
    bool empty() const { return found_.empty(); }
    Error error() const {
        return {Fault::unprocessable, "invalid-import",
                "The import is refused and nothing was written: " + found_.front().pointer + " " +
                    found_.front().detail + ".",
                found_};
    }

  private:
    std::vector<Violation> found_;
};

storage::LearnerRow learner_of(ImportElement const& element, Instant now) {
    auto body = element.body;
    storage::LearnerRow row;
    row.id = element.id;
    auto const take = [&](char const* name) -> std::optional<std::string> {
        if (!body.contains(name) || !body.at(name).is_string()) return std::nullopt;
        auto value = body.at(name).get<std::string>();
        body.erase(name);
        return value;
    };
    if (auto const email = take("email")) row.email = schemas::normalize_email(*email);
    row.name = take("name");
    row.name_ar = take("name_ar");
    row.organisation_id = take("orgId");
    body.erase("id");
    row.body = body.dump();
    row.created_at = now;
    return row;
}

storage::PersonRow person_of(ImportElement const& element) {
    auto body = element.body;
    storage::PersonRow row;
    row.id = element.id;
    if (body.contains("name") && body.at("name").is_string()) row.name = body.at("name").get<std::string>();
    if (body.contains("name_ar") && body.at("name_ar").is_string()) row.name_ar = body.at("name_ar").get<std::string>();
    for (auto const* const name : {"id", "name", "name_ar"})
        body.erase(name);
    row.body = body.dump();
    return row;
}

void check_shape(ImportElement const& element, Problems& problems) {
    static std::set<std::string, std::less<>> const judged{
        "programme", "framework",    "framework-levels", "provider",  "issuer", "activity", "epa",
        "role",      "organisation", "crosswalk",        "level-map", "path",   "profile",  "region",
        "team",      "objective",    "achievement"};
    if (!element.body.is_object()) return problems.add(element.place, "must be an object");
    // The names of level maps are texts; they name nothing in addresses.
    if (element.kind != "level-map" && !schemas::is_programme_id(element.id))
        return problems.add(element.place + "/id", "must be 1 to 64 of letters, digits, . _ -");
    if (judged.contains(element.kind))
        for (auto const& violation : check_item(element.kind, element.body))
            problems.add(element.place + violation.pointer, violation.detail);
    if (element.target == ImportTarget::learner && element.body.contains("email") &&
        !(element.body.at("email").is_string() &&
          schemas::is_email(schemas::normalize_email(element.body.at("email").get<std::string>()))))
        problems.add(element.place + "/email", "must be an address such as name@example.org");
}

enum class Written { yes, was_here, refused };

/// A published version says what its holders have: only its status may still change.
Written write_achievement(storage::Session& session, ImportElement const& element, Instant now, Problems& problems) {
    auto const& body = element.body;
    storage::AchievementRow const row{body.at("issuerId"), element.id, body.value("version", 1), body.at("status"),
                                      body.dump()};
    std::optional<storage::AchievementRow> held;
    storage::each_achievement(session, [&](storage::AchievementRow const& each) {
        if (each.id == row.id && each.issuer_id == row.issuer_id && each.version == row.version) held = each;
    });
    if (held && held->body == row.body) return Written::was_here;
    if (held && held->status != "draft") {
        auto before = Json::parse(held->body), after = body;
        before.erase("status");
        after.erase("status");
        if (before != after || row.status == "draft") {
            problems.add(element.place + "/version", "this version is published already: a change needs a new version");
            return Written::refused;
        }
    }
    storage::put_achievement(session, row, now);
    return Written::yes;
}

Written write_learner(storage::Session& session, ImportElement const& element, Instant now, Problems& problems) {
    auto const row = learner_of(element, now);
    auto const held = storage::learner(session, row.id);
    if (held &&
        (held->erased_at || (held->email == row.email && held->name == row.name && held->name_ar == row.name_ar &&
                             held->organisation_id == row.organisation_id && held->body == row.body)))
        return Written::was_here;
    try {
        storage::put_learner(session, row);
    } catch (storage::ConstraintError const&) {
        problems.add(element.place + "/email", "is the address of another learner");
        return Written::refused;
    }
    return Written::yes;
}

Written write_person(storage::Session& session, ImportElement const& element) {
    auto const row = person_of(element);
    auto const held = storage::person(session, row.id);
    if (held && held->name == row.name && held->name_ar == row.name_ar && held->body == row.body)
        return Written::was_here;
    storage::put_person(session, row);
    return Written::yes;
}

Written write_item(storage::Session& session, ImportElement const& element, Instant now, Problems& problems) {
    switch (element.target) {
        case ImportTarget::achievement:
            return write_achievement(session, element, now, problems);
        case ImportTarget::learner:
            return write_learner(session, element, now, problems);
        case ImportTarget::person:
            return write_person(session, element);
        default:
            break;
    }
    auto body = element.body.dump();
    if (storage::programme_item(session, element.kind, element.id) == body) return Written::was_here;
    storage::put_programme_item(session, {element.kind, element.id, std::move(body)}, now);
    return Written::yes;
}

/// The source whose ids the record's id is unique in; "" with a problem noted when there is none.
std::string source_of(ImportElement const& element, Programme const& programme, Problems& problems) {
    if (element.kind != "completion") return "programme";
    auto const activity_id = element.body.value("activityId", std::string());
    auto const* const activity = programme.activity(activity_id);
    if (activity == nullptr) {
        problems.add(element.place + "/activityId", "\"" + activity_id + "\" is no activity of the programme");
        return {};
    }
    auto const named = element.body.value("providerId", activity->provider_id);
    if (named != activity->provider_id)
        problems.add(element.place + "/providerId", "is not the provider of " + activity_id);
    return activity->provider_id;
}

Written write_evidence(storage::Session& session, ImportElement const& element, Programme const& programme,
                       Actor const& actor, Instant now, Problems& problems) {
    auto stored = read_evidence_element(element.kind, element.body, programme);
    if (!stored) {
        problems.add(element.place, stored.error());
        return Written::refused;
    }
    storage::EvidenceRow row;
    row.kind = element.kind;
    row.source = source_of(element, programme, problems);
    if (row.source.empty()) return Written::refused;
    if (element.kind == "completion") stored->body["providerId"] = row.source;
    row.id = stored->id.empty() ? crypto::uuid_v7(now) : stored->id;
    row.external_id = row.id;
    if (storage::evidence_by_external_id(session, row.kind, row.source, row.external_id)) return Written::was_here;
    if (auto const learner = storage::learner(session, stored->learner_id); !learner || learner->erased_at) {
        problems.add(element.place + "/learnerId", "\"" + stored->learner_id + "\" is no learner of the programme");
        return Written::refused;
    }
    row.learner_id = stored->learner_id;
    row.occurred_on = stored->occurred_on;
    row.recorded_at = now;
    row.status = stored->status.empty()
                     ? (element.kind == "completion" || element.kind == "external-badge" ? "verified" : "confirmed")
                     : stored->status;
    row.eligible = stored->eligible;
    row.coi = stored->coi;
    row.replaces = stored->replaces;
    row.body = stored->body.dump();
    storage::insert_evidence(session, row);
    if (stored->free_text) storage::add_note(session, "evidence", row.id, row.learner_id, *stored->free_text, now);
    storage::append_event(session, {0, now, Instant::start_of(row.occurred_on), actor.id, "evidence.imported", row.id,
                                    std::nullopt, Json{{"kind", row.kind}}.dump()});
    return Written::yes;
}

std::optional<Day> date_of_record(std::vector<ImportElement> const& elements) {
    for (auto const& element : elements)
        if (element.kind == "programme" && element.body.is_object() && element.body.contains("dateOfRecord") &&
            element.body.at("dateOfRecord").is_string())
            return Day::parse(element.body.at("dateOfRecord").get<std::string>());
    return std::nullopt;
}

}  // namespace

Result<ImportReport> import_elements(storage::Database& database, ProgrammeStore& programmes, Intake& intake,
                                     Clock const& clock, Actor const& actor, std::vector<ImportElement> elements,
                                     ImportOptions const& options) {
    if (options.date_of_record_is)
        if (auto const recorded = date_of_record(elements))
            shift_dates(elements, *recorded, *options.date_of_record_is);
    Problems shapes;
    for (auto const& element : elements)
        if (element.target != ImportTarget::evidence) check_shape(element, shapes);
    if (!shapes.empty()) return shapes.error();

    auto const now = clock.wall();
    std::set<std::string> learners;
    auto report = database.write([&](storage::Session& session) -> Result<ImportReport> {
        ImportReport made;
        Problems problems;
        learners.clear();
        auto const count = [&](ImportElement const& element, Written written) {
            if (written == Written::yes) ++made.written[element.kind];
            if (written == Written::was_here) ++made.unchanged;
            return written == Written::yes;
        };
        bool programme_changes = false;
        for (auto const& element : elements) {
            if (element.target == ImportTarget::evidence) continue;
            bool const is_new = count(element, write_item(session, element, now, problems));
            bool const of_programme =
                element.target == ImportTarget::programme || element.target == ImportTarget::achievement;
            programme_changes = programme_changes || (is_new && of_programme);
        }
        auto const programme = read_programme(session);
        if (!programme) return programme.error();
        for (auto const& element : elements) {
            if (element.target != ImportTarget::evidence) continue;
            auto const written = write_evidence(session, element, *programme, actor, now, problems);
            count(element, written);
            if (written == Written::refused) continue;
            auto const [learner, is_first] = learners.insert(element.body.value("learnerId", std::string()));
            if (is_first) storage::hold_learner(session, *learner);
        }
        if (!problems.empty()) return problems.error();
        if (programme_changes) storage::bump_change(session, "programme");
        if (!made.written.empty())
            storage::append_event(session,
                                  {0, now, now, actor.id, "programme.imported", programme->id, std::nullopt, "{}"});
        return made;
    });
    if (!report || !options.issue) return report;
    database.read([&](storage::Session& session) { return programmes.current(session); });
    for (auto const& learner : learners)
        report->credentials += static_cast<int>(intake.settle(actor, learner, options.notify).size());
    return report;
}

Result<ImportReport> import_path(storage::Database& database, ProgrammeStore& programmes, Intake& intake,
                                 Clock const& clock, Actor const& actor, std::filesystem::path const& path,
                                 ImportOptions const& options) {
    auto elements = read_import(path);
    if (!elements) return elements.error();
    return import_elements(database, programmes, intake, clock, actor, std::move(*elements), options);
}

}  // namespace itqan::domain
