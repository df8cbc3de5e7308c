#pragma once
// Prometheus' text format 0.0.4, written in one pass: families with HELP and TYPE, samples with escaped labels, base
// units. It counts nothing and knows no metric of ours.

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "schemas/tally.hpp"

namespace itqan::metrics {

inline constexpr char content_type[] = "text/plain; version=0.0.4; charset=utf-8";

class Exposition {
  public:
    enum class Type { counter, gauge, histogram };
    using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

    /// Begins a family; its samples follow before the next one begins. Throws std::logic_error for a name that is no
    /// metric name or was begun before: both are mistakes of the program.
    void begin(Type type, std::string_view name, std::string_view help);
    void sample(Labels labels, double value);
    void sample(Labels labels, std::uint64_t value);
    void sample(Labels labels, std::int64_t value);
    /// Buckets, sum and count of one histogram; `per_unit` says how much of the tally is a base unit (1e6 for
    /// microseconds): bounds are divided by it, so that they are the shortest decimals.
    void sample(Labels labels, Tallied const& tallied, double per_unit);

    // A family of one sample without labels.
    void counter(std::string_view name, std::string_view help, std::uint64_t value);
    void gauge(std::string_view name, std::string_view help, double value);
    void histogram(std::string_view name, std::string_view help, Tallied const& tallied, double per_unit);

    std::string take() { return std::move(text_); }

  private:
    void line(std::string_view suffix, Labels labels, std::string_view bound, std::string_view value);

    std::string text_;
    std::string name_;
    std::string begun_ = "\n";  ///< The names begun so far, a line each.
};

/// The shortest decimal that reads back the same; "+Inf", "-Inf", "NaN".
std::string number_text(double value);

}  // namespace itqan::metrics
