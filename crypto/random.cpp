#include "crypto/random.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "crypto/uuid_text.hpp"

namespace itqan::crypto {
namespace {

/// The kernel's generator itself: for the few bytes of an id it is several times faster than the one that OpenSSL keeps
/// for each thread on top of it.
template <typename Container>
void fill(Container& out) {
    constexpr std::size_t most = 256;  // Of one call of getentropy(3).
    for (std::size_t done = 0; done < out.size(); done += most)
        if (::getentropy(out.data() + done, std::min(most, out.size() - done)) != 0)
            throw std::system_error(errno, std::generic_category(), "getentropy");
}

}  // namespace

Bytes random_bytes(std::size_t count) {
    Bytes bytes(count);
    fill(bytes);
    return bytes;
}

std::uint64_t random_below(std::uint64_t bound) {
    if (bound == 0) throw std::invalid_argument("random_below: the bound must be positive");
    // Values below 2^64 mod bound would make the low results likelier; they are drawn again.
    std::uint64_t const threshold = (0 - bound) % bound;
    for (;;) {
        std::array<std::uint8_t, 8> drawn;
        fill(drawn);
        std::uint64_t value = 0;
        for (auto const byte : drawn)
            value = (value << 8U) | byte;
        if (value >= threshold) return value % bound;
    }
}

std::string random_uuid_v4() {
    schemas::UuidBytes id;
    fill(id);
    return uuid_text(id, 4);
}

std::string uuid_v7(Instant now) {
    schemas::UuidBytes id;
    fill(id);
    auto milliseconds = static_cast<std::uint64_t>(now.milliseconds);
    for (std::size_t i = 6; i-- > 0; milliseconds >>= 8U)
        id[i] = static_cast<std::uint8_t>(milliseconds & 0xffU);
    return uuid_text(id, 7);
}

std::string random_token(std::size_t bytes) {
    return base64url_encode(random_bytes(bytes));
}

std::string random_code(std::size_t characters) {
    static constexpr std::string_view alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    std::string code;
    // 32 divides 256, so the low five bits of a random byte are uniform.
    for (auto const byte : random_bytes(characters))
        code += alphabet[byte & 31U];
    return code;
}

}  // namespace itqan::crypto
