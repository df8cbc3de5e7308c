#pragma once
// What the API needs besides the domain, made once by the App and kept as long as its routes.

#include "service/api/case_documents.hpp"
#include "service/auth/guard.hpp"
#include "service/domain/services.hpp"
#include "service/http/rate_limits.hpp"

namespace itqan::api {

struct ApiContext {
    ApiContext(domain::Services& services_, auth::Guard& guard_, http::RateLimits& rates_)
        : services(services_), guard(guard_), rates(rates_) {}

    domain::Services& services;
    auth::Guard& guard;
    http::RateLimits& rates;
    CaseDocuments case_documents;
};

}  // namespace itqan::api
