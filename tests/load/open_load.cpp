// Open-loop load on an HTTPS server of this machine: requests are due at an even rate whether or not earlier ones were
// answered, and each is timed from the moment when it was due, so that a server that stalls cannot hide it. Prints one
// line of JSON. Loopback only: it is a yardstick, not a weapon.

#include <algorithm>
#include <cctype>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using Clock = std::chrono::steady_clock;

/// A connection that had been used before ended without a byte of an answer: whoever wants to end it cannot know that
/// a request is on its way, so that clients repeat it on another one (RFC 9112 section 9.3.1).
constexpr int stale = -1;
using Seconds = std::chrono::duration<double>;

struct Options {
    std::string path = "/", method = "GET", token;
    std::uint16_t port = 0;
    std::vector<std::string> bodies;
    std::size_t connections = 64;
    double rate = 100, seconds = 5;
};

std::vector<std::string> lines_of(std::string const& file) {
    std::ifstream in(file);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);)
        if (!line.empty()) lines.push_back(line);
    if (lines.empty()) throw std::runtime_error(file + " is empty or cannot be read");
    return lines;
}

Options read_options(int count, char** words) {
    Options options;
    for (int i = 1; i + 1 < count; i += 2) {
        std::string const name = words[i];
        std::string const value = words[i + 1];
        if (name == "--port")
            options.port = static_cast<std::uint16_t>(std::stoul(value));
        else if (name == "--path")
            options.path = value;
        else if (name == "--method")
            options.method = value;
        else if (name == "--bodies")
            options.bodies = lines_of(value);
        else if (name == "--token")
            options.token = value;
        else if (name == "--connections")
            options.connections = std::stoul(value);
        else if (name == "--rate")
            options.rate = std::stod(value);
        else if (name == "--seconds")
            options.seconds = std::stod(value);
        else
            throw std::runtime_error("unknown option " + name);
    }
    if (options.port == 0 || count % 2 == 0)
        throw std::runtime_error(
            "usage: open_load --port P [--path /] [--method POST --bodies FILE.ndjson] [--token T] [--connections 64] "
            "[--rate 100] [--seconds 5]");
    return options;
}

struct Due {
    Clock::time_point at;
    std::size_t number = 0;
};

struct Tally {
    std::map<int, std::vector<double>> milliseconds;  ///< By status; 0: the connection broke before an answer.
    std::size_t unsent = 0;                           ///< Due, and not begun when the time was over.
    std::size_t reconnects = 0;
    std::size_t repeated = 0;  ///< Asked again because their connection had ended.
};

/// One connection, never waited for. It has at most one request.
class Connection {
  public:
    Connection(SSL_CTX* context, Options const& options, int epoll)
        : context_(context), options_(options), epoll_(epoll) {
        open();
    }
    ~Connection() { drop(); }
    Connection(Connection const&) = delete;
    Connection& operator=(Connection const&) = delete;

    bool is_free() const { return ready_ && !busy_; }
    bool is_broken() const { return socket_ < 0; }
    bool is_busy() const { return busy_; }

    std::optional<int> begin(std::string request, Due due) {
        out_ = std::move(request);
        due_ = due;
        busy_ = true;
        return advance();
    }

    /// Goes on as far as it can. A status when an answer is whole, 0 when the connection broke under a request.
    std::optional<int> advance() {
        if (socket_ < 0) return ended();
        if (!ready_) {
            int const result = SSL_connect(tls_);
            if (result != 1) return wants_more(result) ? std::nullopt : ended();
            ready_ = true;
        }
        while (!out_.empty()) {
            int const count = SSL_write(tls_, out_.data(), static_cast<int>(out_.size()));
            if (count <= 0) return wants_more(count) ? std::nullopt : ended();
            out_.erase(0, static_cast<std::size_t>(count));
        }
        char space[16'384];
        while (true) {
            int const count = SSL_read(tls_, space, sizeof space);
            if (count <= 0) {
                if (wants_more(count)) break;
                auto const status = whole_answer();
                auto const end = ended();
                return status ? status : end;
            }
            in_.append(space, static_cast<std::size_t>(count));
        }
        return whole_answer();
    }

    Due due() const { return due_; }

    void open() {
        drop();
        socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (socket_ < 0) throw std::runtime_error("out of sockets");
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(options_.port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        int const on = 1;
        ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address);
        tls_ = SSL_new(context_);
        SSL_set_fd(tls_, socket_);
        epoll_event event{};
        event.events = EPOLLIN | EPOLLOUT | EPOLLET;
        event.data.ptr = this;
        ::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket_, &event);
    }

