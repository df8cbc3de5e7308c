// What verifying a badge of another issuer costs us when nothing of it is known: did:web (and its status list) fetched
// over TLS from a host on this machine that runs in another process. Our part is this process's CPU, our side of the
// handshakes included; the rest of the time is waiting for that host.

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <ctime>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

#include "crypto/did.hpp"
#include "crypto/signer.hpp"
#include "crypto/status_list.hpp"
#include "crypto/vc_jwt.hpp"
#include "schemas/status_list_credential.hpp"
#include "service/domain/foreign_documents.hpp"
#include "service/http/certificate.hpp"
#include "service/http/server.hpp"
#include "service/http/way_out.hpp"
#include "tests/schemas/badge_samples.hpp"

namespace {

using namespace itqan;

constexpr double budget_milliseconds = 2;

struct Issuer {
    std::uint16_t port;
    crypto::LocalSigner signer{crypto::PrivateKey::generate(crypto::KeyType::ed25519), "1"};
    std::string host() const { return "issuer.test:" + std::to_string(port); }
    std::string did() const { return "did:web:issuer.test%3A" + std::to_string(port); }
    std::string list() const { return "https://" + host() + "/list"; }

    std::string document() const {
        return crypto::did_document(did(), {}, {{"1", signer.public_key(), did() + "#1"}}).dump();
    }
    std::string status_list() const {
        crypto::StatusList bits;
        for (std::uint64_t position = 0; position < 131'072; position += 100)
            if (position != 94'567) bits.set(position);
        schemas::StatusListFields fields;
        fields.id = list();
        fields.issuer = did();
        fields.valid_from = SystemClock().wall();
        fields.encoded_list = bits.encode();
        return crypto::issue_vc_jwt(signer, did() + "#1", schemas::to_json(fields));
    }
    std::string badge(bool has_status) const {
        auto badge = schemas::to_json(tests::full_credential());
        badge["issuer"]["id"] = did();
        if (!has_status)
            badge.erase("credentialStatus");
        else {
            badge["credentialStatus"]["id"] = list() + "#94567";
            badge["credentialStatus"]["statusListCredential"] = list();
            badge["credentialStatus"]["statusListIndex"] = "94567";
        }
        return crypto::issue_vc_jwt(signer, did() + "#1", badge);
    }
};

/// The host: answers until it is told to end. Its port goes into `to_parent`.
[[noreturn]] void serve(http::DemoCertificate const& certificate, int from_parent, int to_parent) {
    std::string documents[2];
    std::vector<http::Route> routes;
    JsonLimits const limits;
    char const* const paths[] = {"/.well-known/did.json", "/list"};
    for (int i = 0; i < 2; ++i)
        routes.push_back({"GET", paths[i], limits, [&documents, i](http::Request const&) -> Result<http::Response> {
                              http::Response response;
                              response.headers.add("content-type",
                                                   i == 0 ? "application/did+json" : "application/vc+jwt");
                              response.headers.add("cache-control", "no-store");
                              response.body = documents[i];
                              return response;
                          }});
    http::Router const router(std::move(routes));
    http::ServerConfig config;
    config.port = 0;
    config.certificate = certificate.certificate;
    config.key = certificate.key;
    config.hosts = {"issuer.test"};
    http::Server server(config, router);
    server.start();
    auto const port = server.port();
    if (::write(to_parent, &port, sizeof port) != sizeof port) _exit(1);
    for (auto& document : documents) {
        std::size_t size = 0;
        if (::read(from_parent, &size, sizeof size) != sizeof size) _exit(1);
        document.resize(size);
        for (std::size_t got = 0; got < size;) {
            auto const count = ::read(from_parent, document.data() + got, size - got);
            if (count <= 0) _exit(1);
            got += static_cast<std::size_t>(count);
        }
    }
    if (::write(to_parent, &port, 1) != 1) _exit(1);
    char end = 0;
    (void)!::read(from_parent, &end, 1);
    _exit(0);
}

double cpu_milliseconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

void verify(http::WayOut& way_out, std::string const& badge) {
    FetchedDocuments fetched;
    while (true) {
        domain::Question question;
        question.input = badge;
        auto asked = domain::verify_foreign(std::move(question), SystemClock().wall(), &fetched);
        if (!asked) throw std::runtime_error(asked.error().detail);
        if (asked->report) {
            if (asked->report->verdict != domain::Verdict::valid)
                throw std::runtime_error(domain::report_to_json(*asked->report).dump());
            return;
        }
        fetched = way_out.fetch_and_wait(std::move(fetched), asked->needs);
    }
}

/// Milliseconds of our CPU for one, the median of seven rounds, which is printed beside the whole time of one.
double measure(char const* name, std::function<void()> const& work) {
    constexpr int repeats = 100;
    std::vector<double> ours, whole;
    work();
    for (int round = 0; round < 7; ++round) {
        auto const before = cpu_milliseconds();
        auto const began = std::chrono::steady_clock::now();
        for (int i = 0; i < repeats; ++i)
            work();
        std::chrono::duration<double, std::milli> const took = std::chrono::steady_clock::now() - began;
        ours.push_back((cpu_milliseconds() - before) / repeats);
        whole.push_back(took.count() / repeats);
    }
    std::sort(ours.begin(), ours.end());
    std::sort(whole.begin(), whole.end());
    std::printf("%-36s our part %5.2f ms   whole %5.2f ms\n", name, ours[3], whole[3]);
    return ours[3];
}

void send(int to, std::string const& text) {
    auto const size = text.size();
    if (::write(to, &size, sizeof size) != sizeof size || ::write(to, text.data(), size) != static_cast<ssize_t>(size))
        throw std::runtime_error("the host is gone");
}

}  // namespace

int main() try {
    char folder[] = "/tmp/itqan-outbound-bench-XXXXXX";
    if (mkdtemp(folder) == nullptr) throw std::runtime_error("no folder");
    auto const certificate = http::demo_certificate(folder, {"issuer.test"}, SystemClock().wall());
    if (!certificate) throw std::runtime_error(certificate.error().detail);
    int down[2], up[2];
    if (::pipe(down) != 0 || ::pipe(up) != 0) throw std::runtime_error("no pipe");
    auto const host = fork();  // Before there is any thread.
    if (host == 0) serve(*certificate, down[0], up[1]);
    Issuer issuer{};
    if (::read(up[0], &issuer.port, sizeof issuer.port) != sizeof issuer.port) throw std::runtime_error("no host");
    send(down[1], issuer.document());
    send(down[1], issuer.status_list());
    char ready = 0;
    (void)!::read(up[0], &ready, 1);
    bool is_good = false;
    {
        http::ClientConfig client;
        client.allow = {issuer.host()};
        client.allow_private = *http::Networks::read({"127.0.0.1/32"});
        client.ca_file = certificate->authority;
        client.resolve = [](std::string const&, std::string const&,
                            std::chrono::milliseconds) -> Result<std::vector<std::string>> {
            return std::vector<std::string>{"127.0.0.1"};
        };
        http::WayOutConfig config;
        config.new_reading = [] { return std::static_pointer_cast<void>(domain::new_reading()); };
        http::WayOut way_out(client, config);
        http::Client const bare(client);
        auto const address = "https://" + issuer.host() + "/.well-known/did.json";
        measure("one document fetched, TLS and all", [&] {
            if (!bare.get(address, {}).failure.empty()) throw std::runtime_error("the host does not answer");
        });
        auto const by_did = issuer.badge(false), with_list = issuer.badge(true);
        is_good = measure("cold did:web", [&] { verify(way_out, by_did); }) < budget_milliseconds;
        measure("cold did:web and a status list", [&] { verify(way_out, with_list); });
    }
    (void)!::write(down[1], "x", 1);
    ::waitpid(host, nullptr, 0);
    std::filesystem::remove_all(folder);
    if (!is_good) std::fprintf(stderr, "our part of a cold did:web should be less than %.0f ms\n", budget_milliseconds);
    return is_good ? 0 : 1;
} catch (std::exception const& failure) {
    std::fprintf(stderr, "%s\n", failure.what());
    return 1;
}
