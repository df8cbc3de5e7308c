#include "crypto/suites/sd_proof_value.hpp"

#include <algorithm>
#include <array>

namespace itqan::crypto {
namespace {

using Header = std::array<std::uint8_t, 3>;
constexpr Header base_header{0xd9, 0x5d, 0x00};
constexpr Header derived_header{0xd9, 0x5d, 0x01};

enum class Major : std::uint8_t { number = 0, bytes = 2, text = 3, array = 4, map = 5 };  // RFC 8949 section 3.1.

class CborWriter {
  public:
    explicit CborWriter(Header const& header) : out_(header.begin(), header.end()) {}

    void head(Major major, std::size_t count) {
        auto const type = static_cast<std::uint8_t>(static_cast<unsigned>(major) << 5U);
        if (count < 24) return out_.push_back(static_cast<std::uint8_t>(type | count));
        auto const size = count < 0x100 ? 1U : count < 0x10000 ? 2U : 4U;
        out_.push_back(static_cast<std::uint8_t>(type | (size == 1 ? 24U : size == 2 ? 25U : 26U)));
        for (auto shift = 8 * size; shift > 0;) {
            shift -= 8;
            out_.push_back(static_cast<std::uint8_t>((count >> shift) & 0xffU));
        }
    }

    void bytes(ByteView bytes, Major major = Major::bytes) {
        head(major, bytes.size());
        out_.insert(out_.end(), bytes.begin(), bytes.end());
    }

    void list(std::vector<Bytes> const& items) {
        head(Major::array, items.size());
        for (auto const& item : items)
            bytes(item);
    }

    std::string text() const { return "u" + base64url_encode(out_); }

  private:
    Bytes out_;
};

/// The first thing that is wrong makes all further reading fail.
class CborReader {
  public:
    explicit CborReader(ByteView rest) : rest_(rest) {}

    /// A length or a number, in its shortest form. Lengths are never more than what follows.
    std::size_t head(Major major) {
        if (rest_.empty() || rest_[0] >> 5U != static_cast<unsigned>(major)) return fail();
        std::size_t count = rest_[0] & 0x1fU;
        auto const size = count < 24 ? 0U : count == 24 ? 1U : count == 25 ? 2U : count == 26 ? 4U : 5U;
        if (size > 4 || rest_.size() < 1 + size) return fail();
        if (size > 0) count = 0;
        for (std::size_t i = 1; i <= size; ++i)
            count = count << 8U | rest_[i];
        auto const least = std::size_t{size == 1 ? 24U : size == 2 ? 0x100U : size == 4 ? 0x10000U : 0U};
        rest_ = rest_.subspan(1 + size);
        if (count < least || (major != Major::number && count > rest_.size())) return fail();
        return count;
    }

    Bytes bytes(Major major = Major::bytes) {
        auto const part = rest_.first(head(major));
        rest_ = rest_.subspan(part.size());
        return {part.begin(), part.end()};
    }

    std::vector<Bytes> list() {
        std::vector<Bytes> items(head(Major::array));
        for (auto& item : items)
            item = bytes();
        return items;
    }

    bool is_done() const { return good_ && rest_.empty(); }
    bool is_good() const { return good_; }

  private:
    std::size_t fail() {
        good_ = false;
        rest_ = {};
        return 0;
    }

