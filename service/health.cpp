#include "service/health.hpp"

#include <sys/statvfs.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include <nlohmann/json.hpp>

#include "service/http/certificate_facts.hpp"
#include "storage/catalog.hpp"
#include "storage/outbox.hpp"

namespace itqan::service {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::int64_t day_milliseconds = 86'400'000;

std::int64_t steady_milliseconds() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Steady::now().time_since_epoch()).count();
}

std::string mebibytes(std::int64_t bytes) {
    return std::to_string(bytes / (1024 * 1024)) + " MiB";
}

Finding disk_full(std::filesystem::path const& data, std::string const& detail) {
    return {"writes", Soundness::degraded, "disk-full", detail,
            "Make room, see what takes it: df -h " + data.string() + "; the service goes on by itself"};
}

Finding unanswered(char const* name, Soundness soundness) {
    return {name, soundness, "storage-unanswered", "The storage has not answered for a while.",
            "See whether the database server or the disk hangs: journalctl -k, then restart what does"};
}

}  // namespace

std::string_view soundness_name(Soundness soundness) {
    switch (soundness) {
        case Soundness::ok:
            return "ok";
        case Soundness::degraded:
            return "degraded";
        case Soundness::failed:
            break;
    }
    return "failed";
}

std::optional<Instant> last_backup(std::filesystem::path const& data) {
    std::ifstream file(data / "backup.json");
    if (!file) return std::nullopt;
    auto const note = Json::parse(file, nullptr, false);
    if (!note.is_object() || !note.contains("time") || !note.at("time").is_string()) return std::nullopt;
    return Instant::parse(note.at("time").get<std::string>());
}

Health::Health(storage::Database& database, Clock const& clock, HealthSettings settings,
               std::function<void(Finding const&)> changed)
    : database_(database), clock_(clock), settings_(std::move(settings)), changed_(std::move(changed)) {}

void Health::enter(Step step) {
    step_since_ = steady_milliseconds();
    step_ = step;
}

void Health::look() {
    std::vector<Finding> found;
    enter(Step::reading);
    found.push_back(look_at_storage());
    enter(Step::writing);
    found.push_back(look_at_writes());
    enter(Step::idle);
    found.push_back(look_at_disk());
    if (auto const file = certificate(); !file.empty()) found.push_back(look_at_certificate(file));
    found.push_back(look_at_outbox());
    found.push_back(look_at_clock());
    settle(std::move(found));
}

Finding Health::look_at_storage() {
    try {
        database_.read([&](storage::Session& session) {
            if (!outbox_seen_ || Steady::now() - *outbox_seen_ >= settings_.outbox_interval) {
                auto const backlog = storage::outbox_backlog(session);
                oldest_mail_ = backlog.oldest;
                retried_mails_ = backlog.retried;
                outbox_seen_ = Steady::now();
            }
            newest_event_ = storage::events_end(session).recorded_at;
        });
        return {"storage"};
    } catch (storage::DatabaseError const& error) {
        return {"storage", Soundness::failed, "storage-unreadable", error.what(),
                "See whether the database is there and may be read: itqan doctor --data " + settings_.data.string()};
    }
}

Finding Health::look_at_writes() {
    auto figures = database_.figures();
    auto const may_probe = !probed_ || Steady::now() - *probed_ >= settings_.probe_interval;
    if (figures.last == storage::WriteFault::none || figures.last == storage::WriteFault::disk_full) {
        struct statvfs facts {};
        bool const is_full = settings_.holds_database && statvfs(settings_.data.c_str(), &facts) == 0 &&
                             static_cast<std::int64_t>(facts.f_bavail) * static_cast<std::int64_t>(facts.f_frsize) <
                                 settings_.full_bytes;
        if (is_full) return disk_full(settings_.data, "no room is left");
    }
    if (figures.last != storage::WriteFault::none && may_probe) {
        probed_ = Steady::now();
        try {
            database_.write([](storage::Session& session) { storage::bump_change(session, "probe"); });
        } catch (storage::DatabaseError const&) {
            // The figures say how it ended.
        }
        figures = database_.figures();
    }
    auto const data = settings_.data.string();
    Finding finding{"writes", Soundness::degraded, {}, figures.last_error, {}};
    switch (figures.last) {
        case storage::WriteFault::none:
            return {"writes"};
        case storage::WriteFault::disk_full:
            return disk_full(settings_.data, figures.last_error);
        case storage::WriteFault::read_only:
            finding.event = "storage-read-only";
            finding.remedy = "See why it may not be written: findmnt -T " + data + "; ls -l " + data;
            break;
        case storage::WriteFault::failed:
            finding.event = "storage-write-failed";
            finding.remedy =
                "See what the disk or the database server says: journalctl -k; itqan doctor --data " + data;
            break;
    }
    return finding;
}

Finding Health::look_at_disk() const {
    struct statvfs facts {};
    if (statvfs(settings_.data.c_str(), &facts) != 0)
        return {"disk", Soundness::degraded, "disk-unknown", settings_.data.string() + " cannot be looked at.",
                "See whether the folder is there: ls -ld " + settings_.data.string()};
    auto const block = static_cast<std::int64_t>(facts.f_frsize);
    auto const free = static_cast<std::int64_t>(facts.f_bavail) * block;
    auto const all = static_cast<std::int64_t>(facts.f_blocks) * block;
    auto const mark =
        std::min(settings_.low_bytes, static_cast<std::int64_t>(static_cast<double>(all) * settings_.low_share));
    // Some file systems count no inodes.
    bool const few_inodes =
        facts.f_files > 0 && static_cast<double>(facts.f_favail) < static_cast<double>(facts.f_files) * 0.01;
    if (free >= mark && !few_inodes) return {"disk"};
    return {"disk", Soundness::degraded, "disk-low",
            mebibytes(free) + " of " + mebibytes(all) + (few_inodes ? " and hardly an inode" : "") + " left at " +
                settings_.data.string() + ".",
            "Make room before writes stop: df -h " + settings_.data.string() + "; df -i " + settings_.data.string()};
}

