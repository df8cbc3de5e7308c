#include "service/domain/vc_api_issue.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "crypto/data_integrity.hpp"
#include "crypto/jws.hpp"
#include "crypto/selective_disclosure.hpp"
#include "schemas/resource_digest.hpp"
#include "schemas/verifiable_credential.hpp"
#include "service/domain/vc_api_token.hpp"

namespace itqan::domain {
namespace {

constexpr char credential_pointer[] = "/credential";

/// Absent: the signer's. Otherwise it has to be the signer's: nobody signs in another's name.
std::optional<Error> settle_issuer(Json& credential, std::string const& did) {
    auto const found = credential.find("issuer");
    if (found == credential.end()) {
        credential["issuer"] = did;
        return std::nullopt;
    }
    if (found->is_object() && !found->contains("id")) (*found)["id"] = did;
    if (id_of(credential, "issuer") == did) return std::nullopt;
    return Error{
        Fault::malformed,
        "issuer-mismatch",
        "This path signs for " + did + " alone.",
        {{found->is_object() ? "/credential/issuer/id" : "/credential/issuer", "must be " + did + " or absent"}}};
}

/// Absent, or the signer's: nobody presents in another's name.
std::optional<Error> check_holder(Json const& presentation, std::string const& did) {
    auto const found = presentation.find("holder");
    if (found == presentation.end() || id_of(presentation, "holder") == did) return std::nullopt;
    return Error{
        Fault::malformed,
        "holder-mismatch",
        "This profile presents for " + did + " alone.",
        {{found->is_object() ? "/presentation/holder/id" : "/presentation/holder", "must be " + did + " or absent"}}};
}

/// Names that a token takes for claims: whoever reads it would take the member for one, or lose it.
std::optional<Error> check_claims(Json const& credential) {
    std::vector<Violation> violations;
    auto const refuse = [&](std::string_view name) {
        if (credential.contains(name))
            violations.push_back({"/credential/" + std::string(name), "is the name of a claim of tokens"});
    };
    std::for_each(registered_claims.begin(), registered_claims.end(), refuse);
    std::for_each(document_claims.begin(), document_claims.end(), refuse);
    if (violations.empty()) return std::nullopt;
    return Error{Fault::malformed, "registered-claim", "Members of a credential in a token are not named like claims.",
                 std::move(violations)};
}

/// What everybody who sees a part of the credential has to see: who says it, until when, and where it may be withdrawn.
std::vector<std::string> default_mandatory_pointers(Json const& credential) {
    std::vector<std::string> pointers;
    for (auto const* const member :
         {"issuer", "validFrom", "validUntil", "issuanceDate", "expirationDate", "credentialStatus"}) {
        if (credential.contains(member)) pointers.push_back(std::string("/") + member);
    }
    return pointers;
}

/// Version 2.0 defines the terms of status lists itself.
void append_status_context(Json& credential) {
    constexpr char terms[] = "https://www.w3.org/ns/credentials/status/v1";
    auto& context = credential.at("@context");
    if (!context.is_array()) context = Json::array({context});
    if (std::find(context.begin(), context.end(), terms) == context.end()) context.push_back(terms);
}

Result<Json> sign_embedded(Json document, crypto::ProofOptions options, VcApiSigner const& signer,
                           std::string const& pointer, VcApiLinkedData const& linked_data, Instant now) {
    options.cryptosuite = signer.profile.cryptosuite;
    options.verification_method = signer.method;
    options.created = now.whole_seconds();
    auto proven = crypto::add_proof(std::move(document), options, signer.signer, linked_data.canonicalizer());
    if (!proven) return error_at(pointer, proven.error());
    return proven;
}

/// VC-JOSE-COSE section 3.1.1: the credential is the payload as it is, and there is no `vc` claim.
Result<Json> sign_envelope(Json const& credential, VcApiSigner const& signer) {
    if (schemas::data_model_of(credential) != schemas::DataModel::v2_0)
        return Error{Fault::malformed,
                     "vcdm-version",
                     "An envelope holds a credential of version 2.0.",
                     {{"/credential/@context", "must start with https://www.w3.org/ns/credentials/v2"}}};
    if (auto refused = check_claims(credential)) return *refused;
    auto payload = credential;
    payload["iss"] = signer.did;
    auto const token = crypto::sign_compact(signer.signer, {signer.method, "vc+jwt"}, canonical_json(payload));
    return Json{{"@context", "https://www.w3.org/ns/credentials/v2"},
                {"id", "data:application/vc+jwt," + token},
                {"type", "EnvelopedVerifiableCredential"}};
}

std::optional<Error> check_credential(Json const& credential, VcApiLinkedData const& linked_data) {
    if (auto refused =
            violations_at(credential_pointer, "credential-structure", "This is no credential of the data model.",
                          schemas::check_verifiable_credential(credential)))
        return refused;
    if (auto refused = violations_at(credential_pointer, "related-resource", "A related resource has other bytes.",
                                     schemas::check_related_resources(credential)))
        return refused;
    auto const kept = linked_data.check_to_sign(credential);
    if (!kept) return error_at(credential_pointer, kept.error());
    return std::nullopt;
}

}  // namespace

Result<Json> issue_credential(VcApiRequest request, VcApiSigner const& signer, std::function<Json()> const& status,
                              VcApiLinkedData const& linked_data, Instant now) {
    auto& credential = request.document;
    if (auto refused = settle_issuer(credential, signer.did)) return *refused;
    if (auto refused = check_credential(credential, linked_data)) return *refused;
    auto const pointers = text_option(request.options, "mandatoryPointers");
    if (!pointers) return pointers.error();
    if (signer.profile.has_status) {
        if (credential.contains("credentialStatus"))
            return Error{Fault::malformed,
                         "status-given",
                         "This path gives credentials their status itself.",
                         {{"/credential/credentialStatus", "must be absent"}}};
        if (schemas::data_model_of(credential) == schemas::DataModel::v1_1) append_status_context(credential);
        credential["credentialStatus"] = status();
    }
    if (signer.profile.is_enveloped()) return sign_envelope(credential, signer);
    crypto::ProofOptions options;
    if (signer.profile.cryptosuite == "ecdsa-sd-2023")
        options.mandatory_pointers = *pointers ? **pointers : default_mandatory_pointers(credential);
    return sign_embedded(std::move(credential), std::move(options), signer, credential_pointer, linked_data, now);
}

Result<Json> prove_presentation(VcApiRequest request, VcApiSigner const& signer, VcApiLinkedData const& linked_data,
                                Instant now) {
    constexpr char pointer[] = "/presentation";
    if (signer.profile.is_enveloped() || signer.profile.cryptosuite == "ecdsa-sd-2023")
        return Error{Fault::malformed,
                     "unsupported-profile",
                     "Presentations get embedded proofs that show all of them.",
                     {{"/options/profile", "must be another profile"}}};
    auto& presentation = request.document;
    if (auto refused = violations_at(pointer, "presentation-structure", "This is no presentation of the data model.",
                                     schemas::check_verifiable_presentation(presentation)))
        return *refused;
    if (auto refused = check_holder(presentation, signer.did)) return *refused;
    auto const kept = linked_data.check_to_sign(presentation);
    if (!kept) return error_at(pointer, kept.error());
    auto domain = text_option(request.options, "domain");
    if (!domain) return domain.error();
    crypto::ProofOptions options;
    options.purpose = "authentication";
    if (*domain) options.domain = std::move(**domain);
    auto challenge = challenge_option(request.options);
    if (!challenge) return challenge.error();
    options.challenge = std::move(*challenge);
    return sign_embedded(std::move(presentation), std::move(options), signer, pointer, linked_data, now);
}

Result<Json> derive_credential(VcApiRequest const& request, VcApiLinkedData const& linked_data) {
    auto const pointers = text_option(request.options, "selectivePointers");
    if (!pointers) return pointers.error();
    auto derived = crypto::derive_proof(request.document, pointers->value_or(std::vector<std::string>()),
                                        linked_data.canonicalizer());
    if (!derived) return error_at("/verifiableCredential", derived.error());
    return derived;
}

}  // namespace itqan::domain
