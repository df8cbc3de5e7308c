#pragma once
// Answers the verifier's needs from this installation: own DID documents, keys, credentials and status lists come from
// storage, foreign ones from what the edge fetched. It fetches nothing.

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "schemas/fetched.hpp"
#include "schemas/tally.hpp"
#include "service/domain/claims.hpp"
#include "service/domain/foreign_documents.hpp"
#include "service/domain/verification.hpp"

namespace itqan::domain {

class OwnDocuments {
  public:
    OwnDocuments(storage::Database& database, ProgrammeStore& programmes, IssuerKeys& keys, StatusLists& status,
                 Issuance& issuance, Claims& claims, Addresses const& addresses);

    /// Issuers elsewhere that are known here, and the registries that are asked about others. Before the first
    /// question.
    void know(std::vector<std::string> issuers, std::vector<Registry> registries);

    /// The document at an own address, or one whose `failure` says why there is none. DID documents and status lists
    /// are kept with what was read of them until a change counter moves, whoever moved it.
    Document get(std::string const& address);

    /// Verifies with own documents and those of `fetched`, null where there is no way out. Needs are only foreign
    /// addresses that `fetched` lacks; after 6 rounds or 32 addresses what is missing counts as out of reach. `input`
    /// may also be an https address: of a badge of ours, or with a way out of another one; and a photograph without
    /// credential whose code is such an address.  Errors: those of
    /// domain::verify; unprocessable "foreign-address" without a way out, "not-reached" with the address and why; gone
    /// "credential-erased", and "key-revoked" as Issuance::document says; unavailable.
    /// `keep_documents`: as Question says.
    Result<AskedReport> verify(std::string input, std::optional<std::string> const& recipient, Instant now,
                               FetchedDocuments const* fetched, bool keep_documents = false);

    /// The same without a way out.
    Result<Report> verify(std::string input, std::optional<std::string> const& recipient, Instant now,
                          bool keep_documents = false);

    /// Reports given so far, by verdict (as Verdict counts).
    std::array<std::uint64_t, 4> verdicts() const;

  private:
    /// What the kept documents were made from.
    struct Stamp {
        std::int64_t programme = 0, keys = 0, status = 0;
        bool operator==(Stamp const&) const = default;
    };
    struct Issuers {
        std::int64_t change = 0;
        std::shared_ptr<Programme const> programme;
        std::vector<std::string> dids;  ///< In the order of the programme.
    };

    static Stamp stamp_of(storage::Session& session);
    std::shared_ptr<Issuers const> issuers(storage::Session& session, Stamp const& stamp);
    bool is_own(std::string const& address) const;
    Result<AskedReport> verify_text(std::string input, std::optional<std::string> const& recipient, Instant now,
                                    FetchedDocuments const* fetched, bool keep_documents);
    Result<std::string> text_of(std::string const& photograph);
    Result<AskedReport> judged(Inquiry& inquiry, Instant now, FetchedDocuments const* fetched);
    Document answer(storage::Session& session, Issuers const& issuers, Stamp const& stamp, std::string const& address);
    std::optional<Document> kept(std::string const& address, Stamp const& stamp);
    Document keep(std::string const& address, Stamp const& stamp, Document document);
    Result<std::string> credential_at(std::string const& address);

    storage::Database& database_;
    ProgrammeStore& programmes_;
    IssuerKeys& keys_;
    StatusLists& status_;
    Issuance& issuance_;
    Claims& claims_;
    Addresses const& addresses_;

    std::array<Count, 4> verdicts_{};
    std::vector<std::string> listed_issuers_;
    std::vector<Registry> registries_;

    std::mutex codes_mutex_;
    std::map<std::string, std::string> codes_;  ///< By the photograph's digest: it is asked about once a round.

    std::mutex mutex_;
    std::shared_ptr<Issuers const> issuers_;
    Stamp stamp_;
    std::map<std::string, Document, std::less<>> kept_;  ///< All of `stamp_`.
};

}  // namespace itqan::domain
