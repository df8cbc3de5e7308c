#include "crypto/status_list.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include <zlib.h>
#include <nlohmann/json.hpp>

namespace itqan::crypto {
namespace {

constexpr int gzip_window = 15 + 16;  // zlib: 32 KiB window, gzip wrapping only.

Error encoding(std::string detail) {
    return Error{Fault::malformed, "STATUS_LIST_ENCODING_ERROR", std::move(detail)};
}

/// Few bits are set, so nearly all is runs of one byte: looking for nothing else takes a tenth of the time and packs
/// tighter than a search for longer matches.
Bytes gzip(ByteView data) {
    z_stream stream{};
    if (deflateInit2(&stream, 6, Z_DEFLATED, gzip_window, 8, Z_RLE) != Z_OK) {
        throw std::runtime_error("zlib deflateInit2 failed");
    }
    Bytes packed(deflateBound(&stream, static_cast<uLong>(data.size())));
    stream.next_in = const_cast<Bytef*>(data.data());
    stream.avail_in = static_cast<uInt>(data.size());
    stream.next_out = packed.data();
    stream.avail_out = static_cast<uInt>(packed.size());
    auto const result = deflate(&stream, Z_FINISH);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    if (result != Z_STREAM_END) throw std::runtime_error("zlib deflate failed");
    return packed;
}

/// One gzip member (RFC 1952) and nothing behind it; zlib checks CRC32 and ISIZE. Stops at `limit` bytes.
Result<Bytes> gunzip(ByteView packed, std::size_t limit) {
    z_stream stream{};
    if (inflateInit2(&stream, gzip_window) != Z_OK) throw std::runtime_error("zlib inflateInit2 failed");
    stream.next_in = const_cast<Bytef*>(packed.data());
    stream.avail_in = static_cast<uInt>(packed.size());
    Bytes bits;
    int result = Z_OK;
    while (result == Z_OK && bits.size() <= limit) {
        auto const done = bits.size();
        // One byte beyond the limit tells a list of exactly that length from a longer one.
        bits.resize(std::min(limit + 1, std::max<std::size_t>(64 * 1024, 2 * done)));
        stream.next_out = bits.data() + done;
        stream.avail_out = static_cast<uInt>(bits.size() - done);
        result = inflate(&stream, Z_NO_FLUSH);
        bits.resize(bits.size() - stream.avail_out);
        if (result == Z_OK && stream.avail_in == 0 && stream.avail_out > 0) result = Z_BUF_ERROR;
    }
    auto const rest = stream.avail_in;
    inflateEnd(&stream);
    if (bits.size() > limit) {
        return Error{Fault::too_large, "status-list-limit",
                     "The list unpacks to more than " + std::to_string(limit) + " bytes."};
    }
    if (result != Z_STREAM_END) return encoding("The list is not a whole gzip member with a right checksum.");
    if (rest != 0) return encoding("Bytes follow the gzip member.");
    return bits;
}

}  // namespace

StatusList::StatusList(std::uint64_t bits) {
    if (bits < minimum_bits || bits % 8 != 0) {
        throw std::invalid_argument("a status list has at least 131072 bits, in whole bytes");
    }
    bytes_.resize(bits / 8);
}

void StatusList::set(std::uint64_t position, bool value) {
    auto const mask = static_cast<std::uint8_t>(0x80U >> (position % 8));
    auto& byte = bytes_.at(position / 8);
    byte = static_cast<std::uint8_t>(value ? byte | mask : byte & ~mask);
}

bool StatusList::get(std::uint64_t position) const {
    return (bytes_.at(position / 8) & (0x80U >> (position % 8))) != 0;
}

Result<bool> StatusList::look_up(std::uint64_t position) const {
    if (position >= size()) {
        return Error{
            Fault::unprocessable, "RANGE_ERROR",
            "Position " + std::to_string(position) + " is behind the list's " + std::to_string(size()) + " bits."};
    }
    return get(position);
}

std::string StatusList::encode() const {
    return "u" + base64url_encode(gzip(bytes_));
}

Result<StatusList> StatusList::decode(std::string_view text, StatusListLimits const& limits) {
    if (text.size() > limits.packed) {
        return Error{Fault::too_large, "status-list-limit",
                     "The encoded list is longer than " + std::to_string(limits.packed) + " bytes."};
    }
    if (!text.starts_with('u')) return encoding("An encoded list starts with u (multibase base64url).");
    auto const packed = base64url_decode(text.substr(1));
    if (!packed) return encoding("The list is not canonical base64url without padding.");
    auto bits = gunzip(*packed, limits.unpacked);
    if (!bits) return bits.error();
    if (bits->size() * 8 < minimum_bits) {
        return Error{Fault::unprocessable, "STATUS_LIST_LENGTH_ERROR",
                     "The list has " + std::to_string(bits->size() * 8) + " bits; at least 131072 are required."};
    }
    return StatusList(std::move(*bits));
}

Result<std::uint64_t> read_status_index(Json const& value) {
    if (value.is_number_integer() && value >= 0) return value.get<std::uint64_t>();
    std::uint64_t index = 0;
    bool good = false;
    if (auto const* text = value.get_ptr<Json::string_t const*>(); text != nullptr && !text->empty()) {
        auto const* const end = text->data() + text->size();
        auto const [stopped, failure] = std::from_chars(text->data(), end, index);
        good = failure == std::errc() && stopped == end;
    }
    if (good) return index;
    return Error{Fault::unprocessable, "status-index", "statusListIndex must be text of decimal digits below 2^64."};
}

}  // namespace itqan::crypto
