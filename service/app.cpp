#include "service/app.hpp"

#include <csignal>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <stdexcept>

#include "service/api/operations.hpp"
#include "service/api/routes.hpp"
#include "service/domain/sweep.hpp"
#include "service/domain/verify_batches.hpp"
#include "service/figures.hpp"
#include "service/health.hpp"
#include "service/http/networks.hpp"
#include "service/jobs/mail_outbox.hpp"
#include "service/jobs/mail_spool.hpp"
#include "service/jobs/periodic.hpp"
#include "service/jobs/smtp.hpp"
#include "service/line_budget.hpp"
#include "service/metrics/requests.hpp"
#include "service/outbound.hpp"
#include "service/route_classes.hpp"
#include "service/web/pictures/drawn_pictures.hpp"
#include "service/web/routes.hpp"

namespace itqan::service {
namespace {

using std::chrono::milliseconds;

constexpr int batch_threads = 4;
constexpr std::size_t other_descriptors = 512;

std::unique_ptr<jobs::MailTransport> transport_of(Config const& config, std::function<bool()> stops) {
    if (config.demo) return std::make_unique<jobs::MailSpool>(config.spool());
    if (config.mail.smtp.host.empty()) return nullptr;
    auto smtp = config.mail.smtp;
    smtp.hello = config.domain.substr(0, config.domain.find(':'));
    return std::make_unique<jobs::SmtpTransport>(std::move(smtp), std::move(stops));
}

/// What Host may say at the internal listener: its own address, and the domain with its port.
http::InternalListener internal_listener(Config const& config) {
    auto const& listen = config.internal_listen;
    auto const port = ":" + std::to_string(listen.port);
    http::InternalListener internal{listen.address, listen.port, config.internal_tls, {}};
    bool const is_v6 = listen.address.find(':') != std::string::npos;
    internal.hosts = {(is_v6 ? "[" + listen.address + "]" : listen.address) + port,
                      config.domain.substr(0, config.domain.find(':')) + port};
    if (is_loopback(listen.address)) internal.hosts.push_back("localhost" + port);
    return internal;
}

/// Each connection is a descriptor, and so is each file, fetch and database connection.
std::size_t affordable_connections(Config const& config) {
    auto const descriptors = http::raise_descriptor_limit(config.connections + other_descriptors);
    return std::min(config.connections, std::max(descriptors, 2 * other_descriptors) - other_descriptors);
}

http::RateSettings rate_settings(Config const& config) {
    auto settings = config.rates;
    auto networks = http::Networks::read(config.exempt_networks);
    if (!networks) throw std::runtime_error(networks.error().detail);
    auto const exempt = std::make_shared<http::Networks>(std::move(*networks));
    settings.is_exempt = [exempt](std::string_view client) { return exempt->contains(client); };
    return settings;
}

http::ServerConfig server_config(Config const& config, AppOptions const& options) {
    http::ServerConfig server;
    server.address = config.listen_address;
    server.port = config.listen_port;
    server.certificate = config.certificate;
    server.key = config.certificate_key;
    server.hosts = {config.domain};
    auto const port = ":" + std::to_string(config.listen_port);
    if (config.domain.find(':') == std::string::npos && config.listen_port != 443)
        server.hosts.push_back(config.domain + port);
    if (config.demo) {
        // The demo answers to its loopback addresses too (decision 28).
        for (auto const* const name : {"localhost", "127.0.0.1", "[::1]"})
            server.hosts.push_back(name + port);
    }
    server.trusted_proxies = config.trusted_proxies;
    server.hsts = config.hsts;
    if (!config.internal_listen.address.empty()) server.internal = internal_listener(config);
    server.sockets = options.sockets;
    server.shares_port = config.shares_port;
    server.admission.workers = config.workers;
    server.connections_per_client = config.connections_per_client;
    server.connections = affordable_connections(config);
    return server;
}

std::vector<http::Route> joined(std::vector<std::vector<http::Route>> groups) {
    std::vector<http::Route> all;
    for (auto& group : groups)
        all.insert(all.end(), std::make_move_iterator(group.begin()), std::make_move_iterator(group.end()));
    return all;
}

/// None when the mail server did its part, be it to refuse one recipient.
std::optional<std::string> failure_of_mail(Result<void> const& handed_over) {
    if (handed_over || handed_over.error().fault != Fault::unavailable) return std::nullopt;
    auto const& error = handed_over.error();
    if (error.detail.find("server reply 4") != std::string::npos) return std::nullopt;
    return error.code + " (" + error.detail + ")";
}

}  // namespace

struct App::Parts {
    Parts(Installation& installation, Log& log_, AppOptions options_)
        : config(installation.config()),
          services(installation.services()),
          log(log_),
          options(std::move(options_)),
          guard(services.database, services.clock, services.addresses.base()),
          rates(rate_settings(config)),
          api(services, guard, rates, vc_api_settings()),
          templates(locales),
          pictures(web::make_pictures(services.clock)),
          web{services, guard, rates, locales, templates, *pictures, demo_bar()},
          router(
              routes(),
              [this](std::string const& text) {
                  log.error("handler-failed",
                            {{"reason", text},
                             {"do", "Where storage lines stand beside it, what they say; else report this line"}});
              },
              [this](http::Request const& request, Error const& error) {
                  return web::show_refusal(web, request, error);
              }),
          requests(router.routes()),
          way_out(make_way_out(config)),
          server(
              server_config(config, options), router, [this](http::Access const& access) { write(access); }, fetch()),
          transport(transport_of(config, mail_stops())) {}

