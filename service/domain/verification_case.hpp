#pragma once
// One credential on its way through the checks: what was found in the input, what is known of the issuer, which
// documents are still needed. The checks are in verification_{form,proof,embedded,status,recipient}.cpp, their table in
// verification_checks.cpp.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "crypto/data_integrity.hpp"
#include "crypto/did.hpp"
#include "crypto/vc_jwt.hpp"
#include "schemas/open_badge.hpp"
#include "service/domain/verification.hpp"
#include "service/domain/verification_reading.hpp"

namespace itqan::domain {

/// The credential inside an input, as text: a compact JWS or a JSON document.
struct FoundCredential {
    std::string text;
    std::optional<crypto::VcJwt> token;  ///< When the text is a JWS that could be read; what it says is `document`.
    std::optional<Error> token_fault;    ///< When it is a JWS that could not.
    std::vector<crypto::ClaimFault> claim_faults = {};  ///< Of the token.
    Json document;                                      ///< What the credential says; null when it cannot be read.
    bool is_jws = false;
    bool open_badges_2_beside = false;  ///< The picture also carried an older badge, which was not read.
    bool is_presentation = false;       ///< By the type of the token, whatever it holds.
    std::optional<Instant> shown_from = {}, shown_until = {};  ///< Of a presentation that is a token; likewise:
    bool has_unreadable_term = false;
    Json shown_for = {}, shown_nonce = {};  ///< Its claims aud and nonce.
    bool is_address = false;  ///< A picture named the address of an Open Badges 2 assertion; `text` is it.
};

/// What the document says that it is.
enum class CredentialKind {
    badge,        ///< Open Badges 3.0.
    older_badge,  ///< Open Badges 1: recognised, not checked.
    endorsement,
    record,  ///< Comprehensive Learner Record.
    other,
    badge_2,       ///< An award or endorsement of Open Badges 2.
    badge_2_part,  ///< A badge class, a profile or another description of Open Badges 2 by itself.
    presentation   ///< What a holder shows: one or more of the above.
};
inline bool is_open_badge_2(CredentialKind kind) {
    return kind == CredentialKind::badge_2 || kind == CredentialKind::badge_2_part;
}
CredentialKind kind_of(Json const& document);

/// Finds the credential, or presentation, in JSON, JWS, PNG, SVG or a data: URI of these; unwraps envelopes, and
/// presentations of one that nobody signed. Errors: unprocessable "no-credential", too_large "input-too-large", those
/// of the picture readers.
Result<FoundCredential> find_credential(std::string const& input);
/// What a token shows that is a presentation: of type vp+jwt, or an older one whose claim `vp` or payload is one; the
/// token is moved into it. None otherwise, and the token is as it was.
std::optional<FoundCredential> presentation_in(crypto::VcJwt& token, std::string_view text);
/// One inside another: a compact JWS, or an object that is one or an envelope of one.
Result<FoundCredential> find_inner_credential(Json const& json);

/// A credential inside another: an endorsement, or one of those that a learner record or a presentation holds.
struct InnerCredential {
    std::shared_ptr<ReadCredential> credential = {};  ///< Null when it cannot be read.
    std::string about = {};  ///< Id of the object that carries an endorsement, which it should be about.
    bool has_more = false;   ///< It carries further ones, which are not followed.
};

/// What follows from the credential alone, read before the first round.
struct ReadCredential {
    FoundCredential found;
    CredentialKind kind = CredentialKind::other;
    std::string issuer_id = {};  ///< "" when the document names none; of Open Badges 2 as the last round found it.
    std::string credential_id = {};
    std::optional<schemas::Credential> readable = {};  ///< For display and simple comparisons.
    std::vector<InnerCredential> endorsements = {}, nested = {};
    bool has_too_many = false;  ///< More endorsements than are read; likewise:
    bool has_too_many_nested = false;
    bool is_reference = false;  ///< Of Open Badges 2: only its address is known, the document has to be fetched.
};
ReadCredential read_found(FoundCredential found);
void read_inner_credentials(ReadCredential& outer);

/// The key that the proof names, as far as it can be known without trusting it.
struct ProofKey {
    std::optional<crypto::PublicKey> key = {};
    std::string source = {};  ///< "issuer", "kid", "jwk", "did:key".
    std::string fault = {};   ///< Code when there is none: "proof.foreign-key", "proof.unreachable", ...
    std::string detail = {};
};

/// What the Data Integrity proofs of a document are worth.
struct EmbeddedProofs {
    std::vector<crypto::ProofReport> reports = {};
    std::optional<Error> refused = {};     ///< Why no proof was looked at.
    std::optional<Error> term_fault = {};  ///< Why the terms are not those of a linked document that may be signed.
    std::string unknown_context = {};      ///< The first context that is not compiled in.
};

struct OpenBadge2;

struct Case {
    Case(Question const& asked, Documents const& known, Instant moment, ReadCredential& read);

    Question const& question;
    Documents const& documents;
    Instant now;
    ReadCredential const& credential;
    FoundCredential& found;  ///< The same after each step as before it; its proofs are out while they are judged.
    CredentialKind kind;
    std::string const& issuer_id;
    std::string const& credential_id;
    std::optional<schemas::Credential> const& readable;

