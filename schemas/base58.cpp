#include "schemas/base58.hpp"

#include <algorithm>
#include <array>

namespace itqan {
namespace {

constexpr std::string_view alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
constexpr std::size_t longest_text = 256;

// Five digits and four bytes at a time: the work grows with the square of the parts.
constexpr std::size_t digits_of_limb = 5;
constexpr std::uint64_t limb_base = std::uint64_t{58} * 58 * 58 * 58 * 58;
constexpr std::size_t bytes_of_word = 4;

constexpr std::uint8_t not_a_digit = 0xff;
constexpr std::array<std::uint8_t, 256> values = [] {
    std::array<std::uint8_t, 256> table{};
    table.fill(not_a_digit);
    for (std::size_t digit = 0; digit < alphabet.size(); ++digit)
        table[static_cast<unsigned char>(alphabet[digit])] = static_cast<std::uint8_t>(digit);
    return table;
}();

/// number = number * factor + summand; its limbs in `base`, least significant first.
void multiply_add(std::vector<std::uint32_t>& number, std::uint64_t factor, std::uint64_t summand, std::uint64_t base) {
    for (auto& limb : number) {
        summand += limb * factor;
        limb = static_cast<std::uint32_t>(summand % base);
        summand /= base;
    }
    for (; summand > 0; summand /= base)
        number.push_back(static_cast<std::uint32_t>(summand % base));
}

/// Appends the digits or bytes of a number, least significant first and without the zeros in front.
template <typename Out>
void append_reversed(Out& out, std::vector<std::uint32_t> const& number, std::size_t per_limb, std::uint32_t base) {
    for (std::size_t i = 0; i < number.size(); ++i) {
        auto rest = number[i];
        bool const is_last = i + 1 == number.size();
        for (std::size_t k = 0; is_last ? rest > 0 : k < per_limb; ++k, rest /= base)
            out.push_back(static_cast<typename Out::value_type>(rest % base));
    }
}

}  // namespace

std::string base58btc_encode(ByteView bytes) {
    std::vector<std::uint32_t> number;
    for (std::size_t start = 0; start < bytes.size();) {
        auto const end = start + (bytes.size() - start - 1) % bytes_of_word + 1;
        std::uint64_t word = 0;
        for (auto i = start; i < end; ++i)
            word = word << 8U | bytes[i];
        multiply_add(number, std::uint64_t{1} << 8U * (end - start), word, limb_base);
        start = end;
    }
    auto const zeros = std::find_if(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte != 0; });
    std::string text;
    append_reversed(text, number, digits_of_limb, 58);
    for (auto& digit : text)
        digit = alphabet[static_cast<unsigned char>(digit)];
    text.append(static_cast<std::size_t>(zeros - bytes.begin()), alphabet[0]);
    std::reverse(text.begin(), text.end());
    return text;
}

std::optional<Bytes> base58btc_decode(std::string_view text) {
    if (text.size() > longest_text) return std::nullopt;
    std::vector<std::uint32_t> number;
    for (std::size_t start = 0; start < text.size();) {
        auto const end = start + (text.size() - start - 1) % digits_of_limb + 1;
        std::uint64_t factor = 1;
        std::uint64_t part = 0;
        for (auto const character : text.substr(start, end - start)) {
            auto const value = values[static_cast<unsigned char>(character)];
            if (value == not_a_digit) return std::nullopt;
            part = part * 58 + value;
            factor *= 58;
        }
        multiply_add(number, factor, part, std::uint64_t{1} << 32U);
        start = end;
    }
    auto const ones = std::find_if(text.begin(), text.end(), [](char c) { return c != alphabet[0]; });
    Bytes bytes;
    append_reversed(bytes, number, bytes_of_word, 256);
    bytes.insert(bytes.end(), static_cast<std::size_t>(ones - text.begin()), 0);
    std::reverse(bytes.begin(), bytes.end());
    return bytes;
}

}  // namespace itqan
