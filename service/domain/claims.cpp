#include "service/domain/claims.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "crypto/digest.hpp"
#include "crypto/random.hpp"
#include "crypto/vc_jwt.hpp"
#include "schemas/identifier.hpp"
#include "storage/access.hpp"
#include "storage/outbox.hpp"
#include "storage/people.hpp"

namespace itqan::domain {

Error no_such_credential() {
    return {Fault::not_found, "not-found", "There is no such credential, or it is not yours to see or change.", {}};
}

namespace {

constexpr std::int64_t day_milliseconds = 24 * 3'600'000;
constexpr int mails_per_day = 3;

Error erased() {
    return {Fault::gone, "credential-erased", "This credential was erased on request.", {}};
}

Error link_expired() {
    return {Fault::gone, "link-expired", "This link has run out. Ask for a new one.", {}};
}

Error already_claimed() {
    return {Fault::conflict, "already-claimed", "This badge was claimed before.", {}};
}

/// The link of this purpose, whatever its state. Error: not_found.
Result<storage::MailLinkRow> find_link(storage::Session& session, std::string_view token, std::string_view purpose) {
    auto const link = storage::mail_link(session, crypto::sha256_hex(token));
    if (!link || link->purpose != purpose)
        return Error{Fault::not_found, "not-found", "This link is not known here.", {}};
    return *link;
}

std::vector<std::string> offered_ids(storage::Session& session, storage::MailLinkRow const& link) {
    auto const mail = link.mail_id ? storage::outbox_row(session, *link.mail_id) : std::nullopt;
    if (!mail) return {};
    return Json::parse(mail->data).value("credentialIds", std::vector<std::string>{});
}

/// The credential that a link offers. Errors: not_found; gone "link-expired", "credential-erased".
Result<storage::CredentialRow> offered(storage::Session& session, std::string_view token, std::string_view id,
                                       Instant now) {
    auto const link = find_link(session, token, "claim");
    if (!link) return link.error();
    if (now >= link->expires_at) return link_expired();
    auto const ids = offered_ids(session, *link);
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) return no_such_credential();
    auto row = storage::credential(session, id);
    if (!row) return no_such_credential();
    if (row->erased_at) return erased();
    return *row;
}

Result<void> may_still_decide(storage::CredentialRow const& row) {
    if (row.claim_state == "offered" && row.status == "active") return {};
    if (row.claim_state == "claimed") return already_claimed();
    if (row.claim_state == "declined")
        return Error{Fault::conflict, "already-declined", "This badge was declined before.", {}};
    return Error{Fault::conflict,
                 "wrong-state",
                 "This badge is " + (row.status == "active" ? row.claim_state : row.status) + ".",
                 {}};
}

Result<void> check_choices(Choices const& choices) {
    if (choices.visibility != "link" && choices.visibility != "public" && choices.visibility != "hidden")
        return Error{Fault::unprocessable,
                     "invalid-choice",
                     "Visibility must be link, public or hidden.",
                     {{"/visibility", "must be link, public or hidden"}}};
    if (choices.language != "en" && choices.language != "ar")
        return Error{
            Fault::unprocessable, "invalid-choice", "Language must be en or ar.", {{"/language", "must be en or ar"}}};
    return {};
}

Actor learner_actor(std::string const& learner_id) {
    Actor actor;
    actor.role = itqan::Role::learner;
    actor.id = "learner:" + learner_id;
    actor.learner_id = learner_id;
    return actor;
}

void append(storage::Session& session, Actor const& actor, std::string_view kind, storage::CredentialRow const& row,
            Instant now, Json const& data = Json::object()) {
    storage::append_event(session, {0, now, now, actor.id, std::string(kind), row.id, row.issuer_id, data.dump()});
}

enum class Refusal { decline, dispute };

/// With the link of the mail only what is still offered can be refused: once claimed, the holder's session decides.
Result<storage::CredentialRow> refusable(storage::Session& session, std::string_view token, std::string_view id,
                                         Instant now) {
    auto row = offered(session, token, id, now);
    if (row && row->claim_state == "claimed") return already_claimed();
    return row;
}

/// Declining revokes for ever; "not me" holds the credential for the issuer's review (decision 7).
Result<storage::CredentialRow> refuse(storage::Session& session, Actor const& actor, storage::CredentialRow row,
                                      Refusal refusal, Instant now) {
    if (row.status == "revoked" || row.claim_state == "declined" || row.claim_state == "disputed")
        return Error{Fault::conflict,
                     row.claim_state == "declined" ? "already-declined" : "wrong-state",
                     "This badge was given back or withdrawn before.",
                     {}};
    auto const before = row.changed_at;
    row.changed_at = now;
    // A page that was given away stays and says what became of the badge (pages.md 1.9).
    if (row.visibility == "offered") row.visibility = "hidden";
    if (refusal == Refusal::decline) {
        row.claim_state = "declined";
        row.status = "revoked";
        row.reason = "holder-request";
        storage::set_status_bit(session, row.status_list_id, row.status_position, now);
    } else {
        row.claim_state = "disputed";
        row.status = "suspended";
    }
    if (!storage::update_credential(session, row, before))
        throw storage::DatabaseError("credential changed within its transaction");
    append(session, actor, refusal == Refusal::decline ? "credential.declined" : "credential.disputed", row, now,
           {{"review", refusal == Refusal::dispute}});
    return storage::credential(session, row.id).value();
}

/// Holder's choices on a row, with a new edition where the signed text changes: first in a snapshot (signing), then
/// written if nothing changed meanwhile.
class ChoiceWriter {
  public:
    ChoiceWriter(storage::Database& database, ProgrammeStore& programmes, Issuance& issuance, Clock const& clock)
        : database_(database), programmes_(programmes), issuance_(issuance), clock_(clock) {}

