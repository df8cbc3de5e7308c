#pragma once
// Days, instants and the two clocks of the service (decision: rules count whole UTC days, tokens and TLS count real
// time).

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace itqan {

/// A whole UTC date, counted in days since 1970-01-01.
struct Day {
    std::int32_t number = 0;

    auto operator<=>(Day const&) const = default;
    Day operator+(int days) const { return Day{number + days}; }
    Day operator-(int days) const { return Day{number - days}; }
    int operator-(Day other) const { return number - other.number; }

    /// "2026-11-01". parse() takes exactly that form and a date that exists, years 1000 to 9999.
    std::string text() const;
    static std::optional<Day> parse(std::string_view text);
    static Day of(int year, unsigned month, unsigned day);

    int year() const;
    unsigned month() const;
    unsigned day_of_month() const;

    /// Calendar months later (or earlier), clipped to the end of the month: 31 January + 1 = 28 or 29 February.
    Day plus_months(int months) const;
};

/// Milliseconds since 1970-01-01T00:00:00Z.
struct Instant {
    std::int64_t milliseconds = 0;

    auto operator<=>(Instant const&) const = default;
    Day day() const;                ///< The UTC date, also before 1970.
    Instant whole_seconds() const;  ///< Rounded down.
    std::int64_t seconds() const;   ///< Rounded down: a JWT NumericDate.

    /// "2026-11-01T12:00:00Z"; with milliseconds only when they are not zero.
    std::string text() const;
    /// RFC 3339 date-time with a zone ("Z" or an offset); a leap second and a missing zone are refused.
    static std::optional<Instant> parse(std::string_view text);
    static Instant start_of(Day day);
    static Instant end_of(Day day);  ///< 23:59:59.000 of that day.
};

/// An ISO 8601 duration of one unit as the rule language and validities use it: P24M, P90D, P2Y.
struct Period {
    int count = 0;
    char unit = 'D';  ///< 'D', 'M' or 'Y'.

    bool operator==(Period const&) const = default;
    std::string text() const;
    static std::optional<Period> parse(std::string_view text);  ///< 1 to 9999 of a unit.

    Day after(Day day) const;   ///< day + period, clipped to the end of the month.
    Day before(Day day) const;  ///< day - period, likewise.
};

/// Where time comes from. Nothing else reads the system clock.
class Clock {
  public:
    virtual ~Clock() = default;
    /// Real time: TLS, tokens, sessions, limits, mail, verification, and what pages call expired.
    virtual Instant wall() const = 0;
    /// The programme's time: rules, validity, renewal, limits on when something was completed.
    virtual Instant domain() const = 0;
};

/// The system's clock; the domain clock may run ahead or behind by a fixed distance (`itqan demo --as-of`).
class SystemClock final : public Clock {
  public:
    explicit SystemClock(std::int64_t domain_offset_milliseconds = 0) : offset_(domain_offset_milliseconds) {}
    Instant wall() const override;
    Instant domain() const override;

  private:
    std::int64_t offset_;
};

}  // namespace itqan
