#pragma once
// How a finished message leaves: one method, with SMTP and the demo's spool behind it.

#include <string>

#include "schemas/clock.hpp"
#include "schemas/result.hpp"

namespace itqan::jobs {

struct Envelope {
    std::string id;  ///< Of the outbox row.
    Instant at;
    std::string sender, recipient;
};

class MailTransport {
  public:
    virtual ~MailTransport() = default;
    /// Hands the message over; returning without an error means that somebody else is responsible for it now. Errors:
    /// unavailable (try again later), unprocessable "mail-rejected" (never will be taken). Codes and details name no
    /// person and no address: they are kept in the outbox.
    virtual Result<void> deliver(Envelope const& envelope, std::string const& message) = 0;
};

}  // namespace itqan::jobs
