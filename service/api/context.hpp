#pragma once
// What the API needs besides the domain, made once by the App and kept as long as its routes.

#include <optional>

#include "service/api/case_documents.hpp"
#include "service/auth/guard.hpp"
#include "service/domain/services.hpp"
#include "service/domain/vc_api.hpp"
#include "service/http/rate_limits.hpp"

namespace itqan::api {

struct ApiContext {
    ApiContext(domain::Services& services_, auth::Guard& guard_, http::RateLimits& rates_,
               domain::VcApiSettings const& vc_api_ = {})
        : services(services_), guard(guard_), rates(rates_) {
        if (vc_api_.enabled) vc_api.emplace(services_, vc_api_);
    }

    domain::Services& services;
    auth::Guard& guard;
    http::RateLimits& rates;
    CaseDocuments case_documents;
    std::optional<domain::VcApi> vc_api;  ///< Nothing where the configuration does not turn it on.
};

}  // namespace itqan::api