    std::shared_ptr<KeyDocument const> issuer = {};
    std::string issuer_fault = {};    ///< Why `issuer` is missing.
    std::string issuer_failure = {};  ///< What could not be reached, and why; with issuer-binding.unreachable.
    ProofKey proof_key = {};
    std::map<std::string, ProofKey, std::less<>> method_keys = {};  ///< By the verification method of embedded proofs.
    std::optional<EmbeddedProofs> embedded = {};                    ///< Nothing for tokens.
    std::vector<Report> endorsements = {}, nested = {};             ///< Of the inner credentials that can be read.
    crypto::Canonicalizer const* canonicalizer = nullptr;           ///< With what is left of the request's work.
    std::shared_ptr<OpenBadge2> open_badge_2 = {};                  ///< The graph of an Open Badges 2 document.
    bool proof_passed = false;
    bool binding_passed = false;
    std::vector<std::string> needs = {};
    std::set<std::string, std::less<>> may_move = {};  ///< Those of `needs` that may lead on to other addresses,
    std::set<std::string, std::less<>> personal = {};  ///< and those that are a person's own.

    /// The document at an address; null when it still has to be fetched (then it is noted in `needs`). One that stands
    /// at another address, because redirects led there, counts as out of reach: who controls a redirect of the
    /// issuer's does not speak for the issuer.
    Document const* need(std::string const& address);
    /// The same for documents that may have moved; the caller judges Document::landed.
    Document const* need_wherever(std::string const& address);
    /// What was read of it, here or in an earlier verification.
    std::shared_ptr<DocumentReading> reading_of(Document const& document) const;
    bool is_own(std::string_view address) const;
    /// For what a key must be listed to sign this, which is the purpose of its proofs too.
    std::string_view relationship() const {
        return kind == CredentialKind::presentation ? "authentication" : "assertionMethod";
    }

  private:
    std::map<std::string, Document, std::less<>> refused_;  ///< As `need` told of them.
};

/// Looks the issuer's keys and the proofs' keys up; may leave `needs`.
void resolve_keys(Case& verified);

/// The proofs of a document that is no token, each once, as a list.
std::vector<Json const*> embedded_proofs_of(FoundCredential const& found);
/// Judges them, with the keys that were resolved, and the terms they cover. Chooses `proof_key`: the issuer's own, of a
/// proof that verifies, before others.
void judge_embedded_proofs(Case& verified);
Check check_embedded_proofs(Case& verified);
/// What is wrong with the terms of a document under an embedded proof; none when nothing is.
std::optional<Check> check_embedded_terms(Case const& verified);

struct CheckRule {
    std::string_view id;
    Check (*run)(Case&);
};
/// In the order of the report (api.md), `nested` of learner records and presentations and `recipient` last.
std::vector<CheckRule> const& check_rules();

Check check_format(Case& verified);
Check check_schema(Case& verified);
Check check_contexts(Case& verified);
Check check_proof(Case& verified);
Check check_issuer_binding(Case& verified);
Check check_status(Case& verified);
/// May leave `needs` once the proof and the issuer's key are good.
Check check_refresh(Case& verified);
/// An entry of type 1EdTechRevocationList; none when the credential is not withdrawn, or the list has to be fetched.
std::optional<Check> judge_revocation_list(Case& verified, Json const& entry);
Check check_issuer_trust(Case& verified);
/// Notes the registries among what the case needs.
void need_registries(Case& verified);
Check check_endorsements(Case& verified);
Check check_nested(Case& verified);
Check check_recipient(Case& verified);
Check check_holder_binding(Case& verified);

/// Whether a report on a presentation has this check.
bool is_for_presentations(std::string_view check_id);
/// A check of a presentation where it differs from that of a credential; none otherwise.
std::optional<Check> check_presentation(std::string_view check_id, Case& verified);
/// No better than the worst of those inside.
Verdict verdict_of_presentation(Verdict own, std::vector<Report> const& nested);
Json said_by_presentation(Case const& verified);
/// The id of who presents, written alone or inside an object.
std::string holder_id_of(Json const& presentation);

/// The check `validity` of what begins and ends so; leeway at the beginning only.
Check judge_validity(std::optional<Instant> const& from, bool has_end, std::optional<Instant> const& until,
                     Instant now);
/// Whether the identity is that of who is asked about: plain, or hashed with its salt.
bool is_identity_of(std::string const& asked, schemas::IdentityObject const& identity);

/// A text member of an object; "" when it is something else.
std::string text_at(Json const& object, char const* member);
/// Whether `type` is, or holds, this text.
bool has_type(Json const& document, std::string_view wanted);
/// The id of an issuer, written alone or inside an object.
std::string issuer_id_of(Json const& credential);

/// Builds a check; titles are English, pages translate by id and outcome. Whatever a check finds comes through here.
Check make_check(std::string_view id, CheckOutcome outcome, std::string code, std::string detail,
                 std::map<std::string, std::string> evidence = {});
/// What make_check() builds.
Check titled_check(std::string_view id, CheckOutcome outcome, std::string code, std::string detail,
                   std::map<std::string, std::string> evidence);

/// The address of the own pseudo-document with the state of a credential that no status list tells: on hold, why.
std::string own_state_address(std::string_view credential_id);

/// Decision 26.
std::vector<TextWarning> warnings_about(Json const& said);

/// What the credential says, for display (api.md).
Json said_by(Case const& verified);

}  // namespace itqan::domain
