#include "service/api/learner_create.hpp"

#include "crypto/random.hpp"
#include "schemas/identifier.hpp"
#include "service/domain/body_reader.hpp"
#include "storage/outbox.hpp"

namespace itqan::api {
namespace {

void check_languages(domain::BodyReader& reader, Json& rest) {
    auto const* const languages = reader.member("languages");
    if (languages == nullptr) return;
    bool fits = languages->is_array() && !languages->empty() && languages->size() <= 10;
    if (fits) {
        for (auto const& language : *languages)
            fits = fits && language.is_string() && language.get<std::string>().size() <= 16;
    }
    if (fits)
        rest["languages"] = *languages;
    else
        reader.violation("languages",
                         "must be a list of language tags such as [\"ar\", \"en\"], the preferred one first");
}

Result<storage::LearnerRow> read_learner(Call const& call) {
    domain::BodyReader reader(call.body);
    storage::LearnerRow row;
    row.id = reader.text("id", 64).value_or("lrn-" + crypto::random_code());
    if (!schemas::is_programme_id(row.id)) reader.violation("id", "must be 1 to 64 of letters, digits, . _ -");
    row.name = reader.text("name", 200);
    row.name_ar = reader.text("name_ar", 200);
    if (auto const email = reader.text("email", 254)) {
        row.email = schemas::normalize_email(*email);
        if (!schemas::is_email(*row.email)) reader.violation("email", "must be an address such as name@example.org");
    }
    row.organisation_id = reader.text("orgId", 64);
    Json rest = Json::object();
    for (auto const member : {"teamId", "group", "roleId", "targetPath"}) {
        if (auto value = reader.text(member, 64)) rest[member] = std::move(*value);
    }
    if (auto const joined = reader.day("joined")) rest["joined"] = joined->text();
    check_languages(reader, rest);
    if (auto const shape = reader.finish(); !shape) return shape.error();
    row.body = rest.dump();
    row.created_at = call.now;
    return row;
}

Result<void> check_references(Call const& call, storage::Session& session, storage::LearnerRow const& row) {
    auto const programme = call.services.programmes.current(session);
    if (row.organisation_id && !programme->organisations.contains(*row.organisation_id)) {
        return Error{Fault::unprocessable,
                     "unknown-organisation",
                     "There is no such organisation.",
                     {{"/orgId", "must be the id of an organisation"}}};
    }
    auto const body = Json::parse(row.body);
    if (body.contains("roleId") && programme->role(body.at("roleId").get<std::string>()) == nullptr)
        return Error{
            Fault::unprocessable, "unknown-role", "There is no such role.", {{"/roleId", "must be the id of a role"}}};
    return {};
}

}  // namespace

Json learner_json(storage::LearnerRow const& learner) {
    auto json = Json::parse(learner.body);
    json["id"] = learner.id;
    if (learner.name) json["name"] = *learner.name;
    if (learner.name_ar) json["name_ar"] = *learner.name_ar;
    if (learner.email) json["email"] = *learner.email;
    if (learner.organisation_id) json["orgId"] = *learner.organisation_id;
    return json;
}

Reply create_learner(Call const& call) {
    auto const row = read_learner(call);
    if (!row) return row.error();
    // Kept answers hold no people's data: the answer that is kept names the id only.
    return once(call, [&](domain::Keep const& keep) {
        return call.services.database.write([&](storage::Session& session) -> Result<domain::Answer> {
            if (auto const known = check_references(call, session, *row); !known) return known.error();
            if (storage::learner(session, row->id) || (row->email && storage::learner_by_email(session, *row->email)))
                return Error{
                    Fault::conflict, "already-exists", "A learner with this id or address is here already.", {}};
            storage::put_learner(session, *row);
            storage::append_event(
                session, {0, call.now, call.now, call.actor().id, "learner.created", row->id, std::nullopt, "{}"});
            domain::Answer answer{201, "/api/v1/learners/" + row->id, Json{{"id", row->id}}.dump(), false};
            if (keep) keep(session, answer);
            return answer;
        });
    });
}

}  // namespace itqan::api
