#pragma once
// Base58btc, the text form of bytes behind the multibase prefix "z".

#include <optional>
#include <string>
#include <string_view>

#include "schemas/bytes.hpp"

namespace itqan {

/// The Bitcoin alphabet, without the multibase prefix. Decoding is strict and takes at most 256 characters: the cost is
/// quadratic.
std::string base58btc_encode(ByteView bytes);
std::optional<Bytes> base58btc_decode(std::string_view text);

}  // namespace itqan
