#pragma once
// The vocabulary of failure: what the outside world can cause is a value, not an exception.

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace itqan {

/// What kind of failure a caller can act on. The HTTP status follows from it in service/http/problem.cpp only.
enum class Fault {
    malformed,
    unprocessable,
    unauthorized,
    forbidden,
    not_found,
    method,
    media_type,
    conflict,
    precondition,
    gone,
    too_large,
    misdirected,
    rate_limited,
    unavailable
};

struct Violation {
    std::string pointer;  ///< JSON Pointer (RFC 6901) of the offending member; "" is the whole document.
    std::string detail;   ///< What is wrong and what would be right.
};

/// Adds to what is known to be wrong those faults that are of no member named there yet.
void add_unreported(std::vector<Violation>& known, std::vector<Violation> more);

struct Error {
    Fault fault;
    std::string code;                        ///< Stable and documented: "unknown-learner".
    std::string detail;                      ///< Safe to show to the client.
    std::vector<Violation> violations = {};  ///< May be empty.
};

/// A value or the reason why there is none. Reading the wrong side is a broken invariant and throws.
template <typename T>
class [[nodiscard]] Result {
  public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

    explicit operator bool() const noexcept { return state_.index() == 0; }

    T& operator*() & { return value(); }
    T const& operator*() const& { return value(); }
    T&& operator*() && { return std::move(value()); }
    T* operator->() { return &value(); }
    T const* operator->() const { return &value(); }

    Error const& error() const {
        if (*this) throw std::logic_error("Result holds a value, not an error");
        return std::get<1>(state_);
    }

  private:
    T& value() {
        if (!*this) throw std::logic_error("Result holds an error: " + std::get<1>(state_).code);
        return std::get<0>(state_);
    }
    T const& value() const { return const_cast<Result*>(this)->value(); }

    std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
  public:
    Result() = default;
    Result(Error error) : error_(std::move(error)) {}

    explicit operator bool() const noexcept { return !error_; }
    Error const& error() const {
        if (!error_) throw std::logic_error("Result holds no error");
        return *error_;
    }

  private:
    std::optional<Error> error_;
};

}  // namespace itqan
