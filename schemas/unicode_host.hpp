#pragma once
// Host names as people read them.

#include <string>
#include <string_view>

namespace itqan::schemas {

/// The host with its xn-- labels as the letters that they stand for (RFC 5891); the host itself where they stand for
/// none. Lower case is expected.
std::string unicode_host(std::string_view host);

}  // namespace itqan::schemas
