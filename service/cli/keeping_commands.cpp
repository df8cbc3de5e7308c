#include <unistd.h>

#include <fstream>
#include <iostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "service/cli/command.hpp"
#include "service/keeping/backup.hpp"
#include "service/keeping/fsck.hpp"
#include "service/keeping/place.hpp"
#include "service/keeping/whole_file.hpp"

namespace itqan::cli {
namespace {

/// A line on a terminal that the next one overwrites; lines on anything else.
service::KeepingProgress progress_of(bool quiet) {
    if (quiet) return nullptr;
    return [on_terminal = ::isatty(STDERR_FILENO) == 1](std::string const& words) {
        if (on_terminal)
            std::cerr << '\r' << words << "\033[K" << std::flush;
        else
            std::cerr << words << '\n';
    };
}

void end_progress(bool quiet) {
    if (!quiet && ::isatty(STDERR_FILENO) == 1) std::cerr << "\r\033[K" << std::flush;
}

struct BackupOptions {
    std::string target;
    std::optional<std::size_t> keep;
    bool quiet = false;
};

std::string about_the_key(service::Config const& config) {
    return "Not in it: the key-encryption key " + config.key_file().string() +
           ", without which no signing key can be opened, and " + config.file().string() +
           ". Keep copies of both apart from the backups.";
}

int stream_backup(service::Config const& config, BackupOptions const& options) {
    if (::isatty(STDOUT_FILENO) == 1)
        return fail({},
                    {Fault::unprocessable, "terminal", "A backup is no text: send it somewhere, such as a file.", {}});
    auto const backup = service::take_temporary_backup(config, progress_of(options.quiet));
    end_progress(options.quiet);
    if (!backup) return fail({}, backup.error());
    service::UnfinishedFile const removed_afterwards(backup->file);
    std::ifstream in(backup->file, std::ios::binary);
    std::cout << in.rdbuf();
    std::cout.flush();
    if (!std::cout || !in)
        return fail({}, {Fault::unavailable, "broken-pipe", "The reader of the backup went away.", {}});
    service::note_backup(config, *backup, "-");
    std::cerr << "sha256 " << text_member(backup->manifest, "sha256") << '\n' << about_the_key(config) << '\n';
    return exit_code::done;
}

int backup(Common const& common, BackupOptions const& options) {
    auto const config = configuration(common);
    if (!config) return fail(common, config.error());
    if (auto const there = check_installation(common, *config); there != exit_code::done) return there;
    if (options.target == "-") return stream_backup(*config, options);
    auto const made = service::take_backup(*config, options.target, progress_of(options.quiet || common.json));
    end_progress(options.quiet || common.json);
    if (!made) return fail(common, made.error());
    auto const file = std::filesystem::absolute(made->file);
    service::note_backup(*config, *made, file.string());
    Json removed = Json::array();
    if (options.keep)
        for (auto const& old : service::rotate_backups(file.parent_path(), std::max<std::size_t>(1, *options.keep)))
            removed.push_back(old.string());
    std::string text = file.string() + ": " + made->manifest.at("bytes").dump() + " bytes, sha256 " +
                       text_member(made->manifest, "sha256") + "\n";
    for (auto const& old : removed)
        text.append("removed ").append(old.get<std::string>()).append("\n");
    text.append(about_the_key(*config)).append("\nNext: itqan restore ").append(file.string());
    text.append(" --data NEW_FOLDER on another machine shows that it is good.\n");
    return answer(common, {{"path", file.string()}, {"manifest", made->manifest}, {"removed", removed}}, text);
}

struct FsckCommand {
    service::FsckOptions options;
    bool quiet = false;
};

Json report_json(service::FsckReport const& report) {
    Json problems = Json::array();
    for (auto const& problem : report.problems)
        problems.push_back(
            {{"table", problem.table}, {"id", problem.id}, {"what", problem.what}, {"remedy", problem.remedy}});
    return {{"good", report.good()},
            {"found", report.found},
            {"problems", problems},
            {"counts", report.counts},
            {"notes", report.notes}};
}

std::string report_text(service::FsckReport const& report) {
    std::string text;
    for (auto const& [what, count] : report.counts)
        text.append(what).append(": ").append(std::to_string(count)).append("\n");
    for (auto const& note : report.notes)
        text.append("note: ").append(note).append("\n");
    for (auto const& problem : report.problems) {
        text.append("PROBLEM ").append(problem.table);
        if (!problem.id.empty()) text.append(" ").append(problem.id);
        text.append(": ").append(problem.what).append(".\n  ").append(problem.remedy).append(".\n");
    }
    auto const untold = report.found - static_cast<std::int64_t>(report.problems.size());
    if (untold > 0) text.append("and ").append(std::to_string(untold)).append(" more\n");
    text.append(report.good() ? "good: nothing is missing, doubled or changed\n"
                              : std::to_string(report.found) + " problems\n");
    return text;
}

int fsck(Common const& common, FsckCommand const& wanted) {
    auto const config = configuration(common);
    if (!config) return fail(common, config.error());
    if (auto const there = check_installation(common, *config); there != exit_code::done) return there;
    std::optional<crypto::KeyEncryptionKey> kek;
    if (std::filesystem::exists(config->key_file())) {
        auto loaded = crypto::KeyEncryptionKey::load_or_create(config->key_file());
        if (!loaded) return fail(common, loaded.error());
        kek.emplace(std::move(*loaded));
    }
    auto options = wanted.options;
    options.progress = progress_of(wanted.quiet || common.json);
    auto const database = service::open_place(service::place_of(*config), service::PlaceUse::shared);
    auto const report = service::fsck(*database, domain::Addresses(config->base_url()), kek, options);
    end_progress(wanted.quiet || common.json);
    answer(common, report_json(report), report_text(report));
    return report.good() ? exit_code::done : exit_code::failed;
}

}  // namespace

void add_keeping_commands(CLI::App& app, Common& common) {
    auto const wanted = std::make_shared<BackupOptions>();
    auto* const take = add_command(app, common, "backup", "Take a backup, also beside a server",
                                   [&common, wanted] { return backup(common, *wanted); });
    take->add_option("target", wanted->target, "A folder, a new file, or - for standard output")->required();
    take->add_option("--keep", wanted->keep, "Remove all but this many of the folder's backups");
    take->add_flag("--quiet", wanted->quiet, "No progress");

    auto const checked = std::make_shared<FsckCommand>();
    auto* const look = add_command(app, common, "fsck", "Check that nothing is missing, doubled or changed",
                                   [&common, checked] { return fsck(common, *checked); });
    look->add_option("--sample", checked->options.sample, "Verify about this many signed documents, not all");
    look->add_option("--threads", checked->options.threads, "For signatures (default: one per processor)");
    look->add_flag("--quiet", checked->quiet, "No progress");
}

}  // namespace itqan::cli
