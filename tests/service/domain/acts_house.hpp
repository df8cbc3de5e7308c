#pragma once
// What the tests of issuing and claiming ask again and again of the starter's house.

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "crypto/digest.hpp"
#include "crypto/jws.hpp"
#include "crypto/status_list.hpp"
#include "crypto/vc_jwt.hpp"
#include "schemas/status_list_credential.hpp"
#include "service/domain/signing.hpp"
#include "storage/access.hpp"
#include "storage/outbox.hpp"
#include "tests/service/starter_house.hpp"

namespace itqan::tests {

/// The value of what went well; a test that expected more than it got ends here.
template <typename T>
T must(Result<T> result) {
    return std::move(*result);
}

inline constexpr std::int64_t one_second = 1000;
inline constexpr std::int64_t one_minute = 60 * one_second;
inline constexpr std::int64_t one_day = 24 * 60 * one_minute;

inline Actor issuer_actor(std::string const& issuer) {
    Actor actor;
    actor.role = Role::issuer;
    actor.id = "token:of-" + issuer;
    actor.issuer_id = issuer;
    return actor;
}

inline Actor learner_actor(std::string const& learner) {
    Actor actor;
    actor.role = Role::learner;
    actor.id = "learner:" + learner;
    actor.learner_id = learner;
    return actor;
}

struct ActsHouse : StarterHouse {
    std::shared_ptr<domain::Programme const> programme() {
        return database().read([&](storage::Session& session) { return programmes.current(session); });
    }
    domain::Issuer const& issuer(std::string const& id) { return *programme()->issuer(id); }

    Result<storage::CredentialRow> try_award(std::string const& achievement, std::string const& learner,
                                             std::optional<Day> on = std::nullopt) {
        return issuance.award(Actor{}, *programme(), {achievement, learner, on, std::nullopt});
    }
    storage::CredentialRow award(std::string const& achievement, std::string const& learner) {
        return must(try_award(achievement, learner));
    }
    storage::CredentialRow row(std::string const& id) {
        return database().read([&](storage::Session& session) { return storage::credential(session, id).value(); });
    }
    std::string jwt(storage::CredentialRow const& row) {
        return must(issuance.document(row.id, domain::ProofForm::jwt)).body;
    }
    /// As it was signed first.
    storage::DocumentRow document(storage::CredentialRow const& row) {
        return database().read(
            [&](storage::Session& session) { return storage::first_document(session, row.id, row.edition).value(); });
    }
    std::string text(storage::CredentialRow const& row) { return document(row).body; }
    Json badge(storage::CredentialRow const& row) { return domain::read_signed(document(row)); }
    domain::Report check(std::string const& text) { return must(documents.verify(text, std::nullopt, clock.now)); }

    std::vector<storage::OutboxRow> mails() {
        return database().read(
            [](storage::Session& session) { return storage::list_outbox(session, std::nullopt, 100); });
    }
    std::vector<std::string> events_of(std::string const& subject) {
        std::vector<std::string> kinds;
        database().read([&](storage::Session& session) {
            for (auto const& event : storage::events_after(session, 0, std::nullopt, 1000))
                if (event.subject == subject) kinds.push_back(event.kind);
        });
        return kinds;
    }
    /// The link that the mail about this credential would carry.
    std::string link_to(storage::CredentialRow const& credential, std::string const& token = "token-of-the-mail") {
        std::string mail_id;
        for (auto const& mail : mails())
            if (mail.data.find(credential.id) != std::string::npos) mail_id = mail.id;
        put_link(token, "claim", credential.learner_id, mail_id, 90 * one_day);
        return token;
    }
    void put_link(std::string const& token, std::string const& purpose, std::string const& learner,
                  std::optional<std::string> const& mail_id, std::int64_t life) {
        database().write([&](storage::Session& session) {
            storage::insert_mail_link(session, {crypto::sha256_hex(token), purpose, learner, mail_id, clock.now,
                                                Instant{clock.now.milliseconds + life}, std::nullopt});
        });
    }
    void pass(std::int64_t milliseconds) { clock.now.milliseconds += milliseconds; }

    /// The bit as the world reads it: from the served list.
    bool served_bit(storage::CredentialRow const& credential) {
        auto const served = must(status.serve(credential.status_list_id, *programme()));
        auto const list = must(schemas::read_status_list(Json::parse(served->text)));
        return must(crypto::StatusList::decode(list.encoded_list))
            .get(static_cast<std::uint64_t>(credential.status_position));
    }
};

/// Something else happens when the time is first asked for.
class InterruptedClock final : public Clock {
  public:
    explicit InterruptedClock(Clock const& clock) : clock_(clock) {}

    Instant wall() const override {
        if (auto const now = std::exchange(interrupt, nullptr)) now();
        return clock_.wall();
    }
    Instant domain() const override { return clock_.domain(); }

    mutable std::function<void()> interrupt;

  private:
    Clock const& clock_;
};

/// The services of an installation whose tokens have a key of their own, P-256, over the rows of a house.
struct TwoKeyHouse {
    explicit TwoKeyHouse(ActsHouse& house) : house_(house) { keys.ensure(house.issuer("nakhla")); }

    domain::IssuerKeys::Active active(domain::ProofForm form) {
        return house_.database().read(
            [&](storage::Session& session) { return must(keys.active(session, house_.issuer("nakhla"), form)); });
    }
    std::string text(storage::CredentialRow const& row, domain::ProofForm form) {
        return must(issuance.document(row.id, form)).body;
    }
    domain::Report check(std::string const& text) {
        return must(documents.verify(text, std::nullopt, house_.clock.now));
    }

  private:
    ActsHouse& house_;

  public:
    domain::IssuerKeys keys{house_.database(), house_.kek, house_.addresses, house_.clock, crypto::KeyType::p256};
    domain::StatusLists status{house_.database(), keys, house_.addresses, house_.clock};
    domain::Issuance issuance{house_.database(), house_.programmes, keys, status, house_.addresses, house_.clock};
    domain::Claims claims{house_.database(), house_.programmes, issuance, house_.addresses, house_.clock};
    domain::OwnDocuments documents{house_.database(), house_.programmes, keys, status, issuance, claims,
                                   house_.addresses};
};

}  // namespace itqan::tests
