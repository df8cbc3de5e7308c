#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <sys/socket.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>

#include "service/http/client.hpp"

namespace itqan::http {
namespace {

constexpr std::size_t most_lookups = 128, most_for_client = 16;

struct Lookup {
    std::mutex mutex;
    std::condition_variable changed;
    bool done = false;
    int failure = 0;
    std::vector<std::string> addresses;
};

/// Look-ups that have not ended, also those that nobody waits for any more.
class Places {
  public:
    bool take(std::string const& client) {
        std::lock_guard const lock(mutex_);
        auto const mine = of_client_.try_emplace(client, 0).first;
        bool const is_free = all_ < most_lookups && mine->second < most_for_client;
        if (is_free) {
            ++all_;
            ++mine->second;
        } else if (mine->second == 0) {
            of_client_.erase(mine);
        }
        return is_free;
    }
    void give_back(std::string const& client) {
        std::lock_guard const lock(mutex_);
        --all_;
        auto const mine = of_client_.find(client);
        if (--mine->second == 0) of_client_.erase(mine);
    }

  private:
    std::mutex mutex_;
    std::size_t all_ = 0;
    std::map<std::string, std::size_t> of_client_;
};

/// Never destroyed: look-ups that were left behind end after everything else.
Places& places() {
    static auto& all = *new Places;
    return all;
}

/// Names are absolute: what a search list of the machine makes of them is another name (T09). glibc keeps these options
/// for each thread.
void forget_search_list() {
    if (res_init() == 0) _res.options &= ~static_cast<unsigned long>(RES_DNSRCH | RES_DEFNAMES);
}

void look_up(std::string const& host, Lookup& lookup) {
    forget_search_list();
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

Result<std::vector<std::string>> resolve_by_system(std::string const& host, std::string const& client,
                                                   std::chrono::milliseconds limit) {
    if (!places().take(client)) return busy("too many names wait for the name server");
    auto const lookup = std::make_shared<Lookup>();
    try {
        std::thread([host, client, lookup] {
            look_up(host, *lookup);
            places().give_back(client);
        }).detach();
    } catch (std::system_error const&) {
        places().give_back(client);
        return busy("no thread is left to look the name up");
    }
    std::unique_lock lock(lookup->mutex);
    if (!lookup->changed.wait_for(lock, limit, [&] { return lookup->done; }))
        return no_address("the name server did not answer in time");
    if (lookup->failure != 0) return no_address(gai_strerror(lookup->failure));
    return lookup->addresses;
}

}  // namespace itqan::http