    struct Act {
        std::string_view event;
        std::string link_hash = {};  ///< The mailed link that is used by it.
    };

    template <typename Find>
    Result<storage::CredentialRow> run(Actor const& actor, Choices const& choices, Act const& act, Find const& find) {
        if (auto const fine = check_choices(choices); !fine) return fine.error();
        for (int attempt = 0; attempt < 5; ++attempt) {
            auto planned = database_.read([&](storage::Session& session) { return plan(session, choices, find); });
            if (!planned) return planned.error();
            auto const written =
                database_.write([&](storage::Session& session) { return write(session, actor, act, *planned); });
            if (written) return *written;
        }
        return Error{Fault::conflict, "changed-meanwhile", "The badge changed meanwhile. Look at it again.", {}};
    }

  private:
    struct Plan {
        storage::CredentialRow row;
        storage::CredentialRow present;  ///< As it was found.
        std::optional<Prepared> edition;
    };

    template <typename Find>
    Result<Plan> plan(storage::Session& session, Choices const& choices, Find const& find) {
        Result<storage::CredentialRow> const found = find(session);
        if (!found) return found.error();
        Plan plan{*found, *found, std::nullopt};
        auto& row = plan.row;
        bool const text_changes = row.show_name != choices.show_name || row.language != choices.language;
        row.claim_state = "claimed";
        row.visibility = choices.visibility;
        row.show_name = choices.show_name;
        row.language = choices.language;
        row.changed_at = clock_.wall();
        if (!text_changes) return plan;
        auto const programme = programmes_.current(session);
        auto edition = issuance_.new_edition(session, *programme, row);
        if (!edition) return edition.error();
        row = edition->row;
        plan.edition = std::move(*edition);
        return plan;
    }

    std::optional<storage::CredentialRow> write(storage::Session& session, Actor const& actor, Act const& act,
                                                Plan const& plan) {
        if (plan.edition && !issuance_.check_key(session, plan.present)) return std::nullopt;
        if (!storage::update_credential(session, plan.row, plan.present.changed_at)) return std::nullopt;
        if (plan.edition) {
            for (auto const& document : plan.edition->documents)
                storage::insert_document(session, document);
            storage::append_event(session, {0, plan.row.changed_at, plan.row.changed_at, actor.id, "credential.edition",
                                            plan.row.id, plan.row.issuer_id, plan.edition->event_data});
        }
        if (!act.link_hash.empty()) storage::use_mail_link(session, act.link_hash, plan.row.changed_at);
        append(session, actor, act.event, plan.row, plan.row.changed_at,
               {{"visibility", plan.row.visibility}, {"language", plan.row.language}});
        return storage::credential(session, plan.row.id);
    }

    storage::Database& database_;
    ProgrammeStore& programmes_;
    Issuance& issuance_;
    Clock const& clock_;
};

Result<storage::CredentialRow> own(storage::Session& session, Actor const& actor, std::string_view id) {
    auto row = storage::credential(session, id);
    if (!row || !actor.learner_id || row->learner_id != *actor.learner_id) return no_such_credential();
    if (row->erased_at) return erased();
    return *row;
}

}  // namespace

Claims::Claims(storage::Database& database, ProgrammeStore& programmes, Issuance& issuance, Addresses const& addresses,
               Clock const& clock)
    : database_(database), programmes_(programmes), issuance_(issuance), addresses_(addresses), clock_(clock) {}

Result<Claims::Offer> Claims::open(std::string_view token) {
    return database_.read([&](storage::Session& session) -> Result<Offer> {
        auto const link = find_link(session, token, "claim");
        if (!link) return link.error();
        if (clock_.wall() >= link->expires_at) return link_expired();
        return Offer{link->learner_id, offered_ids(session, *link), link->used_at.has_value()};
    });
}

Result<storage::CredentialRow> Claims::claim(std::string_view token, std::string_view credential_id,
                                             Choices const& choices) {
    auto const offer = open(token);
    if (!offer) return offer.error();
    auto const actor = learner_actor(offer->learner_id);
    ChoiceWriter writer(database_, programmes_, issuance_, clock_);
    ChoiceWriter::Act const act{"credential.claimed", crypto::sha256_hex(token)};
    return writer.run(actor, choices, act, [&](storage::Session& session) -> Result<storage::CredentialRow> {
        auto found = offered(session, token, credential_id, clock_.wall());
        if (!found) return found.error();
        if (auto const open = may_still_decide(*found); !open) return open.error();
        return found;
    });
}

