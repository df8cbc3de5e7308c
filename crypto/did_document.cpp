// DID documents: written for our issuers, read from anybody.

#include <algorithm>
#include <map>

#include <nlohmann/json.hpp>

#include "crypto/did.hpp"
#include "schemas/json.hpp"

namespace itqan::crypto {
namespace {

constexpr std::size_t most_methods = 256;

Error shape_error(std::string pointer, std::string detail) {
    return Error{Fault::unprocessable, "did-document", detail, {{std::move(pointer), std::move(detail)}}};
}

/// Relative ids ("#key-1") are of the document they stand in.
std::string absolute(std::string const& id, std::string_view controller) {
    return id.starts_with('#') ? std::string(controller) + id : id;
}

/// A date that cannot be read counts as reached: a key with a broken `revoked` is not trusted.
bool is_reached(Json const& method, char const* name, Instant now) {
    if (!method.contains(name)) return false;
    auto const instant = Instant::parse(text_member(method, name));
    return !instant || *instant <= now;
}

Result<PublicKey> read_key(Json const& method) {
    bool const has_jwk = method.contains("publicKeyJwk");
    bool const has_multikey = method.contains("publicKeyMultibase");
    if (has_jwk && has_multikey) {
        return Error{Fault::unprocessable, "invalid-key",
                     "A method holds publicKeyJwk or publicKeyMultibase, not both."};
    }
    if (has_jwk) return PublicKey::from_jwk(method.at("publicKeyJwk"));
    if (has_multikey) return PublicKey::from_multikey(text_member(method, "publicKeyMultibase"));
    return Error{Fault::unprocessable, "unsupported-key", "A method holds publicKeyJwk or publicKeyMultibase."};
}

/// "" when the method may speak for its controller.
std::string refusal(Json const& method, std::string const& id, std::string_view controller, Instant now) {
    bool const own = id.size() > controller.size() + 1 && id.starts_with(controller) && id[controller.size()] == '#';
    if (!own) return "foreign-id";
    if (text_member(method, "controller") != controller) return "controller";
    if (is_reached(method, "revoked", now)) return "revoked";
    if (is_reached(method, "expires", now)) return "expired";
    return "";
}

using Methods = std::map<std::string, Json const*>;

Result<Methods> read_methods(Json const& document, std::string_view controller) {
    Methods methods;
    auto const list = document.find("verificationMethod");
    if (list == document.end()) return methods;
    if (!list->is_array() || list->size() > most_methods) {
        return shape_error("/verificationMethod", "verificationMethod must be an array of at most 256 methods.");
    }
    for (auto const& method : *list) {
        auto const id = method.is_object() ? text_member(method, "id") : std::string();
        if (id.empty() || !methods.emplace(absolute(id, controller), &method).second) {
            return shape_error("/verificationMethod", "Each method must be an object with an id of its own.");
        }
    }
    return methods;
}

void judge(AssertionKeys& result, Json const& method, std::string const& id, std::string_view controller, Instant now) {
    if (auto reason = refusal(method, id, controller, now); !reason.empty()) {
        result.refused.push_back({id, std::move(reason)});
    } else if (auto key = read_key(method); !key) {
        result.refused.push_back({id, key.error().code});
    } else {
        result.keys.push_back({id, std::move(*key)});
    }
}

Json written(ListedKey const& key) {
    if (!key.kid && key.key.type() != KeyType::rsa)
        return {{"type", "Multikey"}, {"publicKeyMultibase", key.key.multikey()}};
    auto jwk = key.key.to_jwk();
    jwk["alg"] = key.key.algorithm();
    jwk["use"] = "sig";
    if (key.kid) jwk["kid"] = *key.kid;
    return {{"type", "JsonWebKey"}, {"publicKeyJwk", std::move(jwk)}};
}

}  // namespace

Json did_document(std::string_view did, std::vector<std::string> const& also_known_as,
                  std::vector<ListedKey> const& keys) {
    Json document{
        {"@context",
         {"https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1", "https://w3id.org/security/jwk/v1"}},
        {"id", did}};
    if (!also_known_as.empty()) document["alsoKnownAs"] = also_known_as;
    for (auto const& key : keys) {
        auto const id = std::string(did) + "#" + key.fragment;
        auto method = written(key);
        method["id"] = id;
        method["controller"] = did;
        if (key.expires) method["expires"] = key.expires->text();
        if (key.revoked) {
            method["revoked"] = key.revoked->text();
        } else {
            document["assertionMethod"].push_back(id);
        }
        document["verificationMethod"].push_back(std::move(method));
    }
    return document;
}

AssertionKey const* AssertionKeys::find(std::string_view method_id) const {
    auto const found = std::find_if(keys.begin(), keys.end(), [&](auto const& each) { return each.id == method_id; });
    return found == keys.end() ? nullptr : &*found;
}

AssertionKey const* AssertionKeys::find(PublicKey const& key) const {
    auto const found = std::find_if(keys.begin(), keys.end(), [&](auto const& each) { return each.key == key; });
    return found == keys.end() ? nullptr : &*found;
}

Result<AssertionKeys> read_assertion_keys(Json const& document, std::string_view controller, Instant now,
                                          std::string_view relationship) {
    if (!document.is_object()) return shape_error("", "A DID document must be a JSON object.");
    if (controller.empty() || text_member(document, "id") != controller) {
        return shape_error("/id", "The document's id must be " + std::string(controller) + ".");
    }
    auto methods = read_methods(document, controller);
    if (!methods) return methods.error();
    std::string const name(relationship);
    auto const listed = document.find(name);
    if (listed != document.end() && (!listed->is_array() || listed->size() > most_methods)) {
        return shape_error("/" + name, name + " must be an array of at most 256 methods.");
    }

    AssertionKeys result;
    for (auto const& entry : listed == document.end() ? Json::array() : *listed) {
        if (!entry.is_string() && !entry.is_object()) {
            return shape_error("/" + name, name + " must hold ids or methods.");
        }
        auto const id = absolute(entry.is_string() ? entry.get<std::string>() : text_member(entry, "id"), controller);
        auto const found = methods->find(id);
        if (entry.is_object()) {
            judge(result, entry, id, controller, now);
        } else if (found == methods->end()) {
            result.refused.push_back({id, "foreign-id"});
        } else {
            judge(result, *found->second, id, controller, now);
            methods->erase(found);
        }
    }
    for (auto const& [id, method] : *methods) {
        auto reason = refusal(*method, id, controller, now);
        result.refused.push_back({id, reason.empty() ? "not-listed" : std::move(reason)});
    }
    return result;
}

}  // namespace itqan::crypto
