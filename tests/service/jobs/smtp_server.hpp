#pragma once
// A mail server for tests: speaks the submission side of RFC 5321 on a loopback port and keeps what it is told. It has
// no TLS and no queue.

#include <atomic>
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
    drop_after_data    ///< Takes the whole message and closes without an answer.
};

struct ReceivedMail {
    std::string sender;
    std::vector<std::string> recipients;
    std::string message;  ///< Without dot stuffing.
};

class SmtpServer {
  public:
    explicit SmtpServer(SmtpBehaviour behaviour);
    ~SmtpServer();

    int port() const { return port_; }
    std::vector<ReceivedMail> mails() const;
    /// Every command line, in order, without the message.
    std::vector<std::string> commands() const;

  private:
    void serve();
    void talk(int connection);

    SmtpBehaviour behaviour_;
    int listener_ = -1;
    int port_ = 0;
    std::atomic<bool> stopping_{false};
    mutable std::mutex mutex_;
    std::vector<ReceivedMail> mails_;
    std::vector<std::string> commands_;
    std::thread thread_;
};

}  // namespace itqan::tests
