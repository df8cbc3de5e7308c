#pragma once
// Verifies a credential: a pure function over the document, the other documents it needs, and the time. It fetches
// nothing; it says what it needs and is called again (decision 21). Checks are a table of named functions.

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "schemas/clock.hpp"
#include "schemas/json.hpp"

namespace itqan::crypto {
class Canonicalizer;
}

namespace itqan::domain {

enum class CheckOutcome { pass, warn, fail, unchecked, absent };
std::string_view check_outcome_name(CheckOutcome outcome);

struct Check {
    std::string id;  ///< format, schema, contexts, proof, issuer-binding, validity, status, refresh, issuer-trust,
                     ///< endorsements, nested (of learner records and presentations), recipient; of presentations also
                     ///< holder-binding.
    CheckOutcome outcome = CheckOutcome::unchecked;
    std::string code;   ///< Why, as a key of the locales: "proof.bad-signature", "status.revoked".
    std::string title;  ///< English; pages translate by id and code.
    std::string detail;
    std::map<std::string, std::string> evidence;  ///< Facts behind it: kid, algorithm, day, list, index.
};

/// What in the words of a credential may deceive who reads them; it changes no verdict.
struct TextWarning {
    std::string code;     ///< "text.direction", "text.mixed-name", "text.mixed-host".
    std::string pointer;  ///< Into Report::credential.
    std::string detail;   ///< English; pages say it by code.
};

enum class Verdict { valid, warning, invalid, unchecked };
std::string_view verdict_name(Verdict verdict);

class DocumentReading;
struct ReadCredential;

/// Documents by address (https URL or DID), as the edge got them. `failure` says why there is none.
struct Document {
    std::string body;
    std::string media_type;
    std::string failure;
    bool own = false;  ///< Answered from this installation's storage.
    /// What was read of `body`, shared by all copies: new_reading() in a document that is kept for later verifications.
    /// Whoever changes the body drops it.
    std::shared_ptr<DocumentReading> reading = {};
    bool gone = false;        ///< The server answered 410: it was there and was taken away. `body` may say more.
    std::string landed = {};  ///< The address at the end of redirects; "" when there were none.
    std::set<std::string> exceptions = {};   ///< As Fetched::exceptions.
    std::optional<Instant> fetched_at = {};  ///< Nothing: it was read for this verification.
    bool packed = false;                     ///< Out of a bundle: as of `fetched_at`, whatever its own lifetime.
};
std::shared_ptr<DocumentReading> new_reading();
/// Milliseconds that a status list allows a copy of it to be used (Bitstring Status List 1.0, section 2.2: ttl); none
/// for what is no list, or says nothing.
std::optional<std::int64_t> status_lifetime(DocumentReading& reading, std::string const& body);
using Documents = std::map<std::string, Document, std::less<>>;

/// A static registry of issuers in the DCC form: {meta, registry: {DID: {name, url, location}}}.
struct Registry {
    std::string name;     ///< How reports call it.
    std::string address;  ///< Of its document among `Documents`.
};

struct Question {
    std::string input;                         ///< JSON, compact JWS, PNG or SVG bytes, data: URI.
    std::optional<std::string> recipient;      ///< E-mail address or subject id to match.
    std::vector<std::string> trusted_issuers;  ///< Ids of the issuers of this installation; may be empty.
    std::string own_base;                      ///< Base address of this installation.
    bool keep_documents = false;               ///< The report holds what it was judged from: for receipts and bundles.
    std::vector<std::string> listed_issuers = {};  ///< Ids on the operator's own list of issuers elsewhere.
    std::vector<Registry> registries = {};         ///< In the order of their authority.
    bool follow_refresh = true;                    ///< Ask for a newer edition where the badge announces one.
    std::set<std::string> exceptions = {};         ///< By which the input itself was fetched (Document::exceptions).
};

struct Report {
    Verdict verdict = Verdict::unchecked;
    std::string headline;       ///< English; pages say it by `headline_code`.
    std::string headline_code;  ///< "valid", "warning", "expired", "revoked", "suspended", "not-yet-valid",
                                ///< "other-recipient", "not-all" (of a presentation), "invalid", "unchecked",
                                ///< "description" (no award to anybody).
    Instant checked_at;
    std::string kind;      ///< "OpenBadgeCredential 3.0 (VCDM 2.0, VC-JWT EdDSA)".
    Json credential;       ///< What it says, for display: api.md; null when unreadable.
    std::string document;  ///< The credential's own text (JWT), for the page and receipts.
    std::vector<Check> checks;
    std::vector<TextWarning> warnings = {};
    std::optional<bool> recipient_match;
    std::set<std::string> exceptions = {};            ///< Of the installation, by which documents were fetched.
    std::vector<Report> endorsements = {};            ///< Of those inside that can be read, in their order.
    std::vector<Report> nested = {};                  ///< Likewise of what a learner record or presentation holds.
    std::shared_ptr<Documents const> documents = {};  ///< Where Question::keep_documents asked for them.
};

/// Either the report, or the addresses of the documents still needed (never both).
struct Verification {
    std::optional<Report> report;
    std::vector<std::string> needs;
    std::set<std::string, std::less<>> may_move = {};  ///< As DocumentNeeds::may_move,
    std::set<std::string, std::less<>> personal = {};  ///< and DocumentNeeds::personal.
};

/// A question whose credential was found and read: once for all rounds. For one thread.
class Inquiry {
  public:
    /// Error: unprocessable "no-credential" when the input holds none, with what to do; too_large, malformed.
    static Result<Inquiry> open(Question question);

    /// The report, or what it still needs.
    Verification judge(Documents const& documents, Instant now);
    /// The same with what is left of another question's work, for what is judged on its account.
    Verification judge(Documents const& documents, Instant now, crypto::Canonicalizer const& own,
                       crypto::Canonicalizer const& inner);

    /// Whether it says that it is this credential of this issuer; nothing of it has been verified.
    bool names(std::string const& credential_id, std::string const& issuer_id) const;

    /// Question::trusted_issuers, where they are known only after the first round.
    void trust(std::vector<std::string> const& issuers);

  private:
    Inquiry(Question question, std::shared_ptr<ReadCredential> credential);

    Question question_;
    Question inner_;  ///< Of the credentials inside,
    Question shown_;  ///< and of those that a presentation shows.
    std::shared_ptr<ReadCredential> credential_;
};

/// One round by itself. Errors: those of Inquiry::open.
Result<Verification> verify(Question const& question, Documents const& documents, Instant now);

/// What people paste and editors save has blanks and line ends around it. The edges take them off; verify() does not.
std::string without_blanks_around(std::string input);

/// Checks only, without the outer input handling: the ids in order, for tests and docs.
std::vector<std::string> const& check_ids();

Json report_to_json(Report const& report);

}  // namespace itqan::domain
