#include "service/domain/signing.hpp"

#include <stdexcept>

#include <nlohmann/json.hpp>

#include "crypto/data_integrity.hpp"
#include "crypto/vc_jwt.hpp"
#include "service/domain/linked_data.hpp"

namespace itqan::domain {

Result<std::string> sign_document(ProofForm form, IssuerKeys::Active const& key, Json document, Instant now,
                                  CanonicalPart const* part) {
    if (form == ProofForm::jwt)
        return part != nullptr ? crypto::issue_vc_jwt(*key.signer, key.kid, document, *part)
                               : crypto::issue_vc_jwt(*key.signer, key.kid, document);
    crypto::ProofOptions options;
    options.cryptosuite = std::string(proof_form_name(form));
    options.verification_method = key.method;
    options.created = now.whole_seconds();
    auto const proven = crypto::add_proof(std::move(document), options, *key.signer, linked_data_canonicalizer());
    if (!proven) return proven.error();
    return part != nullptr ? canonical_json(*proven, *part) : canonical_json(*proven);
}

ProofForm form_of(storage::DocumentRow const& document) {
    auto const form = read_proof_form(document.form);
    if (!form) throw std::runtime_error("a document of " + document.credential_id + " has the form " + document.form);
    return *form;
}

Json read_signed(storage::DocumentRow const& document) {
    auto const unreadable = [&] {
        return std::runtime_error("credential " + document.credential_id + " holds a document that cannot be read");
    };
    if (form_of(document) == ProofForm::jwt) {
        auto token = crypto::read_vc_jwt(document.body);
        if (!token) throw unreadable();
        return std::move(token->credential);
    }
    auto json = parse_json(document.body, json_limits::credential);
    if (!json || !json->is_object()) throw unreadable();
    json->erase("proof");
    return std::move(*json);
}

}  // namespace itqan::domain
