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

}  // namespace itqan::storage
