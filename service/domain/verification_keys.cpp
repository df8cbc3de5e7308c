// Which keys the issuer has, and which of all keys the token or the proofs say they were signed with.

#include <algorithm>

#include "schemas/identifier.hpp"
#include "service/domain/verification_case.hpp"

namespace itqan::domain {
namespace {

/// "https://HOST[:PORT]" of an https address; "" for anything else.
std::string origin_of(std::string_view url) {
    if (!schemas::is_https_url(url)) return {};
    return std::string(url.substr(0, url.find_first_of("/?#", 8)));
}

std::string origin_of_issuer(std::string const& id) {
    if (!id.starts_with("did:web:")) return origin_of(id);
    auto const address = crypto::did_web_url(id);
    return address ? origin_of(*address) : std::string();
}

/// DIDs that are their own key.
bool is_self_contained(std::string_view did) {
    return did.starts_with("did:key:") || did.starts_with("did:jwk:");
}

Result<crypto::DidKey> resolve_self_contained(std::string_view did) {
    return did.starts_with("did:key:") ? crypto::resolve_did_key(did) : crypto::resolve_did_jwk(did);
}

bool is_revoked(Case const& verified, std::string const& method) {
    if (!verified.issuer) return false;
    auto const& refused = verified.issuer->keys.refused;
    return std::any_of(refused.begin(), refused.end(),
                       [&](auto const& each) { return each.id == method && each.reason == "revoked"; });
}

ProofKey no_key(std::string fault, std::string detail) {
    return {std::nullopt, "", std::move(fault), std::move(detail)};
}

/// A JWK, or a verification method that holds one or a Multikey.
Result<crypto::PublicKey> key_in(Json const& json) {
    if (json.is_object() && json.contains("publicKeyJwk")) return crypto::PublicKey::from_jwk(json.at("publicKeyJwk"));
    if (auto const multikey = text_at(json, "publicKeyMultibase"); !multikey.empty())
        return crypto::PublicKey::from_multikey(multikey);
    return crypto::PublicKey::from_jwk(json);
}

ProofKey read_fetched_key(Document const& document, std::string const& issuer_id) {
    if (document.gone || document.failure == "gone")
        return no_key("proof.key-revoked", "The issuer has revoked the key.");
    if (!document.failure.empty())
        return no_key("proof.unreachable", "The key could not be fetched: " + document.failure + ".");
    auto const json = parse_json(document.body, json_limits::command);
    auto const key = json ? key_in(*json) : Result<crypto::PublicKey>(json.error());
    if (!key) return no_key("proof.invalid-key", "What stands at the key's address is no usable public key.");
    if (json->contains("controller") && json->at("controller") != issuer_id)
        return no_key("proof.foreign-key", "Whoever controls the key is not the issuer.");
    return {*key, "kid"};
}

void read_issuer(Case& verified) {
    auto const& id = verified.issuer_id;
    if (id.empty()) {
        verified.issuer_fault = "issuer-binding.no-issuer";
        return;
    }
    if (is_self_contained(id)) {
        auto const resolved = resolve_self_contained(id);
        if (!resolved) {
            verified.issuer_fault = "issuer-binding.invalid-did";
            return;
        }
        KeyDocument own;
        own.keys.keys.push_back({resolved->verification_method, resolved->key});
        verified.issuer = std::make_shared<KeyDocument const>(std::move(own));
        return;
    }
    if (id.starts_with("did:web:") && !crypto::did_web_url(id)) {
        verified.issuer_fault = "issuer-binding.invalid-did";
        return;
    }
    if (!id.starts_with("did:web:") && !schemas::is_https_url(id)) {
        verified.issuer_fault = "issuer-binding.no-keys";
        return;
    }
    auto const* const document = verified.need(id);
    if (document == nullptr) return;
    if (!document->failure.empty()) {
        verified.issuer_fault = "issuer-binding.unreachable";
        verified.issuer_failure = document->failure;
        return;
    }
    auto const keys = verified.reading_of(*document)->keys(document->body, id, verified.now, verified.relationship());
    if (keys)
        verified.issuer = *keys;
    else
        verified.issuer_fault = "issuer-binding.broken-document";
}

/// The key of the issuer's document by its method, or whose JWK carries this kid.
std::optional<crypto::PublicKey> listed_by_kid(Case const& verified, std::string const& kid) {
    if (!verified.issuer) return std::nullopt;
    if (auto const* const found = verified.issuer->keys.find(std::string_view(kid))) return found->key;
    auto const named = verified.issuer->by_kid.find(kid);
    return named == verified.issuer->by_kid.end() ? std::nullopt : std::optional(named->second);
}

ProofKey key_at(Case& verified, std::string const& kid) {
    if (auto const key = listed_by_kid(verified, kid)) return {*key, "issuer"};
    if (is_self_contained(kid)) {
        auto const resolved = resolve_self_contained(kid);
        if (!resolved) return no_key("proof.invalid-key", "The key that the proof names cannot be read.");
        return {resolved->key, kid.substr(0, 7)};
    }
    if (!verified.issuer_id.empty() && kid.starts_with(verified.issuer_id + "#")) {
        if (is_revoked(verified, kid)) return no_key("proof.key-revoked", "The issuer has revoked the key.");
        if (verified.issuer) return no_key("proof.unknown-key", "The issuer's document has no such key.");
        // An issuer that can list no key (urn:) may write it into the method. Whose it is stays unchecked.
        if (verified.issuer_fault == "issuer-binding.no-keys")
            if (auto key = crypto::PublicKey::from_multikey(kid.substr(verified.issuer_id.size() + 1)))
                return {std::move(*key), "method"};
        return no_key("proof.unreachable", "The issuer's document could not be read, so its key is not known.");
    }
    // The same origin permits the question; whether the answer is the issuer's key, issuer-binding decides.
    auto const origin = origin_of(kid);
    if (origin.empty() || origin != origin_of_issuer(verified.issuer_id))
        return no_key("proof.foreign-key", "The key that the proof names is not at the issuer's own address.");
    auto const* const document = verified.need(kid);
    return document == nullptr ? ProofKey{} : read_fetched_key(*document, verified.issuer_id);
}

void resolve_methods(Case& verified) {
    auto const proofs = embedded_proofs_of(verified.found);
    if (proofs.size() > crypto::most_proofs) return;  // None of them will be judged.
    for (auto const* const proof : proofs) {
        auto const method = text_at(*proof, "verificationMethod");
        if (method.empty() || verified.method_keys.contains(method)) continue;
        verified.method_keys.emplace(method, key_at(verified, method));
    }
}

}  // namespace

Case::Case(Question const& asked, Documents const& known, Instant moment, ReadCredential& read)
    : question(asked),
      documents(known),
      now(moment),
      credential(read),
      found(read.found),
      kind(read.kind),
      issuer_id(read.issuer_id),
      credential_id(read.credential_id),
      readable(read.readable) {}

std::shared_ptr<DocumentReading> Case::reading_of(Document const& document) const {
    return document.reading ? document.reading : new_reading();
}

Document const* Case::need(std::string const& address) {
    auto const known = documents.find(address);
    if (known != documents.end()) {
        if (known->second.landed.empty()) return &known->second;
        auto& refused = refused_[address];
        refused.failure = address + ": it sends on to another address, which is not followed here";
        return &refused;
    }
    if (std::find(needs.begin(), needs.end(), address) == needs.end()) needs.push_back(address);
    may_move.erase(address);
    return nullptr;
}

Document const* Case::need_wherever(std::string const& address) {
    auto const known = documents.find(address);
    if (known != documents.end()) return &known->second;
    if (std::find(needs.begin(), needs.end(), address) == needs.end()) {
        needs.push_back(address);
        may_move.insert(address);
    }
    return nullptr;
}

bool Case::is_own(std::string_view address) const {
    return !question.own_base.empty() && address.starts_with(question.own_base + "/");
}

void resolve_keys(Case& verified) {
    read_issuer(verified);
    if (!verified.needs.empty()) return;
    if (!verified.found.token) return resolve_methods(verified);
    auto const& jws = verified.found.token->jws;
    if (jws.kid) {
        verified.proof_key = key_at(verified, *jws.kid);
        if (jws.jwk && verified.proof_key.key && !(*jws.jwk == *verified.proof_key.key))
            verified.proof_key = no_key("proof.key-contradiction", "The token names one key and carries another.");
        return;
    }
    if (jws.jwk) {
        verified.proof_key = {*jws.jwk, "jwk"};
        return;
    }
    verified.proof_key = no_key("proof.no-key-named", "The token names no key.");
}

}  // namespace itqan::domain
