#include "service/domain/claim_mail.hpp"

#include <nlohmann/json.hpp>

#include "crypto/random.hpp"
#include "schemas/json.hpp"
#include "storage/outbox.hpp"

namespace itqan::domain {
namespace {

constexpr char kind[] = "mail.claim";
constexpr std::int64_t gathering = 10 * 60'000;

}  // namespace

void queue_claim_mail(storage::Session& session, std::string_view learner_id, std::string_view issuer_id,
                      std::vector<std::string> const& credential_ids, Instant now) {
    if (credential_ids.empty()) return;
    auto const last = storage::last_outbox(session, kind, learner_id);
    auto const waiting = last ? storage::waiting_outbox(session, kind, learner_id, now) : std::nullopt;
    if (waiting && waiting->issuer_id == issuer_id) {
        auto data = Json::parse(waiting->data);
        for (auto const& id : credential_ids)
            data["credentialIds"].push_back(id);
        storage::set_outbox_data(session, waiting->id, data.dump());
        return;
    }
    bool const is_further = last && now.milliseconds - last->milliseconds < gathering;
    storage::OutboxRow row;
    row.id = crypto::uuid_v7(now);
    row.kind = kind;
    row.learner_id = std::string(learner_id);
    row.issuer_id = std::string(issuer_id);
    row.data = Json{{"credentialIds", credential_ids}}.dump();
    row.due_at = is_further ? Instant{last->milliseconds + gathering} : now;
    row.created_at = now;
    storage::insert_outbox(session, row);
}

}  // namespace itqan::domain
