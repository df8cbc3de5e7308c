#include "storage/database.hpp"

namespace itqan::storage {

std::optional<std::string> Row::optional_text(int column) const {
    if (is_null(column)) return std::nullopt;
    return string(column);
}

std::optional<Instant> Row::optional_instant(int column) const {
    if (is_null(column)) return std::nullopt;
    return instant(column);
}

std::optional<Day> Row::optional_day(int column) const {
    if (is_null(column)) return std::nullopt;
    return day(column);
}

void Database::write_unit_later(std::function<bool(Session&)> const& unit, Ended const& ended) {
    auto outcome = Pending::Outcome::refused;
    std::exception_ptr failure;
    try {
        write_unit([&](Session& session) {
            bool const keep = unit(session);
            outcome = keep ? Pending::Outcome::kept : Pending::Outcome::refused;
            return keep;
        });
    } catch (ConstraintError const&) {
        outcome = Pending::Outcome::refused;
    } catch (std::exception const&) {
        outcome = Pending::Outcome::failed;
        failure = std::current_exception();
    }
    ended(outcome, failure);
}

}  // namespace itqan::storage
