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
    /// Makes the folder (mode 0700) when it is not there, and removes drafts that nobody finished: one at a time.
    explicit MailSpool(std::filesystem::path folder);
    /// Error: unavailable "spool-failed".
    Result<void> deliver(Envelope const& envelope, std::string const& message) override;

  private:
    std::filesystem::path folder_;
};

/// Newest first, at most `limit`; drafts are no mails yet.
std::vector<SpooledMail> list_spooled_mail(std::filesystem::path const& folder, std::size_t limit = 100);
/// One mail by its file name; error: not_found.
Result<SpooledMail> read_spooled_mail(std::filesystem::path const& folder, std::string_view name);

/// Overwrites and removes every spooled mail to this address (`itqan erase`); returns how many there were.
std::size_t remove_spooled_mail(std::filesystem::path const& folder, std::string_view address);

}  // namespace itqan::jobs
