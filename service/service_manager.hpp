#pragma once
// What a service manager is told (sd_notify(3)): that the service is ready, reads its configuration again, ends, lives.
// The protocol is a datagram of lines; without a manager nothing is sent.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace itqan::service {

class ServiceManager {
  public:
    /// By NOTIFY_SOCKET and WATCHDOG_USEC, which are removed, so that no child speaks in our name.
    ServiceManager();

    void ready() const;
    /// Followed by ready() when it is done.
    void reloading() const;
    void stopping() const;
    void alive() const;

    /// How often alive() is expected; none: never.
    std::optional<std::chrono::milliseconds> watchdog() const { return watchdog_; }

  private:
    void send(std::string_view text) const;

    std::string socket_;
    std::optional<std::chrono::milliseconds> watchdog_;
};

}  // namespace itqan::service