    /// Whether the mail job is being ended: no mail server is waited for.
    std::function<bool()> mail_stops() {
        return [this] { return mail_ends.load(); };
    }
    void end_mail() {
        mail_ends = true;
        if (mail_job) mail_job->stop();
        mail_job.reset();
        mail_ends = false;
    }
    void start_mail(Config const& mail_of);

    http::FetchDocuments fetch() {
        if (!way_out) return nullptr;
        return [this](FetchedDocuments known, DocumentNeeds const& needs, std::function<void(FetchedDocuments)> done) {
            way_out->fetch(std::move(known), needs, std::move(done));
        };
    }

    domain::VcApiSettings vc_api_settings() const {
        using namespace schemas::canon_limits;
        return {config.vc_api, config.vc_api_open, config.conformance ? conformance : production};
    }

    std::function<std::optional<web::View>(web::Visitor const&)> demo_bar() {
        if (!options.demo) return {};
        return [this](web::Visitor const& visitor) { return std::optional(web::demo_bar(web, visitor)); };
    }

    std::vector<http::Route> routes() {
        std::vector<std::vector<http::Route>> groups{
            api::api_routes(api), web::public_routes(web), web::staff_routes(web),
            api::health_routes(
                guard, [this] { return readiness(); },
                [](http::Request const& request) { return request.door == http::Door::internal; }),
            internal_routes()};
        if (options.demo) groups.push_back(web::demo_routes(web, *options.demo));
        auto all = joined(std::move(groups));
        classify(all, config.database_url.empty());
        return all;
    }

    /// What only the operator's own network may reach.
    std::vector<http::Route> internal_routes() {
        return api::metrics_routes([this] { return metrics_text(); });
    }

    std::string metrics_text() {
        jobs::MailFigures mail;
        {
            std::lock_guard const lock(mail_mutex);
            if (outbox) mail = outbox->figures();
        }
        return figures.text({services, requests, health, &server, way_out.get(), mail, config.data});
    }

    api::Readiness readiness() const {
        auto const findings = health.findings();
        api::Readiness told;
        auto const worst = Health::worst(findings);
        told.is_failed = worst == Soundness::failed;
        told.is_degraded = worst != Soundness::ok;
        told.can_write = Health::can_write(findings);
        for (auto const& finding : findings)
            told.checks.push_back(
                {finding.name, std::string(soundness_name(finding.soundness)), finding.detail, finding.remedy});
        return told;
    }

    HealthSettings health_settings() const {
        HealthSettings settings;
        settings.data = config.data;
        settings.certificate = config.certificate;
        settings.holds_database = config.database_url.empty();
        return settings;
    }

    /// Once per change, not once per request that meets it.
    void write(Finding const& finding) {
        if (finding.soundness == Soundness::ok) return log.info("recovered", {{"check", finding.name}});
        Log::Fields const fields{{"check", finding.name}, {"reason", finding.detail}, {"do", finding.remedy}};
        bool const stops_work = finding.name == "storage" || finding.name == "writes";
        stops_work ? log.error(finding.event, fields) : log.warn(finding.event, fields);
    }

