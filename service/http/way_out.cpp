#include "service/http/way_out.hpp"

#include <atomic>
#include <future>
#include <map>
#include <mutex>

#include "crypto/did.hpp"
#include "service/http/outbound_url.hpp"
#include "service/http/workers.hpp"

namespace itqan::http {
namespace {

using Clock = std::chrono::steady_clock;

constexpr FetchLimits did_limits{256 * 1024, 0};
constexpr FetchLimits document_limits{1024 * 1024, 0};
/// What a person's link leads to may have moved, and may be a picture (decision 23).
constexpr FetchLimits link_limits{7 * 1024 * 1024, 3};

Fetched failed(std::string why) {
    Fetched none;
    none.failure = std::move(why);
    return none;
}

/// The documents that one question waits for.
struct Gathering {
    std::mutex mutex;
    FetchedDocuments documents;
    std::size_t missing = 0;
    std::function<void(FetchedDocuments)> done;

    void add(std::string const& address, Fetched fetched) {
        {
            std::lock_guard const lock(mutex);
            documents.by_address.insert_or_assign(address, std::move(fetched));
            if (--missing > 0) return;
        }
        done(std::move(documents));
    }
};

}  // namespace

struct WayOut::State {
    State(ClientConfig client_config, WayOutConfig config_)
        : allow(client_config.allow),
          client(std::move(client_config)),
          config(std::move(config_)),
          workers(config.threads, config.queue) {}

    struct Entry {
        Fetched fetched;
        Clock::time_point until;
    };

    std::vector<std::string> const allow;
    Client client;
    WayOutConfig config;
    std::atomic<bool> ending{false};
    std::mutex mutex;
    std::map<std::string, Entry, std::less<>> cache;
    std::size_t cached_bytes = 0;
    std::map<std::string, int, std::less<>> running;  ///< By host.
    Workers workers;                                  // Last: its threads end first.

    std::optional<Fetched> kept(std::string const& key);
    void keep(std::string const& key, Fetched& fetched);
    Fetched get(std::string const& address, bool is_link);
    Fetched get_of_host(std::string const& url, FetchLimits const& limits);
};

std::optional<Fetched> WayOut::State::kept(std::string const& key) {
    std::lock_guard const lock(mutex);
    auto const found = cache.find(key);
    if (found == cache.end() || found->second.until <= Clock::now()) return std::nullopt;
    return found->second.fetched;
}

void WayOut::State::keep(std::string const& key, Fetched& fetched) {
    bool const has_failed = !fetched.failure.empty();
    if (!has_failed && config.new_reading) fetched.reading = config.new_reading();
    auto const cost = [](std::string const& name, Fetched const& one) {
        return name.size() + one.body.size() + one.failure.size() + 256;
    };
    std::lock_guard const lock(mutex);
    if (auto const old = cache.find(key); old != cache.end()) {
        cached_bytes -= cost(key, old->second.fetched);
        cache.erase(old);
    }
    auto const mine = cost(key, fetched);
    if (mine > config.cache_bytes / 4) return;
    auto const now = Clock::now();
    if (cached_bytes + mine > config.cache_bytes) {
        std::erase_if(cache, [&](auto const& one) {
            if (one.second.until > now) return false;
            cached_bytes -= cost(one.first, one.second.fetched);
            return true;
        });
    }
    while (cached_bytes + mine > config.cache_bytes) {
        auto const first = cache.begin();
        cached_bytes -= cost(first->first, first->second.fetched);
        cache.erase(first);
    }
    cached_bytes += mine;
    cache.emplace(key, Entry{fetched, now + (has_failed ? config.keep_failure : config.keep)});
}

Fetched WayOut::State::get_of_host(std::string const& url, FetchLimits const& limits) {
    auto const target = read_outbound_url(url, allow);
    auto const host = target ? target->host : std::string();
    {
        std::lock_guard const lock(mutex);
        auto& count = running[host];
        if (count >= config.per_host)
            return failed(host + ": not asked: " + std::to_string(count) + " requests to it wait already");
        ++count;
    }
    auto fetched = client.get(url, limits);
    std::lock_guard const lock(mutex);
    if (auto const one = running.find(host); --one->second == 0) running.erase(one);
    return fetched;
}

Fetched WayOut::State::get(std::string const& address, bool is_link) {
    if (ending) return failed(address + ": not asked: the service ends");
    auto const key = (is_link ? "link " : "") + address;
    if (auto known = kept(key)) return *std::move(known);
    bool const is_did = address.starts_with("did:");
    auto const url = is_did ? crypto::did_web_url(address) : Result<std::string>(address);
    auto const& limits = is_did ? did_limits : is_link ? link_limits : document_limits;
    auto fetched = url ? get_of_host(*url, limits) : failed(address + ": " + url.error().detail);
    // What a person's link leads to is that person's: it is not kept.
    if (!is_link || !fetched.failure.empty()) keep(key, fetched);
    return fetched;
}

WayOut::WayOut(ClientConfig client, WayOutConfig config)
    : state_(std::make_unique<State>(std::move(client), std::move(config))) {}
WayOut::~WayOut() {
    state_->ending = true;
}

void WayOut::fetch(FetchedDocuments known, DocumentNeeds const& needs, std::function<void(FetchedDocuments)> done) {
    auto const gathering = std::make_shared<Gathering>();
    ++known.rounds;
    gathering->documents = std::move(known);
    gathering->missing =
        needs.addresses.size() + 1;  // One for this function, so that `done` is called once and at the end.
    gathering->done = std::move(done);
    auto* const state = state_.get();
    for (auto const& address : needs.addresses) {
        bool const queued = state->workers.submit([state, gathering, address, is_link = needs.is_link] {
            Fetched fetched;
            try {
                fetched = state->get(address, is_link);
            } catch (std::exception const&) {
                fetched = failed(address + ": it could not be asked");
            }
            gathering->add(address, std::move(fetched));
        });
        if (!queued) gathering->add(address, failed(address + ": not asked: too many requests wait already"));
    }
    bool is_last = false;
    {
        std::lock_guard const lock(gathering->mutex);
        is_last = --gathering->missing == 0;
    }
    if (is_last) gathering->done(std::move(gathering->documents));
}

FetchedDocuments WayOut::fetch_and_wait(FetchedDocuments known, DocumentNeeds const& needs) {
    std::promise<FetchedDocuments> promise;
    auto future = promise.get_future();
    fetch(std::move(known), needs, [&promise](FetchedDocuments documents) { promise.set_value(std::move(documents)); });
    return future.get();
}

}  // namespace itqan::http
