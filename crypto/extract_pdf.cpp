// Finds a credential that is attached to a PDF (ISO 32000-2, 7.11.4): a scan over the bytes for the streams of embedded
// files, which no writer hides in other streams.

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>

#include <zlib.h>

#include "crypto/bake_pdf.hpp"
#include "schemas/text.hpp"
#include "schemas/utf8.hpp"

namespace itqan::crypto {
namespace {

constexpr std::size_t longest_dictionary = 4096;
constexpr std::size_t most_attachments = 64;
constexpr std::size_t most_mentions = 4096;
constexpr std::size_t largest_credential = 512 * 1024;

struct Attachment {
    std::string_view dictionary;
    std::string_view data;  ///< From its first byte to the end of the file.
};

enum class Unpacking { done, broken, too_large };

bool is_delimiter(char c) {
    return std::string_view(" \t\r\n\f/<>[]()", 11).find(c) != std::string_view::npos;
}

/// Whether the dictionary holds this name, whole.
bool has_name(std::string_view dictionary, std::string_view name) {
    for (auto at = dictionary.find(name); at != std::string_view::npos; at = dictionary.find(name, at + 1)) {
        auto const end = at + name.size();
        if (end == dictionary.size() || is_delimiter(dictionary[end])) return true;
    }
    return false;
}

/// The stream object around a mention of its type; nothing when there is none.
std::optional<Attachment> stream_around(std::string_view pdf, std::size_t mention) {
    auto const earliest = mention > longest_dictionary ? mention - longest_dictionary : 0;
    auto const before = pdf.substr(earliest, mention - earliest);
    auto const object = before.rfind("obj");
    if (object == std::string_view::npos) return std::nullopt;
    auto const behind = pdf.substr(mention, longest_dictionary);
    auto const stream = behind.find("stream");
    auto const end = behind.find("endobj");
    if (stream == std::string_view::npos || (end != std::string_view::npos && end < stream)) return std::nullopt;
    auto const start = earliest + object + 3;
    auto const dictionary = trimmed(pdf.substr(start, mention + stream - start));
    if (!dictionary.starts_with("<<") || !dictionary.ends_with(">>")) return std::nullopt;
    auto data = pdf.substr(mention + stream + 6);
    if (data.starts_with("\r")) data.remove_prefix(1);
    if (data.starts_with("\n")) data.remove_prefix(1);
    return Attachment{dictionary, data};
}

/// The number and generation before "obj", which an update of the file repeats.
std::string_view object_name(std::string_view pdf, std::string_view dictionary) {
    auto const start = static_cast<std::size_t>(dictionary.data() - pdf.data());
    auto const earliest = start > 64 ? start - 64 : 0;
    auto const before = pdf.substr(earliest, start - earliest);
    auto const object = before.rfind("obj");
    auto line = before.substr(0, object);
    auto const from = line.find_last_not_of("0123456789 ");
    return trimmed(from == std::string_view::npos ? line : line.substr(from + 1));
}

/// Flate knows its own end, so that a wrong /Length or one that stands elsewhere does not matter.
Unpacking inflate_into(std::string& out, std::string_view data) {
    z_stream stream{};
    if (inflateInit(&stream) != Z_OK) return Unpacking::broken;
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
    stream.avail_in = static_cast<uInt>(data.size());
    char block[16 * 1024];
    int state = Z_OK;
    while (state == Z_OK && out.size() <= largest_credential) {
        stream.next_out = reinterpret_cast<Bytef*>(block);
        stream.avail_out = sizeof block;
        state = inflate(&stream, Z_NO_FLUSH);
        out.append(block, sizeof block - stream.avail_out);
    }
    inflateEnd(&stream);
    if (out.size() > largest_credential) return Unpacking::too_large;
    return state == Z_STREAM_END ? Unpacking::done : Unpacking::broken;
}

Unpacking unpack(std::string& out, Attachment const& attachment) {
    auto const& dictionary = attachment.dictionary;
    bool const is_flate = has_name(dictionary, "/FlateDecode") || has_name(dictionary, "/Fl");
    for (auto const* const other : {"/ASCIIHexDecode", "/ASCII85Decode", "/LZWDecode", "/RunLengthDecode", "/Crypt",
                                    "/AHx", "/A85", "/LZW", "/RL"})
        if (has_name(dictionary, other)) return Unpacking::broken;
    if (is_flate) return inflate_into(out, attachment.data);
    if (has_name(dictionary, "/Filter")) return Unpacking::broken;
    auto const within = attachment.data.substr(0, largest_credential + 32);
    auto const end = within.find("endstream");
    if (end == std::string_view::npos)
        return within.size() > largest_credential ? Unpacking::too_large : Unpacking::broken;
    out = within.substr(0, end);
    return Unpacking::done;
}

/// Whether /Subtype is a media type of credentials: "/application#2Fvc+ld+json".
bool is_credential_type(std::string_view dictionary) {
    auto const at = dictionary.find("/application#2");
    if (at == std::string_view::npos) return false;
    std::string name;
    for (auto i = at + 1; i < dictionary.size() && !is_delimiter(dictionary[i]); ++i) {
        auto const byte = dictionary[i] == '#' ? hex_decode(dictionary.substr(i + 1, 2)) : std::nullopt;
        name += byte && byte->size() == 1 ? static_cast<char>(byte->front()) : dictionary[i];
        if (byte) i += 2;
    }
    return name == "application/vc+ld+json" || name == "application/vc" || name == "application/jwt" ||
           name == "application/vc+jwt" || name == "application/vc+sd-jwt";
}

bool looks_like_credential(std::string_view text) {
    return is_utf8(text) && text.find('\0') == std::string_view::npos &&
           (text.starts_with('{') || text.starts_with("ey") || text.starts_with("ew"));
}

/// The last version of each attachment.
Result<std::map<std::string_view, Attachment>> attachments_of(std::string_view pdf) {
    constexpr std::string_view type = "/EmbeddedFile";
    std::map<std::string_view, Attachment> attachments;
    std::size_t mentions = 0;
    for (auto at = pdf.find(type); at != std::string_view::npos; at = pdf.find(type, at + type.size())) {
        if (++mentions > most_mentions)
            return Error{Fault::too_large, "pdf-limit", "The PDF names too many attachments.", {}};
        auto const end = at + type.size();
        if (end < pdf.size() && !is_delimiter(pdf[end])) continue;
        auto const attachment = stream_around(pdf, at);
        if (!attachment) continue;
        attachments.insert_or_assign(object_name(pdf, attachment->dictionary), *attachment);
        if (attachments.size() > most_attachments)
            return Error{Fault::too_large, "pdf-limit", "The PDF has more than 64 attachments.", {}};
    }
    return attachments;
}

}  // namespace

Result<ExtractedBadge> extract_pdf(ByteView bytes) {
    auto const pdf = as_text(bytes);
    if (pdf.size() > largest_picture) return Error{Fault::too_large, "pdf-limit", "The PDF is larger than 5 MiB.", {}};
    if (!pdf.starts_with("%PDF-"))
        return Error{Fault::malformed, "pdf-invalid", "The bytes do not start as a PDF does.", {}};
    auto const attachments = attachments_of(pdf);
    if (!attachments) return attachments.error();
    std::optional<std::string> found;
    bool is_typed = false, is_large = false, is_broken = false;
    for (auto const& [name, attachment] : *attachments) {
        std::string text;
        auto const unpacking = unpack(text, attachment);
        is_large = is_large || unpacking == Unpacking::too_large;
        is_broken = is_broken || unpacking == Unpacking::broken;
        if (unpacking != Unpacking::done) continue;
        text = trimmed(text);
        bool const typed = is_credential_type(attachment.dictionary);
        if (!looks_like_credential(text) || (is_typed && !typed)) continue;
        if (found && is_typed == typed && *found != text)
            return Error{Fault::unprocessable, "many-credentials", "The PDF holds more than one credential.", {}};
        found = std::move(text);
        is_typed = typed;
    }
    if (found) return ExtractedBadge{std::move(*found), false, BadgeForm::badge};
    if (pdf.find("/Encrypt") != std::string_view::npos && is_broken)
        return Error{Fault::unprocessable,
                     "pdf-encrypted",
                     "The PDF is encrypted, and its attachment cannot be read: ask for the file without a password.",
                     {}};
    if (is_large)
        return Error{Fault::too_large, "pdf-limit", "What is attached to the PDF is larger than 512 KiB.", {}};
    if (is_broken)
        return Error{Fault::malformed, "pdf-invalid", "What is attached to the PDF is damaged: ask for it anew.", {}};
    return Error{Fault::unprocessable, "no-credential", "The PDF holds no credential.", {}};
}

}  // namespace itqan::crypto
