#include "service/demo/demo.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>

#include <nlohmann/json.hpp>

#include "programme_files.embedded.hpp"
#include "service/auth/tokens.hpp"
#include "service/domain/import.hpp"
#include "service/jobs/mail_spool.hpp"
#include "storage/outbox.hpp"
#include "storage/people.hpp"
#include "storage/reset.hpp"

namespace itqan::demo {
namespace {

constexpr std::int64_t token_life = std::int64_t{365} * 86'400'000;
constexpr char mentor_id[] = "lrn-006";

Actor demo_actor() {
    Actor actor;
    actor.role = Role::admin;
    actor.id = "demo";
    actor.may_post_history = true;
    return actor;
}

/// Makes tokens and remembers their secrets: the one place that keeps any, because a demo's protect nothing.
class TokenMaker {
  public:
    TokenMaker(storage::Session& session, Instant now) : session_(session), now_(now) {}

    std::string make(Role role, std::optional<std::string> auth::NewToken::*member = nullptr,
                     std::string const& id = "") {
        auth::NewToken wanted;
        wanted.role = role;
        if (member != nullptr) wanted.*member = id;
        if (role == Role::provider) wanted.scope = "history";
        wanted.expires_at = Instant{now_.milliseconds + token_life};
        return auth::create_token(session_, wanted, demo_actor(), now_).secret;
    }

  private:
    storage::Session& session_;
    Instant now_;
};

Json make_tokens(storage::Session& session, domain::Programme const& programme, Instant now) {
    TokenMaker maker(session, now);
    Json tokens{{"admin", maker.make(Role::admin)}};
    for (auto const& issuer : programme.issuers)
        tokens["issuer"][issuer.id] = maker.make(Role::issuer, &auth::NewToken::issuer_id, issuer.id);
    for (auto const& provider : programme.providers)
        tokens["provider"][provider.id] = maker.make(Role::provider, &auth::NewToken::provider_id, provider.id);
    for (auto const& [id, name] : programme.organisations)
        tokens["lead"][id] = maker.make(Role::lead, &auth::NewToken::organisation_id, id);
    std::vector<std::string> learners;
    storage::each_learner(session, "", 200,
                          [&](storage::LearnerRow const& learner) { learners.push_back(learner.id); });
    for (auto const& id : learners) {
        tokens["learner"][id] = maker.make(Role::learner, &auth::NewToken::learner_id, id);
        if (id == mentor_id) tokens["mentor"] = maker.make(Role::mentor, &auth::NewToken::learner_id, id);
    }
    return tokens;
}

bool write_private(std::filesystem::path const& path, std::string const& text) {
    auto const temporary = path.string() + ".new";
    int const file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) return false;
    bool const written =
        ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
    return ::close(file) == 0 && written && ::rename(temporary.c_str(), path.c_str()) == 0;
}

web::DemoMail mail_of(jobs::SpooledMail const& mail) {
    return {mail.name, mail.date, mail.from, mail.to, mail.subject, mail.text, mail.html};
}

}  // namespace

std::filesystem::path Demo::tokens_file() const {
    return installation_.config().data / "demo.json";
}

/// The programme that this program carries is laid out as files while it is imported: import reads files, and what
/// stayed would keep the names of people who were erased.
Result<std::filesystem::path> Demo::programme_folder() const {
    if (options_.programme) return *options_.programme;
    auto const folder = installation_.config().data / "programme";
    std::error_code failure;
    std::filesystem::create_directories(folder, failure);
    for (auto const path : programme_files_paths()) {
        std::ofstream file(folder / std::string(path), std::ios::binary | std::ios::trunc);
        file << programme_files(path);
        if (!file.flush())
            return Error{Fault::unavailable,
                         "demo-files",
                         "The demo's programme cannot be written to " + folder.string() + ".",
                         {}};
    }
    return folder;
}

Result<void> Demo::fill() {
    auto const folder = programme_folder();
    if (!folder) return folder.error();
    auto& services = installation_.services();
    auto elements = domain::read_import(*folder);
    if (!options_.programme) {
        std::error_code failure;
        std::filesystem::remove_all(*folder, failure);
        if (failure)
            return Error{
                Fault::unavailable,
                "demo-files",
                "The demo's programme cannot be removed from " + folder->string() + ": " + failure.message() + ".",
                {}};
    }
    if (!elements) return elements.error();
    domain::ImportOptions options;
    if (!options_.as_of) options.date_of_record_is = services.clock.domain().day();
    auto imported = domain::import_elements(services.database, services.programmes, services.intake, services.clock,
                                            demo_actor(), *elements, options);
    if (!imported) return imported.error();
    installation_.ensure_keys();
    options.issue = true;
    imported = domain::import_elements(services.database, services.programmes, services.intake, services.clock,
                                       demo_actor(), std::move(*elements), options);
    if (!imported) return imported.error();
    return {};
}

Result<void> Demo::prepare(std::filesystem::path const& authority) {
    auto& services = installation_.services();
    if (std::filesystem::exists(tokens_file())) return {};
    if (auto const filled = fill(); !filled) return filled;
    auto const tokens = services.database.write([&](storage::Session& session) {
        return make_tokens(session, *services.programmes.current(session), services.clock.wall());
    });
    Json const facts{{"baseUrl", services.addresses.base()},
                     {"caCertificate", std::filesystem::absolute(authority).string()},
                     {"tokens", tokens}};
    if (!write_private(tokens_file(), facts.dump(2) + "\n"))
        return Error{
            Fault::unavailable, "demo-files", "The tokens cannot be written to " + tokens_file().string() + ".", {}};
    return {};
}

Result<void> Demo::reset() {
    auto const now = installation_.services().clock.wall();
    installation_.services().database.write([&](storage::Session& session) {
        storage::forget_activity(session);
        // `itqan fsck` does not look for what was issued before.
        storage::append_event(session, {0, now, now, "system", "demo.reset", "demo", std::nullopt, "{}"});
    });
    auto const spool = installation_.config().spool();
    std::error_code failure;
    if (std::filesystem::exists(spool, failure)) {
        for (std::filesystem::directory_iterator entry(spool, failure), end; !failure && entry != end;
             entry.increment(failure))
            if (!std::filesystem::remove(entry->path(), failure) && failure) break;
    }
    if (failure)
        return Error{Fault::unavailable,
                     "demo-files",
                     "The demo's mails cannot be removed from " + spool.string() + ": " + failure.message() + ".",
                     {}};
    return fill();
}

web::DemoDesk Demo::desk() {
    web::DemoDesk desk;
    auto const spool = installation_.config().spool();
    desk.mails = [spool] {
        std::vector<web::DemoMail> mails;
        for (auto const& mail : jobs::list_spooled_mail(spool))
            mails.push_back(mail_of(mail));
        return mails;
    };
    desk.mail = [spool](std::string_view name) -> Result<web::DemoMail> {
        auto const mail = jobs::read_spooled_mail(spool, name);
        if (!mail) return mail.error();
        return mail_of(*mail);
    };
    desk.reset = [this] { return reset(); };
    return desk;
}

}  // namespace itqan::demo
