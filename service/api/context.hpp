#pragma once
// What the API needs besides the domain, made once by the App and kept as long as its routes.

#include <functional>
#include <string_view>

#include "service/api/case_documents.hpp"
#include "service/api/rate_limit.hpp"
#include "service/auth/guard.hpp"
#include "service/domain/services.hpp"

namespace itqan::api {

/// Decision 25. Verification is open to everyone, so it is counted by client address; the rest by person or token.
struct RateSettings {
    RateRule verify{60, 120};
    RateRule anonymous{600, 3'000};
    RateRule signed_in{20'000, 300'000};
    std::function<bool(std::string_view client)> is_exempt = {};  ///< Addresses of exempt networks; null: none.
};

struct ApiContext {
    ApiContext(domain::Services& services_, auth::Guard& guard_, RateSettings const& rates)
        : services(services_),
          guard(guard_),
          is_exempt(rates.is_exempt),
          verify_rate(rates.verify),
          anonymous_rate(rates.anonymous),
          signed_in_rate(rates.signed_in) {}

    domain::Services& services;
    auth::Guard& guard;
    std::function<bool(std::string_view client)> is_exempt;
    RateLimiter verify_rate, anonymous_rate, signed_in_rate;
    CaseDocuments case_documents;
};

}  // namespace itqan::api
