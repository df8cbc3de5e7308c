#pragma once
// Mail submission over SMTP (RFC 5321, RFC 6409) through libcurl, with STARTTLS or TLS from the first byte. It knows
// nothing of the outbox and never repeats by itself.

#include <functional>
#include <string>

#include "service/jobs/mail_transport.hpp"

namespace itqan::jobs {

enum class SmtpSecurity { none, starttls, tls };

struct SmtpConfig {
    std::string host;
    int port = 587;
    SmtpSecurity security = SmtpSecurity::starttls;  ///< starttls: refuses a server that does not offer it.
    std::string user, password;                      ///< Empty: no authentication.
    std::string ca_file;                             ///< Empty: the system's.
    std::string hello;                               ///< Our name in EHLO: the host of the installation.
    int connect_timeout_seconds = 10;
    int total_timeout_seconds = 60;
};

class SmtpTransport final : public MailTransport {
  public:
    /// `stops`: asked while a delivery waits, from its thread; once it is true the delivery is given up within a second
    /// or so. Null: never.
    explicit SmtpTransport(SmtpConfig config, std::function<bool()> stops = nullptr);
    /// Errors: unavailable "smtp-unreachable", "smtp-tls", "smtp-login", "smtp-delayed", "smtp-stopped" (given up; the
    /// server may have taken the mail all the same); unprocessable "mail-rejected".
    Result<void> deliver(Envelope const& envelope, std::string const& message) override;
    /// Greets the server, with TLS and login as configured, and leaves without a mail. Errors: those of deliver().
    Result<void> probe() const;

  private:
    SmtpConfig config_;
    std::function<bool()> stops_;
};

}  // namespace itqan::jobs