Result<storage::CredentialRow> Claims::decline(std::string_view token, std::string_view credential_id) {
    return database_.write([&](storage::Session& session) -> Result<storage::CredentialRow> {
        auto const now = clock_.wall();
        auto const row = refusable(session, token, credential_id, now);
        if (!row) return row.error();
        storage::use_mail_link(session, crypto::sha256_hex(token), now);
        return refuse(session, learner_actor(row->learner_id), *row, Refusal::decline, now);
    });
}

Result<storage::CredentialRow> Claims::dispute(std::string_view token, std::string_view credential_id) {
    return database_.write([&](storage::Session& session) -> Result<storage::CredentialRow> {
        auto const now = clock_.wall();
        auto const row = refusable(session, token, credential_id, now);
        if (!row) return row.error();
        storage::use_mail_link(session, crypto::sha256_hex(token), now);
        return refuse(session, learner_actor(row->learner_id), *row, Refusal::dispute, now);
    });
}

Result<storage::CredentialRow> Claims::choose(Actor const& actor, std::string_view credential_id,
                                              Choices const& choices) {
    ChoiceWriter writer(database_, programmes_, issuance_, clock_);
    return writer.run(
        actor, choices, {"credential.chosen"}, [&](storage::Session& session) -> Result<storage::CredentialRow> {
            auto found = own(session, actor, credential_id);
            if (!found) return found.error();
            if (found->status != "active" || found->claim_state == "declined" || found->claim_state == "disputed")
                return Error{Fault::conflict, "wrong-state", "This badge is withdrawn or on hold.", {}};
            return found;
        });
}

Result<storage::CredentialRow> Claims::decline(Actor const& actor, std::string_view credential_id) {
    return database_.write([&](storage::Session& session) -> Result<storage::CredentialRow> {
        auto const row = own(session, actor, credential_id);
        if (!row) return row.error();
        return refuse(session, actor, *row, Refusal::decline, clock_.wall());
    });
}

Result<storage::CredentialRow> Claims::dispute(Actor const& actor, std::string_view credential_id) {
    return database_.write([&](storage::Session& session) -> Result<storage::CredentialRow> {
        auto const row = own(session, actor, credential_id);
        if (!row) return row.error();
        return refuse(session, actor, *row, Refusal::dispute, clock_.wall());
    });
}

void Claims::request_sign_in(std::string_view email) {
    auto const address = schemas::normalize_email(email);
    if (!schemas::is_email(address)) return;
    auto const now = clock_.wall();
    database_.write([&](storage::Session& session) {
        auto const learner = storage::learner_by_email(session, address);
        auto const id = learner && !learner->erased_at ? std::optional(learner->id) : std::nullopt;
        if (id) storage::hold_learner(session, *id);
        auto const sent = storage::outbox_since(session, "mail.sign-in", id.value_or(""),
                                                Instant{now.milliseconds - day_milliseconds});
        // A row for everybody, so that the time of the answer tells nothing; one without a learner is never sent.
        storage::OutboxRow row;
        row.id = crypto::uuid_v7(now);
        row.kind = "mail.sign-in";
        if (sent < mails_per_day) row.learner_id = id;
        row.data = "{}";
        row.due_at = now;
        row.created_at = now;
        storage::insert_outbox(session, row);
    });
}

Result<void> Claims::resend(std::string_view token) {
    auto const now = clock_.wall();
    return database_.write([&](storage::Session& session) -> Result<void> {
        auto const link = find_link(session, token, "claim");
        if (!link) return link.error();
        auto const ids = offered_ids(session, *link);
        auto const mail = link->mail_id ? storage::outbox_row(session, *link->mail_id) : std::nullopt;
        if (ids.empty() || !mail) return Error{Fault::not_found, "not-found", "This link is not known here.", {}};
        storage::hold_learner(session, link->learner_id);
        // Quiet beyond the limit: the page says the same, and nobody's mailbox is flooded.
        if (storage::outbox_since(session, "mail.claim", link->learner_id,
                                  Instant{now.milliseconds - day_milliseconds}) >= mails_per_day)
            return {};
        storage::OutboxRow row;
        row.id = crypto::uuid_v7(now);
        row.kind = "mail.claim";
        row.learner_id = link->learner_id;
        row.issuer_id = mail->issuer_id;
        row.data = mail->data;
        row.due_at = now;
        row.created_at = now;
        storage::insert_outbox(session, row);
        return {};
    });
}

Result<std::string> Claims::consume_sign_in(std::string_view token) {
    auto const now = clock_.wall();
    return database_.write([&](storage::Session& session) -> Result<std::string> {
        auto const link = find_link(session, token, "sign-in");
        if (!link || now >= link->expires_at) return link_expired();
        if (!storage::use_mail_link(session, link->hash, now))
            return Error{Fault::gone, "link-used", "This link was used before. Ask for a new one.", {}};
        storage::append_event(session, {0, now, now, "learner:" + link->learner_id, "learner.signed-in",
                                        link->learner_id, std::nullopt, "{}"});
        return link->learner_id;
    });
}

}  // namespace itqan::domain
