#pragma once
// A mail server for tests: speaks the submission side of RFC 5321 on a loopback port and keeps what it is told, in the
// clear, after STARTTLS or within TLS. It has no queue.

#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace itqan::tests {

enum class SmtpBehaviour {
    accept,
    delay_recipient,   ///< 451 to RCPT TO.
    refuse_recipient,  ///< 550 to RCPT TO.
    refuse_login,      ///< 535 to AUTH.
    silent,            ///< Accepts the connection and says nothing.
    drop_after_data    ///< Takes the whole message and closes without an answer.
};

enum class SmtpTlsForm {
    none,
    starttls,
    starttls_refused,   ///< Offers it and then answers 454.
    starttls_injected,  ///< Sends, in the clear and with its "ready", the answers that would come after it.
    implicit
};

struct SmtpTls {
    SmtpTlsForm form = SmtpTlsForm::none;
    std::filesystem::path certificate, key;  ///< PEM.
    std::string address = "127.0.0.1";       ///< Where it listens.
};

struct ReceivedMail {
    bool was_secured = false;  ///< Came within TLS.
    std::string sender;
    std::vector<std::string> recipients;
    std::string message;  ///< Without dot stuffing.
};

class SmtpServer {
  public:
    explicit SmtpServer(SmtpBehaviour behaviour, SmtpTls tls = {});
    ~SmtpServer();

    int port() const { return port_; }
    std::vector<ReceivedMail> mails() const;
    /// Every command line, in order, without the message.
    std::vector<std::string> commands() const;

  private:
    void serve();
    void talk(int connection);

    SmtpBehaviour behaviour_;
    SmtpTls tls_;
    std::shared_ptr<void> context_;  ///< SSL_CTX; null without TLS.
    int listener_ = -1;
    int port_ = 0;
    std::atomic<bool> stopping_{false};
    mutable std::mutex mutex_;
    std::vector<ReceivedMail> mails_;
    std::vector<std::string> commands_;
    std::thread thread_;
};

}  // namespace itqan::tests
