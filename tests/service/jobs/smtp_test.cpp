#include "service/jobs/smtp.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>

#include "tests/service/jobs/smtp_server.hpp"

namespace itqan::jobs {
namespace {

using tests::SmtpBehaviour;
using tests::SmtpServer;

SmtpConfig config_for(int port) {
    SmtpConfig config;
    config.host = "127.0.0.1";
    config.port = port;
    config.security = SmtpSecurity::none;
    config.hello = "badges.example";
    config.connect_timeout_seconds = 5;
    config.total_timeout_seconds = 10;
    return config;
}

Envelope const envelope{"0193-a", Instant{}, "badges@nakhla.example", "lrn-001@people.example"};
std::string const message = "Subject: x\r\n\r\nfirst\r\n.dot\r\n..two\r\n";

TEST_CASE("a message reaches the server with its envelope and unchanged bytes") {
    SmtpServer server(SmtpBehaviour::accept);

    auto const sent = SmtpTransport(config_for(server.port())).deliver(envelope, message);

    REQUIRE(sent);
    REQUIRE(server.mails().size() == 1);
    CHECK(server.mails()[0].sender == "badges@nakhla.example");
    CHECK(server.mails()[0].recipients == std::vector<std::string>{"lrn-001@people.example"});
    CHECK(server.mails()[0].message == message);
    CHECK(server.commands().front() == "EHLO badges.example");
}

TEST_CASE("a configured user logs in before the mail") {
    SmtpServer server(SmtpBehaviour::accept);
    auto config = config_for(server.port());
    config.user = "itqan";
    config.password = "secret";

    auto const sent = SmtpTransport(config).deliver(envelope, message);

    REQUIRE(sent);
    auto const commands = server.commands();
    auto const login =
        std::find_if(commands.begin(), commands.end(), [](auto const& c) { return c.starts_with("AUTH PLAIN"); });
    auto const mail =
        std::find_if(commands.begin(), commands.end(), [](auto const& c) { return c.starts_with("MAIL FROM"); });
    CHECK(login < mail);
}

TEST_CASE("a server that puts the recipient off leaves the mail for later") {
    SmtpServer server(SmtpBehaviour::delay_recipient);

    auto const sent = SmtpTransport(config_for(server.port())).deliver(envelope, message);

    REQUIRE_FALSE(sent);
    CHECK(sent.error().fault == Fault::unavailable);
    CHECK(sent.error().code == "smtp-delayed");
    CHECK(sent.error().detail.find("451") != std::string::npos);
    CHECK(server.mails().empty());
}

TEST_CASE("an unknown mailbox is final and its address does not stand in the error") {
    SmtpServer server(SmtpBehaviour::refuse_recipient);

    auto const sent = SmtpTransport(config_for(server.port())).deliver(envelope, message);

    REQUIRE_FALSE(sent);
    CHECK(sent.error().fault == Fault::unprocessable);
    CHECK(sent.error().code == "mail-rejected");
    CHECK(sent.error().detail.find("lrn-001") == std::string::npos);
}

TEST_CASE("a refused login is our trouble and not the mail's") {
    SmtpServer server(SmtpBehaviour::refuse_login);
    auto config = config_for(server.port());
    config.user = "itqan";
    config.password = "wrong";

    auto const sent = SmtpTransport(config).deliver(envelope, message);

    REQUIRE_FALSE(sent);
    CHECK(sent.error().code == "smtp-login");
    CHECK(sent.error().fault == Fault::unavailable);
}

TEST_CASE("a connection lost after the message counts as not delivered") {
    SmtpServer server(SmtpBehaviour::drop_after_data);

    auto const sent = SmtpTransport(config_for(server.port())).deliver(envelope, message);

    REQUIRE_FALSE(sent);
    CHECK(sent.error().fault == Fault::unavailable);
}

TEST_CASE("a delivery to a server that says nothing is given up when it is told to stop") {
    using Clock = std::chrono::steady_clock;
    SmtpServer server(SmtpBehaviour::silent);
    std::atomic<bool> stops{false};
    auto config = config_for(server.port());
    config.total_timeout_seconds = 60;
    SmtpTransport transport(config, [&] { return stops.load(); });
    auto outcome = std::async(std::launch::async, [&] { return transport.deliver(envelope, message); });
    CHECK(outcome.wait_for(std::chrono::milliseconds(200)) == std::future_status::timeout);

    auto const told = Clock::now();
    stops = true;
    auto const sent = outcome.get();

    CHECK(Clock::now() - told < std::chrono::seconds(5));
    REQUIRE_FALSE(sent);
    CHECK(sent.error().code == "smtp-stopped");
    CHECK(sent.error().fault == Fault::unavailable);
}

TEST_CASE("a server without STARTTLS is refused when TLS is asked for") {
    SmtpServer server(SmtpBehaviour::accept);
    auto config = config_for(server.port());
    config.security = SmtpSecurity::starttls;

    auto const sent = SmtpTransport(config).deliver(envelope, message);

    REQUIRE_FALSE(sent);
    CHECK(sent.error().code == "smtp-tls");
    CHECK(server.mails().empty());
}

TEST_CASE("nobody listening is unreachable") {
    int port = 0;
    {
        SmtpServer const gone(SmtpBehaviour::accept);
        port = gone.port();
    }

    auto const sent = SmtpTransport(config_for(port)).deliver(envelope, message);

    REQUIRE_FALSE(sent);
    CHECK(sent.error().code == "smtp-unreachable");
}

TEST_CASE("a probe greets and logs in and sends nothing") {
    SmtpServer server(SmtpBehaviour::accept);
    auto config = config_for(server.port());
    config.user = "u";
    config.password = "p";

    CHECK(SmtpTransport(config).probe());

    CHECK(server.mails().empty());
    for (auto const& command : server.commands())
        CHECK_FALSE(command.starts_with("MAIL"));
}

TEST_CASE("a probe tells a refused login and a server that is not there") {
    SmtpServer server(SmtpBehaviour::refuse_login);
    auto config = config_for(server.port());
    config.user = "u";
    config.password = "p";
    auto const refused = SmtpTransport(config).probe();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == "smtp-login");

    config.port = 1;
    auto const absent = SmtpTransport(config).probe();
    REQUIRE_FALSE(absent);
    CHECK(absent.error().code == "smtp-unreachable");
}

}  // namespace
}  // namespace itqan::jobs
