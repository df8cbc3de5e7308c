#include "service/app.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <regex>
#include <set>

#include <nlohmann/json.hpp>

#include "service/http/certificate.hpp"
#include "storage/outbox.hpp"
#include "tests/service/metrics/exposition_reader.hpp"
#include "tests/storage/temporary_database.hpp"
#include "tests/support/shared.hpp"

using namespace itqan;
using namespace itqan::service;
using namespace itqan::tests;

namespace {

/// The service as `itqan serve` builds it, on a free port.
struct Running {
    TemporaryFolder folder;
    std::filesystem::path data = folder.file("data");
    std::unique_ptr<Installation> installation;
    Log log{Log::Form::json};
    std::unique_ptr<App> app;

    Running() {
        Config config;
        config.data = data;
        config.domain = "localhost";
        config.listen_port = 0;
        auto const certificate = http::demo_certificate(folder.file("tls"), {}, SystemClock().wall());
        if (!certificate) throw std::runtime_error(certificate.error().detail);
        config.certificate = certificate->certificate;
        config.certificate_key = certificate->key;
        auto opened = Installation::open(config);
        if (!opened) throw std::runtime_error(opened.error().detail);
        installation = std::move(*opened);
        installation->ensure_keys();
        std::ofstream(data / "backup.json") << R"({"time": "2026-11-01T12:00:00Z", "path": "/backups/a"})";
        app = std::make_unique<App>(*installation, log, AppOptions{});
    }
    std::map<std::string, Family> figures() const { return read_exposition(app->metrics_text()); }
    void record(std::string const& kind) const {
        storage::EventRow row;
        row.recorded_at = row.occurred_at = SystemClock().wall();
        row.actor = "system";
        row.kind = kind;
        row.subject = "secret-subject";
        installation->services().database.write([&](storage::Session& s) { storage::append_event(s, row); });
    }
};

/// The names of our metrics in a text, without the endings of a histogram's series.
std::set<std::string> metrics_in(std::string const& text, std::map<std::string, Family> const& families) {
    static std::regex const form(R"(\b(?:itqan|process)_[a-z0-9_]+)");
    std::set<std::string> names;
    for (auto it = std::sregex_iterator(text.begin(), text.end(), form); it != std::sregex_iterator(); ++it) {
        auto name = it->str();
        for (std::string const ending : {"_bucket", "_sum", "_count"}) {
            if (!name.ends_with(ending)) continue;
            auto const family = families.find(name.substr(0, name.size() - ending.size()));
            if (family != families.end() && family->second.type == "histogram") name = family->first;
        }
        names.insert(name);
    }
    return names;
}

/// Brackets pair up and strings end: what is most often wrong with an expression that was edited by hand.
bool is_balanced(std::string const& expression) {
    std::string open;
    bool quoted = false;
    for (char const c : expression) {
        if (c == '"') quoted = !quoted;
        if (quoted) continue;
        if (c == '(' || c == '[' || c == '{') open += c == '(' ? ')' : c == '[' ? ']' : '}';
        if (c != ')' && c != ']' && c != '}') continue;
        if (open.empty() || open.back() != c) return false;
        open.pop_back();
    }
    return open.empty() && !quoted;
}

}  // namespace

TEST_CASE("the whole of /metrics is what a scraper takes, in base units and without ids") {
    Running const running;
    auto const before = running.figures();
    running.record("credential.issued");
    running.record("credential.issued");
    running.record("credential.revoked");

    auto const text = running.app->metrics_text();

    auto const families = read_exposition(text);
    CHECK(families.size() > 40);
    CHECK(value_of(before, "itqan_credentials_issued_total") == 0);
    CHECK(value_of(families, "itqan_credentials_issued_total") == 2);
    CHECK(value_of(families, "itqan_credentials_revoked_total") == 1);
    CHECK(value_of(families, "itqan_events_total{kind=\"credential.issued\"}") == 2);
    CHECK(value_of(families, "itqan_database_up") == 1);
    CHECK(value_of(families, "itqan_database_writable") == 1);
    CHECK(value_of(families, "itqan_database_groups_total") >= 3);
    CHECK(value_of(families, "itqan_database_group_size_count") == value_of(families, "itqan_database_groups_total"));
    CHECK(value_of(families, "itqan_certificate_not_after_seconds") > 1.7e9);
    CHECK(value_of(families, "itqan_http_workers") == 64);
    CHECK(text.find("secret-subject") == std::string::npos);
    for (auto const& [name, family] : families) {
        CAPTURE(name);
        CHECK_FALSE(family.help.empty());
        for (std::string const unit : {"_ms", "_milliseconds", "_microseconds", "_kb", "_percent"})
            CHECK(name.find(unit) == std::string::npos);
    }
}

TEST_CASE("every metric that the dashboard and the alerts ask for exists") {
    Running const running;
    auto const families = running.figures();
    for (auto const* const file : {"deploy/grafana/itqan.json", "deploy/alerts.yml"}) {
        CAPTURE(file);
        auto const asked = metrics_in(read_file(source_dir() / file), families);
        CHECK(asked.size() > 10);
        for (auto const& name : asked) {
            CAPTURE(name);
            CHECK(families.contains(name));
        }
    }
}

TEST_CASE("the dashboard asks for every metric of ours, in expressions that are whole") {
    Running const running;
    auto const families = running.figures();
    auto const dashboard = Json::parse(read_file(source_dir() / "deploy/grafana/itqan.json"));
    std::string expressions;
    std::set<int> ids;
    for (auto const& panel : dashboard.at("panels")) {
        CHECK(ids.insert(panel.at("id").get<int>()).second);
        if (panel.at("type") == "row") continue;
        REQUIRE_FALSE(panel.at("targets").empty());
        for (auto const& target : panel.at("targets")) {
            auto const expression = target.at("expr").get<std::string>();
            CAPTURE(expression);
            CHECK(is_balanced(expression));
            expressions += expression + "\n";
        }
    }

    auto const asked = metrics_in(expressions, families);
    for (auto const& [name, family] : families) {
        CAPTURE(name);
        if (name.starts_with("itqan_") && name != "itqan_http_workers") CHECK(asked.contains(name));
    }
}

TEST_CASE("the alerts are whole and each says what to do") {
    std::istringstream lines(read_file(source_dir() / "deploy/alerts.yml"));
    int alerts = 0, expressions = 0, summaries = 0, remedies = 0;
    for (std::string line; std::getline(lines, line);) {
        CAPTURE(line);
        auto const begin = line.find_first_not_of(' ');
        if (begin == std::string::npos || line[begin] == '#') continue;
        CHECK(line.find('\t') == std::string::npos);
        auto const text = line.substr(begin);
        alerts += text.starts_with("- alert: ") ? 1 : 0;
        summaries += text.starts_with("summary: \"") ? 1 : 0;
        remedies += text.starts_with("do: \"") ? 1 : 0;
        if (!text.starts_with("expr: ")) continue;
        ++expressions;
        CHECK(is_balanced(text.substr(6)));
    }
    CHECK(alerts > 8);
    CHECK(expressions == alerts);
    CHECK(summaries == alerts);
    CHECK(remedies == alerts);
}