    /// Jobs fail several times a second while the storage is away: the same is told once a minute.
    void report_failed_job(std::string const& text) {
        {
            std::lock_guard const lock(job_mutex);
            auto const now = std::chrono::steady_clock::now();
            if (text == job_fault && now - job_fault_told < std::chrono::minutes(1)) return;
            job_fault = text;
            job_fault_told = now;
        }
        log.error("job-failed", {{"reason", text}, {"do", "It is tried again; when it stays: itqan doctor"}});
    }

    /// A few items of a list; where none waits, what ran out goes. Several threads do so: a list of slow hosts keeps
    /// one of them.
    bool verify_some() {
        auto const verify = [this](std::string const& input, std::optional<std::string> const& recipient) {
            return verify_fetching(services.documents, way_out.get(), input, recipient, services.clock.wall());
        };
        return batches.run_once(verify, [this] { return stopping.load(); }) || batches.forget_expired();
    }

    void write(http::Access const& access) {
        requests.count(access);
        if (!options.log_requests) return;
        std::uint64_t left_out = 0;
        if (access.status == 503 || access.status == 429) {
            auto& lines = access.status == 503 ? overload_lines : limit_lines;
            auto const may_tell = lines.take(std::chrono::steady_clock::now());
            if (!may_tell) return;
            left_out = *may_tell;
        }
        log.info("request", {{"method", std::string(access.method)},
                             {"route", std::string(access.pattern)},
                             {"status", std::to_string(access.status)},
                             {"microseconds", std::to_string(access.microseconds)},
                             {"bytes", std::to_string(access.bytes)},
                             {"requestId", std::string(access.request_id)},
                             {"traceId", std::string(access.trace_id)},
                             {"spanId", std::string(access.span_id)}});
        if (left_out > 0)
            log.info("refusals-not-written",
                     {{"status", std::to_string(access.status)}, {"count", std::to_string(left_out)}});
    }

