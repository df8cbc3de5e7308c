#include "tests/service/jobs/smtp_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <optional>
#include <stdexcept>
#include <string_view>

#include <openssl/ssl.h>

namespace itqan::tests {
namespace {

class Lines {
  public:
    explicit Lines(int connection) : connection_(connection) {}
    ~Lines() { SSL_free(ssl_); }
    Lines(Lines const&) = delete;
    Lines& operator=(Lines const&) = delete;

    bool secure(SSL_CTX* context) {
        ssl_ = SSL_new(context);
        return ssl_ != nullptr && SSL_set_fd(ssl_, connection_) == 1 && SSL_accept(ssl_) == 1;
    }
    bool is_secured() const { return ssl_ != nullptr; }

    std::optional<std::string> next() {
        for (;;) {
            if (auto const end = buffer_.find("\r\n"); end != std::string::npos) {
                auto line = buffer_.substr(0, end);
                buffer_.erase(0, end + 2);
                return line;
            }
            char chunk[4096];
            auto const count = ssl_ != nullptr ? SSL_read(ssl_, chunk, sizeof chunk)
                                               : static_cast<int>(::recv(connection_, chunk, sizeof chunk, 0));
            if (count <= 0) return std::nullopt;
            buffer_.append(chunk, static_cast<std::size_t>(count));
        }
    }

    void say(std::string_view reply) {
        auto const line = std::string(reply) + "\r\n";
        if (ssl_ != nullptr)
            SSL_write(ssl_, line.data(), static_cast<int>(line.size()));
        else
            ::send(connection_, line.data(), line.size(), MSG_NOSIGNAL);
    }

  private:
    int connection_;
    SSL* ssl_ = nullptr;
    std::string buffer_;
};

std::string between_brackets(std::string const& line) {
    auto const begin = line.find('<');
    auto const end = line.find('>', begin);
    return begin == std::string::npos || end == std::string::npos ? line : line.substr(begin + 1, end - begin - 1);
}

}  // namespace

SmtpServer::SmtpServer(SmtpBehaviour behaviour, SmtpTls tls) : behaviour_(behaviour), tls_(std::move(tls)) {
    if (tls_.form != SmtpTlsForm::none) {
        std::signal(SIGPIPE, SIG_IGN);  // As the service does: TLS writes to whom has gone away.
        auto* const context = SSL_CTX_new(TLS_server_method());
        context_ = std::shared_ptr<void>(context, [](void* made) { SSL_CTX_free(static_cast<SSL_CTX*>(made)); });
        if (SSL_CTX_use_certificate_chain_file(context, tls_.certificate.c_str()) != 1 ||
            SSL_CTX_use_PrivateKey_file(context, tls_.key.c_str(), SSL_FILETYPE_PEM) != 1)
            throw std::runtime_error("the test's mail server has no certificate");
    }
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    inet_pton(AF_INET, tls_.address.c_str(), &address.sin_addr);
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    socklen_t length = sizeof address;
    if (::bind(listener_, any, length) != 0 || ::listen(listener_, 8) != 0 ||
        ::getsockname(listener_, any, &length) != 0) {
        throw std::runtime_error("the test's mail server cannot listen");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
}

SmtpServer::~SmtpServer() {
    stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
}

std::vector<ReceivedMail> SmtpServer::mails() const {
    std::lock_guard const lock(mutex_);
    return mails_;
}

std::vector<std::string> SmtpServer::commands() const {
    std::lock_guard const lock(mutex_);
    return commands_;
}

void SmtpServer::serve() {
    while (!stopping_) {
        int const connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (connection < 0) continue;
        talk(connection);
        ::close(connection);
    }
}

void SmtpServer::talk(int connection) {
    Lines lines(connection);
    ReceivedMail mail;
    auto* const context = static_cast<SSL_CTX*>(context_.get());
    if (tls_.form == SmtpTlsForm::implicit && !lines.secure(context)) return;
    if (behaviour_ == SmtpBehaviour::silent) {
        lines.next();  // Until the client goes away.
        return;
    }
    bool const offers_tls = tls_.form != SmtpTlsForm::none && tls_.form != SmtpTlsForm::implicit;
    lines.say("220 mail.test ready");
    while (auto const line = lines.next()) {
        {
            std::lock_guard const lock(mutex_);
            commands_.push_back(*line);
        }
        if (line->starts_with("EHLO")) {
            lines.say("250-mail.test");
            if (offers_tls && !lines.is_secured()) lines.say("250-STARTTLS");
            lines.say("250 AUTH PLAIN");
        } else if (*line == "STARTTLS" && offers_tls) {
            if (tls_.form == SmtpTlsForm::starttls_refused) {
                lines.say("454 4.7.0 not now");
                continue;
            }
            lines.say(tls_.form == SmtpTlsForm::starttls_injected ? "220 2.0.0 ready\r\n250 AUTH PLAIN"
                                                                  : "220 2.0.0 ready");
            if (!lines.secure(context)) return;
        } else if (line->starts_with("AUTH PLAIN")) {
            lines.say("334 ");
            if (!lines.next()) return;
            lines.say(behaviour_ == SmtpBehaviour::refuse_login ? "535 5.7.8 no" : "235 2.7.0 welcome");
        } else if (line->starts_with("MAIL FROM:")) {
            mail.sender = between_brackets(*line);
            lines.say("250 2.1.0 ok");
        } else if (line->starts_with("RCPT TO:")) {
            if (behaviour_ == SmtpBehaviour::delay_recipient) {
                lines.say("451 4.7.1 greylisted <" + between_brackets(*line) + ">");
            } else if (behaviour_ == SmtpBehaviour::refuse_recipient) {
                lines.say("550 5.1.1 unknown <" + between_brackets(*line) + ">");
            } else {
                mail.recipients.push_back(between_brackets(*line));
                lines.say("250 2.1.5 ok");
            }
        } else if (*line == "DATA") {
            lines.say("354 go on");
            mail.was_secured = lines.is_secured();
            for (auto text = lines.next(); text && *text != "."; text = lines.next()) {
                mail.message += (text->starts_with('.') ? text->substr(1) : *text) + "\r\n";
            }
            if (behaviour_ == SmtpBehaviour::drop_after_data) return;
            {
                std::lock_guard const lock(mutex_);
                mails_.push_back(mail);
            }
            lines.say("250 2.0.0 queued");
        } else if (*line == "NOOP") {
            lines.say("250 2.0.0 ok");
        } else if (*line == "QUIT") {
            lines.say("221 2.0.0 bye");
            return;
        } else {
            lines.say("502 5.5.1 not here");
        }
    }
}

}  // namespace itqan::tests