  private:
    bool wants_more(int result) const {
        int const error = SSL_get_error(tls_, result);
        return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
    }
    std::optional<int> whole_answer() {
        auto const end = in_.find("\r\n\r\n");
        if (!busy_ || end == std::string::npos) return std::nullopt;
        auto head = in_.substr(0, end + 2);
        std::transform(head.begin(), head.end(), head.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        auto const at = head.find("\r\ncontent-length: ");
        auto const length = at == std::string::npos ? 0 : std::stoul(head.substr(at + 18));
        if (in_.size() < end + 4 + length) return std::nullopt;
        if (!head.starts_with("http/1.1 ") || head.size() < 12) throw std::runtime_error("no answer: " + head);
        int const status = std::stoi(head.substr(9, 3));
        bool const last = head.find("\r\nconnection: close") != std::string::npos;
        in_.erase(0, end + 4 + length);
        busy_ = false;
        ++answered_;
        if (last) drop();
        return status;
    }
    std::optional<int> ended() {
        bool const was_busy = std::exchange(busy_, false);
        bool const is_stale = answered_ > 0 && in_.empty();
        drop();
        if (!was_busy) return std::nullopt;
        return is_stale ? stale : 0;
    }
    void drop() {
        if (tls_ != nullptr) SSL_free(std::exchange(tls_, nullptr));
        if (socket_ >= 0) ::close(std::exchange(socket_, -1));
        ready_ = false;
        answered_ = 0;
        in_.clear();
        out_.clear();
    }

    SSL_CTX* context_;
    Options const& options_;
    int epoll_;
    int socket_ = -1;
    SSL* tls_ = nullptr;
    bool ready_ = false, busy_ = false;
    std::size_t answered_ = 0;
    std::string in_, out_;
    Due due_;
};

std::string request_text(Options const& options, std::size_t number) {
    std::string text =
        options.method + " " + options.path + " HTTP/1.1\r\nHost: localhost:" + std::to_string(options.port) + "\r\n";
    if (!options.token.empty()) text += "Authorization: Bearer " + options.token + "\r\n";
    if (options.bodies.empty()) return text + "\r\n";
    auto const& body = options.bodies[number % options.bodies.size()];
    return text + "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           body;
}

class Run {
  public:
    explicit Run(Options const& options)
        : options_(options), context_(SSL_CTX_new(TLS_client_method())), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
        for (std::size_t i = 0; i < options.connections; ++i)
            connections_.push_back(std::make_unique<Connection>(context_, options_, epoll_));
        for (auto const until = Clock::now() + std::chrono::seconds(20);
             Clock::now() < until && free_count() < options.connections;)
            wait(10);
    }
    ~Run() {
        connections_.clear();
        ::close(epoll_);
        SSL_CTX_free(context_);
    }
    Run(Run const&) = delete;
    Run& operator=(Run const&) = delete;

    void go() {
        auto const began = Clock::now();
        auto const end = began + std::chrono::duration_cast<Clock::duration>(Seconds(options_.seconds));
        std::size_t made = 0;
        while (Clock::now() < end) {
            auto const due = [&](std::size_t n) {
                return began +
                       std::chrono::duration_cast<Clock::duration>(Seconds(static_cast<double>(n) / options_.rate));
            };
            while (due(made) <= Clock::now()) {
                waiting_.push_back({due(made), made});
                ++made;
            }
            // Whoever spins here takes the processors from the one that is measured.
            serve();
            wait(1);
        }

        auto const patience = Clock::now() + std::chrono::seconds(5);
        while (Clock::now() < patience && (busy_count() > 0 || (tally_.repeated > 0 && !waiting_.empty()))) {
            if (tally_.repeated > 0) serve();
            wait(10);
        }
        tally_.unsent = waiting_.size();
        tally_.milliseconds[0].resize(tally_.milliseconds[0].size() + busy_count(), 5'000);  // Never answered.
        if (tally_.milliseconds[0].empty()) tally_.milliseconds.erase(0);
    }

    void print() {
        std::cout << "{\"offeredPerSecond\":" << options_.rate << ",\"seconds\":" << options_.seconds
                  << ",\"unsent\":" << tally_.unsent << ",\"reconnects\":" << tally_.reconnects
                  << ",\"repeated\":" << tally_.repeated << ",\"statuses\":{";
        char const* comma = "";
        for (auto& [status, took] : tally_.milliseconds) {
            std::sort(took.begin(), took.end());
            auto const at = [&](double q) {
                return took[std::min(took.size() - 1, static_cast<std::size_t>(q * static_cast<double>(took.size())))];
            };
            std::cout << comma << '"' << status << "\":{\"count\":" << took.size() << ",\"p50ms\":" << at(0.5)
                      << ",\"p99ms\":" << at(0.99) << '}';
            comma = ",";
        }
        std::cout << "}}" << std::endl;
    }

  private:
    std::size_t free_count() const {
        return static_cast<std::size_t>(
            std::count_if(connections_.begin(), connections_.end(), [](auto const& c) { return c->is_free(); }));
    }
    std::size_t busy_count() const {
        return static_cast<std::size_t>(
            std::count_if(connections_.begin(), connections_.end(), [](auto const& c) { return c->is_busy(); }));
    }
    void serve() {
        for (std::size_t tried = 0; !waiting_.empty() && tried < connections_.size(); ++tried) {
            auto& connection = *connections_[next_++ % connections_.size()];
            if (connection.is_broken()) {
                ++tally_.reconnects;
                connection.open();
            }
            if (!connection.is_free()) continue;
            auto const due = waiting_.front();
            waiting_.pop_front();
            note(connection, connection.begin(request_text(options_, due.number), due));
        }
    }
    void wait(int milliseconds) {
        epoll_event events[256];
        int const count = ::epoll_wait(epoll_, events, 256, milliseconds);
        for (int i = 0; i < count; ++i) {
            auto& connection = *static_cast<Connection*>(events[i].data.ptr);
            note(connection, connection.advance());
        }
    }
    void note(Connection const& connection, std::optional<int> status) {
        if (status == stale) {
            ++tally_.repeated;
            waiting_.push_front(connection.due());
        } else if (status) {
            tally_.milliseconds[*status].push_back(Seconds(Clock::now() - connection.due().at).count() * 1'000);
        }
    }

    Options const& options_;
    SSL_CTX* context_;
    int epoll_;
    std::vector<std::unique_ptr<Connection>> connections_;
    std::deque<Due> waiting_;  ///< Due and not yet asked.
    std::size_t next_ = 0;
    Tally tally_;
};

}  // namespace

int main(int count, char** words) try {
    std::signal(SIGPIPE, SIG_IGN);
    auto const options = read_options(count, words);
    Run run(options);
    run.go();
    run.print();
    return 0;
} catch (std::exception const& failure) {
    std::cerr << failure.what() << '\n';
    return 1;
}
