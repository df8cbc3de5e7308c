#include <netdb.h>
#include <sys/socket.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <new>
#include <thread>

#include "service/http/client.hpp"

namespace itqan::http {
namespace {

constexpr int most_lookups = 128;

struct Lookup {
    std::mutex mutex;
    std::condition_variable changed;
    bool done = false;
    int failure = 0;
    std::vector<std::string> addresses;
};

std::atomic<int>& lookups() {
    static std::atomic<int> count{0};
    return count;
}

void look_up(std::string const& host, Lookup& lookup) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    int failure = getaddrinfo(host.c_str(), nullptr, &hints, &found);
    std::vector<std::string> addresses;
    try {
        for (auto const* one = found; failure == 0 && one != nullptr; one = one->ai_next) {
            char text[NI_MAXHOST];
            if (getnameinfo(one->ai_addr, one->ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST) == 0)
                addresses.emplace_back(text);
        }
    } catch (std::bad_alloc const&) {
        failure = EAI_MEMORY;
    }
    if (found != nullptr) freeaddrinfo(found);
    std::lock_guard const lock(lookup.mutex);
    lookup.done = true;
    lookup.failure = failure;
    lookup.addresses = std::move(addresses);
    lookup.changed.notify_all();
}

Error no_address(std::string why) {
    return {Fault::unavailable, "outbound-name", std::move(why), {}};
}

/// Our own fault: it says nothing about the name.
Error busy(std::string why) {
    return {Fault::unavailable, std::string(outbound_busy), std::move(why), {}};
}

}  // namespace

Result<std::vector<std::string>> resolve_by_system(std::string const& host, std::chrono::milliseconds limit) {
    if (lookups().fetch_add(1) >= most_lookups) {
        --lookups();
        return busy("too many names wait for the name server");
    }
    auto const lookup = std::make_shared<Lookup>();
    try {
        std::thread([host, lookup] {
            look_up(host, *lookup);
            --lookups();
        }).detach();
    } catch (std::system_error const&) {
        --lookups();
        return busy("no thread is left to look the name up");
    }
    std::unique_lock lock(lookup->mutex);
    if (!lookup->changed.wait_for(lock, limit, [&] { return lookup->done; }))
        return no_address("the name server did not answer in time");
    if (lookup->failure != 0) return no_address(gai_strerror(lookup->failure));
    return lookup->addresses;
}

}  // namespace itqan::http
