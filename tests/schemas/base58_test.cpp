#include "schemas/base58.hpp"

#include <doctest/doctest.h>

using namespace itqan;

namespace {

/// One digit at a time, as the definition says.
std::string by_the_definition(Bytes number) {
    std::string text;
    std::size_t zeros = 0;
    while (zeros < number.size() && number[zeros] == 0)
        ++zeros;
    while (!number.empty()) {
        unsigned rest = 0;
        Bytes quotient;
        for (auto const byte : number) {
            rest = rest << 8U | byte;
            if (!quotient.empty() || rest >= 58) quotient.push_back(static_cast<std::uint8_t>(rest / 58));
            rest %= 58;
        }
        text.insert(text.begin(), "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"[rest]);
        number = quotient;
    }
    return std::string(zeros, '1') + text.substr(std::min(text.find_first_not_of('1'), text.size()));
}

}  // namespace

TEST_CASE("base58btc: the examples of draft-msporny-base58") {
    CHECK(base58btc_encode(as_bytes("Hello World!")) == "2NEpo7TZRRrLZSi2U");
    CHECK(base58btc_encode(as_bytes("The quick brown fox jumps over the lazy dog.")) ==
          "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z");
    CHECK(base58btc_encode(Bytes{0x00, 0x00, 0x28, 0x7f, 0xb4, 0xcd}) == "11233QC4");
}

TEST_CASE("base58btc: every length writes what the definition says and reads back") {
    std::uint32_t state = 1;
    for (std::size_t length = 0; length <= 80; ++length) {
        for (std::size_t zeros = 0; zeros <= std::min<std::size_t>(length, 9); ++zeros) {
            Bytes bytes(length, 0);
            for (auto i = zeros; i < length; ++i)
                bytes[i] = static_cast<std::uint8_t>((state = state * 1664525 + 1013904223) >> 24U);
            auto const text = base58btc_encode(bytes);
            CHECK(text == by_the_definition(bytes));
            CHECK(base58btc_decode(text) == bytes);
        }
    }
}

TEST_CASE("base58btc: what is no digit and what is too long is refused") {
    for (auto const* const text : {"0", "O", "I", "l", "2NEpo7TZRRrLZSi2U ", "\xc3\xa9", "2NEpo7T-RRrLZSi2U"})
        CHECK_FALSE(base58btc_decode(text));
    CHECK(base58btc_decode(std::string(256, 'z')));
    CHECK_FALSE(base58btc_decode(std::string(257, 'z')));
    CHECK(base58btc_decode("") == Bytes{});
}
