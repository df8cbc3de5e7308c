#include "service/jobs/mail_message.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/support/shared.hpp"

namespace itqan::jobs {
namespace {

Mail sample() {
    return {{"Nakhla", "badges@nakhla.example"},
            {"Reem Al Sahli", "lrn-015@people.example"},
            "0193a-b@nakhla.example",
            *Instant::parse("2026-11-24T15:43:05Z"),
            "ar, en",
            "A badge",
            "plain words",
            "<p>html words</p>"};
}

/// Header lines of a message, unfolded.
std::vector<std::string> header_lines(std::string const& message) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < message.size();) {
        auto const end = message.find("\r\n", at);
        auto const line = message.substr(at, end - at);
        if (line.empty()) break;
        if (line.front() == ' ' && !lines.empty())
            lines.back() += line;
        else
            lines.push_back(line);
        at = end + 2;
    }
    return lines;
}

std::string header(std::string const& message, std::string const& name) {
    std::string found;
    for (auto const& line : header_lines(message)) {
        if (!line.starts_with(name + ": ")) continue;
        CHECK(found.empty());
        found = line.substr(name.size() + 2);
    }
    return found;
}

TEST_CASE("a message has one of each header and both parts") {
    auto const message = compose(sample());

    REQUIRE(message);
    CHECK(header(*message, "Date") == "Tue, 24 Nov 2026 15:43:05 +0000");
    CHECK(header(*message, "From") == "\"Nakhla\" <badges@nakhla.example>");
    CHECK(header(*message, "To") == "\"Reem Al Sahli\" <lrn-015@people.example>");
    CHECK(header(*message, "Subject") == "A badge");
    CHECK(header(*message, "Message-ID") == "<0193a-b@nakhla.example>");
    CHECK(header(*message, "Content-Language") == "ar, en");
    CHECK(message->find("Content-Type: text/plain; charset=utf-8") <
          message->find("Content-Type: text/html; charset=utf-8"));
    CHECK(message->find("cGxhaW4gd29yZHM=") != std::string::npos);
    CHECK(message->ends_with("--\r\n"));
}

TEST_CASE("no line of a message is longer than 78 bytes and every line ends with CRLF") {
    auto mail = sample();
    mail.subject = "Closed-Loop Medication Operator and Digital Health Foundation for Care Teams in the Gulf region";
    mail.to.name = "اسم طويل جدًا لا ينتهي في سطر واحد من سطور الرسالة مهما حاولنا ذلك";
    mail.text = std::string(5000, 'x') + "\n" + std::string(300, 'y');

    auto const message = compose(mail);

    REQUIRE(message);
    std::size_t at = 0;
    while (at < message->size()) {
        auto const end = message->find("\r\n", at);
        REQUIRE(end != std::string::npos);
        CHECK(end - at <= 78);
        CHECK(message->substr(at, end - at).find_first_of("\r\n") == std::string::npos);
        at = end + 2;
    }
}

TEST_CASE("Arabic subjects become encoded words that each hold whole characters") {
    CHECK(encode_unstructured("شارة") == "=?UTF-8?B?2LTYp9ix2Kk=?=");

    auto const words = encode_unstructured("شارة جديدة: أساس الصحة الرقمية والمزيد من الكلمات");

    CHECK(words.find("?=\r\n =?UTF-8?B?") != std::string::npos);
    CHECK(words.find('\n') != 0);
}

TEST_CASE("line breaks in names and subjects add no header") {
    for (std::string const attack :
         {"x\r\nBcc: evil@evil.example", "x\nBcc: evil@evil.example", "x\r\n\r\n<script>", "x\rBcc: e@e.example"}) {
        CAPTURE(attack);
        auto mail = sample();
        mail.subject = attack;
        mail.to.name = attack;
        mail.from.name = attack;

        auto const message = compose(mail);

        REQUIRE(message);
        CHECK(header_lines(*message).size() == 9);
        for (auto const& line : header_lines(*message))
            CHECK_FALSE(line.starts_with("Bcc"));
    }
}

TEST_CASE("a name cannot close its quotes, fake an encoded word or reorder the address") {
    CHECK(encode_mailbox({"a\" <x@evil.example>, \"b", "r@b.example"}) ==
          "\"a\\\" <x@evil.example>, \\\"b\"\r\n <r@b.example>");
    CHECK(encode_mailbox({"=?UTF-8?B?eA==?=", "r@b.example"}).starts_with("=?UTF-8?B?PT9VVEYtOD9CP2VBPT0/PQ==?="));
    CHECK(encode_mailbox({"", "r@b.example"}) == "<r@b.example>");
    // U+202E is written out, so the shown name reads in its real order.
    CHECK(encode_unstructured("a\xe2\x80\xae"
                              "b") != encode_unstructured("ab"));
    CHECK(encode_unstructured("a\xe2\x80\xae"
                              "b")
              .find("4oCu") == std::string::npos);
}

TEST_CASE("dates before, at and after the epoch name the right weekday") {
    CHECK(mail_date(Instant{0}) == "Thu, 01 Jan 1970 00:00:00 +0000");
    CHECK(mail_date(*Instant::parse("1969-12-31T23:59:59Z")) == "Wed, 31 Dec 1969 23:59:59 +0000");
    CHECK(mail_date(*Instant::parse("2024-02-29T12:00:00Z")) == "Thu, 29 Feb 2024 12:00:00 +0000");
}

TEST_CASE("what is no message id or no language is refused") {
    for (auto const id : {"", "no-at", "a@b\r\nBcc: x", "a@b>"}) {
        auto mail = sample();
        mail.message_id = id;
        CHECK_FALSE(compose(mail));
    }
    auto mail = sample();
    mail.languages = "en\r\nBcc: x";
    CHECK_FALSE(compose(mail));
}

TEST_CASE("the published mail attacks are refused as addresses and harmless as names") {
    auto const shared = tests::shared_dir();
    if (!shared) {
        MESSAGE("no shared vectors on this machine");
        return;
    }
    auto const cases = nlohmann::json::parse(tests::read_file(*shared / "vectors/attacks/text-injection/mail.json"));
    REQUIRE(cases.size() >= 12);
    for (auto const& attack : cases) {
        auto const value = attack.at("value").get<std::string>();
        CAPTURE(value);
        auto as_address = sample();
        as_address.to.address = value;
        auto as_name = sample();
        as_name.to.name = value;

        CHECK_FALSE(compose(as_address));
        auto const message = compose(as_name);
        REQUIRE(message);
        CHECK(header_lines(*message).size() == 9);
        CHECK(header(*message, "To").ends_with(" <lrn-015@people.example>"));
        CHECK(header(*message, "Subject") == "A badge");
    }
}

}  // namespace
}  // namespace itqan::jobs
