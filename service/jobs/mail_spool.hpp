#pragma once
// The demo's post office: every mail becomes a file that its owner alone may read, and the demo's viewer reads them
// back. Nothing is sent.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "service/jobs/mail_transport.hpp"

namespace itqan::jobs {

/// A spooled mail as people see it.
struct SpooledMail {
    std::string name;  ///< File name: "20261124T154305Z-<outbox id>.eml".
    std::string date, from, to, subject;
    std::string text, html;
};

class MailSpool final : public MailTransport {
  public:
    /// Makes the folder (mode 0700) when it is not there.
    explicit MailSpool(std::filesystem::path folder);
    /// Error: unavailable "spool-failed".
    Result<void> deliver(Envelope const& envelope, std::string const& message) override;

    /// Newest first, at most `limit`.
    std::vector<SpooledMail> list(std::size_t limit = 100) const;
    /// One mail by its file name; error: not_found.
    Result<SpooledMail> read(std::string_view name) const;

  private:
    std::filesystem::path folder_;
};

/// Overwrites and removes every spooled mail to this address (`itqan erase`); returns how many there were.
std::size_t remove_spooled_mail(std::filesystem::path const& folder, std::string_view address);

}  // namespace itqan::jobs
