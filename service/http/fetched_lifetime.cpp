#include "service/http/fetched_lifetime.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <ctime>
#include <vector>

#include "schemas/text.hpp"

namespace itqan::http {
namespace {

using std::chrono::seconds;

constexpr std::int64_t longest = std::int64_t{1} << 31;  ///< RFC 9111 section 1.2.2.

std::string_view trimmed(std::string_view text) {
    auto const begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

/// All fields of a name, at the commas that stand in no quotes.
std::vector<std::string> members_of(Headers const& headers, std::string_view name) {
    std::vector<std::string> members;
    for (auto const& [field, value] : headers.all) {
        if (field != name) continue;
        bool is_quoted = false;
        std::string one;
        for (char const c : value + ",") {
            if (c == '"') is_quoted = !is_quoted;
            if (c != ',' || is_quoted) {
                one += c;
                continue;
            }
            if (auto const word = trimmed(one); !word.empty()) members.emplace_back(word);
            one.clear();
        }
        if (!one.empty()) members.emplace_back("no-cache");  // A quote without an end: nothing is promised.
    }
    return members;
}

/// Delta-seconds (RFC 9111 section 1.2.2); none when it is no number.
std::optional<seconds> seconds_in(std::string_view text) {
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
    if (text.empty() || !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }))
        return std::nullopt;
    std::int64_t number = 0;
    auto const [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    return seconds(failure == std::errc{} ? std::min(number, longest) : longest);
}

/// The three forms of RFC 9110 section 5.6.7, as seconds since 1970.
std::optional<std::int64_t> read_http_date(std::string const& text) {
    for (auto const* const form : {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"}) {
        std::tm moment{};
        auto const* const end = strptime(text.c_str(), form, &moment);
        if (end != nullptr && end == text.c_str() + text.size()) return timegm(&moment);
    }
    return std::nullopt;
}

/// It is sent back to where it came from: nothing but what the grammar has.
std::string readable_etag(std::string_view text) {
    auto const whole = std::string(text);
    if (text.size() > 256) return {};
    if (text.starts_with("W/")) text.remove_prefix(2);
    if (text.size() < 2 || text.front() != '"' || text.back() != '"') return {};
    text = text.substr(1, text.size() - 2);
    bool const is_plain =
        std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '"'; });
    return is_plain ? whole : std::string();
}

void shorten(std::optional<seconds>& to, std::optional<seconds> const& said) {
    auto const value = said.value_or(seconds(0));
    to = to ? std::min(*to, value) : value;
}

}  // namespace

StoringAdvice read_storing_advice(Headers const& headers, Instant now) {
    StoringAdvice advice;
    std::optional<seconds> shared, any;
    for (auto const& member : members_of(headers, "cache-control")) {
        auto const equals = member.find('=');
        auto const name = ascii_lower(trimmed(std::string_view(member).substr(0, equals)));
        auto const value =
            equals == std::string::npos ? std::string_view() : trimmed(std::string_view(member).substr(equals + 1));
        if (name == "no-store" || name == "private") advice.may_keep = false;
        if (name == "no-cache") advice.must_ask = true;
        if (name == "must-revalidate" || name == "proxy-revalidate" || name == "s-maxage") advice.is_strict = true;
        if (name == "s-maxage") shorten(shared, seconds_in(value));
        if (name == "max-age") shorten(any, seconds_in(value));
    }
    auto const vary = members_of(headers, "vary");
    if (std::find(vary.begin(), vary.end(), "*") != vary.end()) advice.must_ask = true;
    auto const date = read_http_date(std::string(headers.get("date")));
    auto const here = now.milliseconds / 1'000;
    if (shared || any) {
        advice.fresh_for = shared ? shared : any;
    } else if (auto const expires = std::string(headers.get("expires")); !expires.empty()) {
        auto const until = read_http_date(expires);
        advice.fresh_for = seconds(until ? std::clamp<std::int64_t>(*until - date.value_or(here), 0, longest) : 0);
    }
    // A clock that is ahead of ours makes no document younger; one that is behind makes it older, never fresher.
    auto const apparent = date ? std::clamp<std::int64_t>(here - *date, 0, longest) : 0;
    auto const told = std::string(headers.get("age"));
    advice.age = std::max(seconds(apparent), told.empty() ? seconds(0) : seconds_in(told).value_or(seconds(longest)));
    advice.validators.etag = readable_etag(headers.get("etag"));
    auto const modified = std::string(headers.get("last-modified"));
    if (modified.size() == 29 && read_http_date(modified)) advice.validators.last_modified = modified;
    return advice;
}

std::optional<std::chrono::milliseconds> lifetime_of(StoringAdvice const& advice, LifetimeLimits const& limits) {
    using std::chrono::milliseconds;
    if (!advice.may_keep) return std::nullopt;
    if (advice.must_ask) return milliseconds(0);
    auto const most = std::max(milliseconds(0), limits.ceiling - milliseconds(advice.age));
    if (!advice.fresh_for) return most;
    auto const left = std::clamp(milliseconds(*advice.fresh_for - advice.age), milliseconds(0), most);
    return advice.is_strict ? left : std::max(left, std::min(limits.floor, most));
}

StoringAdvice renewed_advice(StoringAdvice const& kept, StoringAdvice const& confirmation) {
    auto renewed = confirmation.says_something() ? confirmation : kept;
    renewed.age = confirmation.age;
    renewed.validators = confirmation.validators;
    if (renewed.validators.etag.empty()) renewed.validators.etag = kept.validators.etag;
    if (renewed.validators.last_modified.empty()) renewed.validators.last_modified = kept.validators.last_modified;
    return renewed;
}

}  // namespace itqan::http
