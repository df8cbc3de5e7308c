#include "service/jobs/mail_outbox.hpp"

#include <algorithm>
#include <exception>

#include <nlohmann/json.hpp>

#include "crypto/digest.hpp"
#include "crypto/random.hpp"
#include "service/domain/rule_words.hpp"
#include "service/jobs/mail_backoff.hpp"
#include "service/jobs/mail_message.hpp"
#include "service/jobs/mail_text.hpp"
#include "storage/access.hpp"

namespace itqan::jobs {
namespace {

constexpr int batch = 8;
constexpr std::int64_t lease = 15 * 60'000;  ///< Longer than all timeouts of a mail: no row is sent twice at once.
constexpr std::int64_t day = 24 * 3'600'000;
constexpr std::int64_t claim_link_life = 90 * day;
constexpr std::int64_t sign_in_link_life = 15 * 60'000;

domain::Text in_words(Day date) {
    return {domain::day_in_words(date, "en"), domain::day_in_words(date, "ar")};
}

std::vector<storage::CredentialRow> credentials_in(storage::Session& session, storage::OutboxRow const& row) {
    std::vector<storage::CredentialRow> found;
    auto const data = nlohmann::json::parse(row.data, nullptr, false);
    if (!data.is_object() || !data.contains("credentialIds")) return found;
    for (auto const& id : data.at("credentialIds")) {
        auto credential = storage::credential(session, id.get<std::string>());
        if (credential && credential->status != "revoked" && !credential->erased_at)
            found.push_back(std::move(*credential));
    }
    return found;
}

MailBadge badge_of(domain::Programme const& programme, storage::CredentialRow const& credential) {
    auto const* const achievement = programme.achievement(credential.achievement_id);
    MailBadge badge;
    badge.name = achievement != nullptr ? achievement->name : domain::Text{credential.achievement_id, ""};
    if (credential.valid_until) badge.until = in_words(*credential.valid_until);
    badge.limited_by = domain::limit_in_words(credential);
    return badge;
}

/// One mail, one sender: the issuer, or the programme where several issued; then each badge names its own.
void name_issuers(MailFacts& facts, domain::Programme const& programme,
                  std::vector<storage::CredentialRow> const& credentials) {
    auto const name_of = [&](storage::CredentialRow const& row) {
        auto const* const issuer = programme.issuer(row.issuer_id);
        return issuer != nullptr ? issuer->name : programme.name;
    };
    auto const& first = credentials.front();
    bool const is_one = std::all_of(credentials.begin(), credentials.end(),
                                    [&](auto const& row) { return row.issuer_id == first.issuer_id; });
    facts.issuer = is_one ? name_of(first) : programme.name;
    for (std::size_t i = 0; !is_one && i < credentials.size(); ++i)
        facts.badges[i].issuer = name_of(credentials[i]);
}

}  // namespace

struct MailOutbox::Draft {
    std::string recipient;
    std::string sender_name;
    std::string token;
    storage::MailLinkRow link;
    MailFacts facts;
};

MailOutbox::MailOutbox(domain::Services& services, MailTransport& transport, MailSettings settings)
    : services_(services), transport_(transport), settings_(std::move(settings)) {}

bool MailOutbox::run_once() {
    for (int handled = 0; handled < batch; ++handled) {
        if (is_stopping()) return false;
        // One at a time: a row that is not begun when this stops would wait until its lease runs out.
        auto const now = services_.clock.wall();
        auto const rows = services_.database.write([&](storage::Session& session) {
            return storage::lease_outbox(session, now, Instant{now.milliseconds + lease}, 1);
        });
        if (rows.empty()) return false;
        auto const& row = rows.front();
        try {
            handle(row);
        } catch (storage::DatabaseError const&) {
            throw;
        } catch (std::exception const&) {
            // A row that cannot be written must not hold up those behind it; what it said may name people.
            postpone(row, "mail-not-written");
        }
    }
    return true;
}

std::optional<MailOutbox::Draft> MailOutbox::draft(storage::Session& session, storage::OutboxRow const& row) const {
    if (!row.learner_id) return std::nullopt;
    auto const learner = storage::learner(session, *row.learner_id);
    if (!learner || learner->erased_at) return std::nullopt;
    auto const programme = services_.programmes.current(session);
    auto const now = services_.clock.wall();

    Draft draft;
    draft.recipient = learner->email.value_or("");
    draft.token = crypto::random_token();
    auto& facts = draft.facts;
    facts.first_language = domain::first_language(*learner);
    facts.learner = {learner->name.value_or(learner->name_ar.value_or("")), learner->name_ar.value_or("")};
    facts.controller = services_.settings.controller_name;
    facts.contact = services_.settings.controller_contact;
    facts.privacy_url = services_.addresses.privacy();
    if (row.kind == "mail.sign-in") {
        facts.kind = MailKind::sign_in;
        facts.issuer = programme->name;
        facts.link = services_.addresses.sign_in(draft.token);
        draft.link = {crypto::sha256_hex(draft.token),
                      "sign-in",
                      learner->id,
                      row.id,
                      now,
                      Instant{now.milliseconds + sign_in_link_life},
                      std::nullopt};
    } else {
        auto const credentials = credentials_in(session, row);
        if (credentials.empty()) return std::nullopt;
        for (auto const& credential : credentials)
            facts.badges.push_back(badge_of(*programme, credential));
        name_issuers(facts, *programme, credentials);
        facts.link = services_.addresses.claim(draft.token);
        Instant const until{now.milliseconds + claim_link_life};
        facts.link_until = in_words(until.day());
        draft.link = {crypto::sha256_hex(draft.token), "claim", learner->id, row.id, now, until, std::nullopt};
    }
    draft.sender_name = facts.issuer.in(facts.first_language);
    return draft;
}

void MailOutbox::handle(storage::OutboxRow const& row) {
    auto const draft = services_.database.read([&](storage::Session& session) { return this->draft(session, row); });
    auto const now = services_.clock.wall();
    auto const finish = [&] {
        services_.database.write([&](storage::Session& session) { storage::finish_outbox(session, row.id, now); });
    };
    auto const park = [&](std::string const& reason) {
        parked_.add();
        services_.database.write(
            [&](storage::Session& session) { storage::retry_outbox(session, row.id, reason, std::nullopt); });
    };
    // Somebody asked for an address that is not known here (claims.cpp): nothing is sent and nothing stays.
    if (!row.learner_id)
        return services_.database.write([&](storage::Session& session) { storage::forget_outbox(session, row.id); });
    if (!draft) return finish();
    if (draft->recipient.empty()) return park("no-address");

    auto const words = write_mail(draft->facts);
    auto const host = services_.addresses.host();
    Mail const mail{{draft->sender_name, settings_.sender},
                    {draft->facts.learner.in(draft->facts.first_language), draft->recipient},
                    row.id + "@" + host.substr(0, host.find(':')),
                    now,
                    draft->facts.first_language == "ar" ? "ar, en" : "en, ar",
                    words.subject,
                    words.text,
                    words.html};
    auto const message = compose(mail);
    if (!message) return park(message.error().code);

    // The link must work the moment the mail arrives, so its hash is durable before the message leaves.
    services_.database.write([&](storage::Session& session) { storage::insert_mail_link(session, draft->link); });
    auto const delivered = transport_.deliver({row.id, now, settings_.sender, draft->recipient}, *message);
    if (settings_.on_handed_over && (delivered || !is_stopping())) settings_.on_handed_over(delivered);
    if (delivered) {
        delivered_.add();
        return finish();
    }
    auto const& error = delivered.error();
    auto const reason = error.code + " (" + error.detail + ")";
    if (error.fault != Fault::unavailable) return park(reason);
    postpone(row, reason);
}

void MailOutbox::postpone(storage::OutboxRow const& row, std::string const& reason) {
    auto const random = static_cast<unsigned>(crypto::random_below(1000));
    auto const due = next_attempt(row.attempts, row.created_at, services_.clock.wall(), random);
    (due ? postponed_ : parked_).add();
    services_.database.write([&](storage::Session& session) { storage::retry_outbox(session, row.id, reason, due); });
}

}  // namespace itqan::jobs