void Health::watch_certificate(std::filesystem::path const& file) {
    std::lock_guard const lock(mutex_);
    settings_.certificate = file;
}

std::filesystem::path Health::certificate() const {
    std::lock_guard const lock(mutex_);
    return settings_.certificate;
}

Finding Health::look_at_certificate(std::filesystem::path const& file) const {
    auto const facts = http::read_certificate_facts(file);
    auto const renew = "Renew it, put the new files in place, then: systemctl reload itqan";
    if (!facts) return {"certificate", Soundness::degraded, "certificate-unreadable", facts.error().detail, renew};
    auto const left = facts->not_after.milliseconds - clock_.wall().milliseconds;
    if (left >= settings_.certificate_days * day_milliseconds) return {"certificate"};
    return {
        "certificate", Soundness::degraded, left < 0 ? "certificate-expired" : "certificate-expires",
        "The certificate in " + file.string() + (left < 0 ? " ended at " : " ends at ") + facts->not_after.text() + ".",
        renew};
}

Finding Health::look_at_outbox() const {
    auto const now = clock_.wall();
    auto const mark = now.milliseconds - settings_.outbox_age.count() * 60'000;
    if (!oldest_mail_ || oldest_mail_->milliseconds >= mark) return {"outbox"};
    return {"outbox", Soundness::degraded, "outbox-stuck",
            "The oldest mail waits since " + oldest_mail_->text() + "; " + std::to_string(retried_mails_) +
                " were tried and not taken.",
            "See what the mail server says: itqan doctor --data " + settings_.data.string()};
}

Finding Health::look_at_clock() {
    auto const wall = clock_.wall();
    auto const steady = Steady::now();
    auto const remedy = "See whether the clock is set: timedatectl; chronyc tracking";
    if (last_time_) {
        auto const passed = std::chrono::duration_cast<std::chrono::milliseconds>(steady - last_time_->second).count();
        auto const jump = wall.milliseconds - last_time_->first.milliseconds - passed;
        if (std::abs(jump) > 5'000)
            changed_({"clock", Soundness::degraded, "clock-jumped",
                      "The system's clock jumped by " + std::to_string(jump / 1'000) + " s.", remedy});
    }
    last_time_.emplace(wall, steady);
    auto const leeway = settings_.clock_leeway.count() * 60'000;
    if (!newest_event_ || newest_event_->milliseconds - wall.milliseconds <= leeway) return {"clock"};
    return {"clock", Soundness::degraded, "clock-behind",
            "The newest event was recorded at " + newest_event_->text() + ", which is in the future of this clock.",
            remedy};
}

void Health::mail(std::optional<std::string> const& failure) {
    Finding changed{"mail"};
    {
        std::lock_guard const lock(mutex_);
        // Each attempt says it in other numbers; whether it works is what changes.
        if (failure.has_value() == mail_failure_.has_value()) return;
        mail_failure_ = failure;
    }
    if (failure)
        changed = {"mail", Soundness::degraded, "mail-server-unreachable", *failure,
                   "See where it ends: itqan doctor --data " + settings_.data.string() +
                       "; mails wait in the outbox and are sent when it works"};
    changed_(changed);
}

void Health::settle(std::vector<Finding> found) {
    std::vector<Finding> changes;
    {
        std::lock_guard const lock(mutex_);
        for (auto const& finding : found) {
            auto const before = std::find_if(findings_.begin(), findings_.end(),
                                             [&](Finding const& one) { return one.name == finding.name; });
            auto const& event_before = before == findings_.end() ? std::string() : before->event;
            if (event_before != finding.event) changes.push_back(finding);
        }
        findings_ = std::move(found);
    }
    for (auto const& change : changes)
        changed_(change);
}

std::vector<Finding> Health::findings() const {
    std::vector<Finding> all;
    {
        std::lock_guard const lock(mutex_);
        all = findings_;
        if (mail_failure_) all.push_back({"mail", Soundness::degraded, "mail-server-unreachable", *mail_failure_, {}});
    }
    auto const step = step_.load();
    if (step == Step::idle || steady_milliseconds() - step_since_ < settings_.patience.count()) return all;
    auto const finding =
        step == Step::writing ? unanswered("writes", Soundness::degraded) : unanswered("storage", Soundness::failed);
    auto const same =
        std::find_if(all.begin(), all.end(), [&](Finding const& one) { return one.name == finding.name; });
    if (same == all.end())
        all.push_back(finding);
    else
        *same = finding;
    return all;
}

Soundness Health::worst(std::vector<Finding> const& findings) {
    auto worst = Soundness::ok;
    for (auto const& finding : findings)
        worst = std::max(worst, finding.soundness);
    return worst;
}

bool Health::can_write(std::vector<Finding> const& findings) {
    return std::none_of(findings.begin(), findings.end(), [](Finding const& finding) {
        return finding.soundness != Soundness::ok && (finding.name == "storage" || finding.name == "writes");
    });
}

}  // namespace itqan::service
