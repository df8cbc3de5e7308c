#include "service/domain/status.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "crypto/digest.hpp"
#include "crypto/random.hpp"
#include "crypto/status_list.hpp"
#include "schemas/must_not_wait.hpp"
#include "schemas/status_list_credential.hpp"
#include "service/domain/clock_leeway.hpp"
#include "service/domain/signing.hpp"
#include "service/domain/vc_api_profiles.hpp"
#include "storage/catalog.hpp"

namespace itqan::domain {
namespace {

constexpr std::int64_t list_length = 131'072;
constexpr std::size_t block = 512;
constexpr std::size_t low = 128;  ///< Left when the next block is fetched: more than all workers take in one commit.
constexpr char status_purpose[] = "revocation";

/// Distinct random positions; those that are taken already fall out when they are reserved.
std::vector<std::int64_t> random_positions(std::size_t count) {
    std::vector<std::int64_t> positions;
    positions.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
        positions.push_back(static_cast<std::int64_t>(crypto::random_below(list_length)));
    std::sort(positions.begin(), positions.end());
    positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
    return positions;
}

void shuffle(std::vector<StatusPosition>& positions) {
    for (std::size_t i = positions.size(); i > 1; --i)
        std::swap(positions[i - 1], positions[static_cast<std::size_t>(crypto::random_below(i))]);
}

}  // namespace

StatusLists::StatusLists(storage::Database& database, IssuerKeys& keys, Addresses const& addresses, Clock const& clock)
    : database_(database), keys_(keys), addresses_(addresses), clock_(clock) {}

StatusPosition StatusLists::take(std::string_view issuer_id) {
    std::unique_lock lock(mutex_);
    while (true) {
        auto& mine = reserved_[std::string(issuer_id)];
        // One thread fetches the next block while the others use what is left; those who find nothing wait for it.
        if (mine.positions.size() < low && !mine.is_reserving) {
            mine.is_reserving = true;
            lock.unlock();
            try {
                reserve(issuer_id);
            } catch (...) {
                lock.lock();
                mine.is_reserving = false;
                reserved_more_.notify_all();
                throw;
            }
            lock.lock();
            mine.is_reserving = false;
            reserved_more_.notify_all();
        }
        if (!mine.positions.empty()) {
            auto position = std::move(mine.positions.back());
            mine.positions.pop_back();
            return position;
        }
        if (mine.is_reserving) wait_is_due();
        reserved_more_.wait(lock, [&] { return !mine.positions.empty() || !mine.is_reserving; });
    }
}

/// Its own transaction, before anything uses the positions: whatever happens afterwards, nobody gets them again.
void StatusLists::reserve(std::string_view issuer_id) {
    wait_is_due();
    auto const wanted = random_positions(block);
    auto const new_id = crypto::random_uuid_v4();
    std::vector<StatusPosition> positions;
    database_.write([&](storage::Session& session) {
        positions.clear();
        auto list = storage::open_status_list(session, issuer_id, status_purpose);
        if (!list) {
            list =
                storage::StatusListRow{new_id, std::string(issuer_id), status_purpose, list_length, 0, clock_.wall()};
            storage::insert_status_list(session, *list);
        }
        for (auto const position : storage::reserve_positions(session, list->id, wanted))
            positions.push_back({list->id, position});
    });
    shuffle(positions);
    std::lock_guard const lock(mutex_);
    auto& mine = reserved_[std::string(issuer_id)].positions;
    mine.insert(mine.begin(), std::make_move_iterator(positions.begin()), std::make_move_iterator(positions.end()));
}

/// Who signs a list: an issuer of the programme, or a profile of the VC-API under its did:key.
Result<StatusLists::ListIssuer> StatusLists::issuer_of(storage::Session& session, storage::StatusListRow const& list,
                                                       Programme const& programme, ProofForm form) {
    if (auto const* const issuer = programme.issuer(list.issuer_id)) {
        auto key = keys_.active(session, *issuer, form);
        if (!key) return key.error();
        return ListIssuer{addresses_.issuer_did(issuer->slug), std::move(*key)};
    }
    for (auto const& profile : vc_api_profiles()) {
        if (profile.issuer_id() != list.issuer_id) continue;
        auto const key = keys_.did_key(session, list.issuer_id, profile.key);
        if (!key) return key.error();
        return ListIssuer{key->did, {key->signer, key->signer->key_id(), key->method, key->method}};
    }
    return Error{Fault::not_found, "not-found", "There is no such status list here.", {}};
}

Result<std::shared_ptr<StatusLists::Served const>> StatusLists::serve(std::string_view list_id,
                                                                      Programme const& programme, ProofForm form) {
    std::pair const place{std::string(list_id), form};
    return database_.read([&](storage::Session& session) -> Result<std::shared_ptr<Served const>> {
        auto const version = std::to_string(storage::change_count(session, "status")) + "/" +
                             std::to_string(storage::change_count(session, "keys"));
        {
            std::lock_guard const lock(mutex_);
            auto const found = served_.find(place);
            // Signed while the clock was ahead, it would not be in force for as long.
            if (found != served_.end() && found->second.version == version &&
                !is_to_come(found->second.served->signed_at, clock_.wall()))
                return found->second.served;
        }
        auto const row = storage::status_list(session, list_id);
        if (!row) return Error{Fault::not_found, "not-found", "There is no such status list here.", {}};
        long_work_is_due();
        auto const issuer = issuer_of(session, *row, programme, form);
        if (!issuer) return issuer.error();

        crypto::StatusList bits(static_cast<std::uint64_t>(row->length));
        for (auto const position : storage::set_positions(session, list_id))
            bits.set(static_cast<std::uint64_t>(position));
        auto const now = clock_.wall().whole_seconds();
        schemas::StatusListFields fields;
        fields.id = addresses_.status_list(list_id);
        fields.issuer = issuer->did;
        fields.valid_from = now;
        fields.purpose = row->purpose;
        fields.encoded_list = bits.encode();

        auto text = sign_document(form, issuer->key, schemas::to_json(fields), now);
        if (!text) throw std::runtime_error("status list " + row->id + " cannot be signed: " + text.error().detail);
        auto etag = "\"" + crypto::sha256_hex(*text).substr(0, 32) + "\"";
        auto const served = std::make_shared<Served const>(Served{std::move(*text), std::move(etag), now, form});
        std::lock_guard const lock(mutex_);
        served_.insert_or_assign(place, Kept{version, served});
        return served;
    });
}

Result<std::shared_ptr<StatusLists::Served const>> StatusLists::serve_either(std::string_view list_id,
                                                                             Programme const& programme) {
    auto embedded = serve(list_id, programme, ProofForm::embedded);
    if (embedded || embedded.error().code != "no-active-key") return embedded;
    auto token = serve(list_id, programme, ProofForm::jwt);
    return token ? token : embedded;
}

}  // namespace itqan::domain
