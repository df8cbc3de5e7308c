#pragma once
// What a learner does with a credential: open the mailed link, claim, decline, say "not me", change visibility, name
// and language; and how people and programs read it.

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "service/domain/issuance.hpp"
#include "service/domain/programme_store.hpp"

namespace itqan::domain {

struct Choices {
    std::string visibility;  ///< link, public, hidden.
    bool show_name = false;
    std::string language;  ///< en, ar.
};

/// not_found "not-found": all that strangers and people without rights learn.
Error no_such_credential();

/// Everything a page or a program may show of one credential.
struct CredentialView {
    storage::CredentialRow row;
    Json credential;       ///< What the current edition says, without its proof.
    std::string document;  ///< The form of it that was signed first; Issuance::document gives the other.
    ProofForm form = ProofForm::embedded;
    std::string url, share_url;
    bool erased = false;
};

/// Whether the issuer may read the signed document: hidden is the holder's choice; what is disputed waits for review.
bool issuer_may_read(storage::CredentialRow const& row);

class Claims {
  public:
    Claims(storage::Database& database, ProgrammeStore& programmes, Issuance& issuance, Addresses const& addresses,
           Clock const& clock);

    /// The badges a mailed link offers; opening changes nothing. Errors: not_found; gone "link-expired".
    struct Offer {
        std::string learner_id;
        std::vector<std::string> credential_ids;
        bool used = false;
    };
    Result<Offer> open(std::string_view token);
    /// Claims, declines or disputes ("not me") one offered credential with the link; the link opens a session at the
    /// edge. Errors as open(); conflict "already-claimed" / "already-declined".
    Result<storage::CredentialRow> claim(std::string_view token, std::string_view credential_id,
                                         Choices const& choices);
    Result<storage::CredentialRow> decline(std::string_view token, std::string_view credential_id);
    Result<storage::CredentialRow> dispute(std::string_view token, std::string_view credential_id);

    /// The same from a learner's session (`/my`). Errors: not_found when it is not theirs.
    Result<storage::CredentialRow> choose(Actor const& actor, std::string_view credential_id, Choices const& choices);
    Result<storage::CredentialRow> decline(Actor const& actor, std::string_view credential_id);
    Result<storage::CredentialRow> dispute(Actor const& actor, std::string_view credential_id);

    /// Reads. `viewer` none: a stranger, who sees claimed credentials by link or public only (404 otherwise); an erased
    /// one is gone. A claim link's holder passes the token.
    Result<CredentialView> view(std::string_view credential_id, Actor const* viewer, std::string_view claim_token = {});
    Result<CredentialView> view_by_share_code(std::string_view code, Actor const* viewer);
    std::vector<CredentialView> of_learner(std::string_view learner_id);

    /// Asks for a new link: the same quiet answer for known and unknown addresses; the mail is made by the outbox.
    void request_sign_in(std::string_view email);
    /// Sends the claim mail again after its link ran out. Error: not_found.
    Result<void> resend(std::string_view token);
    /// Consumes a sign-in link. Errors: gone "link-expired", gone "link-used".
    Result<std::string /*learner id*/> consume_sign_in(std::string_view token);

    // Issuer's acts. Errors: not_found, forbidden, conflict "wrong-state", unprocessable "unknown-reason".
    Result<storage::CredentialRow> revoke(Actor const& actor, std::string_view id, std::string_view reason,
                                          std::optional<std::string> const& note,
                                          OnWritten const& on_written = nullptr);
    Result<storage::CredentialRow> suspend(Actor const& actor, std::string_view id,
                                           std::optional<std::string> const& note,
                                           OnWritten const& on_written = nullptr);
    Result<storage::CredentialRow> reinstate(Actor const& actor, std::string_view id,
                                             std::optional<std::string> const& note,
                                             OnWritten const& on_written = nullptr);

    /// `itqan erase`: people's rows and signed bytes; bits set without a reason. Asked again, it purges the files again
    /// and answers 0. Error: not_found.
    Result<int /*credentials*/> erase(Actor const& actor, std::string_view learner_id);

  private:
    storage::Database& database_;
    ProgrammeStore& programmes_;
    Issuance& issuance_;
    Addresses const& addresses_;
    Clock const& clock_;
};

/// The same acts inside a transaction of the caller's: what a loss of evidence does to a credential (decision 10).
Result<storage::CredentialRow> withdraw(storage::Session& session, Actor const& actor, std::string_view id,
                                        std::string_view reason, Instant now);
Result<storage::CredentialRow> put_on_hold(storage::Session& session, Actor const& actor, std::string_view id,
                                           Instant now);

/// The public reasons of a revocation (decision 20).
std::vector<std::string> const& revocation_reasons();

}  // namespace itqan::domain
