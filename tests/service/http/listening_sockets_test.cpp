#include "service/http/listening_sockets.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <stdexcept>
#include <string>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace itqan::http {
namespace {

std::uint16_t bound_port(int socket) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
}

TEST_CASE("a port that is taken is refused with the reason, unless both share it") {
    int const first = open_listening_socket("127.0.0.1", 0, false);
    CHECK_THROWS_WITH_AS(open_listening_socket("127.0.0.1", bound_port(first), false),
                         doctest::Contains("Address already in use"), std::runtime_error);
    ::close(first);
    CHECK_THROWS_AS(open_listening_socket("nowhere", 0, false), std::runtime_error);

    int const old = open_listening_socket("127.0.0.1", 0, true);
    int const fresh = open_listening_socket("127.0.0.1", bound_port(old), true);
    CHECK(fresh >= 0);
    ::close(old);
    ::close(fresh);
}

TEST_CASE("sockets that are meant for another process are left alone, and the variables go in any case") {
    ::setenv("LISTEN_PID", "1", 1);
    ::setenv("LISTEN_FDS", "1", 1);
    ::setenv("LISTEN_FDNAMES", "public", 1);
    CHECK(take_inherited_sockets().empty());
    CHECK(std::getenv("LISTEN_FDS") == nullptr);
    CHECK(std::getenv("LISTEN_PID") == nullptr);
    CHECK(take_inherited_sockets().empty());
}

TEST_CASE("only loopback addresses and paths are local") {
    for (auto const* const address : {"127.0.0.1", "127.8.8.8"}) {
        int const socket = open_listening_socket(address, 0, false);
        CHECK(is_local_only(socket));
        ::close(socket);
    }
    int const everywhere = open_listening_socket("0.0.0.0", 0, false);
    CHECK_FALSE(is_local_only(everywhere));
    ::close(everywhere);
    int const path = ::socket(AF_UNIX, SOCK_STREAM, 0);
    CHECK(is_local_only(path));
    ::close(path);
    CHECK_FALSE(is_local_only(-1));
}

TEST_CASE("the name of a socket says which listener it is") {
    CHECK(InheritedSocket{3, "internal"}.is_internal());
    CHECK(InheritedSocket{3, "itqan-internal.socket"}.is_internal());
    CHECK_FALSE(InheritedSocket{3, "public"}.is_internal());
    CHECK_FALSE(InheritedSocket{3, ""}.is_internal());
}

}  // namespace
}  // namespace itqan::http
