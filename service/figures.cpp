#include "service/figures.hpp"

#include <sys/statvfs.h>

#include <algorithm>
#include <filesystem>

#include "service/http/certificate_facts.hpp"
#include "service/metrics/parts.hpp"
#include "service/metrics/process.hpp"
#include "storage/jobs.hpp"
#include "storage/outbox.hpp"

namespace itqan::service {
namespace {

using metrics::Exposition;
using Type = Exposition::Type;

double seconds_since(Instant then, Instant now) {
    return static_cast<double>(now.milliseconds - then.milliseconds) * 1e-3;
}

void write_issuing(Exposition& text, domain::Services const& services) {
    text.begin(Type::histogram, "itqan_issue_stage_seconds",
               "Where completions spend their time: plan (read, rules, signatures), sign (of that), write (queue and "
               "durable commit).");
    text.sample({{"stage", "plan"}}, services.intake.planning(), 1e6);
    text.sample({{"stage", "sign"}}, services.issuance.signing(), 1e6);
    text.sample({{"stage", "write"}}, services.intake.writing(), 1e6);
    text.begin(Type::counter, "itqan_verifications_total", "Verification reports given, by verdict.");
    auto const verdicts = services.documents.verdicts();
    for (std::size_t i = 0; i < verdicts.size(); ++i)
        text.sample({{"verdict", domain::verdict_name(static_cast<domain::Verdict>(i))}}, verdicts.at(i));
}

void write_mail(Exposition& text, jobs::MailFigures const& mail) {
    text.begin(Type::counter, "itqan_mail_deliveries_total", "Mails handed to the mail server, by how that ended.");
    text.sample({{"result", "delivered"}}, mail.delivered);
    text.sample({{"result", "postponed"}}, mail.postponed);
    text.sample({{"result", "parked"}}, mail.parked);
}

void write_way_out(Exposition& text, http::WayOutFigures const& way_out) {
    text.begin(Type::counter, "itqan_outbound_documents_total", "Documents of other hosts, by how they were got.");
    text.sample({{"result", "kept"}}, way_out.kept);
    text.sample({{"result", "fetched"}}, way_out.fetched);
    text.sample({{"result", "unchanged"}}, way_out.unchanged);
    text.sample({{"result", "failed"}}, way_out.failed);
    text.sample({{"result", "not_asked"}}, way_out.not_asked);
}

void write_health(Exposition& text, std::vector<Finding> const& findings) {
    text.begin(Type::gauge, "itqan_health", "1 where a check of /readyz is ok, else 0.");
    for (auto const& finding : findings)
        text.sample({{"check", finding.name}}, std::uint64_t{finding.soundness == Soundness::ok ? 1U : 0U});
}

void write_folder(Exposition& text, std::filesystem::path const& data, Instant now) {
    struct statvfs facts {};
    if (statvfs(data.c_str(), &facts) == 0) {
        auto const block = static_cast<double>(facts.f_frsize);
        text.gauge("itqan_disk_free_bytes", "Room left where the data is.",
                   static_cast<double>(facts.f_bavail) * block);
        text.gauge("itqan_disk_size_bytes", "The file system where the data is.",
                   static_cast<double>(facts.f_blocks) * block);
    }
    if (auto const backup = last_backup(data))
        text.gauge("itqan_backup_age_seconds", "Since the last backup was finished; absent when there was none.",
                   seconds_since(*backup, now));
}

}  // namespace

void Figures::count_events(storage::Session& session) {
    auto const end = storage::events_end(session).seq;
    if (last_event_)
        for (auto const& [kind, count] : storage::event_counts(session, *last_event_, end))
            events_[kind] += count;
    last_event_ = end;
}

void Figures::write_stored(Exposition& text, storage::Database& database, Instant now, bool is_there) {
    storage::OutboxBacklog outbox;
    storage::JobBacklog jobs;
    storage::StatusListsFill lists;
    std::map<std::string, std::int64_t> events;
    try {
        // A scrape that asked a frozen storage would hold a worker for as long as it is frozen.
        if (is_there) {
            std::lock_guard const lock(mutex_);
            database.read([&](storage::Session& session) {
                outbox = storage::outbox_backlog(session);
                jobs = storage::job_backlog(session, now);
                lists = storage::status_lists_fill(session);
                count_events(session);
            });
            events = events_;
        }
    } catch (storage::DatabaseError const&) {
        is_there = false;
    }
    text.gauge("itqan_database_up", "1 when the storage answered this look.", is_there ? 1 : 0);
    if (!is_there) return;
    text.begin(Type::gauge, "itqan_outbox_mails", "Mails that are not done, by state.");
    text.sample({{"state", "waiting"}}, outbox.waiting);
    text.sample({{"state", "parked"}}, outbox.parked);
    text.gauge("itqan_outbox_retried_mails", "Mails that wait although they were tried.",
               static_cast<double>(outbox.retried));
    text.gauge("itqan_outbox_oldest_seconds", "How long the oldest mail waits.",
               outbox.oldest ? seconds_since(*outbox.oldest, now) : 0);
    text.gauge("itqan_verify_jobs", "Lists of badges that are being verified.", static_cast<double>(jobs.jobs));
    text.gauge("itqan_verify_job_items", "Badges of those lists that wait.", static_cast<double>(jobs.items));
    text.gauge("itqan_status_lists", "Status lists.", static_cast<double>(lists.lists));
    text.gauge("itqan_status_positions_reserved", "Positions taken, of all lists.",
               static_cast<double>(lists.reserved));
    text.gauge("itqan_status_list_fill_ratio", "Share taken of the fullest list in use; a new one begins at 0.5.",
               lists.fullest_open);
    text.begin(Type::counter, "itqan_events_total",
               "Events recorded since this process started, by all processes on this storage.");
    for (auto const& [kind, count] : events)
        text.sample({{"kind", kind}}, count);
    auto const of_kind = [&](std::string const& kind) {
        auto const found = events.find(kind);
        return found == events.end() ? std::uint64_t{0} : static_cast<std::uint64_t>(found->second);
    };
    text.counter("itqan_credentials_issued_total", "Badges issued: events of that kind.", of_kind("credential.issued"));
    text.counter("itqan_credentials_revoked_total", "Badges revoked.", of_kind("credential.revoked"));
}

std::string Figures::text(FigureSources const& sources) {
    auto& services = sources.services;
    auto const now = services.clock.wall();
    Exposition text;
    text.begin(Type::gauge, "itqan_build_info", "The program that runs.");
    text.sample({{"version", ITQAN_VERSION}}, std::uint64_t{1});
    sources.requests.write(text);
    if (sources.server != nullptr) metrics::write_server(text, sources.server->figures());
    metrics::write_database(text, services.database.figures());
    write_issuing(text, services);
    write_mail(text, sources.mail);
    write_way_out(text, sources.way_out != nullptr ? sources.way_out->figures() : http::WayOutFigures{});
    auto const findings = sources.health.findings();
    bool const is_there = std::none_of(findings.begin(), findings.end(), [](Finding const& one) {
        return one.name == "storage" && one.soundness != Soundness::ok;
    });
    write_stored(text, services.database, now, is_there);
    write_health(text, findings);
    if (auto const file = sources.health.certificate(); !file.empty())
        if (auto const facts = http::read_certificate_facts(file))
            text.gauge("itqan_certificate_not_after_seconds", "When the certificate ends, since 1970.",
                       static_cast<double>(facts->not_after.milliseconds) * 1e-3);
    write_folder(text, sources.data, now);
    metrics::write_process(text, started_);
    return text.take();
}

}  // namespace itqan::service
