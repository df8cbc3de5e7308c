#include "service/domain/vc_api.hpp"

#include <nlohmann/json.hpp>

#include "service/domain/verification_case.hpp"
#include "service/domain/verification_reading.hpp"
#include "storage/credentials.hpp"

namespace itqan::domain {
namespace {

constexpr std::string_view default_holder = "eddsa-rdfc-2022";

Error unknown_method(std::string const& method) {
    return {Fault::not_found, "unknown-verification-method", "No key is known here for " + method + ".", {}};
}

/// Null for whatever is not the name of one.
VcApiProfile const* holder_profile(Json const& options) {
    auto const named = options.find("profile");
    if (named == options.end() || named->is_null()) return find_vc_api_profile(default_holder);
    return named->is_string() ? find_vc_api_profile(named->get_ref<std::string const&>()) : nullptr;
}

Json answer_of(VcApiVerified const& verified) {
    auto warnings = Json::array();
    for (auto const& [pointer, detail] : verified.warnings)
        warnings.push_back({{"pointer", pointer}, {"detail", detail}});
    return {
        {"verified", true}, {"checks", verified.checks}, {"warnings", std::move(warnings)}, {"errors", Json::array()}};
}

Result<Json> answered(Result<VcApiVerified> const& verified) {
    if (!verified) return as_bad_request(verified.error());
    return answer_of(*verified);
}

Result<Json> with_name(char const* member, Result<Json> document) {
    if (!document) return as_bad_request(document.error());
    return Json{{member, *std::move(document)}};
}

}  // namespace

Error as_bad_request(Error error) {
    error.fault = Fault::malformed;
    return error;
}

VcApi::VcApi(Services& services, VcApiSettings const& settings)
    : services_(services), is_open_(settings.open), linked_data_(settings.limits) {
    for (auto const& profile : vc_api_profiles())
        services_.keys.ensure_did_key(profile.issuer_id(), profile.key);
}

Result<IssuerKeys::DidKey> VcApi::key_of(VcApiProfile const& profile) {
    return services_.database.read(
        [&](storage::Session& session) { return services_.keys.did_key(session, profile.issuer_id(), profile.key); });
}

Result<Json> VcApi::issuers() {
    auto list = Json::array();
    for (auto const& profile : vc_api_profiles()) {
        auto const key = key_of(profile);
        // Revoked by hand: the profile signs no more.
        if (!key && key.error().code == "no-active-key") continue;
        if (!key) return key.error();
        auto const name = std::string(profile.name);
        Json issuer{{"profile", name},
                    {"id", key->did},
                    {"verificationMethod", key->method},
                    {"endpoint", services_.addresses.base() + "/vc-api/issuers/" + name + "/credentials/issue"},
                    {"keyType", crypto::key_type_name(profile.key)}};
        if (!profile.is_enveloped()) issuer["cryptosuite"] = profile.cryptosuite;
        list.push_back(std::move(issuer));
    }
    return Json{{"issuers", std::move(list)}};
}

Json VcApi::status_entry(VcApiProfile const& profile) {
    auto const position = services_.status.take(profile.issuer_id());
    auto const list = services_.addresses.status_list(position.list_id);
    auto const index = std::to_string(position.position);
    return {{"id", list + "#" + index},
            {"type", "BitstringStatusListEntry"},
            {"statusPurpose", "revocation"},
            {"statusListIndex", index},
            {"statusListCredential", list}};
}

Result<Json> VcApi::issue(std::string_view name, Json const& body, Instant now) {
    auto const* const profile = find_vc_api_profile(name);
    if (profile == nullptr) return Error{Fault::not_found, "not-found", "There is no such profile.", {}};
    auto request = read_vc_api_request(body, "credential");
    if (!request) return request.error();
    auto const key = key_of(*profile);
    if (!key) return key.error();
    return with_name("verifiableCredential", issue_credential(
                                                 *std::move(request), {*profile, *key->signer, key->did, key->method},
                                                 [&] { return status_entry(*profile); }, linked_data_, now));
}

Result<Json> VcApi::derive(Json const& body) {
    auto const request = read_vc_api_request(body, "verifiableCredential");
    if (!request) return request.error();
    return with_name("verifiableCredential", derive_credential(*request, linked_data_));
}

Result<Json> VcApi::prove(Json const& body, Instant now) {
    auto request = read_vc_api_request(body, "presentation");
    if (!request) return request.error();
    auto const* const profile = holder_profile(request->options);
    if (profile == nullptr)
        return Error{Fault::malformed,
                     "unsupported-profile",
                     "There is no such profile.",
                     {{"/options/profile", "must be one of GET /vc-api/issuers"}}};
    auto const key = key_of(*profile);
    if (!key) return key.error();
    return with_name(
        "verifiablePresentation",
        prove_presentation(*std::move(request), {*profile, *key->signer, key->did, key->method}, linked_data_, now));
}

Result<Json> VcApi::verify_credential(Json const& body, Instant now) {
    return answered(domain::verify_credential(body, sources(now), linked_data_, now));
}

Result<Json> VcApi::verify_presentation(Json const& body, Instant now) {
    return answered(domain::verify_presentation(body, sources(now), linked_data_, now));
}

VcApiSources VcApi::sources(Instant now) {
    VcApiSources sources;
    sources.find_key = [this, now](std::string const& method, std::string const& purpose) {
        // Our issuers' documents list keys for assertion only.
        return purpose == "assertionMethod" ? own_key(method, now) : unknown_method(method);
    };
    sources.is_revoked = [this](crypto::PublicKey const& key) {
        return services_.database.read(
            [&](storage::Session& session) { return services_.keys.is_revoked(session, key); });
    };
    sources.own_status = [this](VcApiSources::StatusEntry const& entry) { return own_status(entry); };
    sources.own_state = [this](std::string const& credential_id) { return own_state(credential_id); };
    return sources;
}

/// The key of an own issuer: a method of its did:web document, or the https address of its JWK.
Result<crypto::PublicKey> VcApi::own_key(std::string const& method, Instant now) {
    auto const controller = method.substr(0, method.find('#'));
    auto const document = services_.documents.get(controller);
    if (!document.own || !document.failure.empty()) return unknown_method(method);
    if (document.media_type == "application/jwk+json") {
        auto const jwk = parse_json(document.body, json_limits::credential);
        return jwk ? crypto::PublicKey::from_jwk(*jwk) : unknown_method(method);
    }
    if (document.media_type != "application/did+json" || !document.reading) return unknown_method(method);
    auto const listed = document.reading->keys(document.body, controller, now);
    if (!listed) return listed.error();
    auto const* const key = (*listed)->keys.find(std::string_view(method));
    if (key == nullptr) return unknown_method(method);
    return key->key;
}

std::string VcApi::own_state(std::string const& credential_id) {
    if (services_.addresses.path_of(credential_id).empty()) return {};
    auto const document = services_.documents.get(own_state_address(credential_id));
    if (!document.own || !document.failure.empty()) return {};
    auto const state = parse_json(document.body, json_limits::credential);
    return state ? text_member(*state, "status") : std::string();
}

/// Who signs a list: an issuer of the programme, or a profile whose key was not revoked.
std::string VcApi::list_issuer(storage::Session& session, std::string const& issuer_id) {
    for (auto const& profile : vc_api_profiles()) {
        if (profile.issuer_id() != issuer_id) continue;
        auto const key = services_.keys.did_key(session, issuer_id, profile.key);
        return key ? key->did : std::string();
    }
    auto const programme = services_.programmes.current(session);
    auto const* const issuer = programme->issuer(issuer_id);
    return issuer == nullptr ? std::string() : services_.addresses.issuer_did(issuer->slug);
}

Result<std::optional<VcApiSources::ListedStatus>> VcApi::own_status(VcApiSources::StatusEntry const& entry) {
    using Listed = std::optional<VcApiSources::ListedStatus>;
    auto const prefix = services_.addresses.status_list("");
    if (!entry.list.starts_with(prefix)) return Listed();
    auto const refused = [&](char const* member, char const* what) {
        return Error{Fault::unprocessable,
                     "status-list",
                     "The status entry names no position of a list of ours.",
                     {{std::string("/") + member, what}}};
    };
    return services_.database.read([&](storage::Session& session) -> Result<Listed> {
        auto const list = storage::status_list(session, entry.list.substr(prefix.size()));
        if (!list) return refused("statusListCredential", "is no list of ours");
        if (list->purpose != entry.purpose) return refused("statusPurpose", "is another than the list's");
        if (entry.index >= static_cast<std::uint64_t>(list->length))
            return refused("statusListIndex", "lies behind the end of the list");
        bool const is_set = storage::is_status_bit_set(session, list->id, static_cast<std::int64_t>(entry.index));
        return Listed({is_set, list_issuer(session, list->issuer_id)});
    });
}

}  // namespace itqan::domain
