// Closed-loop load on an HTTPS server of this machine (or HTTP, for peers that have no TLS): N keep-alive connections,
// each sends its next request when the last one is answered; --fresh yes opens a new one, with a full handshake, for
// each request. Prints one line of JSON. Loopback only: it is a yardstick, not a weapon.

#include <algorithm>
#include <atomic>
#include <cctype>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using Clock = std::chrono::steady_clock;

struct Options {
    std::string host, method = "GET", token;
    bool tls = true, fresh = false;
    std::uint16_t port = 0;
    std::vector<std::string> paths{"/"}, bodies;
    std::size_t connections = 64, requests = 10'000, skip = 0;
    std::vector<long> server_pids;
};

std::vector<std::string> lines_of(std::string const& file) {
    std::ifstream in(file);
    if (!in) throw std::runtime_error("cannot read " + file);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);)
        if (!line.empty()) lines.push_back(line);
    if (lines.empty()) throw std::runtime_error(file + " is empty");
    return lines;
}

void read_url(std::string const& url, Options& options) {
    options.tls = url.starts_with("https://");
    std::string const scheme = options.tls ? "https://" : "http://";
    auto const colon = url.rfind(':');
    if (!url.starts_with(scheme) || colon < scheme.size())
        throw std::runtime_error("--url must be https://127.0.0.1:PORT or http://127.0.0.1:PORT");
    options.host = url.substr(scheme.size(), colon - scheme.size());
    options.port = static_cast<std::uint16_t>(std::stoul(url.substr(colon + 1)));
    in_addr address{};
    if (options.host != "localhost" &&
        (inet_pton(AF_INET, options.host.c_str(), &address) != 1 || (ntohl(address.s_addr) >> 24) != 127))
        throw std::runtime_error("only loopback addresses are loaded, not " + options.host);
}

/// "12,34": the processes of one server.
std::vector<long> numbers_of(std::string const& text) {
    std::vector<long> numbers;
    std::istringstream in(text);
    for (std::string one; std::getline(in, one, ',');)
        numbers.push_back(std::stol(one));
    return numbers;
}

Options read_options(int count, char** words) {
    Options options;
    for (int i = 1; i + 1 < count; i += 2) {
        std::string const name = words[i];
        std::string const value = words[i + 1];
        if (name == "--url")
            read_url(value, options);
        else if (name == "--path")
            options.paths = {value};
        else if (name == "--paths")
            options.paths = lines_of(value);
        else if (name == "--skip")
            options.skip = std::stoul(value);
        else if (name == "--fresh")
            options.fresh = value == "yes";
        else if (name == "--method")
            options.method = value;
        else if (name == "--bodies")
            options.bodies = lines_of(value);
        else if (name == "--token-file")
            options.token = lines_of(value).front();
        else if (name == "--connections")
            options.connections = std::stoul(value);
        else if (name == "--requests")
            options.requests = std::stoul(value);
        else if (name == "--server-pid")
            options.server_pids = numbers_of(value);
        else
            throw std::runtime_error("unknown option " + name);
    }
    if (options.port == 0 || count % 2 == 0)
        throw std::runtime_error(
            "usage: https_load --url https://127.0.0.1:PORT --path P | --paths FILE [--method POST --bodies "
            "FILE.ndjson "
            "--token-file F] [--skip N] [--connections 64] [--requests N] [--fresh yes] [--server-pid PID[,PID]]");
    return options;
}

/// The n-th request; --skip leaves out what an earlier run has sent.
std::string request_text(Options const& options, std::size_t n) {
    static std::string const no_body;
    n += options.skip;
    auto const& body = options.bodies.empty() ? no_body : options.bodies[n % options.bodies.size()];
    std::string text = options.method + " " + options.paths[n % options.paths.size()] +
                       " HTTP/1.1\r\nHost: " + options.host + ":" + std::to_string(options.port) + "\r\n";
    if (options.fresh) text += "Connection: close\r\n";
    if (!options.token.empty()) text += "Authorization: Bearer " + options.token + "\r\n";
    if (!options.bodies.empty())
        text += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
    return text + "\r\n" + body;
}

