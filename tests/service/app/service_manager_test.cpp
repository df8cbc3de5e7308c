#include "service/service_manager.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdlib>
#include <string>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/storage/temporary_database.hpp"

using namespace itqan;
using namespace itqan::service;

TEST_CASE("a service manager hears when the service is ready, reloads, lives and ends") {
    tests::TemporaryDatabase const folder;
    auto const path = std::string(folder.file) + ".notify";
    int const manager_socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    REQUIRE(path.size() < sizeof address.sun_path);
    path.copy(address.sun_path, path.size());
    REQUIRE(::bind(manager_socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    timeval const limit{5, 0};
    ::setsockopt(manager_socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    auto const heard = [&] {
        char space[256];
        auto const count = ::recv(manager_socket, space, sizeof space, 0);
        return count > 0 ? std::string(space, static_cast<std::size_t>(count)) : std::string();
    };
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
    ::setenv("WATCHDOG_USEC", "30000000", 1);

    ServiceManager const manager;
    manager.ready();
    CHECK(heard() == "READY=1");
    manager.reloading();
    CHECK(heard().starts_with("RELOADING=1\nMONOTONIC_USEC="));
    manager.alive();
    CHECK(heard() == "WATCHDOG=1");
    manager.stopping();
    CHECK(heard() == "STOPPING=1");
    CHECK(manager.watchdog() == std::chrono::milliseconds(15'000));
    CHECK(std::getenv("NOTIFY_SOCKET") == nullptr);

    ServiceManager const alone;
    alone.ready();  // Nobody is there, and nothing happens.
    CHECK_FALSE(alone.watchdog());
    ::close(manager_socket);
}
