// Mail within TLS: which servers are believed, and what a server that wants the mail in the clear gets.

#include <doctest/doctest.h>

#include <algorithm>

#include "schemas/clock.hpp"
#include "service/http/certificate.hpp"
#include "service/jobs/smtp.hpp"
#include "tests/service/jobs/smtp_server.hpp"
#include "tests/storage/temporary_database.hpp"

namespace itqan::jobs {
namespace {

using tests::SmtpBehaviour;
using tests::SmtpServer;
using tests::SmtpTls;
using tests::SmtpTlsForm;

constexpr std::int64_t day = 86'400'000;

/// An authority and the certificate of a server on localhost.
struct Certificates : tests::TemporaryDatabase {
    explicit Certificates(std::int64_t days_ago = 0) {
        auto const now = SystemClock().wall();
        auto const made = http::demo_certificate(std::filesystem::path(file).parent_path() / "tls", {},
                                                 Instant{now.milliseconds - days_ago * day});
        REQUIRE(made);
        files = *made;
    }
    SmtpTls server(SmtpTlsForm form, std::string address = "127.0.0.1") const {
        return {form, files.certificate, files.key, std::move(address)};
    }
    http::DemoCertificate files;
};

SmtpConfig secured_config(int port, SmtpSecurity security, Certificates const& trusted) {
    SmtpConfig config;
    config.host = "127.0.0.1";
    config.port = port;
    config.security = security;
    config.user = "itqan";
    config.password = "secret";
    config.ca_file = trusted.files.authority.string();
    config.hello = "badges.example";
    config.connect_timeout_seconds = 5;
    config.total_timeout_seconds = 10;
    return config;
}

Result<void> send(SmtpConfig const& config) {
    Envelope const envelope{"0193-a", Instant{}, "badges@nakhla.example", "lrn-001@people.example"};
    return SmtpTransport(config).deliver(envelope, "Subject: x\r\n\r\ntext\r\n");
}

void check_that_nothing_was_told(SmtpServer const& server) {
    CHECK(server.mails().empty());
    for (auto const& command : server.commands()) {
        CHECK_FALSE(command.starts_with("AUTH"));
        CHECK_FALSE(command.starts_with("MAIL"));
        CHECK_FALSE(command.starts_with("RCPT"));
    }
}

TEST_CASE("a mail goes out after STARTTLS and within implicit TLS, to a server whose authority is named") {
    Certificates const certificates;
    for (auto const& [form, security] : {std::pair(SmtpTlsForm::starttls, SmtpSecurity::starttls),
                                         std::pair(SmtpTlsForm::implicit, SmtpSecurity::tls)}) {
        SmtpServer server(SmtpBehaviour::accept, certificates.server(form));

        auto const sent = send(secured_config(server.port(), security, certificates));

        REQUIRE_MESSAGE(sent, sent.error().code, " ", sent.error().detail);
        REQUIRE(server.mails().size() == 1);
        CHECK(server.mails()[0].was_secured);
        // After STARTTLS a client says EHLO again, and nothing else in the clear.
        auto const commands = server.commands();
        auto const login =
            std::find_if(commands.begin(), commands.end(), [](auto const& c) { return c.starts_with("AUTH"); });
        REQUIRE(login != commands.begin());
        CHECK(*(login - 1) == "EHLO badges.example");
    }
}

TEST_CASE(
    "a server under another authority, under the system's only, for another name or of last year is not believed") {
    Certificates const certificates;
    Certificates const others;
    Certificates const old(800);
    for (auto const& [form, security] : {std::pair(SmtpTlsForm::starttls, SmtpSecurity::starttls),
                                         std::pair(SmtpTlsForm::implicit, SmtpSecurity::tls)}) {
        SmtpServer server(SmtpBehaviour::accept, certificates.server(form));
        SmtpServer elsewhere(SmtpBehaviour::accept, certificates.server(form, "127.0.0.2"));
        SmtpServer expired(SmtpBehaviour::accept, old.server(form));
        auto by_the_system = secured_config(server.port(), security, certificates);
        by_the_system.ca_file.clear();
        auto other_name = secured_config(elsewhere.port(), security, certificates);
        other_name.host = "127.0.0.2";

        for (auto const& config : {secured_config(server.port(), security, others), by_the_system, other_name,
                                   secured_config(expired.port(), security, old)}) {
            auto const sent = send(config);

            REQUIRE_FALSE(sent);
            CHECK(sent.error().code == "smtp-tls");
            CHECK(sent.error().fault == Fault::unavailable);
        }
        for (auto const* const each : {&server, &elsewhere, &expired})
            check_that_nothing_was_told(*each);
    }
}

TEST_CASE("a server that takes STARTTLS back or was robbed of it gets neither password nor mail") {
    Certificates const certificates;
    for (auto const form : {SmtpTlsForm::starttls_refused, SmtpTlsForm::none}) {
        SmtpServer server(SmtpBehaviour::accept, certificates.server(form));

        auto const sent = send(secured_config(server.port(), SmtpSecurity::starttls, certificates));

        REQUIRE_FALSE(sent);
        CHECK(sent.error().code == "smtp-tls");
        check_that_nothing_was_told(server);
    }
}

TEST_CASE("answers that were slipped in before TLS are not taken for the server's") {
    Certificates const certificates;
    SmtpServer server(SmtpBehaviour::accept, certificates.server(SmtpTlsForm::starttls_injected));

    auto const sent = send(secured_config(server.port(), SmtpSecurity::starttls, certificates));

    CHECK_FALSE(sent);
    check_that_nothing_was_told(server);
}

TEST_CASE("TLS from the first byte to a server in the clear fails at once, and so does the reverse") {
    Certificates const certificates;
    SmtpServer plain(SmtpBehaviour::accept);
    SmtpServer secured(SmtpBehaviour::accept, certificates.server(SmtpTlsForm::implicit));
    auto in_the_clear = secured_config(secured.port(), SmtpSecurity::starttls, certificates);
    in_the_clear.total_timeout_seconds = 2;

    auto const to_plain = send(secured_config(plain.port(), SmtpSecurity::tls, certificates));
    auto const to_secured = send(in_the_clear);

    REQUIRE_FALSE(to_plain);
    CHECK(to_plain.error().code == "smtp-tls");
    CHECK_FALSE(to_secured);
    check_that_nothing_was_told(plain);
    check_that_nothing_was_told(secured);
}

TEST_CASE("an authorities' file that is not there sends nothing") {
    Certificates const certificates;
    SmtpServer server(SmtpBehaviour::accept, certificates.server(SmtpTlsForm::starttls));
    auto config = secured_config(server.port(), SmtpSecurity::starttls, certificates);
    config.ca_file = "/no/such/file.pem";

    auto const sent = send(config);

    REQUIRE_FALSE(sent);
    CHECK(sent.error().code == "smtp-tls");
    check_that_nothing_was_told(server);
}

}  // namespace
}  // namespace itqan::jobs
