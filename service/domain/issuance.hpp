#pragma once
// Makes credentials: decides which awards a verdict opens (decision 10), builds and signs the Open Badge, and writes
// it. Building and signing happen before the transaction; the transaction only checks and inserts.

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "schemas/open_badge.hpp"
#include "schemas/tally.hpp"
#include "service/domain/criteria.hpp"
#include "service/domain/programme_store.hpp"
#include "service/domain/status.hpp"
#include "storage/people.hpp"

namespace itqan::domain {

/// A credential ready to be written.
struct Prepared {
    storage::CredentialRow row;
    std::vector<storage::DocumentRow> documents;  ///< The first is the issuer's first form.
    std::string new_subject_urn;                  ///< Set when the learner has no subject id with this issuer yet.
    std::string event_data;
};

/// The last day of an award made on a day, and why it is that day: min(the evidence's until, awarded + validity).
struct Expiry {
    std::optional<Day> last_day = {};
    std::optional<std::string> limited_by = {};  ///< "evidence" or "validity".
};
Expiry expiry_of(Achievement const& achievement, std::optional<Day> until, Day awarded);

/// What an award that its evidence cuts short waits for, in words: "Cyber Hygiene for Care Teams, score 80 or more"
/// (decision 13).
std::optional<Text> limit_in_words(storage::CredentialRow const& row);

struct HandAward {
    std::string achievement_id;
    std::string learner_id;
    std::optional<Day> awarded_on;
    std::optional<std::string> narrative;          ///< Why: 1 to 2 000 characters, signed into the badge.
    std::vector<schemas::Evidence> evidence = {};  ///< What the issuer points at, signed as it is.
    std::optional<ProofForm> also = {};            ///< A form to sign at once beside the issuer's first.
};

/// Free text of people that is kept or signed: 1 to 2 000 characters, no control characters but line breaks and tabs.
/// Error: unprocessable `code`.
Result<void> check_prose(std::optional<std::string> const& text, std::string code, std::string pointer);

/// Called in the transaction of an act on a credential, with the row as written (to keep its answer).
using OnWritten = std::function<void(storage::Session&, storage::CredentialRow const&)>;

class BadgeTexts;

class Issuance {
  public:
    Issuance(storage::Database& database, ProgrammeStore& programmes, IssuerKeys& keys, StatusLists& status,
             Addresses const& addresses, Clock const& clock);
    ~Issuance();

    /// The achievements whose verdict opens a new award for this learner today, in badge order.
    std::vector<std::pair<Achievement const*, int /*award_no*/>> due(Programme const& programme,
                                                                     std::vector<Evaluation> const& evaluations,
                                                                     std::vector<storage::CredentialRow> const& held,
                                                                     Day today) const;

    /// Builds, validates, signs and checks the first edition. Errors: unavailable "no-active-key";
    /// unprocessable "invalid-credential" when the programme's data make an invalid badge.
    Result<Prepared> prepare(storage::Session& session, Programme const& programme, storage::LearnerRow const& learner,
                             Achievement const& achievement, int award_no, Evaluation const* evaluation,
                             Evidence const& evidence, HandAward const* by_hand);

    /// Inserts the rows and the event (inside the caller's transaction).
    void write(storage::Session& session, Prepared const& prepared, Actor const& actor) const;

    /// Award by an issuer's hand (api.md POST /credentials). Errors: not_found, forbidden, conflict "already-awarded",
    /// unprocessable for a day in the future or one that leaves nothing of the validity.
    Result<storage::CredentialRow> award(Actor const& actor, Programme const& programme, HandAward const& award,
                                         OnWritten const& on_written = nullptr);

    /// Signs the next edition after a changed choice of the holder (decision 7): same id, position, awardedDate and
    /// validUntil, later validFrom. The row carries the new language, show_name and visibility. Errors: gone
    /// "credential-erased", "key-revoked" as check_key() says; conflict "credential-expired", "achievement-changed";
    /// unavailable.
    Result<Prepared> new_edition(storage::Session& session, Programme const& programme,
                                 storage::CredentialRow const& row);

    /// Whether the key that signed the first form of the row's edition is in force: under a revoked one everything
    /// fails until it is issued again (decision 5), and no other key may bring it back. Writers of what was signed
    /// after an earlier look ask again. Error: gone "key-revoked", "credential-erased".
    Result<void> check_key(storage::Session& session, storage::CredentialRow const& row) const;

    /// The signed document of the current edition in this form; signed and kept now when nobody asked for it before
    /// (decision 11), and again when its own key was revoked since. It says what the first form says. Errors:
    /// not_found; gone "credential-erased", "key-revoked" for another form than the first, as check_key() says;
    /// unavailable.
    Result<storage::DocumentRow> document(std::string_view credential_id, ProofForm form);

    /// Microseconds that signing a first edition took: canonical form, hash, signature, check.
    Tallied signing() const { return signing_.seen(); }

  private:
    Result<Prepared> prepare_by_hand(storage::Session& session, Programme const& programme,
                                     Achievement const& achievement, HandAward const& award);
    Result<IssuerKeys::Active> key_of(storage::Session& session, Programme const& programme,
                                      storage::CredentialRow const& row, ProofForm form);
    /// The kept document that may be given out; none when it must be signed first.
    Result<std::optional<storage::DocumentRow>> usable(storage::Session& session, storage::CredentialRow const& row,
                                                       ProofForm form) const;
    Result<storage::DocumentRow> other_form(storage::Session& session, storage::CredentialRow const& row,
                                            ProofForm form);
    std::string subject_of(storage::Session& session, std::string const& issuer_id, std::string const& learner_id,
                           std::string& new_urn);

    storage::Database& database_;
    ProgrammeStore& programmes_;
    IssuerKeys& keys_;
    StatusLists& status_;
    Addresses const& addresses_;
    Clock const& clock_;
    std::unique_ptr<BadgeTexts> texts_;
    Tally signing_{microsecond_steps};
    std::mutex mutex_;
    std::map<std::pair<std::string, std::string>, std::string> new_subjects_;  ///< Given out, perhaps not yet written.
};

/// What revoked and suspended credentials and hand awards mean for badge leaves.
BadgeOverrides overrides_from(std::vector<storage::CredentialRow> const& held);

/// The learner's first language that badges and mails exist in (decision 8): "en" when none is named.
std::string first_language(storage::LearnerRow const& learner);

/// Evidence rows of a learner as values, and as they stand in storage.
Evidence load_evidence(storage::Session& session, std::string_view learner_id);

}  // namespace itqan::domain
