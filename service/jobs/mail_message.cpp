#include "service/jobs/mail_message.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "schemas/bytes.hpp"
#include "schemas/identifier.hpp"
#include "schemas/text_safety.hpp"

namespace itqan::jobs {
namespace {

constexpr std::size_t plain_limit = 60;  ///< ASCII up to here needs no folding beside the longest field name.
constexpr std::size_t word_bytes = 42;   ///< 56 base64 characters + 12 of frame < 75 (RFC 2047 section 2).
constexpr std::size_t body_line = 76;    ///< RFC 2045 section 6.8.
// Base64 lines hold no "_" and the parts hold nothing else, so no boundary can occur in a body.
constexpr std::string_view boundary = "=_itqan_alternative";

bool is_printable_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

/// One line of well-formed UTF-8 without controls.
std::string one_line(std::string_view text) {
    std::string flat(text);
    for (char& c : flat) {
        auto const byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) c = ' ';
    }
    return schemas::make_visible(flat);
}

/// Where the next encoded word must end so that no character is cut.
std::size_t word_end(std::string_view text, std::size_t begin) {
    auto end = std::min(text.size(), begin + word_bytes);
    while (end < text.size() && end > begin && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
        --end;
    return end;
}

std::string encoded_words(std::string_view text) {
    std::string words;
    for (std::size_t begin = 0; begin < text.size();) {
        auto const end = word_end(text, begin);
        if (!words.empty()) words += "\r\n ";
        words += "=?UTF-8?B?" + base64_encode(as_bytes(text.substr(begin, end - begin))) + "?=";
        begin = end;
    }
    return words;
}

bool is_message_id(std::string_view id) {
    auto const at = id.find('@');
    if (at == std::string_view::npos || at == 0 || at + 1 == id.size() || id.size() > 200) return false;
    return std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
               c == '_' || c == '@';
    });
}

bool is_language_list(std::string_view text) {
    return !text.empty() && text.size() <= 40 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == ',' || c == ' ';
    });
}

/// The canonical form of text (RFC 2046 section 4.1.1).
std::string with_crlf(std::string_view text) {
    std::string out;
    out.reserve(text.size() + text.size() / 32);
    for (char const c : text) {
        if (c == '\r') continue;
        if (c == '\n') out += '\r';
        out += c;
    }
    return out;
}

void append_part(std::string& out, std::string_view type, std::string_view body) {
    out.append("--").append(boundary).append("\r\nContent-Type: ").append(type);
    out += "; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n";
    auto const encoded = base64_encode(as_bytes(with_crlf(body)));
    for (std::size_t at = 0; at < encoded.size(); at += body_line) {
        out.append(encoded, at, body_line).append("\r\n");
    }
}

}  // namespace

std::string encode_unstructured(std::string_view text) {
    auto const line = one_line(text);
    bool const plain = is_printable_ascii(line) && line.size() <= plain_limit && line.find("=?") == std::string::npos;
    return plain ? line : encoded_words(line);
}

std::string encode_mailbox(Mailbox const& mailbox) {
    auto const name = one_line(mailbox.name);
    auto const address = "<" + mailbox.address + ">";
    if (name.empty()) return address;
    std::string shown;
    if (is_printable_ascii(name) && name.size() <= plain_limit && name.find("=?") == std::string::npos) {
        shown = "\"";
        for (char const c : name) {
            if (c == '"' || c == '\\') shown += '\\';
            shown += c;
        }
        shown += '"';
    } else {
        shown = encoded_words(name);
    }
    return shown + "\r\n " + address;
}

std::string mail_date(Instant instant) {
    static constexpr std::array days{"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};  // 1970-01-01 was a Thursday
    static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    auto const day = instant.day();
    auto const second = instant.seconds() - Instant::start_of(day).seconds();
    std::array<char, 64> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%s, %02u %s %04d %02d:%02d:%02d +0000",
                  days[static_cast<std::size_t>(((day.number % 7) + 7) % 7)], day.day_of_month(),
                  months[day.month() - 1], day.year(), static_cast<int>(second / 3600),
                  static_cast<int>(second / 60 % 60), static_cast<int>(second % 60));
    return buffer.data();
}

Result<std::string> compose(Mail const& mail) {
    if (!schemas::is_email(mail.from.address) || !schemas::is_email(mail.to.address)) {
        return Error{Fault::unprocessable, "invalid-address",
                     "Sender and recipient must each be one plain address such as name@example.org."};
    }
    if (!is_message_id(mail.message_id)) {
        return Error{Fault::unprocessable, "invalid-message-id",
                     "A Message-ID is letters, digits, - . _ around one @."};
    }
    if (!is_language_list(mail.languages)) {
        return Error{Fault::unprocessable, "invalid-language", "Languages are tags such as \"ar, en\"."};
    }

    std::string out;
    out.reserve(1024 + (mail.text.size() + mail.html.size()) * 3 / 2);
    out += "Date: " + mail_date(mail.date) + "\r\n";
    out += "From: " + encode_mailbox(mail.from) + "\r\n";
    out += "To: " + encode_mailbox(mail.to) + "\r\n";
    out += "Subject: " + encode_unstructured(mail.subject) + "\r\n";
    out += "Message-ID: <" + mail.message_id + ">\r\n";
    out += "Content-Language: " + mail.languages + "\r\n";
    out += "Auto-Submitted: auto-generated\r\n";  // RFC 3834 section 5: no vacation replies
    out += "MIME-Version: 1.0\r\n";
    out.append("Content-Type: multipart/alternative;\r\n boundary=\"").append(boundary).append("\"\r\n\r\n");
    append_part(out, "text/plain", mail.text);
    append_part(out, "text/html", mail.html);
    out.append("--").append(boundary).append("--\r\n");
    return out;
}

}  // namespace itqan::jobs
