#include "service/domain/vc_api_verify.hpp"

#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "crypto/did.hpp"
#include "crypto/status_list.hpp"
#include "schemas/resource_digest.hpp"
#include "schemas/verifiable_credential.hpp"
#include "schemas/verifiable_credential_forms.hpp"
#include "service/domain/clock_leeway.hpp"
#include "service/domain/vc_api_token.hpp"

namespace itqan::domain {
namespace {

constexpr std::size_t most_credentials = 32;
constexpr std::size_t smallest_share = 8;
constexpr std::size_t most_status_entries = 8;

Error refused_at(char const* code, std::string detail, std::string pointer, std::string what) {
    return {Fault::malformed, code, std::move(detail), {{std::move(pointer), std::move(what)}}};
}

Error revoked_key(std::string pointer) {
    return refused_at("revoked-key", "The key of this signature was revoked.", std::move(pointer),
                      "is a key that its owner revoked");
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

    VcApiVerified take() {
        std::erase_if(verified_.checks, [&](std::string const& check) { return doubted_.contains(check); });
        return std::move(verified_);
    }

  private:
    Result<void> enveloped_credential(Json const& document, crypto::ProofRules const& rules,
                                      std::string const& pointer);
    Result<VcApiToken> enveloped_presentation(Json const& document, crypto::ProofRules const& rules,
                                              std::string const& pointer);
    Result<void> presented(Json const& presentation, std::vector<std::string> const& methods, std::string const& place);
    Result<VcApiToken> open(Json const& document, TokenKind kind, crypto::ProofRules const& rules,
                            std::string const& pointer);
    Result<std::vector<std::string>> proofs(Json const& document, crypto::ProofRules const& rules,
                                            std::string const& pointer);
    Result<void> terms(Json const& document, std::string const& pointer);
    Result<void> meaning(Json const& credential, std::vector<std::string> const& methods, std::string const& pointer);
    Result<void> issuer_binding(Json const& credential, std::vector<std::string> const& methods,
                                std::string const& pointer);
    Result<void> holder_binding(Json const& presentation, std::vector<std::string> const& methods,
                                std::string const& pointer);
    Result<void> validity(Json const& credential, std::string const& pointer);
    Result<void> status(Json const& credential, std::string const& pointer);
    Result<void> own_state(Json const& credential, std::string const& pointer);
    Result<void> status_entry(Json const& entry, std::string const& issuer, std::string const& pointer);

    void passed(char const* check) {
        auto& checks = verified_.checks;
        if (std::find(checks.begin(), checks.end(), check) == checks.end()) checks.emplace_back(check);
    }
    /// The check did not hold here, so it is not said to have passed, wherever else it held.
    void warn(char const* check, std::string pointer, std::string detail) {
        doubted_.insert(check);
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
    std::set<std::string, std::less<>> doubted_;  ///< Checks with a warning.
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
    auto challenge = challenge_option(options);
    if (!checks) return checks.error();
    if (!domain) return domain.error();
    if (!challenge) return challenge.error();
    wanted_ = std::move(*checks);
    crypto::ProofRules rules{now_, purpose};
    if (*domain) rules.domain = std::move(**domain);
    rules.challenge = std::move(*challenge);
    return rules;
}

Result<void> Verifier::terms(Json const& document, std::string const& pointer) {
    auto const kept = linked_data_.check_to_verify(document, share_);
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
    auto const is_of_revoked_key = [&](crypto::ProofReport const& report) {
        return report.key && sources_.is_revoked(*report.key);
    };
    for (auto const& report : *reports) {
        methods.push_back(report.verification_method);
        if (!report.fault && !is_of_revoked_key(report)) continue;
        auto fault = report.fault ? *report.fault : revoked_key(report.pointer + "/verificationMethod");
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
    if (sources_.is_revoked(token->key)) return error_at(pointer, revoked_key("/id"));
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
    warn("issuer-binding", pointer + "/issuer", what);
    return {};
}

Result<void> Verifier::validity(Json const& credential, std::string const& pointer) {
    auto const date = [&](char const* member) {
        return schemas::read_date_time_stamp(text_member(credential, member));
    };
    auto const judge = [&](char const* code, char const* member, std::string what) -> Result<void> {
        if (is_asked("validity", true)) return refused_at(code, what, pointer + "/" + member, what);
        warn("validity", pointer + "/" + member, std::move(what));
        return {};
    };
    for (auto const* const member : {"validFrom", "issuanceDate"})
        if (auto const from = date(member); from && is_to_come(*from, now_))
            return judge("not-yet-valid", member, "The credential is not valid yet.");
    for (auto const* const member : {"validUntil", "expirationDate"})
        if (auto const until = date(member); until && *until < now_)
            return judge("expired", member, "The credential has expired.");
    passed("validity");
    return {};
}

Result<void> Verifier::status(Json const& credential, std::string const& pointer) {
    auto const entries = items_of(credential, "credentialStatus", pointer);
    if (entries.size() > most_status_entries)
        return refused_at("too-many-status-entries", "A credential has at most 8 status entries.",
                          pointer + "/credentialStatus", "must have at most 8 items");
    if (auto kept = own_state(credential, pointer); !kept) return kept;
    auto const issuer = id_of(credential, "issuer");
    for (auto const& [entry, place] : entries) {
        if (!is_of_type(*entry, "BitstringStatusListEntry")) {
            warn("status", place, "A status of this type is unchecked.");
            continue;
        }
        if (auto judged = status_entry(*entry, issuer, place); !judged) return judged;
    }
    return {};
}

/// What no list tells of a badge of ours: that it is on hold.
Result<void> Verifier::own_state(Json const& credential, std::string const& pointer) {
    auto const state = sources_.own_state(text_member(credential, "id"));
    if (state == "suspended")
        return refused_at("status-suspended", "The issuer is reviewing the credential: on hold.", pointer + "/id",
                          "is on hold");
    if (state == "revoked")
        return refused_at("status-revoked", "The issuer has withdrawn the credential.", pointer + "/id",
                          "is withdrawn");
    return {};
}

Result<void> Verifier::status_entry(Json const& entry, std::string const& issuer, std::string const& pointer) {
    auto const list = text_member(entry, "statusListCredential");
    auto const purpose = text_member(entry, "statusPurpose");
    auto const index = crypto::read_status_index(entry.value("statusListIndex", Json()));
    if (list.empty() || purpose.empty())
        return refused_at("status-list", "The status entry is incomplete.", pointer,
                          "must have a statusPurpose and a statusListCredential");
    if (!index) return error_at(pointer + "/statusListIndex", index.error());
    auto const own = sources_.own_status({list, purpose, *index});
    if (!own) return error_at(pointer, own.error());
    if (!*own) {
        warn("status", pointer, "The status is unchecked: its list is not one of this installation.");
        return {};
    }
    if ((*own)->is_set)
        return refused_at(purpose == "suspension" ? "status-suspended" : "status-revoked",
                          "The issuer has withdrawn the credential: " + purpose + ".", pointer, "is set in its list");
    if ((*own)->issuer != issuer) {
        warn("status", pointer, "The status is unchecked: its list is a list of another issuer.");
        return {};
    }
    passed("status");
    return {};
}

/// As issuer_binding: who presents is another question than whether the proofs are good.
Result<void> Verifier::holder_binding(Json const& presentation, std::vector<std::string> const& methods,
                                      std::string const& pointer) {
    bool const is_required = is_asked("holder-binding", false);
    auto const holder = id_of(presentation, "holder");
    if (holder.empty() && !is_required) return {};
    bool const is_bound =
        !holder.empty() && std::any_of(methods.begin(), methods.end(),
                                       [&](std::string const& method) { return belongs_to(method, holder); });
    if (is_bound) {
        passed("holder-binding");
        return {};
    }
    std::string const what = holder.empty() ? "The presentation names no holder."
                                            : "No proof was made with a key that is known to be the holder's.";
    if (is_required) return refused_at("holder-binding", what, pointer + "/holder", what);
    warn("holder-binding", pointer + "/holder", what);
    return {};
}

/// A proof within a token is judged too, but who signed the token presents it.
Result<VcApiToken> Verifier::enveloped_presentation(Json const& document, crypto::ProofRules const& rules,
                                                    std::string const& pointer) {
    auto token = open(document, TokenKind::presentation, rules, pointer);
    if (!token) return token.error();
    auto const place = pointer + "/id";
    if (auto refused = presentation_structure(token->document, place)) return *refused;
    if (schemas::is_enveloped(token->document))
        return refused_at("envelope-shape", "An envelope holds no other.", place, "must hold a presentation");
    if (auto kept = terms(token->document, place); !kept) return kept.error();
    if (!token->document.contains("proof")) return token;
    if (auto const more = proofs(token->document, rules, place); !more) return more.error();
    return token;
}

Result<void> Verifier::presentation(Json const& document, crypto::ProofRules const& rules, std::string const& pointer) {
    if (auto refused = presentation_structure(document, pointer)) return *refused;
    passed("structure");
    if (schemas::is_enveloped(document)) {
        auto const token = enveloped_presentation(document, rules, pointer);
        if (!token) return token.error();
        return presented(token->document, {token->method}, pointer + "/id");
    }
    if (auto kept = terms(document, pointer); !kept) return kept;
    auto const methods = proofs(document, rules, pointer);
    if (!methods) return methods.error();
    return presented(document, *methods, pointer);
}

/// What stands in a presentation whose proofs are good.
Result<void> Verifier::presented(Json const& presentation, std::vector<std::string> const& methods,
                                 std::string const& place) {
    if (auto bound = holder_binding(presentation, methods, place); !bound) return bound;
    auto const credentials = items_of(presentation, "verifiableCredential", place);
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
