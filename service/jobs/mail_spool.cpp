#include "service/jobs/mail_spool.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>

#include "schemas/bytes.hpp"
#include "schemas/identifier.hpp"

namespace itqan::jobs {
namespace {

namespace fs = std::filesystem;

class Descriptor {
  public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(Descriptor const&) = delete;
    Descriptor& operator=(Descriptor const&) = delete;
    int get() const { return number_; }

  private:
    int number_;
};

bool write_all(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        auto const written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return ::fsync(descriptor) == 0;
}

std::string file_name(Envelope const& envelope) {
    auto time = envelope.at.whole_seconds().text();
    std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
    return time + "-" + envelope.id + ".eml";
}

bool is_file_name(std::string_view name) {
    return name.size() <= 200 && name.ends_with(".eml") && !name.starts_with('.') &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                      c == '.';
           });
}

std::optional<std::string> slurp(fs::path const& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return std::nullopt;
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

/// Encoded words back to UTF-8; what stands between two of them is folding (RFC 2047 section 6.2).
std::string decode_words(std::string_view text) {
    std::string out;
    bool after_word = false;
    for (std::size_t at = 0; at < text.size();) {
        auto const end = text.substr(at).starts_with("=?UTF-8?B?") ? text.find("?=", at + 10) : std::string_view::npos;
        if (end != std::string_view::npos) {
            if (after_word) out.pop_back();
            if (auto const bytes = base64_decode(text.substr(at + 10, end - at - 10))) out += as_text(*bytes);
            at = end + 2;
            after_word = text.substr(at).starts_with(" =?UTF-8?B?");
        } else {
            out += text[at++];
        }
    }
    return out;
}

std::map<std::string, std::string> headers_of(std::string_view head) {
    std::map<std::string, std::string> headers;
    std::string* last = nullptr;
    while (!head.empty()) {
        auto const end = head.find("\r\n");
        auto const line = head.substr(0, end);
        head = end == std::string_view::npos ? std::string_view{} : head.substr(end + 2);
        if (line.starts_with(' ') && last != nullptr) {
            last->append(line);
        } else if (auto const colon = line.find(": "); colon != std::string_view::npos) {
            last = &(headers[std::string(line.substr(0, colon))] = std::string(line.substr(colon + 2)));
        }
    }
    return headers;
}

/// The decoded body of the part of one type, as compose() writes it.
std::string part_of(std::string_view message, std::string_view type) {
    auto const part = message.find("\r\nContent-Type: " + std::string(type) + ";");
    if (part == std::string_view::npos) return {};
    auto const begin = message.find("\r\n\r\n", part);
    if (begin == std::string_view::npos) return {};
    auto body = std::string(message.substr(begin + 4, message.find("\r\n--", begin + 2) - begin - 4));
    std::erase_if(body, [](char c) { return c == '\r' || c == '\n'; });
    auto const bytes = base64_decode(body);
    return bytes ? std::string(as_text(*bytes)) : std::string();
}

SpooledMail read_mail(std::string name, std::string_view message) {
    auto headers = headers_of(message.substr(0, message.find("\r\n\r\n")));
    return {std::move(name),
            headers["Date"],
            decode_words(headers["From"]),
            decode_words(headers["To"]),
            decode_words(headers["Subject"]),
            part_of(message, "text/plain"),
            part_of(message, "text/html")};
}

std::vector<std::string> names_in(fs::path const& folder) {
    std::vector<std::string> names;
    std::error_code ignored;
    for (auto const& entry : fs::directory_iterator(folder, ignored)) {
        auto name = entry.path().filename().string();
        if (is_file_name(name)) names.push_back(std::move(name));
    }
    std::sort(names.rbegin(), names.rend());
    return names;
}

}  // namespace

MailSpool::MailSpool(fs::path folder) : folder_(std::move(folder)) {
    fs::create_directories(folder_);
    fs::permissions(folder_, fs::perms::owner_all);
    // A process that died while writing leaves a draft, which no reader and no erasure would ever find.
    for (auto const& entry : fs::directory_iterator(folder_)) {
        if (entry.path().extension() == ".draft") fs::remove(entry.path());
    }
}

Result<void> MailSpool::deliver(Envelope const& envelope, std::string const& message) {
    auto const name = file_name(envelope);
    if (!is_file_name(name)) return Error{Fault::unprocessable, "mail-rejected", "The mail's id is no file name."};
    auto const target = folder_ / name;
    auto const draft = folder_ / ("." + name + ".draft");
    {
        Descriptor const file(::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
        if (file.get() < 0 || !write_all(file.get(), message)) {
            return Error{Fault::unavailable, "spool-failed", "The mail folder cannot be written to."};
        }
    }
    if (::rename(draft.c_str(), target.c_str()) != 0) {
        return Error{Fault::unavailable, "spool-failed", "The mail folder cannot be written to."};
    }
    return {};
}

std::vector<SpooledMail> list_spooled_mail(fs::path const& folder, std::size_t limit) {
    std::vector<SpooledMail> mails;
    for (auto const& name : names_in(folder)) {
        if (mails.size() == limit) break;
        if (auto const message = slurp(folder / name)) mails.push_back(read_mail(name, *message));
    }
    return mails;
}

Result<SpooledMail> read_spooled_mail(fs::path const& folder, std::string_view name) {
    if (is_file_name(name)) {
        if (auto const message = slurp(folder / name)) return read_mail(std::string(name), *message);
    }
    return Error{Fault::not_found, "not-found", "There is no such mail."};
}

std::size_t remove_spooled_mail(fs::path const& folder, std::string_view address) {
    std::size_t removed = 0;
    auto const wanted = "<" + schemas::normalize_email(address) + ">";
    for (auto const& name : names_in(folder)) {
        auto const path = folder / name;
        auto const message = slurp(path);
        if (!message || !schemas::normalize_email(read_mail(name, *message).to).ends_with(wanted)) continue;
        Descriptor const file(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW));
        if (file.get() < 0 || !write_all(file.get(), std::string(message->size(), '\0')))
            throw std::runtime_error("a mail in " + folder.string() + " cannot be overwritten before it is removed");
        fs::remove(path);
        ++removed;
    }
    return removed;
}

}  // namespace itqan::jobs
