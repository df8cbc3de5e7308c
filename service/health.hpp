#pragma once
// Whether this installation can do its work now: looked at in the background, told at once to whoever asks, written to
// the log when it changes. It repairs nothing.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "schemas/clock.hpp"
#include "schemas/json.hpp"
#include "storage/database.hpp"

namespace itqan::service {

enum class Soundness { ok, degraded, failed };
std::string_view soundness_name(Soundness soundness);

/// What one look at one thing found.
struct Finding {
    std::string name;  ///< "storage", "writes", "disk", "certificate", "outbox", "clock", "mail".
    Soundness soundness = Soundness::ok;
    std::string event = {};   ///< Of the log: "disk-full".
    std::string detail = {};  ///< For operators: paths and the words of the system.
    std::string remedy = {};  ///< The next command.
};

/// When the last backup of this folder was finished, as `itqan backup` noted in DATA/backup.json ({"time", "path"});
/// none when there is no such note or it cannot be read.
std::optional<Instant> last_backup(std::filesystem::path const& data);

struct HealthSettings {
    std::filesystem::path data;         ///< Its file system is watched.
    std::filesystem::path certificate;  ///< Empty: none is watched.
    std::int64_t low_bytes = 256 * 1024 * 1024;
    double low_share = 0.02;                ///< Of bytes and of inodes; the smaller mark of bytes counts.
    bool holds_database = true;             ///< Writes need room on it.
    std::int64_t full_bytes = 1024 * 1024;  ///< Less than this is full: a small write may fit, the next one will not.
    int certificate_days = 14;
    std::chrono::minutes outbox_age{60};
    std::chrono::minutes clock_leeway{5};
    std::chrono::milliseconds probe_interval{3'000};    ///< Between attempts to write after a failed commit.
    std::chrono::milliseconds outbox_interval{10'000};  ///< Between looks at the outbox: it may be long.
    std::chrono::milliseconds patience{10'000};         ///< A look that takes longer is itself a finding.
};

class Health {
  public:
    /// `changed` is told of each finding that is another than before (also of the first that is not ok).
    Health(storage::Database& database, Clock const& clock, HealthSettings settings,
           std::function<void(Finding const&)> changed);

    /// Looks at everything once. It may wait as long as the storage does, so it belongs into a thread of its own.
    void look();

    /// Another certificate is served from now on.
    void watch_certificate(std::filesystem::path const& file);
    std::filesystem::path certificate() const;

    /// How the last hand-over of a mail ended: none when it went well, else what the server's side said.
    void mail(std::optional<std::string> const& failure);

    /// What is known now; never waits.
    std::vector<Finding> findings() const;

    /// Of all findings: `failed` when nothing can be served.
    static Soundness worst(std::vector<Finding> const& findings);
    static bool can_write(std::vector<Finding> const& findings);

  private:
    enum class Step { idle, reading, writing };

    Finding look_at_storage();
    Finding look_at_writes();
    Finding look_at_disk() const;
    Finding look_at_certificate(std::filesystem::path const& file) const;
    Finding look_at_outbox() const;
    Finding look_at_clock();
    void settle(std::vector<Finding> found);
    void enter(Step step);

    storage::Database& database_;
    Clock const& clock_;
    HealthSettings settings_;
    std::function<void(Finding const&)> changed_;

    // Of the looking thread alone.
    std::optional<Instant> newest_event_, oldest_mail_;
    std::int64_t retried_mails_ = 0;
    std::optional<std::chrono::steady_clock::time_point> probed_, outbox_seen_;
    std::optional<std::pair<Instant, std::chrono::steady_clock::time_point>> last_time_;

    std::atomic<Step> step_{Step::idle};
    std::atomic<std::int64_t> step_since_{0};  ///< Steady milliseconds.

    mutable std::mutex mutex_;
    std::vector<Finding> findings_;
    std::optional<std::string> mail_failure_;
};

}  // namespace itqan::service
