#include <filesystem>
#include <string>

#include "crypto/signer.hpp"
#include "service/doctor/check.hpp"
#include "service/store.hpp"
#include "storage/migrate.hpp"
#include "storage/outbox.hpp"

namespace itqan::service {
namespace {

constexpr std::uintmax_t read_whole_below = 1024ULL * 1024 * 1024;

DoctorCheck skipped(char const* name, std::string why) {
    return {name, CheckState::skipped, std::move(why)};
}

DoctorCheck check_integrity(Config const& config, DoctorOptions const& options, storage::Database& database) {
    std::error_code failure;
    auto const size = config.database_url.empty() ? std::filesystem::file_size(config.database(), failure) : 0;
    if (!failure && size > read_whole_below && !options.full)
        return {"database", CheckState::skipped,
                "It opens; its " + std::to_string(size / (1024 * 1024)) + " MiB were not read.",
                "itqan doctor --full reads every page"};
    auto const faults = database.integrity_faults();
    if (faults.empty()) return {"database", CheckState::ok, "It opens and its pages and references are sound."};
    return {"database", CheckState::failed, "It is damaged: " + faults.front(),
            "Stop the service, keep a copy of " + config.data.string() + ", then: itqan restore FILE"};
}

DoctorCheck check_migrations(Config const& config, storage::Database& database) {
    auto const missing = storage::missing_migrations(database);
    if (missing.empty()) return {"migrations", CheckState::ok, "The schema is that of this program."};
    return {"migrations", CheckState::warning, missing.front() + " is not applied yet.",
            "itqan migrate --data " + config.data.string() + " (the service does so when it starts)"};
}

/// Signs and verifies with every key that signs today.
DoctorCheck check_keys(Config const& config, Installation& installation) {
    auto& services = installation.services();
    static constexpr std::string_view message = "itqan doctor";
    auto const bytes = ByteView(reinterpret_cast<std::uint8_t const*>(message.data()), message.size());
    int tried = 0;
    std::string fault;
    auto const try_key = [&](Result<domain::IssuerKeys::Active> const& key, std::string const& whose) {
        ++tried;
        if (!key) {
            fault = whose + ": " + key.error().detail;
            return;
        }
        auto const signature = crypto::sign_checked(*key->signer, bytes);
        if (!key->signer->public_key().verify(bytes, signature)) fault = whose + ": a signature does not verify.";
    };
    services.database.read([&](storage::Session& session) {
        auto const programme = services.programmes.current(session);
        for (auto const& issuer : programme->issuers)
            for (auto const form : {domain::ProofForm::embedded, domain::ProofForm::jwt})
                try_key(services.keys.active(session, issuer, form), "issuer " + issuer.id);
        try_key(services.keys.installation(session), "the installation");
    });
    if (fault.empty()) return {"keys", CheckState::ok, std::to_string(tried) + " keys open, sign and verify."};
    return {"keys", CheckState::failed, fault,
            "itqan key list --data " + config.data.string() + "; a key that " + config.key_file().string() +
                " does not open needs that file from your copy"};
}

DoctorCheck check_events(Installation& installation) {
    constexpr std::int64_t leeway = 300'000;
    auto& services = installation.services();
    auto const end = services.database.read([](storage::Session& session) { return storage::events_end(session); });
    auto const now = SystemClock().wall();
    if (!end.recorded_at) return {"events", CheckState::ok, "Nothing was recorded yet."};
    if (end.recorded_at->milliseconds > now.milliseconds + leeway)
        return {"events", CheckState::failed,
                "The newest event was recorded at " + end.recorded_at->text() + ", in the future of this clock (" +
                    now.text() + ").",
                "timedatectl"};
    return {"events", CheckState::ok, "The newest event was recorded at " + end.recorded_at->text() + "."};
}

DoctorCheck check_outbox(Config const& config, Installation& installation) {
    auto const backlog = installation.services().database.read(
        [](storage::Session& session) { return storage::outbox_backlog(session); });
    DoctorCheck check{"outbox"};
    check.detail = std::to_string(backlog.waiting) + " mails wait, " + std::to_string(backlog.retried) +
                   " of them were tried, " + std::to_string(backlog.parked) + " were given up.";
    if (backlog.parked == 0 && backlog.retried == 0) return check;
    check.state = CheckState::warning;
    check.remedy = "See why: GET https://" + config.domain + "/api/v1/outbox with an administrator's token";
    return check;
}

std::vector<DoctorCheck> all_skipped(std::string const& why) {
    return {skipped("keys", why), skipped("events", why), skipped("outbox", why)};
}

}  // namespace

std::vector<DoctorCheck> examine_storage(Config const& config, DoctorOptions const& options,
                                         std::unique_ptr<Installation>& open) {
    std::vector<DoctorCheck> checks;
    auto const give_up = [&checks](std::string const& why) {
        auto rest = all_skipped(why);
        checks.insert(checks.end(), rest.begin(), rest.end());
        return checks;
    };
    try {
        if (!has_store(config)) {
            checks.push_back({"database", CheckState::failed, "There is no " + store_name(config) + ".",
                              "itqan init --data " + config.data.string() + " --domain NAME, or itqan restore FILE"});
            return give_up("There is no database.");
        }
        auto const database = open_store(config);
        checks.push_back(check_integrity(config, options, *database));
        checks.push_back(check_migrations(config, *database));
    } catch (storage::DatabaseError const& error) {
        checks.push_back({"database", CheckState::failed, "It does not open: " + std::string(error.what()),
                          config.database_url.empty()
                              ? "ls -l " + config.data.string() + "; if the file is damaged: itqan restore FILE"
                              : "psql " + store_name(config)});
        return give_up("The database does not open.");
    }
    for (auto const& check : checks)
        if (check.state == CheckState::failed || check.state == CheckState::warning) return give_up(check.detail);
    if (!std::filesystem::exists(config.key_file())) {
        checks.push_back({"keys", CheckState::failed,
                          "There is no " + config.key_file().string() + ": no key of the database can be opened.",
                          "Put your copy of it back: install -m 600 COPY " + config.key_file().string()});
        return checks;
    }
    auto opened = Installation::open(config);
    if (!opened) {
        checks.push_back({"keys", CheckState::failed, opened.error().detail, "ls -lR " + config.data.string()});
        return checks;
    }
    open = std::move(*opened);
    try {
        checks.push_back(check_keys(config, *open));
        checks.push_back(check_events(*open));
        checks.push_back(check_outbox(config, *open));
    } catch (std::exception const& error) {
        checks.push_back({"rows", CheckState::failed, "What is stored cannot be used: " + std::string(error.what()),
                          "Keep a copy of " + config.data.string() + ", then: itqan fsck; itqan restore FILE"});
        open = nullptr;
    }
    return checks;
}

}  // namespace itqan::service
