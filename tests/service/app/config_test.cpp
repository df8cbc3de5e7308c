#include "service/config.hpp"
#include "service/store.hpp"

#include <doctest/doctest.h>

#include <fstream>

#include "service/config_changes.hpp"
#include "tests/storage/temporary_database.hpp"

using namespace itqan;
using namespace itqan::service;
using namespace itqan::tests;

namespace {

struct Folder : TemporaryDatabase {
    std::filesystem::path data = std::filesystem::path(file).parent_path();

    Result<Config> read(std::map<std::string, std::string> const& environment = {}) const {
        return read_config(data, std::nullopt, environment);
    }
    void write(std::string const& text) const { std::ofstream(data / "itqan.toml") << text; }
};

}  // namespace

TEST_CASE("a written configuration reads back the same, whatever its texts hold") {
    Folder folder;
    Config config;
    config.data = folder.data;
    REQUIRE(set_domain(config, "badges.example.org"));
    config.controller_name = R"(The "A" Trust \ جهة)";
    config.controller_contact = "privacy@example.org";

    write_config(config);

    auto const again = folder.read();
    REQUIRE(again);
    CHECK(again->domain == "badges.example.org");
    CHECK(again->controller_name == config.controller_name);
    CHECK(again->controller_contact == "privacy@example.org");
    auto const mode = std::filesystem::status(config.file()).permissions();
    CHECK((mode & (std::filesystem::perms::group_all | std::filesystem::perms::others_all)) ==
          std::filesystem::perms::none);
}

TEST_CASE("the environment beats the file, lists with commas") {
    Folder folder;
    folder.write("domain = \"a.example\"\n[limits]\ntrusted_proxies = [\"10.0.0.0/8\"]\n");

    auto const config =
        folder.read({{"ITQAN_DOMAIN", "b.example"}, {"ITQAN_LIMITS_TRUSTED_PROXIES", "192.0.2.0/24,::1/128"}});

    REQUIRE(config);
    CHECK(config->domain == "b.example");
    CHECK(config->trusted_proxies == std::vector<std::string>{"192.0.2.0/24", "::1/128"});
}

TEST_CASE("what is no key or no value of one is refused by name") {
    Folder folder;
    auto const code = [&](std::string const& text) {
        folder.write(text);
        return folder.read().error().code;
    };

    CHECK(code("domian = \"a.example\"\n") == "config-unknown-key");
    CHECK(code("domain = \"a/b\"\n") == "config-value");
    CHECK(code("listen = \"localhost\"\n") == "config-value");
    CHECK(code("domain = \n") == "config-syntax");
    folder.write("");
    CHECK(folder.read({{"ITQAN_NO_SUCH", "1"}}).error().code == "config-unknown-key");
}

TEST_CASE("a password file gives its first line and must have one") {
    Folder folder;
    auto const file = folder.data / "password";
    auto const setting = "[mail]\npassword_file = \"" + file.string() + "\"\n";
    folder.write(setting);

    std::ofstream(file) << "secret\r\nmore\n";
    CHECK(folder.read()->mail.smtp.password == "secret");
    std::ofstream(file) << "";
    CHECK(folder.read().error().code == "config-value");
    std::filesystem::remove(file);
    CHECK(folder.read().error().code == "config-value");
}

TEST_CASE("the VC-API is off unless it is turned on, and no key opens it to strangers") {
    Folder folder;
    folder.write("");
    CHECK_FALSE(folder.read()->vc_api);
    folder.write("[vc_api]\nenabled = true\n");
    CHECK(folder.read()->vc_api);
    CHECK_FALSE(folder.read()->vc_api_open);
    CHECK_FALSE(folder.read({{"ITQAN_VC_API_ENABLED", "false"}})->vc_api);

    folder.write("[vc_api]\nenabled = \"maybe\"\n");
    CHECK(folder.read().error().code == "config-value");
    folder.write("[vc_api]\nopen = true\n");
    CHECK(folder.read().error().code == "config-unknown-key");

    Config config;
    config.data = folder.data;
    REQUIRE(set_domain(config, "badges.example.org"));
    config.vc_api = true;
    write_config(config);
    CHECK(folder.read()->vc_api);
}

TEST_CASE("known issuers and registries are read, and a registry needs an https address") {
    Folder folder;
    folder.write(
        "domain = \"a.example\"\n[trust]\nissuers = [\"did:web:college.example\"]\n"
        "registries = [\"https://registry.example/registry.json The Registry\"]\n"
        "[outbound]\nallow = [\"badges.example.org:8443\"]\n");
    auto const config = folder.read();
    REQUIRE(config);
    CHECK(config->trust_issuers == std::vector<std::string>{"did:web:college.example"});
    CHECK(config->trust_registries.front() == "https://registry.example/registry.json The Registry");
    CHECK(config->outbound_allow == std::vector<std::string>{"badges.example.org:8443"});
    CHECK_FALSE(config->way_out);

    folder.write("domain = \"a.example\"\n[trust]\nregistries = [\"http://registry.example/registry.json\"]\n");
    auto const refused = folder.read();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().detail.find("https://registry.example") != std::string::npos);
}

