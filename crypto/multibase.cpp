#include "crypto/multibase.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace itqan::crypto {
namespace {

constexpr std::string_view alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
constexpr std::size_t longest_text = 256;

// Multicodec codes as unsigned varints, and the length of the raw key.
struct Form {
    KeyType type;
    std::array<std::uint8_t, 2> prefix;
    std::size_t length;
};
constexpr std::array<Form, 4> forms{{
    {KeyType::ed25519, {0xed, 0x01}, 32},
    {KeyType::p256, {0x80, 0x24}, 33},
    {KeyType::p384, {0x81, 0x24}, 49},
    {KeyType::p521, {0x82, 0x24}, 67},
}};

Error invalid_multikey(std::string detail) {
    return Error{Fault::malformed, "invalid-multikey", std::move(detail)};
}

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

std::string encode_multikey(KeyType type, ByteView raw) {
    auto const form = std::find_if(forms.begin(), forms.end(), [type](Form const& f) { return f.type == type; });
    if (form == forms.end()) throw std::logic_error("a Multikey of this key type does not exist");
    if (raw.size() != form->length) throw std::logic_error("a Multikey of this key type has another length");
    Bytes bytes(form->prefix.begin(), form->prefix.end());
    bytes.insert(bytes.end(), raw.begin(), raw.end());
    return "z" + base58btc_encode(bytes);
}

Result<Multikey> decode_multikey(std::string_view text) {
    if (!text.starts_with('z')) return invalid_multikey("A Multikey starts with z (base58btc).");
    auto const bytes = base58btc_decode(text.substr(1));
    if (!bytes) return invalid_multikey("A Multikey holds base58btc characters only, at most 256 of them.");
    for (auto const& form : forms) {
        if (bytes->size() < 2 || !std::equal(form.prefix.begin(), form.prefix.end(), bytes->begin())) continue;
        if (bytes->size() != 2 + form.length)
            return invalid_multikey("The Multikey's length is not that of its key type.");
        return Multikey{form.type, Bytes(bytes->begin() + 2, bytes->end())};
    }
    return invalid_multikey("The Multikey's prefix is none of Ed25519, P-256, P-384, P-521.");
}

}  // namespace itqan::crypto
