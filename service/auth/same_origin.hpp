#pragma once
// Whether a request was made by a page of this installation (decision 24). Pure.

#include <string_view>

namespace itqan::auth {

/// The values of Sec-Fetch-Site, Origin and Host as sent; "" when absent. Sec-Fetch-Site: same-origin is a browser's
/// own word, with Origin absent, "null", ours or that of the Host; without Sec-Fetch-Site only Origin equal to ours
/// counts.
bool is_same_origin(std::string_view base_url, std::string_view sec_fetch_site, std::string_view origin,
                    std::string_view host);

}  // namespace itqan::auth
