#include "service/auth/same_origin.hpp"

#include <string>

namespace itqan::auth {

bool is_same_origin(std::string_view base_url, std::string_view sec_fetch_site, std::string_view origin,
                    std::string_view host) {
    if (sec_fetch_site.empty()) return origin == base_url;
    if (sec_fetch_site != "same-origin") return false;
    // The demo answers by more than one name, and each is an origin of its own.
    return origin.empty() || origin == "null" || origin == base_url || origin == "https://" + std::string(host);
}

}  // namespace itqan::auth
