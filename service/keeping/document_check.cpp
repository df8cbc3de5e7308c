#include "service/keeping/document_check.hpp"

#include <exception>

#include <nlohmann/json.hpp>

#include "crypto/data_integrity.hpp"
#include "crypto/vc_jwt.hpp"
#include "service/domain/linked_data.hpp"
#include "service/domain/proof_form.hpp"

namespace itqan::service {
namespace {

std::string text_at(Json const& json, char const* pointer) {
    Json::json_pointer const place(pointer);
    if (!json.contains(place) || !json.at(place).is_string()) return {};
    return json.at(place).get<std::string>();
}

/// The signed credential in `credential`; what is wrong with the signature, or "".
std::string read_token(DocumentCase const& one, crypto::PublicKey const& key, domain::Addresses const& addresses,
                       Json& credential) {
    auto token = crypto::read_vc_jwt(one.document.body);
    if (!token) return "the token cannot be read: " + token.error().detail;
    if (!crypto::verify_jws(token->jws, key)) return "the signature does not belong to the text";
    if (one.slug && token->jws.kid != addresses.key(*one.slug, one.document.key_id)) return "it names another key";
    credential = std::move(token->credential);
    return {};
}

std::string read_embedded(DocumentCase const& one, crypto::PublicKey const& key, domain::Addresses const& addresses,
                          Json& credential) {
    auto json = parse_json(one.document.body, json_limits::credential);
    if (!json || !json->is_object()) return "the text is no JSON object";
    std::string asked;
    crypto::ProofRules rules;
    auto const find = [&](std::string const& method, std::string const&) -> Result<crypto::PublicKey> {
        asked = method;
        return key;
    };
    auto const reports = crypto::judge_proofs_in_place(*json, rules, find, domain::linked_data_canonicalizer());
    if (!reports) return "it holds no proof: " + reports.error().detail;
    for (auto const& report : *reports)
        if (!report.verified()) return "the signature does not belong to the text: " + report.fault->detail;
    if (one.slug && asked != addresses.issuer_did(*one.slug) + "#" + one.document.key_id) return "it names another key";
    credential = std::move(*json);
    return {};
}

std::string compare(DocumentCase const& one, domain::Addresses const& addresses, Json const& credential) {
    if (text_at(credential, "/id") != addresses.credential(one.document.credential_id))
        return "it is the document of another credential";
    if (one.slug && text_at(credential, "/issuer/id") != addresses.issuer_did(*one.slug))
        return "it names another issuer";
    if (one.subject && text_at(credential, "/credentialSubject/id") != *one.subject)
        return "it is about another person";
    auto const until = one.valid_until ? Instant::end_of(*one.valid_until).text() : std::string();
    if (text_at(credential, "/validUntil") != until) return "it ends on another day than its row says";
    auto const* const place = credential.contains("credentialStatus") && credential.at("credentialStatus").is_array()
                                  ? "/credentialStatus/0"
                                  : "/credentialStatus";
    if (text_at(credential, (std::string(place) + "/statusListIndex").c_str()) != std::to_string(one.position) ||
        text_at(credential, (std::string(place) + "/statusListCredential").c_str()) !=
            addresses.status_list(one.list_id))
        return "it names another position of a status list";
    return {};
}

}  // namespace

std::string check_document(DocumentCase const& one, KeysById const& keys, domain::Addresses const& addresses) {
    auto const known = keys.find(one.document.key_id);
    if (known == keys.end()) return "its key " + one.document.key_id + " is not there or cannot be read";
    auto const form = domain::read_proof_form(one.document.form);
    if (!form) return "it has an unknown form";
    try {
        Json credential;
        auto const fault = *form == domain::ProofForm::jwt
                               ? read_token(one, known->second.key, addresses, credential)
                               : read_embedded(one, known->second.key, addresses, credential);
        return fault.empty() ? compare(one, addresses, credential) : fault;
    } catch (std::exception const& error) {
        return std::string("it cannot be judged: ") + error.what();
    }
}

std::string check_key(storage::KeyRow const& row, std::optional<crypto::KeyEncryptionKey> const& kek, KeysById& keys) {
    auto const json = parse_json(row.public_jwk);
    if (!json) return "its public half cannot be read";
    auto const key = crypto::PublicKey::from_jwk(*json);
    if (!key) return "its public half is no key: " + key.error().detail;
    keys.insert_or_assign(row.id, KnownKey{row.issuer_id, *key});
    if (crypto::key_type_name(key->type()) != row.type) return "its type is not that of its public half";
    if (!crypto::read_key_state(row.state)) return "its state " + row.state + " does not exist";
    if (!kek) return {};
    auto const opened = crypto::open_key(
        *kek, {row.id, row.issuer_id, row.purpose, key->type(), canonical_json(key->to_jwk()), row.sealed});
    if (!opened) return "it cannot be opened with this key-encryption key, or its halves do not belong together";
    return {};
}

}  // namespace itqan::service
