#pragma once
// What stands in the proofValue of ecdsa-sd-2023 (Data Integrity ECDSA Cryptosuites 1.0 section 3.5): "u" and base64url
// of a header and one CBOR array. Reading is strict: definite shortest lengths, no tags, nothing behind.

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "schemas/bytes.hpp"
#include "schemas/result.hpp"

namespace itqan::crypto {

/// What the issuer gives to the holder.
struct SdBaseValue {
    Bytes base_signature;           ///< 64 bytes, the issuer's.
    Bytes public_key;               ///< 35 bytes: the Multikey of the key that lives for this proof only.
    Bytes hmac_key;                 ///< 32 bytes, names the blank nodes.
    std::vector<Bytes> signatures;  ///< 64 bytes each, over a statement that may stay hidden.
    std::vector<std::string> mandatory_pointers;
};

/// What the holder shows.
struct SdDerivedValue {
    Bytes base_signature;
    Bytes public_key;
    std::vector<Bytes> signatures;             ///< Of the shown statements that were not mandatory.
    std::map<std::size_t, Bytes> labels;       ///< The node c14n<index> of what is shown: 32 bytes of its name.
    std::vector<std::size_t> mandatory_lines;  ///< Ascending positions in what is shown.
};

std::string write_value(SdBaseValue const& value);
std::string write_value(SdDerivedValue const& value);

/// Errors: malformed "value-encoding", "value-length"; unprocessable "base-proof" or "derived-proof" when it is the
/// other kind.
Result<SdBaseValue> read_base_value(std::string const& text);
Result<SdDerivedValue> read_derived_value(std::string const& text);

}  // namespace itqan::crypto
