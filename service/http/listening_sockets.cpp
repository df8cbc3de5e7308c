#include "service/http/listening_sockets.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <stdexcept>
#include <string_view>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <boost/asio/ip/tcp.hpp>

namespace itqan::http {
namespace {

constexpr int first_inherited = 3;  // SD_LISTEN_FDS_START
constexpr int backlog = 4'096;      ///< The system's net.core.somaxconn cuts it.

long number_in(char const* variable) {
    auto const* const text = std::getenv(variable);
    if (text == nullptr) return -1;
    long number = -1;
    auto const* const end = text + std::strlen(text);
    auto const [stop, failure] = std::from_chars(text, end, number);
    return failure == std::errc{} && stop == end ? number : -1;
}

}  // namespace

std::vector<InheritedSocket> take_inherited_sockets() {
    auto const process = number_in("LISTEN_PID");
    auto const count = number_in("LISTEN_FDS");
    std::string const names = std::getenv("LISTEN_FDNAMES") == nullptr ? "" : std::getenv("LISTEN_FDNAMES");
    for (auto const* const variable : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"})
        ::unsetenv(variable);
    std::vector<InheritedSocket> sockets;
    if (process != ::getpid() || count <= 0) return sockets;
    std::istringstream words(names);
    for (int i = 0; i < count; ++i) {
        InheritedSocket socket{first_inherited + i, {}};
        std::getline(words, socket.name, ':');
        int is_listening = 0;
        socklen_t size = sizeof is_listening;
        if (::getsockopt(socket.descriptor, SOL_SOCKET, SO_ACCEPTCONN, &is_listening, &size) != 0 || is_listening == 0)
            throw std::runtime_error("descriptor " + std::to_string(socket.descriptor) +
                                     " (LISTEN_FDS) is no listening socket: the socket unit needs ListenStream=");
        ::fcntl(socket.descriptor, F_SETFD, FD_CLOEXEC);
        sockets.push_back(std::move(socket));
    }
    return sockets;
}

int open_listening_socket(std::string const& address, std::uint16_t port, bool shared) {
    namespace ip = boost::asio::ip;
    boost::system::error_code malformed;
    ip::tcp::endpoint const endpoint(ip::make_address(address, malformed), port);
    if (malformed) throw std::runtime_error("\"" + address + "\" is no IP address to listen on, such as 127.0.0.1");
    int const socket = ::socket(endpoint.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int const on = 1;
    bool done = socket >= 0 && ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0;
    if (done && shared) done = ::setsockopt(socket, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0;
    done = done && ::bind(socket, endpoint.data(), static_cast<socklen_t>(endpoint.size())) == 0 &&
           ::listen(socket, backlog) == 0;
    if (done) return socket;
    auto const reason = errno;
    if (socket >= 0) ::close(socket);
    throw std::runtime_error(address + ":" + std::to_string(port) + " cannot be used: " + std::strerror(reason));
}

bool is_local_only(int descriptor) {
    namespace ip = boost::asio::ip;
    sockaddr_storage bound{};
    socklen_t size = sizeof bound;
    if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&bound), &size) != 0) return false;
    if (bound.ss_family == AF_UNIX) return true;
    if (bound.ss_family == AF_INET) {
        sockaddr_in address{};
        std::memcpy(&address, &bound, sizeof address);
        return ip::address_v4(ntohl(address.sin_addr.s_addr)).is_loopback();
    }
    if (bound.ss_family != AF_INET6) return false;
    sockaddr_in6 address{};
    std::memcpy(&address, &bound, sizeof address);
    ip::address_v6::bytes_type bytes{};
    std::memcpy(bytes.data(), &address.sin6_addr, bytes.size());
    ip::address_v6 const v6(bytes);
    return v6.is_loopback() || (v6.is_v4_mapped() && ip::make_address_v4(ip::v4_mapped, v6).is_loopback());
}

std::size_t raise_descriptor_limit(std::size_t wanted) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
    if (limit.rlim_cur < wanted) {
        limit.rlim_cur = limit.rlim_max == RLIM_INFINITY ? wanted : std::min<rlim_t>(wanted, limit.rlim_max);
        ::setrlimit(RLIMIT_NOFILE, &limit);
        ::getrlimit(RLIMIT_NOFILE, &limit);
    }
    return limit.rlim_cur;
}

}  // namespace itqan::http
