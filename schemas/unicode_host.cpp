#include "schemas/unicode_host.hpp"

#include <idn2.h>

#include <memory>

namespace itqan::schemas {

std::string unicode_host(std::string_view host) {
    constexpr std::size_t longest_name = 253;  // RFC 1035 section 2.3.4, without the final dot.
    std::string const name(host);
    if (name.size() > longest_name || name.find("xn--") == std::string::npos) return name;
    char* made = nullptr;
    if (idn2_to_unicode_8z8z(name.c_str(), &made, 0) != IDN2_OK) return name;
    std::unique_ptr<char, void (*)(void*)> const owned(made, idn2_free);
    return made;
}

}  // namespace itqan::schemas
