#pragma once
// Status lists: positions reserved in blocks and handed out at random, bits set for ever, lists signed for the world.

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "service/domain/issuer_keys.hpp"

namespace itqan::domain {

struct StatusPosition {
    std::string list_id;
    std::int64_t position = 0;
};

class StatusLists {
  public:
    StatusLists(storage::Database& database, IssuerKeys& keys, Addresses const& addresses, Clock const& clock);

    /// A position that nothing else ever gets; reserves a new block (its own transaction) when the last is used up.
    StatusPosition take(std::string_view issuer_id);

    /// The list in one of its signed forms, with a strong ETag. Signed again only when a bit was set or the keys
    /// changed. Errors: not_found, unavailable.
    struct Served {
        std::string text;
        std::string etag;
        Instant signed_at;
        ProofForm form = ProofForm::embedded;
    };
    Result<std::shared_ptr<Served const>> serve(std::string_view list_id, Programme const& programme,
                                                ProofForm form = ProofForm::embedded);
    /// For readers of both forms: embedded, or the token while the issuer has no active key for embedded proofs. A
    /// revoked key of one form takes nothing from the badges in the other.
    Result<std::shared_ptr<Served const>> serve_either(std::string_view list_id, Programme const& programme);

  private:
    struct ListIssuer {
        std::string did;
        IssuerKeys::Active key;
    };
    void reserve(std::string_view issuer_id);
    Result<ListIssuer> issuer_of(storage::Session& session, storage::StatusListRow const& list,
                                 Programme const& programme, ProofForm form);

    storage::Database& database_;
    IssuerKeys& keys_;
    Addresses const& addresses_;
    Clock const& clock_;
    struct Reserved {
        std::vector<StatusPosition> positions;
        bool is_reserving = false;
    };

    std::mutex mutex_;
    std::condition_variable reserved_more_;
    std::map<std::string, Reserved, std::less<>> reserved_;  ///< By issuer; entries are never removed.
    struct Kept {
        std::string version;  ///< Of the bits and keys.
        std::shared_ptr<Served const> served;
    };
    std::map<std::pair<std::string, ProofForm>, Kept> served_;  ///< By list.
};

}  // namespace itqan::domain
