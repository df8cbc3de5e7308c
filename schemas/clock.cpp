#include "schemas/clock.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace itqan {
namespace {

constexpr std::int64_t milliseconds_per_second = 1'000;
constexpr std::int64_t milliseconds_per_day = 86'400'000;

std::int64_t floor_divide(std::int64_t value, std::int64_t by) {
    auto const quotient = value / by;
    return value % by < 0 ? quotient - 1 : quotient;
}

std::chrono::year_month_day calendar(Day day) {
    return std::chrono::year_month_day{std::chrono::sys_days{std::chrono::days{day.number}}};
}

Day clipped(std::chrono::year_month month, std::chrono::day day) {
    auto const last = std::chrono::year_month_day_last{month.year(), std::chrono::month_day_last{month.month()}};
    auto const date = std::chrono::year_month_day{month.year(), month.month(), std::min(day, last.day())};
    return Day{static_cast<std::int32_t>(std::chrono::sys_days{date}.time_since_epoch().count())};
}

/// The number that text[at..at+count) spells in digits only, or -1.
int digits(std::string_view text, std::size_t at, std::size_t count) {
    if (text.size() < at + count) return -1;
    int value = 0;
    for (auto i = at; i < at + count; ++i) {
        if (text[i] < '0' || text[i] > '9') return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

/// "Z", "z" or "+hh:mm" as minutes east of UTC.
std::optional<int> read_zone(std::string_view zone) {
    if (zone == "Z" || zone == "z") return 0;
    if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':') return std::nullopt;
    auto const hours = digits(zone, 1, 2);
    auto const minutes = digits(zone, 4, 2);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
    auto const total = hours * 60 + minutes;
    return zone[0] == '-' ? -total : total;
}

Instant now() {
    auto const since = std::chrono::system_clock::now().time_since_epoch();
    return Instant{std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
}

}  // namespace

std::string Day::text() const {
    char buffer[32];
    std::snprintf(buffer, sizeof buffer, "%04d-%02u-%02u", year(), month(), day_of_month());
    return buffer;
}

std::optional<Day> Day::parse(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    auto const year = digits(text, 0, 4);
    auto const month = digits(text, 5, 2);
    auto const day = digits(text, 8, 2);
    if (year < 1000 || month < 1 || day < 1) return std::nullopt;
    auto const date =
        std::chrono::year_month_day{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                    std::chrono::day{static_cast<unsigned>(day)}};
    if (!date.ok()) return std::nullopt;
    return Day{static_cast<std::int32_t>(std::chrono::sys_days{date}.time_since_epoch().count())};
}

Day Day::of(int year, unsigned month, unsigned day) {
    return clipped(std::chrono::year_month{std::chrono::year{year}, std::chrono::month{month}}, std::chrono::day{day});
}

int Day::year() const {
    return static_cast<int>(calendar(*this).year());
}
unsigned Day::month() const {
    return static_cast<unsigned>(calendar(*this).month());
}
unsigned Day::day_of_month() const {
    return static_cast<unsigned>(calendar(*this).day());
}

Day Day::plus_months(int months) const {
    auto const date = calendar(*this);
    auto const month = std::chrono::year_month{date.year(), date.month()} + std::chrono::months{months};
    return clipped(month, date.day());
}

Day Instant::day() const {
    return Day{static_cast<std::int32_t>(floor_divide(milliseconds, milliseconds_per_day))};
}

Instant Instant::whole_seconds() const {
    return Instant{seconds() * milliseconds_per_second};
}

std::int64_t Instant::seconds() const {
    return floor_divide(milliseconds, milliseconds_per_second);
}

std::string Instant::text() const {
    auto const of_day = milliseconds - start_of(day()).milliseconds;
    auto const second = static_cast<int>(of_day / milliseconds_per_second);
    auto const rest = static_cast<int>(of_day % milliseconds_per_second);
    char buffer[48];
    if (rest == 0) {
        std::snprintf(buffer, sizeof buffer, "T%02d:%02d:%02dZ", second / 3600, second / 60 % 60, second % 60);
    } else {
        std::snprintf(buffer, sizeof buffer, "T%02d:%02d:%02d.%03dZ", second / 3600, second / 60 % 60, second % 60,
                      rest);
    }
    return day().text() + buffer;
}

std::optional<Instant> Instant::parse(std::string_view text) {
    if (text.size() < 20 || (text[10] != 'T' && text[10] != 't') || text[13] != ':' || text[16] != ':')
        return std::nullopt;
    auto const day = Day::parse(text.substr(0, 10));
    auto const hour = digits(text, 11, 2);
    auto const minute = digits(text, 14, 2);
    auto const second = digits(text, 17, 2);
    if (!day || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return std::nullopt;

    std::size_t at = 19;
    std::int64_t fraction = 0;
    if (text[at] == '.') {
        auto const first = ++at;
        std::int64_t place =
            100;  // digits beyond the millisecond are dropped, not rounded: an instant never moves forward
        for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, place /= 10)
            fraction += place * (text[at] - '0');
        if (at == first) return std::nullopt;
    }
    auto const zone = read_zone(text.substr(at));
    if (!zone) return std::nullopt;
    auto const of_day = (std::int64_t{hour} * 60 + minute - *zone) * 60 + second;
    return Instant{start_of(*day).milliseconds + of_day * milliseconds_per_second + fraction};
}

Instant Instant::start_of(Day day) {
    return Instant{day.number * milliseconds_per_day};
}

Instant Instant::end_of(Day day) {
    return Instant{start_of(day + 1).milliseconds - milliseconds_per_second};
}

std::string Period::text() const {
    return "P" + std::to_string(count) + unit;
}

std::optional<Period> Period::parse(std::string_view text) {
    if (text.size() < 3 || text.size() > 6 || text[0] != 'P' || text[1] == '0') return std::nullopt;
    auto const unit = text.back();
    if (unit != 'D' && unit != 'M' && unit != 'Y') return std::nullopt;
    auto const count = digits(text, 1, text.size() - 2);
    if (count < 1) return std::nullopt;
    return Period{count, unit};
}

Day Period::after(Day day) const {
    if (unit == 'D') return day + count;
    return day.plus_months(unit == 'Y' ? count * 12 : count);
}

Day Period::before(Day day) const {
    if (unit == 'D') return day - count;
    return day.plus_months(unit == 'Y' ? -count * 12 : -count);
}

Instant SystemClock::wall() const {
    return now();
}

Instant SystemClock::domain() const {
    return Instant{now().milliseconds + offset_};
}

}  // namespace itqan
