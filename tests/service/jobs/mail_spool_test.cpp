#include "service/jobs/mail_spool.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "service/jobs/mail_message.hpp"
#include "tests/support/shared.hpp"

namespace itqan::jobs {
namespace {

namespace fs = std::filesystem;

class Folder {
  public:
    Folder() {
        std::string name = (fs::temp_directory_path() / "itqan-spool-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
        path_ = name;
    }
    ~Folder() { fs::remove_all(path_); }
    fs::path const& path() const { return path_; }

  private:
    fs::path path_;
};

std::string message_to(std::string const& address) {
    return *compose({{"نخلة", "badges@nakhla.example"},
                     {"ريم السهلي", address},
                     "id@nakhla.example",
                     *Instant::parse("2026-11-24T15:43:05Z"),
                     "ar, en",
                     "شارة جديدة: أساس الصحة الرقمية والمزيد من الكلمات",
                     "الرابط\nhttps://x",
                     "<p>x</p>"});
}

Envelope envelope(std::string id) {
    return {std::move(id), *Instant::parse("2026-11-24T15:43:05Z"), "badges@nakhla.example", "a@people.example"};
}

TEST_CASE("a spooled mail is one private file named by time and id that reads back") {
    Folder const folder;
    MailSpool spool(folder.path() / "mail");

    REQUIRE(spool.deliver(envelope("0193-a"), message_to("a@people.example")));

    auto const mails = list_spooled_mail(folder.path() / "mail");
    REQUIRE(mails.size() == 1);
    CHECK(mails[0].name == "20261124T154305Z-0193-a.eml");
    CHECK(mails[0].from == "نخلة <badges@nakhla.example>");
    CHECK(mails[0].to == "ريم السهلي <a@people.example>");
    CHECK(mails[0].subject == "شارة جديدة: أساس الصحة الرقمية والمزيد من الكلمات");
    CHECK(mails[0].text == "الرابط\r\nhttps://x");
    CHECK(mails[0].html == "<p>x</p>");
    struct stat status {};
    REQUIRE(::stat((folder.path() / "mail" / mails[0].name).c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    REQUIRE(::stat((folder.path() / "mail").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0700);
}

TEST_CASE("a second delivery of the same mail replaces the first") {
    Folder const folder;
    MailSpool spool(folder.path());

    REQUIRE(spool.deliver(envelope("0193-a"), message_to("a@people.example")));
    REQUIRE(spool.deliver(envelope("0193-a"), message_to("b@people.example")));

    REQUIRE(list_spooled_mail(folder.path()).size() == 1);
    CHECK(list_spooled_mail(folder.path())[0].to.ends_with("<b@people.example>"));
}

TEST_CASE("names that leave the folder are not found") {
    Folder const folder;
    MailSpool const spool(folder.path());

    for (auto const name : {"../x.eml", "/etc/passwd", ".hidden.eml", "a/b.eml", "x.txt", ""}) {
        CAPTURE(name);
        auto const mail = read_spooled_mail(folder.path(), name);
        REQUIRE_FALSE(mail);
        CHECK(mail.error().fault == Fault::not_found);
    }
}

TEST_CASE("erasing a person removes every mail to the address and no other") {
    Folder const folder;
    MailSpool spool(folder.path());
    REQUIRE(spool.deliver(envelope("0193-a"), message_to("a@people.example")));
    REQUIRE(spool.deliver(envelope("0193-b"), message_to("ba@people.example")));
    REQUIRE(spool.deliver(envelope("0193-c"), message_to("A@People.example")));

    CHECK(remove_spooled_mail(folder.path(), "A@people.example") == 2);

    REQUIRE(list_spooled_mail(folder.path()).size() == 1);
    CHECK(list_spooled_mail(folder.path())[0].to.ends_with("<ba@people.example>"));
    CHECK(remove_spooled_mail(folder.path() / "nowhere", "a@people.example") == 0);
}

TEST_CASE("a draft of a process that died is gone when the spool opens again and not when somebody reads") {
    Folder const folder;
    auto const draft = folder.path() / ".20261124T154305Z-0193-a.eml.draft";
    std::ofstream(draft) << "half a mail";

    CHECK(list_spooled_mail(folder.path()).empty());
    CHECK(fs::exists(draft));

    MailSpool const spool(folder.path());

    CHECK_FALSE(fs::exists(draft));
    CHECK(list_spooled_mail(folder.path()).empty());
}

TEST_CASE("a folder that cannot be written leaves the mail for later") {
    Folder const folder;
    MailSpool spool(folder.path() / "mail");
    fs::remove_all(folder.path() / "mail");

    auto const kept = spool.deliver(envelope("0193-a"), message_to("a@people.example"));

    REQUIRE_FALSE(kept);
    CHECK(kept.error().fault == Fault::unavailable);
}

}  // namespace
}  // namespace itqan::jobs