    Config const& config;
    domain::Services& services;
    Log& log;
    AppOptions options;
    auth::Guard guard;
    http::RateLimits rates;
    api::ApiContext api;
    web::Locales locales;
    web::Templates templates;
    std::unique_ptr<web::Pictures> pictures;
    web::WebContext web;
    Health health{services.database, services.clock, health_settings(),
                  [this](Finding const& finding) { write(finding); }};
    Figures figures{services.clock.wall()};
    http::Router router;
    metrics::Requests requests;
    std::unique_ptr<http::WayOut> way_out;
    http::Server server;
    std::unique_ptr<jobs::MailTransport> transport;
    std::unique_ptr<jobs::MailOutbox> outbox;
    std::unique_ptr<domain::Sweep> sweep;
    domain::VerifyBatches batches{services.database, services.clock};
    std::atomic<bool> stopping{false};
    std::atomic<bool> mail_ends{false};
    LineBudget overload_lines{20}, limit_lines{20};
    std::mutex mail_mutex;  ///< Of `outbox`, which a reload replaces while its figures are asked for.
    std::mutex job_mutex;
    std::string job_fault;
    std::chrono::steady_clock::time_point job_fault_told;
    std::unique_ptr<jobs::Periodic> mail_job, sweep_job, health_job;
    std::vector<std::unique_ptr<jobs::Periodic>> batch_jobs;
};

App::App(Installation& installation, Log& log, AppOptions options)
    : parts_(std::make_unique<Parts>(installation, log, std::move(options))) {}

App::~App() {
    stop();
}

void App::Parts::start_mail(Config const& mail_of) {
    if (!transport) {
        log.warn("no-mail-server", {{"effect", "mails wait in the outbox"},
                                    {"do", "Set [mail] host, port and sender, then: systemctl reload itqan"}});
        return;
    }
    auto const sender = mail_of.mail.sender.empty() ? "badges@" + mail_of.domain.substr(0, mail_of.domain.find(':'))
                                                    : mail_of.mail.sender;
    {
        std::lock_guard const lock(mail_mutex);
        outbox = std::make_unique<jobs::MailOutbox>(
            services, *transport,
            jobs::MailSettings{mail_of.demo ? "badges@itqan.example" : sender,
                               [this](Result<void> const& handed_over) { health.mail(failure_of_mail(handed_over)); },
                               mail_stops()});
    }
    mail_job = std::make_unique<jobs::Periodic>(
        milliseconds(500), [this] { return outbox->run_once(); },
        [this](std::string const& text) { report_failed_job(text); });
}

void App::start() {
    auto& parts = *parts_;
    auto const report = [&parts](std::string const& text) { parts.report_failed_job(text); };
    if (auto const affordable = affordable_connections(parts.config); affordable < parts.config.connections)
        parts.log.warn("few-descriptors",
                       {{"connections", std::to_string(affordable)},
                        {"wanted", std::to_string(parts.config.connections)},
                        {"do", "raise LimitNOFILE= (systemd) or ulimit -Hn, or lower [limits] connections"}});
    parts.start_mail(parts.config);
    parts.sweep = std::make_unique<domain::Sweep>(
        parts.services.database, parts.services.intake, parts.services.clock,
        [&parts](std::string const& learner, std::string const& reason) {
            parts.log.error("learner-not-settled", {{"learnerId", learner}, {"reason", reason}});
        });
    parts.sweep_job = std::make_unique<jobs::Periodic>(
        milliseconds(60'000), [&parts] { return parts.sweep->run_once(); }, report);
    for (int i = 0; i < batch_threads; ++i)
        parts.batch_jobs.push_back(std::make_unique<jobs::Periodic>(
            milliseconds(250), [&parts] { return parts.verify_some(); }, report));
    parts.health.look();
    parts.health_job = std::make_unique<jobs::Periodic>(
        milliseconds(1'000),
        [&parts] {
            parts.health.look();
            return false;
        },
        report);
    parts.server.start();
}

std::uint16_t App::port() const {
    return parts_->server.port();
}
std::uint16_t App::internal_port() const {
    return parts_->server.internal_port();
}
Json App::vc_api_issuers() {
    auto& vc_api = parts_->api.vc_api;
    if (!vc_api) return Json::array();
    auto const issuers = vc_api->issuers();
    if (!issuers) throw std::runtime_error(issuers.error().detail);
    return issuers->at("issuers");
}
std::string App::metrics_text() const {
    return parts_->metrics_text();
}
void App::reload_certificate() {
    parts_->server.reload_certificate();
}
bool App::reload_changed_certificate() {
    return parts_->server.reload_changed_certificate();
}
bool App::is_alive() const {
    return parts_->server.is_alive(milliseconds(5'000));
}

void App::reload(Config const& read) {
    auto& parts = *parts_;
    // What can fail comes first: afterwards everything is taken on.
    auto rates = rate_settings(read);
    auto transport = transport_of(read, parts.mail_stops());
    parts.server.use({read.certificate, read.certificate_key, read.trusted_proxies, affordable_connections(read),
                      read.connections_per_client});
    parts.rates.use(std::move(rates));
    parts.end_mail();  // What was in hand is tried again the new way.
    {
        std::lock_guard const lock(parts.mail_mutex);
        parts.outbox.reset();
    }
    parts.health.watch_certificate(read.certificate);
    parts.transport = std::move(transport);
    parts.start_mail(read);
}

void App::stop() {
    parts_->stopping = true;
    parts_->server.stop();
    if (parts_->way_out) parts_->way_out->end();  // Who waits for documents goes on at once.
    parts_->end_mail();
    if (parts_->sweep_job) parts_->sweep_job->stop();
    if (parts_->health_job) parts_->health_job->stop();
    for (auto const& job : parts_->batch_jobs)
        job->stop();
    // Before the server goes: fetches in hand answer to its threads.
    parts_->way_out.reset();
}

namespace {

sigset_t watched() {
    sigset_t signals;
    sigemptyset(&signals);
    for (int const signal : {SIGTERM, SIGINT, SIGHUP})
        sigaddset(&signals, signal);
    return signals;
}

}  // namespace

void block_signals() {
    auto const signals = watched();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
}

void wait_for_end(std::function<void()> const& on_hangup) {
    auto const signals = watched();
    while (true) {
        int signal = 0;
        if (sigwait(&signals, &signal) != 0) continue;
        if (signal != SIGHUP) return;
        on_hangup();
    }
}

}  // namespace itqan::service
