#include "service/http/fetched_cache.hpp"

#include <algorithm>

namespace itqan::http {
namespace {

/// A document is kept with what was read of it (DocumentReading): as keys, as a status list and as a registry, of which
/// JSON in memory takes up to 32 times the text, and up to 2 MiB within the limits of the first two; and an unpacked
/// list of up to 64 KiB.
std::size_t cost_of(std::string const& key, Fetched const& fetched, StoringAdvice const& advice) {
    constexpr std::size_t entry = 512, in_memory = 32, most_of_two = 4 * 1024 * 1024, unpacked = 64 * 1024;
    auto const text = fetched.body.size();
    auto const reading = std::min(2 * in_memory * text, most_of_two + 2 * text) + in_memory * text + unpacked;
    return entry + key.size() + advice.validators.etag.size() + fetched.failure.size() + text +
           (fetched.reading ? reading : 0);
}

}  // namespace

std::optional<Fetched> FetchedCache::find(std::string const& key) {
    std::lock_guard const lock(mutex_);
    auto const found = entries_.find(key);
    if (found == entries_.end()) return std::nullopt;
    if (found->second.until > Clock::now()) return found->second.fetched;
    if (found->second.advice.validators.empty()) drop(found);
    return std::nullopt;
}

std::optional<StoringAdvice> FetchedCache::advice(std::string const& key) const {
    std::lock_guard const lock(mutex_);
    auto const found = entries_.find(key);
    if (found == entries_.end() || found->second.advice.validators.empty()) return std::nullopt;
    return found->second.advice;
}

std::optional<Fetched> FetchedCache::renew(std::string const& key, Instant at, Clock::time_point until,
                                           StoringAdvice const& advice) {
    std::lock_guard const lock(mutex_);
    auto const found = entries_.find(key);
    if (found == entries_.end()) return std::nullopt;
    auto& entry = found->second;
    entry.fetched.at = at;
    entry.until = until;
    entry.advice = advice;
    auto fetched = entry.fetched;
    if (!advice.may_keep) drop(found);
    return fetched;
}

void FetchedCache::forget(std::string const& key) {
    std::lock_guard const lock(mutex_);
    if (auto const found = entries_.find(key); found != entries_.end()) drop(found);
}

void FetchedCache::keep(std::string const& key, Fetched const& fetched, Clock::time_point until,
                        StoringAdvice const& advice) {
    auto const cost = cost_of(key, fetched, advice);
    std::lock_guard const lock(mutex_);
    if (auto const old = entries_.find(key); old != entries_.end()) {
        bool const holds = old->second.fetched.failure.empty() && old->second.until > Clock::now();
        if (holds && !fetched.failure.empty()) return;
        drop(old);
    }
    if (cost > most_bytes_ / 4) return;
    while (bytes_ + cost > most_bytes_)
        drop(std::min_element(entries_.begin(), entries_.end(), [](auto const& left, auto const& right) {
            return left.second.until < right.second.until;
        }));
    bytes_ += cost;
    entries_.emplace(key, Entry{fetched, until, cost, advice});
}

std::size_t FetchedCache::charged() const {
    std::lock_guard const lock(mutex_);
    return bytes_;
}

void FetchedCache::drop(Entries::iterator entry) {
    bytes_ -= entry->second.cost;
    entries_.erase(entry);
}

}  // namespace itqan::http
