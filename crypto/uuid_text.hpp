#pragma once
// Version and variant of a new UUID (RFC 9562 sections 4.1 and 4.2), for the makers of identifiers in this folder.

#include <string>

#include "schemas/uuid.hpp"

namespace itqan::crypto {

inline std::string uuid_text(schemas::UuidBytes id, unsigned version) {
    id[6] = static_cast<std::uint8_t>((id[6] & 0x0fU) | (version << 4U));
    id[8] = static_cast<std::uint8_t>((id[8] & 0x3fU) | 0x80U);
    return schemas::format_uuid(id);
}

}  // namespace itqan::crypto
