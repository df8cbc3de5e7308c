#include "crypto/vc_jwt.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <stdexcept>

#include "schemas/clock.hpp"

namespace itqan::crypto {
namespace {

constexpr std::array<char const*, 7> registered{"iss", "sub", "aud", "exp", "nbf", "iat", "jti"};
constexpr std::string_view first_context_1 = "https://www.w3.org/2018/credentials/v1";

Json const* member(Json const& object, char const* name) {
    if (!object.is_object()) return nullptr;
    auto const found = object.find(name);
    return found == object.end() ? nullptr : &*found;
}

std::optional<std::string> text(Json const* value) {
    return value != nullptr && value->is_string() ? std::optional(value->get<std::string>()) : std::nullopt;
}

/// The id of an issuer: itself when it is text, else its member id.
std::optional<std::string> issuer_id(Json const& credential) {
    auto const* issuer = member(credential, "issuer");
    if (issuer == nullptr) return std::nullopt;
    return issuer->is_string() ? text(issuer) : text(member(*issuer, "id"));
}

std::optional<std::string> subject_id(Json const& credential) {
    auto const* subject = member(credential, "credentialSubject");
    if (subject != nullptr && subject->is_array() && subject->size() == 1) subject = &subject->front();
    return subject == nullptr ? std::nullopt : text(member(*subject, "id"));
}

/// A date member under its VCDM 2.0 or 1.1 name.
Json const* date(Json const& credential, char const* name, char const* older_name) {
    auto const* found = member(credential, name);
    return found != nullptr ? found : member(credential, older_name);
}

std::optional<std::int64_t> seconds_of(Json const* value) {
    auto const written = text(value);
    auto const instant = written ? Instant::parse(*written) : std::nullopt;
    return instant ? std::optional(instant->seconds()) : std::nullopt;
}

/// A NumericDate (RFC 7519 section 2) of whole seconds within the years 1 to 9999.
std::optional<std::int64_t> numeric_date(Json const& value) {
    if (!value.is_number()) return std::nullopt;
    auto const number = value.get<double>();
    bool const in_range = number >= -62'135'596'800.0 && number <= 253'402'300'799.0;
    if (!in_range || std::floor(number) != number) return std::nullopt;
    return static_cast<std::int64_t>(number);
}

using Faults = std::vector<ClaimFault>;

void contradiction(Faults& faults, std::string claim, std::string detail) {
    faults.push_back({ClaimFault::Kind::contradiction, {"/" + std::move(claim), std::move(detail)}});
}

void compare_text(Faults& faults, Json const& payload, char const* claim, std::optional<std::string> const& expected,
                  char const* path) {
    auto const* value = member(payload, claim);
    if (value == nullptr) {
        faults.push_back({ClaimFault::Kind::missing,
                          {std::string("/") + claim, std::string("Must be present and equal ") + path + "."}});
    } else if (!expected || text(value) != expected) {
        contradiction(faults, claim, std::string("Must equal ") + path + " of the credential.");
    }
}

void compare_date(Faults& faults, Json const& payload, char const* claim, Json const* expected, char const* path,
                  bool required) {
    auto const* value = member(payload, claim);
    if (value == nullptr) {
        if (expected != nullptr && !required)
            contradiction(faults, claim, std::string("Must be present beside ") + path + ".");
        if (required) {
            faults.push_back({ClaimFault::Kind::missing,
                              {std::string("/") + claim, std::string("Must be present and equal ") + path + "."}});
        }
        return;
    }
    auto const seconds = numeric_date(*value);
    if (!seconds || seconds != seconds_of(expected)) {
        contradiction(faults, claim, std::string("Must be ") + path + " of the credential in whole seconds.");
    }
}

bool is_version_1(Json const& credential) {
    auto const* context = member(credential, "@context");
    if (context != nullptr && context->is_array() && !context->empty()) context = &context->front();
    return text(context) == first_context_1;
}

void fill(Json& credential, char const* name, Json const* value) {
    if (value != nullptr && !credential.contains(name)) credential[name] = *value;
}

void fill_date(Json& credential, char const* name, Json const* claim) {
    if (claim == nullptr || credential.contains(name)) return;
    if (auto const seconds = numeric_date(*claim)) credential[name] = Instant{*seconds * 1000}.text();
}

/// VCDM 1.1 section 6.3.1: claims stand for the members that the object in `vc` leaves out.
Json unwrap(Json const& payload) {
    Json credential = payload.at("vc");
    fill(credential, "issuer", member(payload, "iss"));
    fill(credential, "id", member(payload, "jti"));
    fill_date(credential, "issuanceDate", member(payload, "nbf"));
    fill_date(credential, "expirationDate", member(payload, "exp"));
    if (auto const subject = credential.find("credentialSubject");
        subject != credential.end() && subject->is_object()) {
        fill(*subject, "id", member(payload, "sub"));
    }
    return credential;
}

std::int64_t claim_seconds(Json const& credential, char const* name) {
    auto const seconds = seconds_of(member(credential, name));
    if (!seconds) throw std::invalid_argument(std::string("a credential to be signed has no date-time in ") + name);
    return *seconds;
}

void append(std::string& payload, char const* claim, std::optional<std::string> const& value) {
    if (!value) throw std::invalid_argument(std::string("a credential to be signed has nothing to put into ") + claim);
    payload += std::string(",\"") + claim + "\":" + canonical_json(*value);
}

/// `payload` is the RFC 8785 form of the credential; the registered claims go behind its members.
std::string sign_claims(Signer const& signer, std::string_view kid, Json const& credential, std::string payload) {
    for (auto const* claim : registered) {
        if (member(credential, claim) != nullptr) {
            throw std::invalid_argument(std::string("a credential to be signed already has the claim ") + claim);
        }
    }
    payload.pop_back();
    append(payload, "iss", issuer_id(credential));
    append(payload, "jti", text(member(credential, "id")));
    append(payload, "sub", subject_id(credential));
    payload += ",\"nbf\":" + std::to_string(claim_seconds(credential, "validFrom"));
    if (member(credential, "validUntil") != nullptr) {
        payload += ",\"exp\":" + std::to_string(claim_seconds(credential, "validUntil"));
    }
    payload += '}';
    return sign_compact(signer, {std::string(kid), "JWT"}, payload);
}

}  // namespace

std::string issue_vc_jwt(Signer const& signer, std::string_view kid, Json const& credential) {
    return sign_claims(signer, kid, credential, canonical_json(credential));
}

std::string issue_vc_jwt(Signer const& signer, std::string_view kid, Json const& credential,
                         CanonicalPart const& part) {
    return sign_claims(signer, kid, credential, canonical_json(credential, part));
}

Result<VcJwt> read_vc_jwt(std::string_view token, JwsRules const& rules, JsonLimits const& limits) {
    auto jws = parse_compact_jws(token, rules);
    if (!jws) return jws.error();
    auto payload = parse_json(as_text(jws->payload), limits);
    if (!payload) return payload.error();
    if (!payload->is_object()) return Error{Fault::malformed, "vc-jwt", "The payload of a VC-JWT is a JSON object."};

    auto const* wrapped = member(*payload, "vc");
    bool const unwraps = wrapped != nullptr && wrapped->is_object();
    auto credential = unwraps ? unwrap(*payload) : *payload;
    if (!unwraps) {
        for (auto const* claim : registered)
            credential.erase(claim);
    }
    return VcJwt{std::move(*jws), std::move(*payload), std::move(credential), unwraps};
}

std::vector<ClaimFault> check_vc_jwt_claims(VcJwt const& token) {
    Faults faults;
    auto const& payload = token.payload;
    auto const& credential = token.credential;
    if (member(payload, "vc") != nullptr) {
        bool const beside = member(payload, "@context") != nullptr || member(payload, "credentialSubject") != nullptr ||
                            member(payload, "type") != nullptr;
        if (beside || !token.wrapped || !is_version_1(credential)) {
            contradiction(faults, "vc", "Only a version 1.1 credential stands in vc, and then nothing of it beside.");
        }
    }
    compare_text(faults, payload, "iss", issuer_id(credential), "issuer.id");
    compare_text(faults, payload, "jti", text(member(credential, "id")), "id");
    compare_text(faults, payload, "sub", subject_id(credential), "credentialSubject.id");
    compare_date(faults, payload, "nbf", date(credential, "validFrom", "issuanceDate"), "validFrom", true);
    compare_date(faults, payload, "exp", date(credential, "validUntil", "expirationDate"), "validUntil", false);
    if (auto const* issued = member(payload, "iat"); issued != nullptr && !issued->is_number()) {
        contradiction(faults, "iat", "Must be a number.");
    }
    return faults;
}

}  // namespace itqan::crypto
