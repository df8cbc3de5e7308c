#include "service/installation.hpp"

#include <sys/stat.h>

#include "crypto/keystore.hpp"
#include "service/store.hpp"
#include "storage/migrate.hpp"

namespace itqan::service {

struct Installation::Parts {
    Parts(Config config_, std::unique_ptr<storage::Database> database_, crypto::KeyEncryptionKey kek_,
          std::int64_t offset)
        : config(std::move(config_)), clock(offset), database(std::move(database_)), kek(std::move(kek_)) {}

    Config config;
    SystemClock clock;
    std::unique_ptr<storage::Database> database;
    crypto::KeyEncryptionKey kek;
    domain::Addresses addresses{config.base_url()};
    domain::Settings settings{config.demo, config.controller_name, config.controller_contact, config.key_type};
    domain::ProgrammeStore programmes;
    domain::IssuerKeys keys{*database, kek, addresses, clock, config.key_type};
    domain::StatusLists status{*database, keys, addresses, clock};
    domain::Issuance issuance{*database, programmes, keys, status, addresses, clock};
    domain::Intake intake{*database, programmes, issuance, addresses, clock};
    domain::Claims claims{*database, programmes, issuance, addresses, clock};
    domain::OwnDocuments documents{*database, programmes, keys, status, issuance, claims, addresses};
    domain::Services services{clock,  *database, addresses, settings, programmes, keys,
                              status, issuance,  intake,    claims,   documents};
};

namespace {

Result<void> make_folder(std::filesystem::path const& folder) {
    std::error_code failure;
    bool const made = std::filesystem::create_directories(folder, failure);
    if (failure)
        return Error{Fault::unavailable,
                     "data-folder",
                     "The folder " + folder.string() + " cannot be made: " + failure.message() + ".",
                     {}};
    if (made) std::filesystem::permissions(folder, std::filesystem::perms::owner_all);
    struct stat facts {};
    if (stat(folder.c_str(), &facts) != 0 || (facts.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return Error{
            Fault::unprocessable,
            "data-mode",
            "Others may enter " + folder.string() + ". Make it its owner's alone: chmod 700 " + folder.string(),
            {}};
    return {};
}

bool has_keys(storage::Database& database) {
    bool found = false;
    database.read([&](storage::Session& session) {
        session.query("SELECT 1 FROM issuer_key LIMIT 1", [&](storage::Row const&) { found = true; });
    });
    return found;
}

/// "https://... Name"; without a name the host is it.
std::vector<domain::Registry> registries_of(Config const& config) {
    std::vector<domain::Registry> registries;
    for (auto const& text : config.trust_registries) {
        auto const space = text.find(' ');
        auto const address = text.substr(0, space);
        auto const host = address.substr(8, address.find('/', 8) - 8);
        registries.push_back({space == std::string::npos ? host : text.substr(space + 1), address});
    }
    return registries;
}

}  // namespace

Installation::Installation(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Installation::~Installation() = default;

Result<std::unique_ptr<Installation>> Installation::open(Config const& config,
                                                         std::int64_t domain_offset_milliseconds) {
    if (auto const made = make_folder(config.data); !made) return made.error();
    if (config.kek_file.empty()) {
        if (auto const made = make_folder(config.key_file().parent_path()); !made) return made.error();
    } else if (auto const provided = crypto::KeyEncryptionKey::load_provided(config.kek_file); !provided) {
        return provided.error();  // Before a database is made that it could not be used with.
    }
    try {
        auto database = open_store(config);
        if (config.database_url.empty())
            storage::migrate(*database, SystemClock().wall());
        else
            storage::migrate(*open_store(config, Patience::for_upkeep), SystemClock().wall());
        if (config.kek_file.empty() && !std::filesystem::exists(config.key_file()) && has_keys(*database))
            return Error{Fault::unprocessable,
                         "kek-missing",
                         "The keys of this installation are sealed with a key-encryption key that is not in " +
                             config.key_file().string() + ". Copy it there from the first node or from its safe place.",
                         {}};
        auto kek = config.kek_file.empty() ? crypto::KeyEncryptionKey::load_or_create(config.key_file())
                                           : crypto::KeyEncryptionKey::load_provided(config.kek_file);
        if (!kek) return kek.error();
        auto parts = std::make_unique<Parts>(config, std::move(database), std::move(*kek), domain_offset_milliseconds);
        parts->documents.know(config.trust_issuers, registries_of(config));
        return std::unique_ptr<Installation>(new Installation(std::move(parts)));
    } catch (storage::DatabaseError const& error) {
        return Error{Fault::unavailable, "database", store_name(config) + ": " + error.what(), {}};
    }
}

domain::Services& Installation::services() {
    return parts_->services;
}
Config const& Installation::config() const {
    return parts_->config;
}

void Installation::use_certificate(std::filesystem::path const& certificate, std::filesystem::path const& key) {
    parts_->config.certificate = certificate;
    parts_->config.certificate_key = key;
}

void Installation::ensure_keys() {
    auto const programme =
        parts_->database->read([&](storage::Session& session) { return parts_->programmes.current(session); });
    for (auto const& issuer : programme->issuers)
        parts_->keys.ensure(issuer);
    parts_->keys.ensure_installation();
}

}  // namespace itqan::service
