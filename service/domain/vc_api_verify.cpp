#include "service/domain/vc_api_verify.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "crypto/did.hpp"
#include "crypto/status_list.hpp"
#include "schemas/resource_digest.hpp"
#include "schemas/verifiable_credential.hpp"
#include "schemas/verifiable_credential_forms.hpp"
#include "service/domain/vc_api_token.hpp"

namespace itqan::domain {
namespace {

constexpr std::size_t most_credentials = 32;
constexpr std::size_t smallest_share = 8;

Error refused_at(char const* code, std::string detail, std::string pointer, std::string what) {
    return {Fault::malformed, code, std::move(detail), {{std::move(pointer), std::move(what)}}};
}

/// One request on its way through the checks. Pointers are into its body.
class Verifier {
  public:
    Verifier(VcApiSources const& sources, VcApiLinkedData const& linked_data, Instant now)
        : sources_(sources),
          linked_data_(linked_data),
          canonicalizer_(linked_data.limits(), linked_data.limits().work / 2 * 3),
          now_(now) {}

    /// Error: malformed "invalid-body".
    Result<crypto::ProofRules> read_options(Json const& options, char const* purpose);

    Result<void> credential(Json const& document, crypto::ProofRules const& rules, std::string const& pointer);
    Result<void> presentation(Json const& document, crypto::ProofRules const& rules, std::string const& pointer);

    VcApiVerified take() { return std::move(verified_); }

  private:
    Result<void> enveloped_credential(Json const& document, crypto::ProofRules const& rules,
                                      std::string const& pointer);
    Result<Json> enveloped_presentation(Json const& document, crypto::ProofRules const& rules,
                                        std::string const& pointer);
    Result<VcApiToken> open(Json const& document, TokenKind kind, crypto::ProofRules const& rules,
                            std::string const& pointer);
    Result<std::vector<std::string>> proofs(Json const& document, crypto::ProofRules const& rules,
                                            std::string const& pointer);
    Result<void> terms(Json const& document, std::string const& pointer);
    Result<void> meaning(Json const& credential, std::vector<std::string> const& methods, std::string const& pointer);
    Result<void> issuer_binding(Json const& credential, std::vector<std::string> const& methods,
                                std::string const& pointer);
    Result<void> validity(Json const& credential, std::string const& pointer);
    Result<void> status(Json const& credential, std::string const& pointer);
    Result<void> status_entry(Json const& entry, std::string const& pointer);

    void passed(char const* check) {
        auto& checks = verified_.checks;
        if (std::find(checks.begin(), checks.end(), check) == checks.end()) checks.emplace_back(check);
    }
    void warn(std::string pointer, std::string detail) {
        verified_.warnings.push_back({std::move(pointer), std::move(detail)});
    }
    bool is_asked(std::string const& check, bool when_silent) const {
        return wanted_ ? std::find(wanted_->begin(), wanted_->end(), check) != wanted_->end() : when_silent;
    }

