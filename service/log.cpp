#include "service/log.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>

#include "schemas/clock.hpp"
#include "schemas/utf8.hpp"

namespace itqan::service {
namespace {

constexpr std::size_t longest_value = 8 * 1024;

void append_unit(std::string& text, unsigned unit) {
    static constexpr char digits[] = "0123456789abcdef";
    text += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4)
        text += digits[(unit >> shift) & 15U];
}

/// A JSON string in ASCII: no byte of a value can end a line or steer a terminal. What is not UTF-8 is U+FFFD.
void append_quoted(std::string& text, std::string_view value) {
    value = value.substr(0, longest_value);
    text += '"';
    for (std::size_t i = 0; i < value.size();) {
        auto const byte = static_cast<unsigned char>(value[i]);
        if (byte >= 0x80) {
            auto const point = schemas::decode_utf8(value, i).value_or(schemas::CodePoint{0xfffd, 1});
            if (point.value > 0xffff) {
                append_unit(text, 0xd800 + ((point.value - 0x10000) >> 10));
                append_unit(text, 0xdc00 + ((point.value - 0x10000) & 0x3ff));
            } else {
                append_unit(text, point.value);
            }
            i += point.size;
            continue;
        }
        ++i;
        if (byte == '"' || byte == '\\')
            (text += '\\') += static_cast<char>(byte);
        else if (byte < 0x20 || byte == 0x7f)
            append_unit(text, byte);
        else
            text += static_cast<char>(byte);
    }
    text += '"';
}

void append_json(std::string& line, std::string_view level, std::string_view event, Log::Fields const& fields) {
    line.append(R"({"time":")").append(SystemClock().wall().text()).append(R"(","level":")").append(level);
    line.append(R"(","event":)");
    append_quoted(line, event);
    for (auto const& [name, value] : fields) {
        line += ',';
        append_quoted(line, name);
        line += ':';
        append_quoted(line, value);
    }
    line += "}\n";
}

/// "  event  name=value".
void append_plain(std::string& line, std::string_view event, Log::Fields const& fields) {
    line.append("  ").append(event);
    for (auto const& [name, value] : fields) {
        line.append("  ").append(name).append("=");
        append_quoted(line, value);
    }
    line += '\n';
}

}  // namespace

Log::Log(Form form, int descriptor) : form_(form), descriptor_(descriptor) {}

void Log::info(std::string_view event, Fields const& fields) {
    write("info", event, fields);
}
void Log::warn(std::string_view event, Fields const& fields) {
    write("warn", event, fields);
}
void Log::error(std::string_view event, Fields const& fields) {
    write("error", event, fields);
}

void Log::write(std::string_view level, std::string_view event, Fields const& fields) {
    std::string line;
    line.reserve(512);
    if (form_ == Form::json)
        append_json(line, level, event, fields);
    else
        append_plain(line, event, fields);
    // One line, one write(): who shares the pipe or the file cannot come between. A reader that is gone or a disk that
    // is full loses lines; the service goes on.
    std::lock_guard const lock(mutex_);
    for (std::string_view rest = line; !rest.empty();) {
        auto const count = ::write(descriptor_, rest.data(), rest.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return;
        rest.remove_prefix(static_cast<std::size_t>(count));
    }
}

}  // namespace itqan::service
