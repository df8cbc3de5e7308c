#include "schemas/base58.hpp"

#include <algorithm>

namespace itqan {
namespace {

constexpr std::string_view alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
constexpr std::size_t longest_text = 256;

}  // namespace

std::string base58btc_encode(ByteView bytes) {
    std::vector<std::uint8_t> digits;  // Base 58, least significant first.
    for (auto const byte : bytes) {
        unsigned carry = byte;
        for (auto& digit : digits) {
            carry += static_cast<unsigned>(digit) << 8U;
            digit = static_cast<std::uint8_t>(carry % 58);
            carry /= 58;
        }
        for (; carry > 0; carry /= 58)
            digits.push_back(static_cast<std::uint8_t>(carry % 58));
    }
    auto const zeros = std::find_if(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte != 0; });
    std::string text(static_cast<std::size_t>(zeros - bytes.begin()), alphabet[0]);
    for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit)
        text += alphabet[*digit];
    return text;
}

std::optional<Bytes> base58btc_decode(std::string_view text) {
    if (text.size() > longest_text) return std::nullopt;
    Bytes reversed;
    for (char const character : text) {
        auto const digit = alphabet.find(character);
        if (digit == std::string_view::npos) return std::nullopt;
        auto carry = static_cast<unsigned>(digit);
        for (auto& byte : reversed) {
            carry += 58U * byte;
            byte = static_cast<std::uint8_t>(carry & 0xffU);
            carry >>= 8U;
        }
        for (; carry > 0; carry >>= 8U)
            reversed.push_back(static_cast<std::uint8_t>(carry & 0xffU));
    }
    auto const ones = std::find_if(text.begin(), text.end(), [](char c) { return c != alphabet[0]; });
    Bytes bytes(static_cast<std::size_t>(ones - text.begin()), 0);
    bytes.insert(bytes.end(), reversed.rbegin(), reversed.rend());
    return bytes;
}

}  // namespace itqan