/// One connection; status 0 from exchange() means that it broke.
class Connection {
  public:
    Connection(SSL_CTX* context, Options const& options)
        : tls_(options.tls ? SSL_new(context) : nullptr), socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(options.port);
        inet_pton(AF_INET, options.host == "localhost" ? "127.0.0.1" : options.host.c_str(), &address.sin_addr);
        int const on = 1;
        ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        open_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
        if (tls_ != nullptr) open_ = open_ && SSL_set_fd(tls_, socket_) == 1 && SSL_connect(tls_) == 1;
    }
    ~Connection() {
        SSL_free(tls_);
        ::close(socket_);
    }
    Connection(Connection const&) = delete;
    Connection& operator=(Connection const&) = delete;

    bool open() const { return open_; }

    int exchange(std::string const& request) {
        open_ = send(request);
        std::size_t end = 0;
        while (open_ && (end = read_.find("\r\n\r\n")) == std::string::npos)
            open_ = more();
        if (!open_) return 0;
        auto head = read_.substr(0, end + 2);
        std::transform(head.begin(), head.end(), head.begin(), [](unsigned char c) { return std::tolower(c); });
        auto const at = head.find("\r\ncontent-length: ");
        auto const whole = end + 4 + (at == std::string::npos ? 0 : std::stoul(head.substr(at + 18)));
        while (open_ && read_.size() < whole)
            open_ = more();
        if (!open_) return 0;
        read_.erase(0, whole);
        if (head.find("\r\nconnection: close") != std::string::npos) open_ = false;
        return std::stoi(head.substr(9, 3));
    }

  private:
    bool send(std::string const& text) {
        if (tls_ != nullptr) return SSL_write(tls_, text.data(), static_cast<int>(text.size())) > 0;
        return ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
    }
    bool more() {
        char space[16'384];
        auto const count = tls_ != nullptr ? SSL_read(tls_, space, sizeof space)
                                           : static_cast<int>(::recv(socket_, space, sizeof space, 0));
        if (count > 0) read_.append(space, static_cast<std::size_t>(count));
        return count > 0;
    }

    SSL* tls_;
    int socket_;
    bool open_ = false;
    std::string read_;
};

struct Tally {
    std::mutex mutex;
    std::map<int, std::size_t> statuses;
    std::vector<double> milliseconds;
};

void drive(SSL_CTX* context, Options const& options, std::atomic<std::size_t>& next, Tally& tally) {
    std::map<int, std::size_t> statuses;
    std::vector<double> took;
    std::unique_ptr<Connection> connection;
    for (auto i = next++; i < options.requests; i = next++) {
        auto const text = request_text(options, i);
        auto const began = Clock::now();
        if (options.fresh || !connection || !connection->open())
            connection = std::make_unique<Connection>(context, options);
        int const status = connection->open() ? connection->exchange(text) : 0;
        ++statuses[status];
        if (status != 0) took.push_back(std::chrono::duration<double, std::milli>(Clock::now() - began).count());
    }
    std::lock_guard const lock(tally.mutex);
    for (auto const& [status, count] : statuses)
        tally.statuses[status] += count;
    tally.milliseconds.insert(tally.milliseconds.end(), took.begin(), took.end());
}

/// User and system time of a process in microseconds, with that of its threads.
double cpu_of(long pid) {
    std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
    std::string text((std::istreambuf_iterator<char>(in)), {});
    if (text.empty()) throw std::runtime_error("no process " + std::to_string(pid));
    std::istringstream fields(text.substr(text.rfind(')') + 2));
    std::string skipped;
    for (int i = 0; i < 11; ++i)
        fields >> skipped;
    double user = 0;
    double system = 0;
    fields >> user >> system;
    return (user + system) * 1e6 / static_cast<double>(sysconf(_SC_CLK_TCK));
}

long peak_kib_of(long pid) {
    std::ifstream in("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(in, line);)
        if (line.starts_with("VmHWM:")) return std::stol(line.substr(6));
    return 0;
}

double cpu_of(std::vector<long> const& pids) {
    double sum = 0;
    for (auto const pid : pids)
        sum += cpu_of(pid);
    return sum;
}

double quantile(std::vector<double> const& sorted, double q) {
    if (sorted.empty()) return 0;
    return sorted[std::min(sorted.size() - 1, static_cast<std::size_t>(q * static_cast<double>(sorted.size())))];
}

void run(Options const& options) {
    SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
    Tally tally;
    std::atomic<std::size_t> next{0};
    double const cpu_before = cpu_of(options.server_pids);
    auto const began = Clock::now();
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < options.connections; ++i)
        threads.emplace_back([&] { drive(context, options, next, tally); });
    for (auto& thread : threads)
        thread.join();
    double const seconds = std::chrono::duration<double>(Clock::now() - began).count();
    std::sort(tally.milliseconds.begin(), tally.milliseconds.end());
    std::cout << "{\"requestsPerSecond\":" << static_cast<double>(tally.milliseconds.size()) / seconds
              << ",\"p50ms\":" << quantile(tally.milliseconds, 0.5)
              << ",\"p99ms\":" << quantile(tally.milliseconds, 0.99) << ",\"statuses\":{";
    char const* comma = "";
    for (auto const& [status, count] : tally.statuses) {
        std::cout << comma << '"' << status << "\":" << count;
        comma = ",";
    }
    std::cout << '}';
    if (!options.server_pids.empty()) {
        long peak = 0;
        for (auto const pid : options.server_pids)
            peak += peak_kib_of(pid);
        std::cout << ",\"serverCpuMicrosecondsPerRequest\":"
                  << (cpu_of(options.server_pids) - cpu_before) / static_cast<double>(options.requests)
                  << ",\"serverPeakRssKiB\":" << peak;
    }
    std::cout << "}\n";
    SSL_CTX_free(context);
}

}  // namespace

int main(int count, char** words) try {
    run(read_options(count, words));
    return 0;
} catch (std::exception const& failure) {
    std::cerr << failure.what() << '\n';
    return 1;
}
