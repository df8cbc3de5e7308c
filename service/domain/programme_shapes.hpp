#pragma once
// The shape of JSON objects as tables of fields: what may stand where, with which type and range. It knows nothing of
// what the values refer to.

#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "schemas/json.hpp"
#include "schemas/json_pointer.hpp"

namespace itqan::domain {

enum class Form {
    id,      ///< [A-Za-z0-9._-]{1,64}.
    text,    ///< 1 to 500 characters, no controls.
    prose,   ///< 0 to 4 000 characters.
    word,    ///< One of `words`.
    whole,   ///< A whole number within [min, max].
    number,  ///< Within [min, max], at most six decimals.
    boolean,
    day,             ///< "2026-11-01".
    day_or_instant,  ///< A day, or a date-time of which the UTC date counts.
    instant,
    period,  ///< "P24M".
    url,     ///< https.
    uri,
    ids,      ///< A list of distinct ids.
    texts,    ///< A list of texts.
    object,   ///< With `fields`.
    objects,  ///< A list of objects with `fields`.
    anything
};

struct Field {
    std::string_view name;
    Form form = Form::text;
    bool required = true;
    bool nullable = false;
    double min = 0;
    double max = std::numeric_limits<double>::infinity();
    std::span<std::string_view const> words = {};
    std::span<Field const> fields = {};
};

/// Appends a violation for everything about `body` that the table does not allow; members that it does not name are
/// violations unless `open`.
void check_fields(Json const& body, std::span<Field const> fields, schemas::Place const& place,
                  std::vector<Violation>& violations, bool open = false);

/// The table of a programme kind; empty for the kinds with a check of their own and for unknown ones.
std::span<Field const> fields_of(std::string_view kind);

/// A string member, "" when absent or null; the shape has been checked.
std::string text_of(Json const& body, std::string_view name);
std::optional<std::string> optional_text_of(Json const& body, std::string_view name);

}  // namespace itqan::domain
