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

    /// The list as a compact VC-JWT (application/vc+jwt), with a strong ETag. Signed again only when a bit was set or
    /// the key changed. Errors: not_found, unavailable.
    struct Served {
        std::string jwt;
        std::string etag;
        Instant signed_at;
    };
    Result<std::shared_ptr<Served const>> serve(std::string_view list_id, Programme const& programme);

  private:
    void reserve(std::string_view issuer_id);

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
    std::map<std::string, std::pair<std::string, std::shared_ptr<Served const>>, std::less<>> served_;
};

}  // namespace itqan::domain