TEST_CASE("a proxy of the way out is read with its credentials from a file, and errors never repeat them") {
    Folder folder;
    auto const secret = folder.data / "proxy-credentials";
    std::ofstream(secret) << "itqan:s3cret\n";
    folder.write("[outbound]\nproxy_credentials_file = \"" + secret.string() +
                 "\"\nproxy = \"http://proxy.example.org:3128\"\nkeep_seconds = 60\n");
    auto const config = folder.read();
    REQUIRE(config);
    REQUIRE(config->outbound_proxy);
    CHECK(config->outbound_proxy->host == "proxy.example.org");
    CHECK(config->outbound_proxy->port == 3128);
    CHECK(config->outbound_proxy->credentials == "itqan:s3cret");
    CHECK(config->outbound_keep == std::chrono::seconds(60));

    auto const refused = [&folder](std::string const& text, std::string_view why) {
        folder.write("[outbound]\n" + text);
        auto const read = folder.read();
        REQUIRE_FALSE(read);
        CHECK(read.error().detail.find(why) != std::string::npos);
        CHECK(read.error().detail.find("s3cret") == std::string::npos);
    };
    refused("proxy = \"http://u:s3cret@proxy.example.org:3128\"\n", "http://proxy.example:3128");
    refused("proxy = \"proxy.example.org\"\n", "outbound.proxy");
    refused("proxy_credentials_file = \"" + secret.string() + "\"\n", "outbound.proxy\" is missing");
    refused("proxy = \"http://a:1\"\nproxy_credentials_file = \"/nowhere\"\n", "cannot be read");
    std::ofstream(secret) << "s3cret\n";
    refused("proxy = \"http://a:1\"\nproxy_credentials_file = \"" + secret.string() + "\"\n", "a colon");
    refused("keep_seconds = -1\n", "0 to 86400");
    refused("keep_seconds = \"soon\"\n", "0 to 86400");
}

TEST_CASE("a database is named without its password, which comes from a file") {
    Folder folder;
    std::ofstream(folder.data / "password") << "sec ret\n";
    auto const password_file = (folder.data / "password").string();

    auto const good = folder.read({{"ITQAN_DATABASE_URL", "postgres://itqan@db.example/itqan?sslmode=require"},
                                   {"ITQAN_DATABASE_PASSWORD_FILE", password_file}});

    REQUIRE(good);
    CHECK(good->database_password == "sec ret");
    CHECK(store_name(*good) == "postgres://itqan@db.example/itqan");
    for (auto const* const url :
         {"postgres://itqan:secret@db.example/itqan", "postgres://db/x?password=secret", "mysql://db/x", "itqan.db",
          "postgres://itqan:sec/ret@db/x", "postgres://db/x?p%61ssword=secret"}) {
        auto const refused = folder.read({{"ITQAN_DATABASE_URL", url}});
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == "config-value");
        CHECK(refused.error().detail.find("secret") == std::string::npos);
    }
}

TEST_CASE("limits and the internal listener are read, and a token never passes in the clear but on loopback") {
    Folder folder;
    folder.write(
        "[internal]\nlisten = \"127.0.0.1:8444\"\ntls = false\n"
        "[limits]\nverify = \"10/20\"\nconnections = 500\nconnections_per_client = 7\nworkers = 8\n");
    auto const config = folder.read({{"ITQAN_LIMITS_SIGN_IN", "3/4"}});
    REQUIRE(config);
    CHECK(config->internal_listen.address == "127.0.0.1");
    CHECK(config->internal_listen.port == 8444);
    CHECK_FALSE(config->internal_tls);
    CHECK(config->rates.verify.burst == 10);
    CHECK(config->rates.verify.per_minute == 20);
    CHECK(config->rates.sign_in.burst == 3);
    CHECK(config->connections == 500);
    CHECK(config->connections_per_client == 7);
    CHECK(config->workers == 8);

    auto const refused = [&folder](std::string const& text, std::string_view why) {
        folder.write(text);
        auto const read = folder.read();
        REQUIRE_FALSE(read);
        CHECK(read.error().detail.find(why) != std::string::npos);
    };
    refused("[internal]\nlisten = \"10.0.0.1:8444\"\ntls = false\n", "loopback");
    refused("[internal]\nlisten = \"8444\"\n", "internal.listen");
    refused("[limits]\nverify = \"10\"\n", "60/120");
    refused("[limits]\nverify = \"0/5\"\n", "60/120");
    refused("[limits]\nworkers = 0\n", "from 2 to");
}

TEST_CASE("a configuration that was read again says which keys need a restart and which do not") {
    Folder folder;
    folder.write("domain = \"a.example\"\n");
    auto const before = folder.read();
    folder.write(
        "domain = \"a.example\"\nlisten = \"127.0.0.1:9000\"\n"
        "[limits]\nverify = \"1/2\"\nworkers = 9\ntrusted_proxies = [\"10.0.0.0/8\"]\n"
        "[mail]\nhost = \"smtp.example\"\n[tls]\ncertificate = \"/elsewhere\"\n");
    auto const after = folder.read();
    REQUIRE(before);
    REQUIRE(after);

    CHECK(needing_restart(*before, *before).empty());
    CHECK(needing_restart(*before, *after) == std::vector<std::string>{"listen", "limits.workers"});
}

TEST_CASE("another database, its password or another key of keys needs a restart") {
    Folder folder;
    auto const password_file = (folder.data / "password").string();
    std::ofstream(password_file) << "old\n";
    std::string const database = "domain = \"a.example\"\n[database]\npassword_file = \"" + password_file + "\"\n";
    folder.write(database + "url = \"postgres://itqan@db.example/itqan\"\n");
    auto const before = folder.read();
    std::ofstream(password_file) << "new\n";
    auto const other_password = folder.read();
    folder.write(database + "url = \"postgres://itqan@other.example/itqan\"\nconnections = 9\n" +
                 "[keys]\nkek_file = \"/elsewhere/kek\"\n");
    auto const all = folder.read();
    REQUIRE(before);
    REQUIRE(other_password);
    REQUIRE(all);

    CHECK(needing_restart(*before, *other_password) == std::vector<std::string>{"database.password_file"});
    CHECK(needing_restart(*before, *all) ==
          std::vector<std::string>{"database.url", "database.password_file", "database.connections", "keys.kek_file"});
}