    VcApiSources const& sources_;
    VcApiLinkedData const& linked_data_;
    RequestCanonicalizer const canonicalizer_;
    Instant now_;
    std::optional<std::vector<std::string>> wanted_;  ///< options.checks
    /// Which part of the work for one document each gets: tokens do not count in the presentation that they are in.
    std::size_t share_ = 1;
    VcApiVerified verified_;
};

/// Whether a holder may have left out what an issuer signed.
bool is_selective(Json const& document) {
    auto const proof = document.find("proof");
    return proof != document.end() && proof->is_object() && text_member(*proof, "cryptosuite") == "ecdsa-sd-2023";
}

std::optional<Error> credential_structure(Json const& document, std::string const& pointer) {
    auto violations = schemas::check_verifiable_credential(document);
    if (is_selective(document) && !document.contains("issuanceDate"))
        std::erase_if(violations, [](Violation const& violation) { return violation.pointer == "/issuanceDate"; });
    return violations_at(pointer, "credential-structure", "This is no credential of the data model.",
                         std::move(violations));
}

std::optional<Error> presentation_structure(Json const& document, std::string const& pointer) {
    return violations_at(pointer, "presentation-structure", "This is no presentation of the data model.",
                         schemas::check_verifiable_presentation(document));
}

/// A member that is one value or a list of them, with the pointer of each.
std::vector<std::pair<Json const*, std::string>> items_of(Json const& object, char const* member,
                                                          std::string const& pointer) {
    std::vector<std::pair<Json const*, std::string>> items;
    auto const found = object.find(member);
    if (found == object.end()) return items;
    auto const place = pointer + "/" + member;
    if (!found->is_array()) return {{&*found, place}};
    for (std::size_t i = 0; i < found->size(); ++i)
        items.emplace_back(&(*found)[i], place + "/" + std::to_string(i));
    return items;
}

/// Whether the key of a verification method is one of the DID's. An own https address of a key stands below that of its
/// issuer, whom OwnDocuments has asked.
bool belongs_to(std::string const& method, std::string const& issuer) {
    if (method.substr(0, method.find('#')) == issuer) return true;
    auto const url = crypto::did_web_url(issuer);
    constexpr std::string_view document = "did.json";
    return url && method.starts_with(url->substr(0, url->size() - document.size()) + "keys/");
}

Result<crypto::ProofRules> Verifier::read_options(Json const& options, char const* purpose) {
    auto checks = text_option(options, "checks");
    auto domain = text_option(options, "domain");
    auto challenge = text_option(options, "challenge");
    for (auto const* const read : {&checks, &domain, &challenge})
        if (!*read) return read->error();
    if (*challenge && (*challenge)->size() != 1)
        return refused_at("invalid-body", "The request does not say what it must.", "/options/challenge",
                          "must be a text");
    wanted_ = std::move(*checks);
    crypto::ProofRules rules{now_, purpose};
    if (*domain) rules.domain = std::move(**domain);
    if (*challenge) rules.challenge = (*challenge)->front();
    return rules;
}

Result<void> Verifier::terms(Json const& document, std::string const& pointer) {
    auto const kept = linked_data_.check(document, schemas::SameId::consistent, false, share_);
    if (!kept) return error_at(pointer, kept.error());
    passed("terms");
    return {};
}

/// The verification methods of the proofs, all of which are good.
Result<std::vector<std::string>> Verifier::proofs(Json const& document, crypto::ProofRules const& rules,
                                                  std::string const& pointer) {
    auto const reports = crypto::judge_proofs(document, rules, sources_.find_key, canonicalizer_);
    if (!reports) return error_at(pointer, reports.error());
    std::optional<Error> refused;
    std::vector<std::string> methods;
    for (auto const& report : *reports) {
        methods.push_back(report.verification_method);
        if (!report.fault) continue;
        auto fault = *report.fault;
        if (fault.violations.empty()) fault.violations.push_back({report.pointer, fault.detail});
        if (!refused)
            refused = std::move(fault);
        else
            refused->violations.insert(refused->violations.end(), fault.violations.begin(), fault.violations.end());
    }
    if (refused) return error_at(pointer, *std::move(refused));
    passed("proof");
    return methods;
}

Result<VcApiToken> Verifier::open(Json const& document, TokenKind kind, crypto::ProofRules const& rules,
                                  std::string const& pointer) {
    auto const envelope = schemas::read_envelope(document);
    if (!envelope) return error_at(pointer, envelope.error());
    auto const* const own_type = kind == TokenKind::credential ? "application/vc+jwt" : "application/vp+jwt";
    bool const is_read = envelope->media_type == own_type || envelope->media_type == "application/jwt";
    if (!is_read || envelope->is_base64)
        return refused_at("envelope-type", "Envelopes of this kind are not read.", pointer + "/id",
                          std::string("must be data:") + own_type + ", or data:application/jwt,");
    auto token = read_vc_api_token(envelope->content, {kind, rules}, sources_.find_key);
    if (!token) {
        auto error = token.error();
        for (auto const& violation : error.violations)
            error.detail += " " + violation.pointer + ": " + violation.detail + ".";
        error.violations = {{"/id", error.detail}};
        return error_at(pointer, std::move(error));
    }
    passed("proof");
    return token;
}

Result<void> Verifier::credential(Json const& document, crypto::ProofRules const& rules, std::string const& pointer) {
    if (auto refused = credential_structure(document, pointer)) return *refused;
    passed("structure");
    if (schemas::is_enveloped(document)) return enveloped_credential(document, rules, pointer);
    if (auto kept = terms(document, pointer); !kept) return kept;
    auto const methods = proofs(document, rules, pointer);
    if (!methods) return methods.error();
    return meaning(document, *methods, pointer);
}

Result<void> Verifier::enveloped_credential(Json const& document, crypto::ProofRules const& rules,
                                            std::string const& pointer) {
    auto const token = open(document, TokenKind::credential, rules, pointer);
    if (!token) return token.error();
    auto const& inner = token->document;
    if (auto refused = credential_structure(inner, pointer + "/id")) return *refused;
    if (schemas::is_enveloped(inner))
        return refused_at("envelope-shape", "An envelope holds no other.", pointer + "/id", "must hold a credential");
    if (auto kept = terms(inner, pointer + "/id"); !kept) return kept;
    std::vector<std::string> methods{token->method};
    if (inner.contains("proof")) {
        auto const more = proofs(inner, {now_}, pointer + "/id");
        if (!more) return more.error();
        methods.insert(methods.end(), more->begin(), more->end());
    }
    return meaning(inner, methods, pointer + "/id");
}

Result<void> Verifier::meaning(Json const& credential, std::vector<std::string> const& methods,
                               std::string const& pointer) {
    if (auto refused = violations_at(pointer, "related-resource", "A related resource has other bytes.",
                                     schemas::check_related_resources(credential)))
        return *refused;
    if (auto bound = issuer_binding(credential, methods, pointer); !bound) return bound;
    if (auto valid = validity(credential, pointer); !valid) return valid;
    return status(credential, pointer);
}

/// A policy of its own: a signature is good or not whoever the issuer is.
Result<void> Verifier::issuer_binding(Json const& credential, std::vector<std::string> const& methods,
                                      std::string const& pointer) {
    auto const issuer = id_of(credential, "issuer");
    bool const is_bound = std::any_of(methods.begin(), methods.end(),
                                      [&](std::string const& method) { return belongs_to(method, issuer); });
    if (is_bound) {
        passed("issuer-binding");
        return {};
    }
    std::string const what = "No proof was made with a key that is known to be the issuer's.";
    if (is_asked("issuer-binding", false)) return refused_at("issuer-binding", what, pointer + "/issuer", what);
    warn(pointer + "/issuer", what);
    return {};
}

Result<void> Verifier::validity(Json const& credential, std::string const& pointer) {
    auto const date = [&](char const* member) {
        return schemas::read_date_time_stamp(text_member(credential, member));
    };
    auto const judge = [&](char const* code, char const* member, std::string what) -> Result<void> {
        if (is_asked("validity", true)) return refused_at(code, what, pointer + "/" + member, what);
        warn(pointer + "/" + member, std::move(what));
        return {};
    };
    for (auto const* const member : {"validFrom", "issuanceDate"})
        if (auto const from = date(member); from && *from > now_)
            return judge("not-yet-valid", member, "The credential is not valid yet.");
    for (auto const* const member : {"validUntil", "expirationDate"})
        if (auto const until = date(member); until && *until < now_)
            return judge("expired", member, "The credential has expired.");
    passed("validity");
    return {};
}

Result<void> Verifier::status(Json const& credential, std::string const& pointer) {
    for (auto const& [entry, place] : items_of(credential, "credentialStatus", pointer)) {
        if (!is_of_type(*entry, "BitstringStatusListEntry")) {
            warn(place, "A status of this type is unchecked.");
            continue;
        }
        if (auto judged = status_entry(*entry, place); !judged) return judged;
    }
    return {};
}

Result<void> Verifier::status_entry(Json const& entry, std::string const& pointer) {
    auto const list = text_member(entry, "statusListCredential");
    auto const purpose = text_member(entry, "statusPurpose");
    auto const index = crypto::read_status_index(entry.value("statusListIndex", Json()));
    if (list.empty() || purpose.empty())
        return refused_at("status-list", "The status entry is incomplete.", pointer,
                          "must have a statusPurpose and a statusListCredential");
    if (!index) return error_at(pointer + "/statusListIndex", index.error());
    auto const is_set = sources_.own_status({list, purpose, *index});
    if (!is_set) return error_at(pointer, is_set.error());
    if (!*is_set) {
        warn(pointer, "The status is unchecked: its list is not one of this installation.");
        return {};
    }
    if (**is_set)
        return refused_at(purpose == "suspension" ? "status-suspended" : "status-revoked",
                          "The issuer has withdrawn the credential: " + purpose + ".", pointer, "is set in its list");
    passed("status");
    return {};
}

Result<Json> Verifier::enveloped_presentation(Json const& document, crypto::ProofRules const& rules,
                                              std::string const& pointer) {
    auto token = open(document, TokenKind::presentation, rules, pointer);
    if (!token) return token.error();
    auto const place = pointer + "/id";
    if (auto refused = presentation_structure(token->document, place)) return *refused;
    if (schemas::is_enveloped(token->document))
        return refused_at("envelope-shape", "An envelope holds no other.", place, "must hold a presentation");
    if (auto kept = terms(token->document, place); !kept) return kept.error();
    return std::move(token->document);
}

Result<void> Verifier::presentation(Json const& document, crypto::ProofRules const& rules, std::string const& pointer) {
    if (auto refused = presentation_structure(document, pointer)) return *refused;
    passed("structure");
    Json opened;
    bool const is_envelope = schemas::is_enveloped(document);
    if (is_envelope) {
        auto inner = enveloped_presentation(document, rules, pointer);
        if (!inner) return inner.error();
        opened = *std::move(inner);
    } else {
        if (auto kept = terms(document, pointer); !kept) return kept;
        if (auto const methods = proofs(document, rules, pointer); !methods) return methods.error();
    }
    auto const place = is_envelope ? pointer + "/id" : pointer;
    auto const credentials = items_of(is_envelope ? opened : document, "verifiableCredential", place);
    if (credentials.size() > most_credentials)
        return refused_at("too-many-credentials", "A presentation holds at most 32 credentials.",
                          place + "/verifiableCredential", "must have at most 32 items");
    share_ = std::clamp<std::size_t>(credentials.size(), 1, smallest_share);
    for (auto const& [inner, inner_place] : credentials)
        if (auto judged = credential(*inner, {now_}, inner_place); !judged) return judged;
    return {};
}

}  // namespace

Result<VcApiVerified> verify_credential(Json const& body, VcApiSources const& sources,
                                        VcApiLinkedData const& linked_data, Instant now) {
    auto const request = read_vc_api_request(body, "verifiableCredential");
    if (!request) return request.error();
    Verifier verifier(sources, linked_data, now);
    auto const rules = verifier.read_options(request->options, "assertionMethod");
    if (!rules) return rules.error();
    auto const judged = verifier.credential(request->document, *rules, "/verifiableCredential");
    if (!judged) return judged.error();
    return verifier.take();
}

Result<VcApiVerified> verify_presentation(Json const& body, VcApiSources const& sources,
                                          VcApiLinkedData const& linked_data, Instant now) {
    auto const request = read_vc_api_request(body, "verifiablePresentation");
    if (!request) return request.error();
    Verifier verifier(sources, linked_data, now);
    auto const rules = verifier.read_options(request->options, "authentication");
    if (!rules) return rules.error();
    auto const judged = verifier.presentation(request->document, *rules, "/verifiablePresentation");
    if (!judged) return judged.error();
    return verifier.take();
}

}  // namespace itqan::domain
