#pragma once
// How long an answer of another host may be used again, as a shared cache reads it (RFC 9111), within our own limits.

#include <chrono>
#include <optional>
#include <string>

#include "schemas/clock.hpp"
#include "service/http/message.hpp"

namespace itqan::http {

/// What an answer gave to ask again with (RFC 9110 section 8.8), fit to be sent; "" when it gave none.
struct Validators {
    std::string etag, last_modified;

    bool empty() const { return etag.empty() && last_modified.empty(); }
};

/// What an answer says about being kept.
struct StoringAdvice {
    bool may_keep = true;    ///< Not: no-store, private.
    bool must_ask = false;   ///< no-cache, Vary: *: never used again without asking.
    bool is_strict = false;  ///< must-revalidate, proxy-revalidate, s-maxage: not a second longer than it says.
    std::optional<std::chrono::seconds> fresh_for = {};  ///< From its making; none: it says nothing.
    std::chrono::seconds age{0};                         ///< How long other caches had it.
    Validators validators = {};

    bool says_something() const { return !may_keep || must_ask || is_strict || fresh_for.has_value(); }
};

/// RFC 9111 sections 4.2 and 5.2.2. What cannot be read counts as run out.
StoringAdvice read_storing_advice(Headers const& headers, Instant now);

struct LifetimeLimits {
    /// For answers that say less, or nothing good for us, so that nobody is asked for each question. Never longer than
    /// the ceiling, and not where the answer is strict.
    std::chrono::milliseconds floor{5'000};
    std::chrono::milliseconds ceiling{300'000};  ///< From its making; also for answers that say nothing.
};

/// How long it may be used from now on, without asking; none: it must not be kept. 0: each use asks again.
std::optional<std::chrono::milliseconds> lifetime_of(StoringAdvice const& advice, LifetimeLimits const& limits);

/// What was kept, confirmed by 304: what that answer leaves out stays as it was (RFC 9111 section 4.3.4).
StoringAdvice renewed_advice(StoringAdvice const& kept, StoringAdvice const& confirmation);

}  // namespace itqan::http
