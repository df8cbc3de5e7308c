#include "service/http/way_out.hpp"

#include <algorithm>
#include <atomic>
#include <future>
#include <map>
#include <mutex>

#include "crypto/did.hpp"
#include "schemas/tally.hpp"
#include "service/http/fetched_cache.hpp"
#include "service/http/outbound_url.hpp"

namespace itqan::http {
namespace {

constexpr FetchLimits did_limits{256 * 1024, 0};
constexpr FetchLimits document_limits{1024 * 1024, 0};
/// Assertions that are hosted may have moved, as Open Badges 2 lets them; keys, DIDs and lists never.
constexpr FetchLimits moving_limits{1024 * 1024, 3};
/// What a person's link leads to may have moved, and may be a picture (decision 23).
constexpr FetchLimits link_limits{7 * 1024 * 1024, 3};

Fetched failed(std::string why) {
    Fetched none;
    none.failure = std::move(why);
    return none;
}

Fetched no_place(std::string const& address, char const* why) {
    auto none = failed(address + ": not asked: " + why);
    none.own_fault = true;
    return none;
}

/// The room that the documents of all questions share.
class Room {
  public:
    explicit Room(std::size_t bytes) : bytes_(bytes), used_(std::make_shared<std::atomic<std::size_t>>(0)) {}

    /// Null when there is none left.
    std::shared_ptr<void const> take(std::size_t bytes) const {
        if (used_->fetch_add(bytes) + bytes > bytes_) {
            used_->fetch_sub(bytes);
            return nullptr;
        }
        return std::shared_ptr<void const>(this, [used = used_, bytes](void const*) { used->fetch_sub(bytes); });
    }

  private:
    std::size_t bytes_;
    std::shared_ptr<std::atomic<std::size_t>> used_;
};

/// The documents that one question waits for.
class Gathering {
  public:
    Gathering(FetchedDocuments known, std::size_t missing, std::size_t most_bytes, Room const& room,
              std::function<void(FetchedDocuments)> done)
        : documents_(std::move(known)),
          missing_(missing),
          most_bytes_(most_bytes),
          room_(room),
          done_(std::move(done)) {
        for (auto const& [address, one] : documents_.by_address)
            bytes_ += one.body.size();
    }

    void add(std::string const& address, Fetched fetched) {
        {
            std::lock_guard const lock(mutex_);
            documents_.by_address.insert_or_assign(address, fitting(address, std::move(fetched)));
            if (--missing_ > 0) return;
        }
        done_(std::move(documents_));
    }

  private:
    Fetched fitting(std::string const& address, Fetched fetched) {
        auto const size = fetched.body.size();
        if (size == 0) return fetched;
        if (bytes_ + size > most_bytes_)
            return no_place(address, "the documents of one question are larger than is read together");
        auto room = room_.take(size);
        if (!room) return no_place(address, "too many documents are being read. Ask again in a moment");
        documents_.room.push_back(std::move(room));
        bytes_ += size;
        return fetched;
    }

    std::mutex mutex_;
    FetchedDocuments documents_;
    std::size_t missing_;
    std::size_t const most_bytes_;
    std::size_t bytes_ = 0;
    Room const& room_;
    std::function<void(FetchedDocuments)> done_;
};

using Taker = std::function<void(Fetched const&)>;

/// One document to fetch, and for whom.
struct Errand {
    std::string key, url, client;
    FetchLimits limits;
    bool is_personal = false;  ///< It is not kept.
    bool is_did = false;
};

}  // namespace

struct WayOut::State {
    State(ClientConfig client_config, WayOutConfig config_)
        : allow(client_config.allow),
          client(std::move(client_config)),
          config(std::move(config_)),
          cache(config.cache_bytes),
          room(config.gathered_bytes),
          lanes(config.lanes) {}

    std::vector<std::string> const allow;
    Client client;
    WayOutConfig config;
    FetchedCache cache;
    Room room;
    std::mutex mutex;
    std::map<std::string, std::vector<Taker>, std::less<>> in_flight;  ///< Who else waits for what is being fetched.
    Count kept, whole, unchanged, failures, not_asked;
    FetchLanes lanes;  // Last: its threads end first.

