#include "crypto/multibase.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace itqan::crypto {
namespace {

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
