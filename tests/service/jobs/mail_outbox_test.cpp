#include "service/jobs/mail_outbox.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "crypto/digest.hpp"
#include "storage/access.hpp"
#include "tests/service/starter_house.hpp"

namespace itqan::jobs {
namespace {

/// Keeps what it is given, or fails as it is told.
class TestTransport final : public MailTransport {
  public:
    Result<void> deliver(Envelope const& envelope, std::string const& message) override {
        if (failure) return *failure;
        envelopes.push_back(envelope);
        messages.push_back(message);
        return {};
    }

    std::optional<Error> failure;
    std::vector<Envelope> envelopes;
    std::vector<std::string> messages;
};

struct PostOffice {
    tests::StarterHouse house;
    TestTransport transport;
    MailOutbox outbox{house.services, transport, {"badges@badges.example"}};

    void put(std::string const& id, std::string const& kind, std::string const& learner,
             std::string const& data = "{}") {
        storage::OutboxRow row;
        row.id = id;
        row.kind = kind;
        row.learner_id = learner;
        row.data = data;
        row.due_at = row.created_at = house.clock.now;
        house.database().write([&](storage::Session& session) { storage::insert_outbox(session, row); });
    }
    storage::OutboxRow row(std::string const& id) {
        return *house.database().read([&](storage::Session& session) { return storage::outbox_row(session, id); });
    }
    std::int64_t links() { return tests::number(house.database(), "SELECT count(*) FROM mail_link"); }
};

std::string between(std::string const& text, std::string const& before, std::string const& after) {
    auto const begin = text.find(before) + before.size();
    return text.substr(begin, text.find(after, begin) - begin);
}

/// The decoded plain part.
std::string plain(std::string const& message) {
    auto body = between(message, "base64\r\n\r\n", "\r\n--");
    std::erase_if(body, [](char c) { return c == '\r' || c == '\n'; });
    return std::string(as_text(base64_decode(body).value()));
}

TEST_CASE("a sign-in mail goes to the learner with a link of which only the hash is stored") {
    PostOffice office;
    office.put("0193-a", "mail.sign-in", "lrn-015");

    CHECK_FALSE(office.outbox.run_once());

    REQUIRE(office.transport.messages.size() == 1);
    CHECK(office.transport.envelopes[0].recipient == "lrn-015@people.example");
    auto const text = plain(office.transport.messages[0]);
    auto const token = between(text, "https://badges.example/my/link/", "\r\n");
    auto const link = office.house.database().read(
        [&](storage::Session& session) { return storage::mail_link(session, crypto::sha256_hex(token)); });
    REQUIRE(link);
    CHECK(link->purpose == "sign-in");
    CHECK(link->learner_id == "lrn-015");
    CHECK(link->expires_at.milliseconds - office.house.clock.now.milliseconds == 15 * 60'000);
    CHECK(office.row("0193-a").state == "done");
    CHECK(office.transport.messages[0].find("Message-ID: <0193-a@badges.example>") != std::string::npos);
}

TEST_CASE("a claim mail names the badge of an award and offers it for 90 days") {
    PostOffice office;
    auto const programme =
        office.house.database().read([&](storage::Session& s) { return office.house.programmes.current(s); });
    auto const award =
        office.house.issuance.award(Actor{}, *programme, {"ach-01", "lrn-015", std::nullopt, std::nullopt});
    REQUIRE(award);
    office.put("0193-b", "mail.claim", "lrn-015", R"({"credentialIds":[")" + award->id + "\"]}");

    office.outbox.run_once();

    REQUIRE_FALSE(office.transport.messages.empty());
    auto const text = plain(office.transport.messages.back());
    CHECK(text.find("Digital Health Foundation") != std::string::npos);
    CHECK(text.find("أساس الصحة الرقمية") != std::string::npos);
    auto const token = between(text, "https://badges.example/claim/", "\r\n");
    auto const offer = office.house.claims.open(token);
    REQUIRE(offer);
    CHECK(offer->credential_ids == std::vector<std::string>{award->id});
    office.house.clock.now.milliseconds += 90LL * 24 * 3'600'000 + 1;
    CHECK_FALSE(office.house.claims.open(token));
}

TEST_CASE("a server that is down delays the mail, and the row says why without a name") {
    PostOffice office;
    office.put("0193-a", "mail.sign-in", "lrn-015");
    office.transport.failure = Error{Fault::unavailable, "smtp-unreachable", "curl 7", {}};

    office.outbox.run_once();

    auto const delayed = office.row("0193-a");
    CHECK(delayed.state == "waiting");
    CHECK(delayed.attempts == 1);
    CHECK(delayed.last_error == "smtp-unreachable (curl 7)");
    CHECK(delayed.due_at > office.house.clock.now);
    office.transport.failure.reset();
    office.house.clock.now = delayed.due_at;
    office.outbox.run_once();
    CHECK(office.row("0193-a").state == "done");
    CHECK(office.transport.messages.size() == 1);
}

TEST_CASE("a rejected mail is parked at once and a hopeless one after 72 hours") {
    PostOffice office;
    office.put("0193-a", "mail.sign-in", "lrn-015");
    office.transport.failure = Error{Fault::unprocessable, "mail-rejected", "curl 55, server reply 550", {}};
    office.outbox.run_once();
    CHECK(office.row("0193-a").state == "parked");

    office.put("0193-b", "mail.sign-in", "lrn-015");
    office.transport.failure = Error{Fault::unavailable, "smtp-unreachable", "curl 7", {}};
    office.house.clock.now.milliseconds += 72LL * 3'600'000;
    office.outbox.run_once();
    CHECK(office.row("0193-b").state == "parked");
}

TEST_CASE("a row that cannot be written is postponed and those behind it are sent") {
    PostOffice office;
    office.put("0193-a", "mail.claim", "lrn-015", R"({"credentialIds":[7]})");
    office.put("0193-b", "mail.sign-in", "lrn-015");

    office.outbox.run_once();

    CHECK(office.row("0193-a").last_error == "mail-not-written");
    CHECK(office.row("0193-a").state == "waiting");
    CHECK(office.row("0193-b").state == "done");
}

TEST_CASE("told to stop it begins no further mail, and what was not begun goes out at once when it runs again") {
    PostOffice office;
    office.put("0193-a", "mail.sign-in", "lrn-015");
    office.put("0193-b", "mail.sign-in", "lrn-015");
    bool stops = false;
    MailSettings settings{"badges@badges.example", [&](Result<void> const&) { stops = true; }, [&] { return stops; }};
    MailOutbox outbox(office.house.services, office.transport, settings);

    CHECK_FALSE(outbox.run_once());
    CHECK(office.row("0193-a").state == "done");
    CHECK(office.row("0193-b").state == "waiting");
    CHECK(office.row("0193-b").attempts == 0);

    stops = false;
    outbox.run_once();
    CHECK(office.row("0193-b").state == "done");
}

TEST_CASE("a failure while it stops says nothing about the mail server") {
    PostOffice office;
    office.put("0193-a", "mail.sign-in", "lrn-015");
    office.transport.failure = Error{Fault::unavailable, "smtp-stopped", "curl 42", {}};
    int told = 0;
    int asked = 0;
    MailSettings settings{"badges@badges.example", [&](Result<void> const&) { ++told; }, [&] { return ++asked > 1; }};
    MailOutbox outbox(office.house.services, office.transport, settings);

    CHECK_FALSE(outbox.run_once());

    CHECK(told == 0);
    CHECK(office.row("0193-a").state == "waiting");
    CHECK(office.row("0193-a").attempts == 1);
}

TEST_CASE("nobody is written to about withdrawn badges or after an erasure") {
    PostOffice office;
    office.put("0193-a", "mail.claim", "lrn-015", R"({"credentialIds":["7d9c2a1e-0000-4000-8000-000000000000"]})");
    office.put("0193-b", "mail.sign-in", "lrn-nobody");

    office.outbox.run_once();

    CHECK(office.transport.messages.empty());
    CHECK(office.links() == 0);
    CHECK(office.row("0193-a").state == "done");
    CHECK(office.row("0193-b").state == "done");
}

}  // namespace
}  // namespace itqan::jobs