    void ask(std::string const& address, DocumentNeeds const& needs, Taker const& take);
    bool join(std::string const& key, Taker const& take, bool begins);
    void run(Errand const& errand, Taker const& take);
    Fetched fetch(Errand const& errand);
    Fetched ask_host(Errand const& errand, std::optional<StoringAdvice> const& kept);
    void keep(Errand const& errand, Fetched const& fetched, StoringAdvice const& advice);
    LifetimeLimits limits_of(Errand const& errand) const;
};

/// Whether somebody fetches it already and will tell `take` too; else, with `begins`, it is the caller's to fetch.
bool WayOut::State::join(std::string const& key, Taker const& take, bool begins) {
    std::lock_guard const lock(mutex);
    auto const found = in_flight.find(key);
    if (found != in_flight.end()) {
        found->second.push_back(take);
        return true;
    }
    if (begins) in_flight.emplace(key, std::vector<Taker>{});
    return false;
}

LifetimeLimits WayOut::State::limits_of(Errand const& errand) const {
    LifetimeLimits limits;
    limits.ceiling = errand.is_did ? std::min(config.keep, config.keep_keys) : config.keep;
    return limits;
}

void WayOut::State::keep(Errand const& errand, Fetched const& fetched, StoringAdvice const& advice) {
    auto lifetime = lifetime_of(advice, limits_of(errand));
    if (!lifetime) return cache.forget(errand.key);
    if (config.own_lifetime && !errand.is_did)
        if (auto const own = config.own_lifetime(fetched)) lifetime = std::min(*lifetime, *own);
    cache.keep(errand.key, fetched, FetchedCache::Clock::now() + *lifetime, advice);
}

Fetched WayOut::State::ask_host(Errand const& errand, std::optional<StoringAdvice> const& kept) {
    auto answered = client.ask(errand.url, errand.limits, kept ? kept->validators : Validators(), errand.client);
    auto& fetched = answered.fetched;
    if (answered.is_unchanged) {
        auto const advice = renewed_advice(*kept, answered.advice);
        auto const now = FetchedCache::Clock::now();
        auto renewed = cache.renew(errand.key, *fetched.at, now, advice);
        // Its room was needed meanwhile: the whole of it, then.
        if (!renewed) return ask_host(errand, std::nullopt);
        keep(errand, *renewed, advice);
        unchanged.add();
        return std::move(*renewed);
    }
    (fetched.failure.empty() ? whole : fetched.own_fault ? not_asked : failures).add();
    if (!fetched.failure.empty()) {
        if (!fetched.own_fault) cache.keep(errand.key, fetched, FetchedCache::Clock::now() + config.keep_failure);
        return std::move(fetched);
    }
    if (errand.is_personal) return std::move(fetched);
    if (config.new_reading) fetched.reading = config.new_reading();
    keep(errand, fetched, answered.advice);
    return std::move(fetched);
}

Fetched WayOut::State::fetch(Errand const& errand) try {
    return ask_host(errand, cache.advice(errand.key));
} catch (std::exception const&) {
    return no_place(errand.url.substr(0, errand.url.find_first_of("?#")), "there is no memory for it");
}

void WayOut::State::run(Errand const& errand, Taker const& take) {
    auto const& key = errand.key;
    if (auto const known = cache.find(key)) {
        kept.add();
        return take(*known);
    }
    if (join(key, take, true)) return;
    auto const fetched = fetch(errand);
    std::vector<Taker> others;
    {
        std::lock_guard const lock(mutex);
        others = std::move(in_flight[key]);
        in_flight.erase(key);
    }
    take(fetched);
    for (auto const& other : others)
        other(fetched);
}

void WayOut::State::ask(std::string const& address, DocumentNeeds const& needs, Taker const& take) {
    Errand errand;
    errand.client = needs.client;
    bool const is_personal = needs.personal.contains(address);
    errand.is_personal = needs.is_link || is_personal;
    errand.is_did = address.starts_with("did:");
    bool const may_move = needs.may_move.contains(address);
    errand.key = std::string(is_personal ? "personal " : "") +
                 (needs.is_link ? "link "
                  : may_move    ? "moving "
                                : "") +
                 address;
    if (auto const known = cache.find(errand.key)) {
        kept.add();
        return take(*known);
    }
    auto const url = errand.is_did ? crypto::did_web_url(address) : Result<std::string>(address);
    if (!url) return take(failed(address + ": " + url.error().detail));
    errand.url = *url;
    auto const told = url->substr(0, url->find_first_of("?#"));
    auto const target = read_outbound_url(*url, allow);
    if (!target) {
        not_asked.add();
        return take(failed(told + ": " + target.error().detail));
    }
    if (join(errand.key, take, false)) return;
    errand.limits = errand.is_did   ? did_limits
                    : needs.is_link ? link_limits
                    : may_move      ? moving_limits
                                    : document_limits;
    lanes.submit({target->host, needs.client, [this, errand, take] { run(errand, take); },
                  [this, told, take] {
                      not_asked.add();
                      take(no_place(told, "too many documents are asked for"));
                  }});
}

WayOut::WayOut(ClientConfig client, WayOutConfig config)
    : state_(std::make_unique<State>(std::move(client), std::move(config))) {}
WayOut::~WayOut() = default;

void WayOut::fetch(FetchedDocuments known, DocumentNeeds const& needs, std::function<void(FetchedDocuments)> done) {
    ++known.rounds;
    if (needs.addresses.empty()) return done(std::move(known));
    auto const gathering = std::make_shared<Gathering>(std::move(known), needs.addresses.size(),
                                                       state_->config.question_bytes, state_->room, std::move(done));
    for (auto const& address : needs.addresses)
        state_->ask(address, needs, [gathering, address](Fetched const& fetched) { gathering->add(address, fetched); });
}

FetchedDocuments WayOut::fetch_and_wait(FetchedDocuments known, DocumentNeeds const& needs) {
    // Shared: it is told on another thread, which may still be leaving when this one goes on.
    auto const promise = std::make_shared<std::promise<FetchedDocuments>>();
    auto future = promise->get_future();
    fetch(std::move(known), needs, [promise](FetchedDocuments documents) { promise->set_value(std::move(documents)); });
    return future.get();
}

WayOutFigures WayOut::figures() const {
    return {state_->kept.seen(), state_->whole.seen(), state_->unchanged.seen(), state_->failures.seen(),
            state_->not_asked.seen()};
}

void WayOut::end() {
    state_->lanes.end();
}

}  // namespace itqan::http
