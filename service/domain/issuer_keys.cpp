#include "service/domain/issuer_keys.hpp"

#include <stdexcept>

#include <nlohmann/json.hpp>

#include "crypto/did.hpp"
#include "crypto/random.hpp"
#include "schemas/identifier.hpp"
#include "storage/catalog.hpp"
#include "storage/outbox.hpp"

namespace itqan::domain {
namespace {

constexpr char purpose[] = "assertion";
constexpr auto embedded_type = crypto::KeyType::ed25519;

crypto::KeyState state_of(storage::KeyRow const& row) {
    auto const state = crypto::read_key_state(row.state);
    if (!state) throw std::runtime_error("key " + row.id + " has the unknown state " + row.state);
    return *state;
}

storage::KeyRow sealed_row(crypto::KeyEncryptionKey const& kek, crypto::PrivateKey const& key, std::string const& id,
                           std::string_view issuer_id, std::string const& kid, crypto::KeyState state, Instant now) {
    auto const sealed = crypto::seal_key(kek, key, id, std::string(issuer_id), purpose);
    auto jwk = key.public_key().to_jwk();
    jwk["kid"] = kid;
    jwk["alg"] = key.public_key().algorithm();
    jwk["use"] = "sig";
    storage::KeyRow row;
    row.id = sealed.id;
    row.issuer_id = issuer_id;
    row.type = std::string(crypto::key_type_name(key.type()));
    row.purpose = purpose;
    row.public_jwk = canonical_json(jwk);
    row.sealed = sealed.sealed;
    row.state = std::string(crypto::key_state_name(state));
    row.created_at = now;
    if (state == crypto::KeyState::active) row.activated_at = now;
    return row;
}

storage::KeyRow new_row(crypto::KeyEncryptionKey const& kek, Addresses const& addresses, Issuer const& issuer,
                        crypto::KeyType type, crypto::KeyState state, Instant now) {
    auto const id = crypto::random_uuid_v4();
    return sealed_row(kek, crypto::PrivateKey::generate(type), id, issuer.id, addresses.key(issuer.slug, id), state,
                      now);
}

std::string did_key_method(std::string const& did) {
    return did + "#" + did.substr(std::string_view("did:key:").size());
}

void record(storage::Session& session, Actor const& actor, std::string_view kind, storage::KeyRow const& row,
            Instant now) {
    storage::append_event(session, {0, now, now, actor.id, std::string(kind), row.id, row.issuer_id,
                                    Json{{"type", row.type}, {"state", row.state}}.dump()});
}

std::optional<storage::KeyRow> find_key(std::vector<storage::KeyRow> const& rows, crypto::KeyType type,
                                        crypto::KeyState state) {
    for (auto const& row : rows)
        if (row.type == crypto::key_type_name(type) && state_of(row) == state) return row;
    return std::nullopt;
}

void move(storage::Session& session, storage::KeyRow& row, crypto::KeyState to, Instant now) {
    if (!crypto::may_become(state_of(row), to))
        throw std::logic_error("key " + row.id + " cannot go from " + row.state);
    row.state = std::string(crypto::key_state_name(to));
    if (to == crypto::KeyState::active) row.activated_at = now;
    if (to == crypto::KeyState::retired) row.retired_at = now;
    if (to == crypto::KeyState::revoked) row.revoked_at = now;
    storage::update_key_state(session, row);
}

/// The public half as it was made: what RFC 7638 names, without kid, alg and use.
crypto::PublicKey public_key_of(storage::KeyRow const& row) {
    auto key = crypto::PublicKey::from_jwk(Json::parse(row.public_jwk));
    if (!key) throw std::runtime_error("key " + row.id + " has a broken JWK: " + key.error().detail);
    return *key;
}

}  // namespace

IssuerKeys::IssuerKeys(storage::Database& database, crypto::KeyEncryptionKey const& kek, Addresses const& addresses,
                       Clock const& clock, crypto::KeyType jwt_type)
    : database_(database), kek_(kek), addresses_(addresses), clock_(clock), jwt_type_(jwt_type) {}

IssuerKeys::~IssuerKeys() = default;

void IssuerKeys::ensure(Issuer const& issuer) {
    for (auto const type : std::set{embedded_type, jwt_type_})
        make_unless(
            [&](storage::Session& session) {
                return find_key(storage::keys_of(session, issuer.id), type, crypto::KeyState::active).has_value();
            },
            [&] { return new_row(kek_, addresses_, issuer, type, crypto::KeyState::active, clock_.wall()); });
}

void IssuerKeys::ensure_did_key(std::string_view issuer_id, crypto::KeyType type) {
    if (schemas::is_programme_id(issuer_id))
        throw std::logic_error("an issuer of a programme may have the id " + std::string(issuer_id));
    // Also a revoked one: it was ended by hand, and a restart does not undo that.
    auto const has_key = [&](storage::Session& session) { return !storage::keys_of(session, issuer_id).empty(); };
    make_unless(has_key, [&] {
        auto const key = crypto::PrivateKey::generate(type);
        auto const method = did_key_method(crypto::did_key(key.public_key()));
        return sealed_row(kek_, key, crypto::random_uuid_v4(), issuer_id, method, crypto::KeyState::active,
                          clock_.wall());
    });
}

storage::KeyRow IssuerKeys::installation_row(crypto::KeyState state, Instant now) const {
    auto const id = crypto::random_uuid_v4();
    return sealed_row(kek_, crypto::PrivateKey::generate(embedded_type), id, installation_id,
                      addresses_.installation_did() + "#" + id, state, now);
}

void IssuerKeys::ensure_installation() {
    make_unless([](storage::Session& session) { return !storage::keys_of(session, installation_id).empty(); },
                [&] { return installation_row(crypto::KeyState::active, clock_.wall()); });
}

Result<IssuerKeys::Active> IssuerKeys::installation(storage::Session& session) {
    auto opened = signer(session, installation_id, embedded_type);
    if (!opened) return opened.error();
    auto const id = (*opened)->key_id();
    auto const method = addresses_.installation_did() + "#" + id;
    return Active{std::move(*opened), id, method, method};
}

Result<storage::KeyRow> IssuerKeys::rotate_installation(Actor const& actor) {
    return rotate_to(actor, installation_id, embedded_type,
                     [&](Instant now) { return installation_row(crypto::KeyState::next, now); });
}

template <typename HasKey, typename MakeRow>
void IssuerKeys::make_unless(HasKey const& has_key, MakeRow const& make_row) {
    if (database_.read(has_key)) return;
    // Made before the transaction: an RSA key takes a while.
    storage::KeyRow const row = make_row();
    database_.write([&](storage::Session& session) {
        if (has_key(session)) return;
        storage::insert_key(session, row);
        record(session, Actor{}, "key.created", row, row.created_at);
    });
}

Result<IssuerKeys::Active> IssuerKeys::active(storage::Session& session, Issuer const& issuer, ProofForm form) {
    auto opened = signer(session, issuer.id, form == ProofForm::jwt ? jwt_type_ : embedded_type);
    if (!opened) return opened.error();
    auto const id = (*opened)->key_id();
    return Active{std::move(*opened), id, addresses_.key(issuer.slug, id),
                  addresses_.issuer_did(issuer.slug) + "#" + id};
}

Result<IssuerKeys::DidKey> IssuerKeys::did_key(storage::Session& session, std::string_view issuer_id,
                                               crypto::KeyType type) {
    auto opened = signer(session, issuer_id, type);
    if (!opened) return opened.error();
    auto const did = crypto::did_key((*opened)->public_key());
    return DidKey{std::move(*opened), did, did_key_method(did)};
}

Result<std::shared_ptr<crypto::Signer const>> IssuerKeys::signer(storage::Session& session, std::string_view issuer_id,
                                                                 crypto::KeyType type) {
    std::pair const place{std::string(issuer_id), type};
    auto const change = storage::change_count(session, "keys");
    {
        std::lock_guard const lock(mutex_);
        if (change != change_) {
            signers_.clear();
            change_ = change;
        }
        if (auto const found = signers_.find(place); found != signers_.end()) return found->second;
    }
    auto const row = find_key(storage::keys_of(session, issuer_id), type, crypto::KeyState::active);
    if (!row)
        return Error{Fault::unavailable,
                     "no-active-key",
                     "The issuer " + place.first + " has no active signing key of type " +
                         std::string(crypto::key_type_name(type)) + ".",
                     {}};
    auto jwk = public_key_of(*row).to_jwk();
    auto key = crypto::open_key(kek_, {row->id, row->issuer_id, row->purpose, type, canonical_json(jwk), row->sealed});
    if (!key)
        return Error{Fault::unavailable,
                     "sealed-key",
                     "The signing key of " + place.first + " cannot be opened with this key-encryption key.",
                     {}};
    std::shared_ptr<crypto::Signer const> const opened =
        std::make_shared<crypto::LocalSigner const>(std::move(*key), row->id);
    std::lock_guard const lock(mutex_);
    if (change == change_) signers_.insert_or_assign(place, opened);
    return opened;
}

bool IssuerKeys::is_revoked(storage::Session& session, crypto::PublicKey const& key) {
    auto const change = storage::change_count(session, "keys");
    {
        std::lock_guard const lock(mutex_);
        if (change == revoked_change_) return revoked_.contains(key.thumbprint());
    }
    std::set<std::string> revoked;
    for (auto const& row : storage::revoked_keys(session))
        revoked.insert(public_key_of(row).thumbprint());
    bool const is_one = revoked.contains(key.thumbprint());
    std::lock_guard const lock(mutex_);
    if (change > revoked_change_) {
        revoked_ = std::move(revoked);
        revoked_change_ = change;
    }
    return is_one;
}

std::vector<storage::KeyRow> IssuerKeys::list(std::string_view issuer_id) {
    return database_.read([&](storage::Session& session) { return storage::keys_of(session, issuer_id); });
}

Result<storage::KeyRow> IssuerKeys::create(Actor const& actor, Issuer const& issuer, crypto::KeyType type) {
    auto const now = clock_.wall();
    auto row = new_row(kek_, addresses_, issuer, type, crypto::KeyState::next, now);
    return database_.write([&](storage::Session& session) -> Result<storage::KeyRow> {
        auto const rows = storage::keys_of(session, issuer.id);
        if (find_key(rows, type, crypto::KeyState::next))
            return Error{Fault::conflict,
                         "next-key-exists",
                         "The issuer has a next key of this type already: rotate to it, or revoke it.",
                         {}};
        auto made = row;
        if (!find_key(rows, type, crypto::KeyState::active)) {
            made.state = std::string(crypto::key_state_name(crypto::KeyState::active));
            made.activated_at = now;
        }
        storage::insert_key(session, made);
        record(session, actor, "key.created", made, now);
        return made;
    });
}

Result<storage::KeyRow> IssuerKeys::rotate(Actor const& actor, Issuer const& issuer, crypto::KeyType type) {
    return rotate_to(actor, issuer.id, type,
                     [&](Instant now) { return new_row(kek_, addresses_, issuer, type, crypto::KeyState::next, now); });
}

template <typename MakeRow>
Result<storage::KeyRow> IssuerKeys::rotate_to(Actor const& actor, std::string_view issuer_id, crypto::KeyType type,
                                              MakeRow const& make_row) {
    auto const now = clock_.wall();
    auto const waiting = find_key(list(issuer_id), type, crypto::KeyState::next);
    auto const fresh = waiting ? *waiting : make_row(now);
    return database_.write([&](storage::Session& session) -> Result<storage::KeyRow> {
        auto const rows = storage::keys_of(session, issuer_id);
        auto next = find_key(rows, type, crypto::KeyState::next);
        if (!next) {
            if (waiting) return Error{Fault::conflict, "wrong-state", "The keys changed meanwhile. Look again.", {}};
            next = fresh;
            storage::insert_key(session, *next);
        }
        if (auto old = find_key(rows, type, crypto::KeyState::active)) {
            move(session, *old, crypto::KeyState::retired, now);
            record(session, actor, "key.retired", *old, now);
        }
        move(session, *next, crypto::KeyState::active, now);
        record(session, actor, "key.activated", *next, now);
        return *next;
    });
}

Result<storage::KeyRow> IssuerKeys::revoke(Actor const& actor, std::string_view key_id) {
    auto const now = clock_.wall();
    return database_.write([&](storage::Session& session) -> Result<storage::KeyRow> {
        auto row = storage::key(session, key_id);
        if (!row || !actor.acts_for_issuer(row->issuer_id))
            return Error{Fault::not_found, "not-found", "There is no such key, or it is not yours.", {}};
        if (state_of(*row) == crypto::KeyState::revoked)
            return Error{Fault::conflict, "wrong-state", "This key was revoked before.", {}};
        move(session, *row, crypto::KeyState::revoked, now);
        // Status lists under the key are signed again with the key in force.
        storage::bump_change(session, "status");
        record(session, actor, "key.revoked", *row, now);
        return *row;
    });
}

Result<std::string> IssuerKeys::public_jwk(storage::Session& session, Issuer const& issuer,
                                           std::string_view key_id) const {
    auto key = storage::key(session, key_id);
    if (!key || key->issuer_id != issuer.id || state_of(*key) == crypto::KeyState::next)
        return Error{Fault::not_found, "not-found", "There is no such key here.", {}};
    if (state_of(*key) == crypto::KeyState::revoked)
        return Error{Fault::gone, "key-revoked", "This key was revoked.", {}};
    return std::move(key->public_jwk);
}

/// Embedded proofs name a Multikey, tokens the kid of a JWK: a key that may sign both stands there twice, for a method
/// holds one of the two.
Json IssuerKeys::did_document(storage::Session& session, Issuer const& issuer) {
    std::vector<crypto::ListedKey> listed;
    for (auto const& row : storage::keys_of(session, issuer.id)) {
        crypto::ListedKey const key{row.id, public_key_of(row), std::nullopt, row.revoked_at};
        auto const type = key.key.type();
        if (type == embedded_type) listed.push_back(key);
        if (type == embedded_type && type != jwt_type_) continue;
        auto as_jwk = key;
        as_jwk.kid = addresses_.key(issuer.slug, row.id);
        if (type == embedded_type) as_jwk.fragment += "-jwk";
        listed.push_back(std::move(as_jwk));
    }
    return crypto::did_document(addresses_.issuer_did(issuer.slug), {addresses_.issuer(issuer.slug)}, listed);
}

Json IssuerKeys::installation_document(storage::Session& session) const {
    std::vector<crypto::ListedKey> listed;
    for (auto const& row : storage::keys_of(session, installation_id))
        listed.push_back({row.id, public_key_of(row), std::nullopt, row.revoked_at});
    return crypto::did_document(addresses_.installation_did(), {addresses_.base()}, listed);
}

}  // namespace itqan::domain
