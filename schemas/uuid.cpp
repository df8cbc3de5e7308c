#include "schemas/uuid.hpp"

#include "schemas/bytes.hpp"

namespace itqan::schemas {
namespace {

constexpr std::array<std::size_t, 4> hyphens{8, 13, 18, 23};

}  // namespace

std::string format_uuid(UuidBytes const& bytes) {
    auto text = hex_encode(bytes);
    for (auto const at : hyphens)
        text.insert(at, 1, '-');
    return text;
}

std::optional<UuidBytes> parse_uuid(std::string_view text) {
    if (text.size() != 36) return std::nullopt;
    std::string digits;
    digits.reserve(32);
    std::size_t next = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (next < hyphens.size() && i == hyphens[next]) {
            if (text[i] != '-') return std::nullopt;
            ++next;
        } else {
            digits.push_back(text[i]);
        }
    }
    auto const bytes = hex_decode(digits);
    if (!bytes) return std::nullopt;
    UuidBytes out{};
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = (*bytes)[i];
    return out;
}

bool is_uuid(std::string_view text) {
    return parse_uuid(text).has_value();
}

}  // namespace itqan::schemas
