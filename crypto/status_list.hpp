#pragma once
// Bitstring Status List (W3C): a bit per credential, packed for the world. Which list and position a credential has is
// the caller's; signatures on lists are too.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "schemas/bytes.hpp"
#include "schemas/json.hpp"

namespace itqan::crypto {

struct StatusListLimits {
    std::size_t packed = 1024 * 1024;         ///< Bytes of the encoded text.
    std::size_t unpacked = 16 * 1024 * 1024;  ///< Bytes of the bit string.
};

class StatusList {
  public:
    static constexpr std::uint64_t minimum_bits = 131'072;  ///< 16 KiB, so that a position hides among others.

    /// All zero. Throws std::invalid_argument below the minimum or when not a multiple of 8.
    explicit StatusList(std::uint64_t bits = minimum_bits);

    std::uint64_t size() const { return 8 * static_cast<std::uint64_t>(bytes_.size()); }
    /// Position 0 is the most significant bit of the first byte. Both throw std::out_of_range behind the end.
    void set(std::uint64_t position, bool value = true);
    bool get(std::uint64_t position) const;
    /// get() for a position from outside. Error: unprocessable "RANGE_ERROR".
    Result<bool> look_up(std::uint64_t position) const;

    /// "u" + base64url of one gzip member; the same bits give the same text.
    std::string encode() const;
    /// Inflates at most the limit. Errors: malformed "STATUS_LIST_ENCODING_ERROR" (prefix, base64url, gzip, checksum,
    /// a second member or bytes behind the first), unprocessable "STATUS_LIST_LENGTH_ERROR" (fewer than minimum_bits),
    /// too_large "status-list-limit".
    static Result<StatusList> decode(std::string_view text, StatusListLimits const& limits = {});

    bool operator==(StatusList const&) const = default;

  private:
    explicit StatusList(Bytes bytes) : bytes_(std::move(bytes)) {}

    Bytes bytes_;
};

/// `statusListIndex`: a string of decimal digits; a JSON integer that is not negative is tolerated. Error:
/// unprocessable "status-index".
Result<std::uint64_t> read_status_index(Json const& value);

}  // namespace itqan::crypto
