#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include <filesystem>

#include "service/doctor/check.hpp"
#include "service/health.hpp"

namespace itqan::service {
namespace {

constexpr std::int64_t mebibyte = 1024 * 1024;

/// What others may do with a file and nobody need mind: a certificate's key may belong to a group that renews it, and a
/// key of keys that somebody else provides to a group of ours (as crypto::KeyEncryptionKey::load_provided() takes it).
mode_t allowed_to_others(Config const& config, std::filesystem::path const& path, uid_t owner) {
    if (path == config.certificate_key) return S_IRWXG;
    bool const is_lent = path == config.kek_file && owner != geteuid();
    return is_lent ? static_cast<mode_t>(S_IRGRP) : mode_t{0};
}

/// What others may do with our files, worst first: keys, then data.
DoctorCheck check_modes(Config const& config) {
    DoctorCheck check{"modes"};
    struct Place {
        std::filesystem::path path;
        bool is_folder;
    };
    // Where a provided key lies is its provider's matter.
    auto const keys = config.kek_file.empty() ? config.key_file().parent_path() : std::filesystem::path();
    Place const places[]{{config.data, true},        {keys, true},           {config.key_file(), false},
                         {config.database(), false}, {config.file(), false}, {config.certificate_key, false}};
    for (auto const& [path, is_folder] : places) {
        struct stat facts {};
        if (path.empty() || stat(path.c_str(), &facts) != 0) continue;
        auto const open = facts.st_mode & (S_IRWXG | S_IRWXO);
        if ((open & ~allowed_to_others(config, path, facts.st_uid)) == 0) continue;
        check.state = CheckState::failed;
        check.detail = "Others may use " + path.string() + ".";
        check.remedy = std::string(is_folder ? "chmod 700 " : "chmod 600 ") + path.string();
        return check;
    }
    check.detail = "Keys, data and configuration are their owner's alone.";
    return check;
}

DoctorCheck check_disk(Config const& config) {
    DoctorCheck check{"disk"};
    struct statvfs facts {};
    if (statvfs(config.data.c_str(), &facts) != 0) {
        check.state = CheckState::failed;
        check.detail = "There is no folder " + config.data.string() + ".";
        check.remedy = "itqan init --data " + config.data.string() + " --domain NAME";
        return check;
    }
    auto const block = static_cast<std::int64_t>(facts.f_frsize);
    auto const free = static_cast<std::int64_t>(facts.f_bavail) * block / mebibyte;
    auto const all = static_cast<std::int64_t>(facts.f_blocks) * block / mebibyte;
    bool const few_inodes =
        facts.f_files > 0 && static_cast<double>(facts.f_favail) < static_cast<double>(facts.f_files) * 0.05;
    check.detail = std::to_string(free) + " of " + std::to_string(all) + " MiB are free in " + config.data.string() +
                   (few_inodes ? ", but hardly an inode." : ".");
    bool const is_read_only = (facts.f_flag & ST_RDONLY) != 0;
    if (is_read_only) check.detail = config.data.string() + " is mounted read-only.";
    if (free < 16 || is_read_only)
        check.state = CheckState::failed;
    else if (free < 1024 || free * 10 < all || few_inodes)
        check.state = CheckState::warning;
    auto const folder = config.data.string();
    if (check.state != CheckState::ok)
        check.remedy = is_read_only ? "findmnt -T " + folder : "df -h " + folder + "; df -i " + folder;
    return check;
}

DoctorCheck check_clock() {
    DoctorCheck check{"clock"};
    timex facts{};
    auto const state = adjtimex(&facts);
    if (state == -1) {
        check.state = CheckState::skipped;
        check.detail = "The kernel does not say here whether the clock is set by a time server.";
    } else if (state == TIME_ERROR || (facts.status & STA_UNSYNC) != 0) {
        check.state = CheckState::warning;
        check.detail = "No time server sets the clock; badges are signed with its time.";
        check.remedy = "timedatectl set-ntp true; timedatectl timesync-status";
    } else {
        check.detail =
            "A time server sets the clock, with an error of at most " + std::to_string(facts.maxerror / 1'000) + " ms.";
    }
    return check;
}

DoctorCheck check_limits() {
    constexpr rlim_t wanted = 4'096;  // Connections, the database, and room to spare.
    DoctorCheck check{"limits"};
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        check.state = CheckState::skipped;
        check.detail = "The limit of open files cannot be read.";
        return check;
    }
    check.detail = std::to_string(limit.rlim_cur) + " files may be open at once in this shell.";
    if (limit.rlim_cur < wanted) {
        check.state = CheckState::warning;
        check.remedy = "ulimit -n " + std::to_string(wanted) + "; under systemd: LimitNOFILE=" + std::to_string(wanted);
    }
    return check;
}

DoctorCheck check_backup(Config const& config) {
    constexpr std::int64_t hour = 3'600'000;
    DoctorCheck check{"backup"};
    auto const last = last_backup(config.data);
    auto const command = "itqan backup FILE --data " + config.data.string() + "; keep a copy of " +
                         config.key_file().string() + " elsewhere: no backup holds it";
    if (!last) {
        check.state = CheckState::warning;
        check.detail = "No backup was ever noted in " + (config.data / "backup.json").string() + ".";
        check.remedy = command;
        return check;
    }
    auto const age = (SystemClock().wall().milliseconds - last->milliseconds) / hour;
    check.detail = "The last backup was finished at " + last->text() + ", " + std::to_string(age) + " hours ago.";
    if (age >= 26) {
        check.state = CheckState::warning;
        check.remedy = command;
    }
    return check;
}

}  // namespace

std::vector<DoctorCheck> examine_machine(Config const& config) {
    return {check_modes(config), check_disk(config), check_clock(), check_limits(), check_backup(config)};
}

}  // namespace itqan::service
