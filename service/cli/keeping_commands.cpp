#include <unistd.h>

#include <fstream>
#include <iostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "schemas/text_safety.hpp"
#include "service/cli/command.hpp"
#include "service/keeping/backup.hpp"
#include "service/keeping/erasure_journal.hpp"
#include "service/keeping/fsck.hpp"
#include "service/keeping/move.hpp"
#include "service/keeping/place.hpp"
#include "service/keeping/restore.hpp"
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

/// Without opening the installation: that would make what is missing, and migrate.
int check_installation(Common const& common, service::Config const& config) {
    auto const installed = is_installed(config);
    if (installed && *installed) return exit_code::done;
    return fail(common, installed ? no_installation(config) : installed.error());
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
    // Who is erased from now on must not come back with this backup.
    if (auto const journal = service::erasure_journal(*config); std::filesystem::exists(journal))
        std::filesystem::copy_file(journal, file.parent_path() / journal.filename(),
                                   std::filesystem::copy_options::overwrite_existing);
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
        // Both may quote what is damaged.
        if (!problem.id.empty()) text.append(" ").append(schemas::make_visible(problem.id));
        text.append(": ")
            .append(schemas::make_visible(problem.what))
            .append(".\n  ")
            .append(problem.remedy)
            .append(".\n");
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
        auto loaded = config->kek_file.empty() ? crypto::KeyEncryptionKey::load_or_create(config->key_file())
                                               : crypto::KeyEncryptionKey::load_provided(config->kek_file);
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

struct RestoreCommand {
    service::RestoreOptions options;
    std::vector<std::string> lists, journals;
    std::string backup;
    bool quiet = false;
};

/// The folder gets a configuration if it has none: the name of the installation is signed into every badge.
Result<service::Config> configuration_for(Common const& common, Json const& manifest) {
    auto config = configuration(common);
    if (!config) return config;
    auto const domain = text_member(manifest, "domain");
    if (std::filesystem::exists(config->file()) || common.config) {
        if (config->domain == domain) return config;
        return Error{Fault::conflict,
                     "other-domain",
                     "The backup is of " + domain + ", the configuration says " + config->domain +
                         ": badges of one cannot be served by the other.",
                     {}};
    }
    if (auto const set = service::set_domain(*config, domain); !set) return set.error();
    std::filesystem::create_directories(config->data);
    std::filesystem::permissions(config->data, std::filesystem::perms::owner_all);
    service::write_config(*config);
    return config;
}

std::string restored_text(service::Config const& config, service::Restored const& done) {
    auto const time = text_member(done.manifest, "time");
    auto const number = [](std::int64_t n) { return std::to_string(n); };
    std::string text = "restored the backup of " + time + " into " + service::place_of(config).shown() + "\n";
    text.append(number(done.closed_lists)).append(" status lists closed: new badges take positions from new lists\n");
    text.append(number(done.bits)).append(" bits set and ").append(number(done.revoked));
    text.append(" credentials revoked from published lists, ").append(number(done.erased));
    text.append(" people erased again, ").append(number(done.ended_sessions)).append(" sign-ins ended\n");
    text.append(report_text(done.fsck));
    text.append("What may be lost: everything that was acknowledged after ").append(time).append(".\n");
    text.append(
        "- Badges issued since: their holders have them, this installation does not. Let providers repeat what they "
        "posted since.\n"
        "- Revocations since, unless --status-list gave the list as it was published; suspensions, claims, editions.\n"
        "- Keys and tokens revoked since count again: look at itqan key list and itqan token list.\n"
        "- Erasures since, unless erasures.log was beside the backup or given with --erasures.\n"
        "- Mails that were sent since may be sent once more.\n");
    if (!std::filesystem::exists(config.key_file()))
        text.append("Next: put the key-encryption key at ").append(config.key_file().string());
    else
        text.append("Next: look at ").append(config.file().string());
    text.append(", then itqan fsck, then itqan serve.\n");
    return text;
}

int restore(Common const& common, RestoreCommand const& wanted) {
    auto const manifest = service::read_backup(wanted.backup);
    if (!manifest) return fail(common, manifest.error());
    auto const config = configuration_for(common, *manifest);
    if (!config) return fail(common, config.error());
    auto options = wanted.options;
    options.backup = wanted.backup;
    options.status_lists.assign(wanted.lists.begin(), wanted.lists.end());
    options.journals.assign(wanted.journals.begin(), wanted.journals.end());
    bool const quiet = wanted.quiet || common.json;
    auto const done = service::restore(*config, options, progress_of(quiet));
    end_progress(quiet);
    if (!done) return fail(common, done.error());
    answer(common,
           {{"backup", done->manifest},
            {"closedLists", done->closed_lists},
            {"bits", done->bits},
            {"revoked", done->revoked},
            {"erased", done->erased},
            {"fsck", report_json(done->fsck)}},
           restored_text(*config, *done));
    return done->fsck.good() ? exit_code::done : exit_code::failed;
}

struct MoveCommand {
    std::string from, to;
    bool online = false, quiet = false;
};

std::string moved_text(service::MoveOptions const& options, service::Moved const& moved) {
    std::string text;
    for (auto const& sum : moved.sums)
        text.append(sum.table)
            .append(": ")
            .append(std::to_string(sum.rows))
            .append(" rows, ")
            .append(sum.digest)
            .append("\n");
    text.append(std::to_string(moved.rows)).append(" rows, equal in ").append(options.from.shown());
    text.append(" and ").append(options.to.shown()).append("\n");
    if (options.online)
        text.append(moved.source_went_on ? "The source was written to meanwhile: that is not in the target.\n"
                                         : "Nothing was recorded in the source meanwhile.\n");
    if (options.to.engine == service::Place::Engine::postgres)
        text.append(
            "Next: name it in itqan.toml ([database] url), itqan fsck, itqan serve; and put the old file away, so "
            "that nobody serves it by mistake.\n");
    else
        text.append(
            "Next: put it into a data folder as itqan.db beside keys/kek and itqan.toml, itqan fsck, itqan serve.\n");
    return text;
}

int move(Common const& common, MoveCommand const& wanted) {
    auto const from = service::read_place(wanted.from);
    if (!from) return fail(common, from.error());
    auto const to = service::read_place(wanted.to);
    if (!to) return fail(common, to.error());
    service::MoveOptions options{*from, *to, wanted.online};
    auto const config = configuration(common);
    if (!config) return fail(common, config.error());
    for (auto* const place : {&options.from, &options.to})
        if (place->engine == service::Place::Engine::postgres) place->password = config->database_password;
    bool const quiet = wanted.quiet || common.json;
    auto const moved = service::move_database(options, progress_of(quiet));
    end_progress(quiet);
    if (!moved) return fail(common, moved.error());
    return answer(
        common,
        {{"rows", moved->rows}, {"tables", service::sums_json(moved->sums)}, {"sourceWentOn", moved->source_went_on}},
        moved_text(options, *moved));
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

    auto const restored = std::make_shared<RestoreCommand>();
    auto* const put = add_command(app, common, "restore", "Make an installation of a backup",
                                  [&common, restored] { return restore(common, *restored); });
    put->add_option("backup", restored->backup, "The file that itqan backup made")->required();
    put->add_option("--status-list", restored->lists, "A status list of ours as it was published last (repeatable)");
    put->add_option("--erasures", restored->journals, "A journal of erasures (repeatable)");
    put->add_flag("--quiet", restored->quiet, "No progress");

    auto const moved = std::make_shared<MoveCommand>();
    auto* const carry = add_command(app, common, "move", "Copy everything into another, empty database, and compare",
                                    [&common, moved] { return move(common, *moved); });
    carry->add_option("--from", moved->from, "sqlite:FILE or postgres://...")->required();
    carry->add_option("--to", moved->to, "sqlite:FILE or postgres://...")->required();
    carry->add_flag("--online", moved->online, "The source may be in use: a rehearsal");
    carry->add_flag("--quiet", moved->quiet, "No progress");
}

}  // namespace itqan::cli
