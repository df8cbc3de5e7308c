#pragma once
// Sends what the outbox holds: leases due rows, writes their mails at that moment from the rows of people and
// credentials, makes the links, and hands the messages to a transport. It decides nothing about awards.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "schemas/tally.hpp"
#include "service/domain/services.hpp"
#include "service/jobs/mail_transport.hpp"
#include "storage/outbox.hpp"

namespace itqan::jobs {

struct MailSettings {
    std::string sender;  ///< Address in From and MAIL FROM: "badges@example.org".
    /// Told how each hand-over ended: nothing, or the error of the transport. It holds no address.
    std::function<void(Result<void> const&)> on_handed_over = nullptr;
    /// Asked before each mail: no further one is begun once it is true, and one that fails then says nothing about the
    /// mail server. Null: never.
    std::function<bool()> stops = nullptr;
};

/// What became of the mails that were handed over since the start.
struct MailFigures {
    std::uint64_t delivered = 0, postponed = 0, parked = 0;
};

class MailOutbox {
  public:
    MailOutbox(domain::Services& services, MailTransport& transport, MailSettings settings);

    /// Handles up to 8 due rows, each leased when it is begun; true when there may be more. No transaction is open
    /// while a message is handed over, so a slow server delays mail only. A row whose person was erased or whose badges
    /// were all withdrawn is done without a mail; a learner without an address is parked as "no-address".
    /// Throws storage::DatabaseError; a row that cannot be written for another reason is postponed.
    bool run_once();

    MailFigures figures() const { return {delivered_.seen(), postponed_.seen(), parked_.seen()}; }

  private:
    struct Draft;
    bool is_stopping() const { return settings_.stops && settings_.stops(); }
    std::optional<Draft> draft(storage::Session& session, storage::OutboxRow const& row) const;
    void handle(storage::OutboxRow const& row);
    void postpone(storage::OutboxRow const& row, std::string const& reason);

    domain::Services& services_;
    MailTransport& transport_;
    MailSettings settings_;
    Count delivered_, postponed_, parked_;
};

}  // namespace itqan::jobs