    ByteView rest_;
    bool good_ = true;
};

Error bad_value(char const* code, std::string detail) {
    return Error{Fault::malformed, code, std::move(detail)};
}

/// The bytes behind the header.
Result<Bytes> unwrap(std::string const& text, Header const& header, Header const& other, char const* other_code) {
    auto const bytes = text.starts_with('u') ? base64url_decode(std::string_view(text).substr(1)) : std::nullopt;
    auto const begins = [&](Header const& start) {
        return bytes && bytes->size() >= start.size() && std::equal(start.begin(), start.end(), bytes->begin());
    };
    if (begins(other)) {
        return Error{Fault::unprocessable, other_code, "The proofValue is of the other kind (base or derived)."};
    }
    if (!begins(header)) {
        return bad_value("value-encoding", "The proofValue must be u, base64url text and begin with d95d00 or d95d01.");
    }
    return Bytes(bytes->begin() + header.size(), bytes->end());
}

bool have_size(std::vector<Bytes> const& items, std::size_t size) {
    return std::all_of(items.begin(), items.end(), [size](Bytes const& item) { return item.size() == size; });
}

Error bad_lengths() {
    return bad_value("value-length", "Signatures have 64 bytes, the public key 35, the HMAC key and labels 32.");
}

Error bad_cbor() {
    return bad_value("value-encoding", "Behind the header the proofValue must be one CBOR array of five elements.");
}

}  // namespace

std::string write_value(SdBaseValue const& value) {
    CborWriter out(base_header);
    out.head(Major::array, 5);
    out.bytes(value.base_signature);
    out.bytes(value.public_key);
    out.bytes(value.hmac_key);
    out.list(value.signatures);
    out.head(Major::array, value.mandatory_pointers.size());
    for (auto const& pointer : value.mandatory_pointers)
        out.bytes(as_bytes(pointer), Major::text);
    return out.text();
}

std::string write_value(SdDerivedValue const& value) {
    CborWriter out(derived_header);
    out.head(Major::array, 5);
    out.bytes(value.base_signature);
    out.bytes(value.public_key);
    out.list(value.signatures);
    out.head(Major::map, value.labels.size());
    for (auto const& [index, label] : value.labels) {
        out.head(Major::number, index);
        out.bytes(label);
    }
    out.head(Major::array, value.mandatory_lines.size());
    for (auto const line : value.mandatory_lines)
        out.head(Major::number, line);
    return out.text();
}

Result<SdBaseValue> read_base_value(std::string const& text) {
    auto const bytes = unwrap(text, base_header, derived_header, "derived-proof");
    if (!bytes) return bytes.error();
    CborReader in(*bytes);
    if (in.head(Major::array) != 5) return bad_cbor();
    SdBaseValue value;
    value.base_signature = in.bytes();
    value.public_key = in.bytes();
    value.hmac_key = in.bytes();
    value.signatures = in.list();
    value.mandatory_pointers.resize(in.head(Major::array));
    for (auto& pointer : value.mandatory_pointers)
        pointer = as_text(in.bytes(Major::text));
    if (!in.is_done()) return bad_cbor();
    bool const fits = value.base_signature.size() == 64 && value.public_key.size() == 35 &&
                      value.hmac_key.size() == 32 && have_size(value.signatures, 64);
    if (!fits) return bad_lengths();
    return value;
}

Result<SdDerivedValue> read_derived_value(std::string const& text) {
    auto const bytes = unwrap(text, derived_header, base_header, "base-proof");
    if (!bytes) return bytes.error();
    CborReader in(*bytes);
    if (in.head(Major::array) != 5) return bad_cbor();
    SdDerivedValue value;
    value.base_signature = in.bytes();
    value.public_key = in.bytes();
    value.signatures = in.list();
    bool distinct = true;
    bool fits = value.base_signature.size() == 64 && value.public_key.size() == 35 && have_size(value.signatures, 64);
    for (auto left = in.head(Major::map); left > 0 && in.is_good(); --left) {
        auto const index = in.head(Major::number);
        auto const added = value.labels.emplace(index, in.bytes());
        distinct = distinct && added.second;
        fits = fits && added.first->second.size() == 32;
    }
    value.mandatory_lines.resize(in.head(Major::array));
    for (auto& line : value.mandatory_lines)
        line = in.head(Major::number);
    if (!in.is_done() || !distinct) return bad_cbor();
    if (!fits) return bad_lengths();
    return value;
}

}  // namespace itqan::crypto
