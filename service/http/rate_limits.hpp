#pragma once
// Who may come how often (decision 25): strangers by client address, those who are known by person or token. One set of
// buckets for the pages and the API.

#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "schemas/result.hpp"
#include "service/http/message.hpp"
#include "service/http/rate_limit.hpp"

namespace itqan::http {

struct RateSettings {
    RateRule verify{60, 120};
    RateRule sign_in{20, 10};  ///< Asking for a mail: each may reach somebody's mailbox.
    RateRule anonymous{600, 3'000};
    RateRule signed_in{20'000, 300'000};
    std::function<bool(std::string_view client)> is_exempt = {};  ///< Addresses of exempt networks; null: none.
};

class RateLimits {
  public:
    enum class Work { plain, verify, sign_in };

    explicit RateLimits(RateSettings settings);

    /// From now on these rules hold.
    void use(RateSettings settings);

    /// `principal` is empty for strangers, whom `client` (an address) tells apart; a sign-in is always counted by
    /// address. Error: rate_limited, with the seconds to wait.
    Result<void> admit(Work work, std::string const& principal, std::string const& client, Instant now);

    /// Says in an answer what its caller has left (RateLimit and RateLimit-Policy of
    /// draft-ietf-httpapi-ratelimit-headers-10), and in a 429 when to come again. Nothing for exempt clients.
    void tell(Response& response, Work work, std::string const& principal, std::string const& client,
              Instant now) const;

  private:
    struct Counted {
        RateLimiter* limiter = nullptr;  ///< Null: not counted.
        std::string key;
        std::string_view policy;
    };
    Counted counted(Work work, std::string const& principal, std::string const& client) const;

    mutable std::mutex mutex_;
    std::function<bool(std::string_view client)> is_exempt_;
    mutable RateLimiter verify_, sign_in_, anonymous_, signed_in_;
};

}  // namespace itqan::http
