#include "service/http/probe.hpp"

#include <array>
#include <charconv>

#include "service/http/outbound_connection.hpp"

namespace itqan::http {
namespace {

constexpr std::size_t most_bytes = 20UL * 1024;
constexpr std::size_t most_body = 4UL * 1024;

Error no_answer(std::string why) {
    return {Fault::unavailable, "outbound-connection", std::move(why), {}};
}

/// RFC 9112 4: "HTTP/1.1 200 OK".
Result<ProbeAnswer> read_answer(std::string const& text) {
    ProbeAnswer answer;
    if (!text.starts_with("HTTP/1.") || text.size() < 12) return no_answer("it does not answer in HTTP");
    auto const* const digits = text.data() + 9;
    if (std::from_chars(digits, digits + 3, answer.status).ec != std::errc{})
        return no_answer("it does not answer in HTTP");
    if (auto const body = text.find("\r\n\r\n"); body != std::string::npos)
        answer.body = text.substr(body + 4, most_body);
    return answer;
}

}  // namespace

Result<ProbeAnswer> ask(Probe const& probe) {
    auto const deadline = std::chrono::steady_clock::now() + probe.patience;
    std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> const context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    if (!context) return no_answer("TLS could not be set up");
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);

    OutboundConnection connection;
    if (auto const done = connection.connect(probe.address, probe.port, deadline); !done) return done.error();
    auto const name = probe.host.substr(0, probe.host.find(':'));
    if (auto const done = connection.secure(context.get(), name, deadline); !done) return done.error();
    std::string request = "GET ";
    request.append(probe.path).append(" HTTP/1.1\r\nHost: ").append(probe.host);
    request.append("\r\nConnection: close\r\n\r\n");
    if (auto const done = connection.write(request, deadline); !done) return done.error();

    std::string text;
    std::array<char, 4096> buffer{};
    while (text.size() < most_bytes) {
        auto const count = connection.read(buffer.data(), buffer.size(), deadline);
        // The status is what counts, also when the end is untidy.
        if (!count && text.empty()) return count.error();
        if (!count || *count == 0) break;
        text.append(buffer.data(), *count);
    }
    return read_answer(text);
}

}  // namespace itqan::http
