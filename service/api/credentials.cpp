#include "storage/credentials.hpp"

#include "schemas/identifier.hpp"
#include "service/api/endpoint.hpp"
#include "service/domain/body_reader.hpp"
#include "service/domain/signing.hpp"

namespace itqan::api {
namespace {

/// What a list says of a credential: ids and states, nothing signed.
Json row_json(Call const& call, storage::CredentialRow const& row) {
    auto const& addresses = call.services.addresses;
    return {{"id", row.id},
            {"url", addresses.credential(row.id)},
            {"shareUrl", addresses.share(row.share_code)},
            {"issuerId", row.issuer_id},
            {"learnerId", row.learner_id},
            {"achievementId", row.achievement_id},
            {"achievementVersion", row.achievement_version},
            {"awardNo", row.award_no},
            {"origin", row.origin},
            {"status", row.status},
            {"reason", row.reason ? Json(*row.reason) : Json()},
            {"claimState", row.claim_state},
            {"visibility", row.visibility},
            {"language", row.language},
            {"edition", row.edition},
            {"awardedAt", row.awarded_at.text()},
            {"validUntil", row.valid_until ? Json(row.valid_until->text()) : Json()},
            {"limitedBy", row.limited_by ? Json(*row.limited_by) : Json()},
            {"createdAt", row.created_at.text()},
            {"changedAt", row.changed_at.text()}};
}

/// The same with the signed documents of the current edition (gone after an erasure): `credential` carries the embedded
/// proof when there is one, `jwt` is there once it was asked for.
Json full_json(Call const& call, storage::Session& session, storage::CredentialRow const& row) {
    auto json = row_json(call, row);
    auto const jwt = storage::document(session, row.id, row.edition, domain::proof_form_name(domain::ProofForm::jwt));
    auto const embedded =
        storage::document(session, row.id, row.edition, domain::proof_form_name(domain::ProofForm::embedded));
    if (embedded)
        json["credential"] = Json::parse(embedded->body);
    else if (jwt)
        json["credential"] = domain::read_signed(*jwt);
    if (jwt) json["jwt"] = jwt->body;
    return json;
}

bool may_see(Actor const& actor, storage::CredentialRow const& row) {
    return actor.acts_for_issuer(row.issuer_id) || actor.learner_id == row.learner_id;
}

Result<std::optional<domain::ProofForm>> wanted_form(Call const& call) {
    auto const proof = call.query("proof");
    if (!proof) return std::optional<domain::ProofForm>();
    if (auto const form = domain::read_proof_form(*proof)) return std::optional(*form);
    return invalid_parameter("proof", "must be eddsa-rdfc-2022 or jwt");
}

Reply get_credential(Call const& call) {
    auto const form = wanted_form(call);
    if (!form) return form.error();
    bool is_readable = false;
    auto const read = [&](storage::Session& session) -> Result<Json> {
        auto const row = storage::credential(session, call.path("id"));
        if (!row || !may_see(call.actor(), *row)) return not_found("credential");
        if (row->erased_at)
            return Error{Fault::gone, "credential-erased", "This credential was erased on request.", {}};
        // An issuer still manages what its holder hid, by its ids and states.
        is_readable = call.actor().learner_id == row->learner_id || domain::issuer_may_read(*row);
        return is_readable ? full_json(call, session, *row) : row_json(call, *row);
    };
    auto json = call.services.database.read(read);
    if (json && is_readable && *form) {
        if (auto const made = call.services.issuance.document(call.path("id"), **form); !made) return made.error();
        json = call.services.database.read(read);
    }
    if (!json) return json.error();
    return json_reply(200, *json);
}

Reply list_credentials(Call const& call) {
    auto const page = page_of(call);
    if (!page) return page.error();
    storage::CredentialFilter filter;
    filter.learner_id = call.query("learnerId");
    filter.achievement_id = call.query("achievementId");
    filter.status = call.query("status");
    filter.after_id = page->after;
    filter.limit = page->limit + 1;
    auto const& actor = call.actor();
    if (actor.is(Role::issuer)) {
        filter.issuer_id = actor.issuer_id.value_or("");
    } else if (!actor.acts_for_all()) {
        if (filter.learner_id && filter.learner_id != actor.learner_id)
            return json_reply(200, page_json({}, {}, *page));
        filter.learner_id = actor.learner_id.value_or("");
    }
    auto const rows =
        call.services.database.read([&](storage::Session& s) { return storage::list_credentials(s, filter); });
    std::vector<Json> items;
    std::vector<std::string> ids;
    for (auto const& row : rows) {
        items.push_back(row_json(call, row));
        ids.push_back(row.id);
    }
    return json_reply(200, page_json(std::move(items), ids, *page));
}

/// `evidence`: at most 20 of {url?, name?, narrative?} with something in each.
std::vector<schemas::Evidence> read_evidence(domain::BodyReader& reader) {
    constexpr std::size_t most = 20;
    std::vector<schemas::Evidence> evidence;
    auto const* const list = reader.member("evidence");
    if (list == nullptr) return evidence;
    if (!list->is_array() || list->empty() || list->size() > most) {
        reader.violation("evidence", "must be a list of 1 to 20 objects {url, name, narrative}");
        return evidence;
    }
    for (std::size_t i = 0; i < list->size(); ++i) {
        domain::BodyReader each((*list)[i], "/evidence/" + std::to_string(i));
        schemas::Evidence item;
        item.id = each.text("url", 2000);
        if (item.id && !schemas::is_https_url(*item.id)) each.violation("url", "must be an https address");
        item.name = each.text("name", 200);
        item.narrative = each.text("narrative", 2000);
        if ((*list)[i].is_object() && (*list)[i].empty())
            each.violation("name", "is required where there is no url and no narrative");
        if (auto const shape = each.finish(); !shape) reader.add(shape.error().violations);
        evidence.push_back(std::move(item));
    }
    return evidence;
}

Reply award(Call const& call) {
    auto const form = wanted_form(call);
    if (!form) return form.error();
    domain::BodyReader reader(call.body);
    domain::HandAward wanted;
    wanted.achievement_id = reader.required_text("achievementId", 64);
    wanted.learner_id = reader.required_text("learnerId", 64);
    wanted.awarded_on = reader.day("awardedDate");
    wanted.narrative = reader.text("narrative", 2000);
    wanted.evidence = read_evidence(reader);
    wanted.also = *form;
    if (auto const shape = reader.finish(); !shape) return shape.error();

    return once(call, [&](domain::Keep const& keep) -> Result<domain::Answer> {
        auto const programme =
            call.services.database.read([&](storage::Session& s) { return call.services.programmes.current(s); });
        domain::Answer answer;
        auto const written = [&](storage::Session& session, storage::CredentialRow const& row) {
            answer = {201, "/api/v1/credentials/" + row.id, full_json(call, session, row).dump(), false};
            if (keep) keep(session, answer);
        };
        auto const row = call.services.issuance.award(call.actor(), *programme, wanted, written);
        if (!row) return row.error();
        return answer;
    });
}

/// The issuer's acts on a credential answer the credential as it stands afterwards.
template <typename Act>
Reply change(Call const& call, Act const& act) {
    return once(call, [&](domain::Keep const& keep) -> Result<domain::Answer> {
        domain::Answer answer;
        domain::OnWritten const written = [&](storage::Session& session, storage::CredentialRow const& row) {
            answer = {200, std::nullopt, row_json(call, row).dump(), false};
            if (keep) keep(session, answer);
        };
        auto const row = act(written);
        if (!row) return row.error();
        return answer;
    });
}

Reply revoke(Call const& call) {
    domain::BodyReader reader(call.body);
    auto const reason = reader.required_text("reason", 64);
    auto const note = reader.text("note", 2000);
    if (auto const shape = reader.finish(); !shape) return shape.error();
    return change(call, [&](domain::OnWritten const& written) {
        return call.services.claims.revoke(call.actor(), call.path("id"), reason, note, written);
    });
}

Result<std::optional<std::string>> note_of(Call const& call) {
    if (call.body.is_null()) return std::optional<std::string>{};
    domain::BodyReader reader(call.body);
    auto note = reader.text("note", 2000);
    if (auto const shape = reader.finish(); !shape) return shape.error();
    return note;
}

Reply suspend(Call const& call) {
    auto const note = note_of(call);
    if (!note) return note.error();
    return change(call, [&](domain::OnWritten const& written) {
        return call.services.claims.suspend(call.actor(), call.path("id"), *note, written);
    });
}

Reply reinstate(Call const& call) {
    auto const note = note_of(call);
    if (!note) return note.error();
    return change(call, [&](domain::OnWritten const& written) {
        return call.services.claims.reinstate(call.actor(), call.path("id"), *note, written);
    });
}

Endpoint act(std::string path, std::string summary, Payload payload, std::string request,
             std::function<Reply(Call const&)> handle) {
    return {.verb = Verb::post,
            .path = std::move(path),
            .tag = "credentials",
            .summary = std::move(summary),
            .description = "The served status list shows it within 5 seconds. The note stays private.",
            .roles = {Role::issuer, Role::admin},
            .payload = payload,
            .request = std::move(request),
            .answer = "Credential",
            .keyed = true,
            .handle = std::move(handle)};
}

}  // namespace

std::vector<Endpoint> credential_endpoints() {
    std::vector<Role> const readers{Role::issuer, Role::admin, Role::learner, Role::mentor};
    Parameter const proof_parameter{"proof", "also in this form: eddsa-rdfc-2022 or jwt"};
    return {
        {.verb = Verb::post,
         .path = "/api/v1/credentials",
         .tag = "credentials",
         .summary = "Award an achievement by hand",
         .description = "A live award of the same achievement is 409 already-awarded.",
         .roles = {Role::issuer, Role::admin},
         .payload = Payload::command,
         .request = "Award",
         .status = 201,
         .answer = "Credential",
         .query = {proof_parameter},
         .keyed = true,
         .handle = award},
        {.path = "/api/v1/credentials",
         .tag = "credentials",
         .summary = "Credentials: an issuer's own, a learner's own, all for administrators",
         .roles = readers,
         .answer = "Page",
         .query = {{"learnerId", "of this learner"},
                   {"achievementId", "of this achievement"},
                   {"status", "active, suspended or revoked"},
                   {"cursor", "nextCursor of the page before"},
                   {"limit", "1 to 500, 100 by default"}},
         .handle = list_credentials},
        {.path = "/api/v1/credentials/{id}",
         .tag = "credentials",
         .summary = "One credential with its signed documents",
         .roles = readers,
         .answer = "Credential",
         .query = {proof_parameter},
         .handle = get_credential},
        act("/api/v1/credentials/{id}/revoke", "Revoke a credential for ever", Payload::command, "Revocation", revoke),
        act("/api/v1/credentials/{id}/suspend", "Put a credential on hold", Payload::optional_command, "Note", suspend),
        act("/api/v1/credentials/{id}/reinstate", "End a suspension", Payload::optional_command, "Note", reinstate),
    };
}

}  // namespace itqan::api
