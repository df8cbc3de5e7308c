// Status lists: what is packed is unpacked to the same bits, and what is unpacked is a list within the limits. The
// input is an encoded list, a gzip member, or deflated bits, for which the target makes header and checksum.

#include <algorithm>

#include <zlib.h>
#include <nlohmann/json.hpp>

#include "crypto/status_list.hpp"
#include "schemas/status_list_credential.hpp"
#include "schemas/text.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace itqan;
using namespace itqan::crypto;

namespace {

constexpr StatusListLimits limits{64 * 1024, 64 * 1024};

bool decode(std::string_view text) {
    auto const list = StatusList::decode(text, limits);
    if (!list) {
        fuzz::require(!list.error().code.empty(), "a refusal has a code");
        return false;
    }
    fuzz::require(list->size() >= StatusList::minimum_bits && list->size() / 8 <= limits.unpacked, "a list has a size");
    fuzz::require(list->look_up(list->size() - 1) && !list->look_up(list->size()), "a list ends where it ends");
    auto const again = StatusList::decode(list->encode(), limits);
    fuzz::require(again && *again == *list, "packed again it is the same list");
    return true;
}

/// What the input inflates to, if it is one whole deflate stream of at most the limit.
bool inflates(ByteView deflated, Bytes& bits) {
    bits.resize(limits.unpacked + 1);
    z_stream stream{};
    if (inflateInit2(&stream, -15) != Z_OK) return false;
    stream.next_in = const_cast<Bytef*>(deflated.data());
    stream.avail_in = static_cast<uInt>(deflated.size());
    stream.next_out = bits.data();
    stream.avail_out = static_cast<uInt>(bits.size());
    auto const result = inflate(&stream, Z_FINISH);
    bits.resize(stream.total_out);
    bool const whole = result == Z_STREAM_END && stream.avail_in == 0;
    inflateEnd(&stream);
    return whole;
}

void put(Bytes& out, unsigned long number) {
    for (unsigned shift = 0; shift < 32; shift += 8)
        out.push_back(static_cast<std::uint8_t>(number >> shift));
}

/// RFC 1952, with the right checksum and length.
Bytes gzip_member(ByteView deflated, ByteView bits) {
    Bytes out{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255};
    out.insert(out.end(), deflated.begin(), deflated.end());
    put(out, crc32(0, bits.data(), static_cast<uInt>(bits.size())));
    put(out, bits.size());
    return out;
}

void unpack(ByteView deflated) {
    Bytes bits;
    bool const whole = inflates(deflated, bits);
    bool const fits = bits.size() <= limits.unpacked && 8 * bits.size() >= StatusList::minimum_bits;
    bool const taken = decode("u" + base64url_encode(gzip_member(deflated, bits)));
    fuzz::require(taken == (whole && fits), "a list is taken when it is whole and has a size");
}

void set_bits(ByteView data) {
    StatusList list;
    for (std::size_t i = 0; i + 1 < data.size(); i += 2)
        list.set((data[i] * 256U + data[i + 1]) * 2U);
    auto const back = StatusList::decode(list.encode(), limits);
    fuzz::require(back && *back == list, "a list comes back as it was");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    ByteView const bytes(data, size);
    auto const text = as_text(bytes);
    decode(text);
    decode("u" + base64url_encode(bytes));
    unpack(bytes);
    set_bits(bytes);
    if (auto const document = parse_json(text)) {
        (void)read_status_index(*document);
        if (auto const fields = schemas::read_status_list(*document)) decode(fields->encoded_list);
    }
    return 0;
}
