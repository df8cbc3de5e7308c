#include <algorithm>

#include "crypto/keys.hpp"
#include "service/api/endpoint.hpp"
#include "service/domain/body_reader.hpp"
#include "service/domain/vc_api_profiles.hpp"
#include "storage/credentials.hpp"

namespace itqan::api {
namespace {

Json optional_time(std::optional<Instant> const& instant) {
    return instant ? Json(instant->text()) : Json();
}

/// A key of the VC-API or of the installation has no issuer and no address.
Json key_json(Call const& call, domain::Issuer const* issuer, storage::KeyRow const& row) {
    Json json{{"id", row.id},
              {"issuerId", row.issuer_id},
              {"type", row.type},
              {"purpose", row.purpose},
              {"state", row.state},
              {"publicKeyJwk", Json::parse(row.public_jwk)},
              {"createdAt", row.created_at.text()},
              {"activatedAt", optional_time(row.activated_at)},
              {"retiredAt", optional_time(row.retired_at)},
              {"revokedAt", optional_time(row.revoked_at)}};
    if (issuer != nullptr) json["url"] = call.services.addresses.key(issuer->slug, row.id);
    return json;
}

bool is_of_no_issuer(std::string_view issuer_id) {
    if (issuer_id == domain::IssuerKeys::installation_id) return true;
    auto const profiles = domain::vc_api_profiles();
    return std::any_of(profiles.begin(), profiles.end(),
                       [&](domain::VcApiProfile const& profile) { return profile.issuer_id() == issuer_id; });
}

std::shared_ptr<domain::Programme const> programme_of(Call const& call) {
    return call.services.database.read([&](storage::Session& s) { return call.services.programmes.current(s); });
}

Reply list_keys(Call const& call) {
    auto const programme = programme_of(call);
    auto const wanted = call.query("issuerId");
    Json data = Json::array();
    for (auto const& issuer : programme->issuers) {
        if (!call.actor().acts_for_issuer(issuer.id) || (wanted && *wanted != issuer.id)) continue;
        for (auto const& row : call.services.keys.list(issuer.id))
            data.push_back(key_json(call, &issuer, row));
    }
    std::vector<std::string> of_no_issuer{std::string(domain::IssuerKeys::installation_id)};
    for (auto const& profile : domain::vc_api_profiles())
        of_no_issuer.push_back(profile.issuer_id());
    for (auto const& id : of_no_issuer) {
        if (!call.actor().acts_for_all() || (wanted && *wanted != id)) continue;
        for (auto const& row : call.services.keys.list(id))
            data.push_back(key_json(call, nullptr, row));
    }
    return json_reply(200, {{"data", std::move(data)}, {"nextCursor", nullptr}});
}

struct Wanted {
    std::shared_ptr<domain::Programme const> programme;
    domain::Issuer const* issuer;
    crypto::KeyType type;
};

/// {issuerId, type?}: issuers may leave their own id out.
Result<Wanted> wanted_key(Call const& call) {
    auto const programme = programme_of(call);
    domain::BodyReader reader(call.body);
    auto const issuer_id = reader.text("issuerId", 64).value_or(call.actor().issuer_id.value_or(""));
    auto const type_name = reader.text("type", 16);
    if (issuer_id.empty()) reader.violation("issuerId", "is required");
    if (auto const shape = reader.finish(); !shape) return shape.error();
    auto const type = crypto::read_key_type(type_name.value_or("ed25519"));
    if (!type ||
        (*type != crypto::KeyType::rsa && *type != crypto::KeyType::p256 && *type != crypto::KeyType::ed25519)) {
        return Error{Fault::unprocessable,
                     "unsupported-key",
                     "Badges are signed with rsa, p256 or ed25519 keys.",
                     {{"/type", "must be rsa, p256 or ed25519"}}};
    }
    auto const* const issuer = programme->issuer(issuer_id);
    if (issuer == nullptr || !call.actor().acts_for_issuer(issuer_id)) {
        return Error{Fault::unprocessable,
                     "unknown-issuer",
                     "There is no such issuer of yours.",
                     {{"/issuerId", "must be the id of an issuer you act for"}}};
    }
    return Wanted{programme, issuer, *type};
}

Result<domain::Answer> answered(Call const& call, domain::Issuer const* issuer, Result<storage::KeyRow> const& row,
                                int status) {
    if (!row) return row.error();
    std::optional<std::string> location;
    if (status == 201 && issuer != nullptr) location = call.services.addresses.key(issuer->slug, row->id);
    return domain::Answer{status, location, key_json(call, issuer, *row).dump(), false};
}

Reply create_key(Call const& call) {
    auto const wanted = wanted_key(call);
    if (!wanted) return wanted.error();
    return once_kept_after(call, [&] {
        return answered(call, wanted->issuer, call.services.keys.create(call.actor(), *wanted->issuer, wanted->type),
                        201);
    });
}

Reply rotate_keys(Call const& call) {
    auto const wanted = wanted_key(call);
    if (!wanted) return wanted.error();
    return once_kept_after(call, [&] {
        return answered(call, wanted->issuer, call.services.keys.rotate(call.actor(), *wanted->issuer, wanted->type),
                        200);
    });
}

Reply revoke_key(Call const& call) {
    auto const programme = programme_of(call);
    auto const id = call.path("id");
    auto const stored = call.services.database.read([&](storage::Session& s) { return storage::key(s, id); });
    auto const* const issuer = stored ? programme->issuer(stored->issuer_id) : nullptr;
    bool const is_known = issuer != nullptr || (stored && is_of_no_issuer(stored->issuer_id));
    if (!is_known || !call.actor().acts_for_issuer(stored->issuer_id)) return not_found("key");
    return once_kept_after(call,
                           [&] { return answered(call, issuer, call.services.keys.revoke(call.actor(), id), 200); });
}

}  // namespace

std::vector<Endpoint> key_endpoints() {
    std::vector<Role> const issuers{Role::issuer, Role::admin};
    return {
        {.path = "/api/v1/keys",
         .tag = "keys",
         .summary = "Signing keys of the issuers the caller acts for, for administrators also those of the VC-API and "
                    "of receipts",
         .roles = issuers,
         .answer = "Page",
         .query = {{"issuerId", "of this issuer only"}},
         .handle = list_keys},
        {.verb = Verb::post,
         .path = "/api/v1/keys",
         .tag = "keys",
         .summary = "Make a key that will sign later",
         .description =
             "State next: listed ahead of its use, so that caches learn it; active at once when the issuer has none.",
         .roles = issuers,
         .payload = Payload::command,
         .request = "NewKey",
         .status = 201,
         .answer = "Key",
         .keyed = true,
         .handle = create_key},
        {.verb = Verb::post,
         .path = "/api/v1/keys/rotate",
         .tag = "keys",
         .summary = "Let the next key sign and the active one retire",
         .description = "A retired key stays listed: what it signed keeps verifying.",
         .roles = issuers,
         .payload = Payload::command,
         .request = "NewKey",
         .answer = "Key",
         .keyed = true,
         .handle = rotate_keys},
        {.verb = Verb::post,
         .path = "/api/v1/keys/{id}/revoke",
         .tag = "keys",
         .summary = "Revoke a key: everything it signed fails from now on",
         .roles = issuers,
         .payload = Payload::none,
         .answer = "Key",
         .keyed = true,
         .handle = revoke_key},
    };
}

}  // namespace itqan::api
