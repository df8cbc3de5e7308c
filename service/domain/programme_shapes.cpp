#include "service/domain/programme_shapes.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "schemas/clock.hpp"
#include "schemas/identifier.hpp"

namespace itqan::domain {
namespace {

using schemas::Place;

std::size_t characters(std::string_view utf8) {
    return static_cast<std::size_t>(std::count_if(
        utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

bool has_control(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
        auto const byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7F;
    });
}

std::string joined(std::span<std::string_view const> words) {
    std::string out;
    for (auto const word : words)
        out.append(out.empty() ? "" : ", ").append(word);
    return out;
}

std::string range_of(Field const& field) {
    auto const text = [](double value) { return std::to_string(static_cast<long long>(value)); };
    if (std::isinf(field.max)) return " of at least " + text(field.min);
    return " from " + text(field.min) + " to " + text(field.max);
}

/// What is wrong with a string of this form; empty when it is right.
std::string wrong_text(std::string const& text, Field const& field) {
    switch (field.form) {
        case Form::id:
            return schemas::is_programme_id(text) ? "" : "must be an id: 1 to 64 of A-Z a-z 0-9 . _ -";
        case Form::text:
            if (text.empty() || characters(text) > 500) return "must have 1 to 500 characters";
            return has_control(text) ? "must not contain control characters" : "";
        case Form::prose:
            if (characters(text) > 4000) return "must have at most 4000 characters";
            return has_control(text) ? "must not contain control characters" : "";
        case Form::word:
            if (std::find(field.words.begin(), field.words.end(), text) != field.words.end()) return "";
            return "must be one of " + joined(field.words);
        case Form::day:
            return Day::parse(text) ? "" : "must be a date such as 2026-11-01";
        case Form::day_or_instant:
            return Day::parse(text) || Instant::parse(text) ? "" : "must be a date such as 2026-11-01";
        case Form::instant:
            return Instant::parse(text) ? "" : "must be a date-time with a zone such as 2026-11-01T12:00:00Z";
        case Form::period:
            return Period::parse(text) ? "" : "must be a period such as P24M, P90D or P2Y";
        case Form::url:
            return schemas::is_https_url(text) ? "" : "must be an https address";
        case Form::uri:
            return schemas::is_absolute_uri(text) ? "" : "must be an absolute URI";
        default:
            return "";
    }
}

std::string wrong_number(Json const& value, Field const& field) {
    auto const whole = field.form == Form::whole;
    auto const kind = std::string(whole ? "must be a whole number" : "must be a number") + range_of(field);
    if (!value.is_number()) return kind;
    auto const number = value.get<double>();
    if (!(number >= field.min && number <= field.max) || std::abs(number) > 1e9) return kind;
    if (whole && number != std::floor(number)) return kind;
    // Sums and ratios are exact in millionths (criteria.cpp).
    if (std::abs(number * 1e6 - std::round(number * 1e6)) > 1e-3) return "must have at most six decimals";
    return {};
}

void check_list(Json const& value, Field const& field, Place const& place, std::vector<Violation>& violations) {
    if (!value.is_array()) {
        violations.push_back({place.text(), "must be a list"});
        return;
    }
    std::set<std::string> seen;
    for (std::size_t i = 0; i < value.size(); ++i) {
        auto const here = place.at(i);
        if (field.form == Form::objects) {
            check_fields(value[i], field.fields, here, violations);
            continue;
        }
        if (!value[i].is_string()) {
            violations.push_back({here.text(), "must be a string"});
            continue;
        }
        auto const& text = value[i].get_ref<std::string const&>();
        auto const form = field.form == Form::ids ? Form::id : Form::text;
        if (auto wrong = wrong_text(text, {field.name, form}); !wrong.empty())
            violations.push_back({here.text(), std::move(wrong)});
        else if (!seen.insert(text).second)
            violations.push_back({here.text(), "stands twice in the list"});
    }
}

void check_value(Json const& value, Field const& field, Place const& place, std::vector<Violation>& violations) {
    switch (field.form) {
        case Form::anything:
            return;
        case Form::object:
            check_fields(value, field.fields, place, violations);
            return;
        case Form::ids:
        case Form::texts:
        case Form::objects:
            check_list(value, field, place, violations);
            return;
        case Form::boolean:
            if (!value.is_boolean()) violations.push_back({place.text(), "must be true or false"});
            return;
        case Form::whole:
        case Form::number:
            if (auto wrong = wrong_number(value, field); !wrong.empty())
                violations.push_back({place.text(), std::move(wrong)});
            return;
        default:
            break;
    }
    if (!value.is_string()) {
        violations.push_back({place.text(), "must be a string"});
        return;
    }
    if (auto wrong = wrong_text(value.get_ref<std::string const&>(), field); !wrong.empty())
        violations.push_back({place.text(), std::move(wrong)});
}

}  // namespace

void check_fields(Json const& body, std::span<Field const> fields, Place const& place,
                  std::vector<Violation>& violations, bool open) {
    if (!body.is_object()) {
        violations.push_back({place.text(), "must be an object"});
        return;
    }
    for (auto const& field : fields) {
        auto const found = body.find(field.name);
        if (found == body.end()) {
            if (field.required) violations.push_back({place.at(field.name).text(), "is required"});
        } else if (!found->is_null() || !field.nullable) {
            check_value(*found, field, place.at(field.name), violations);
        }
    }
    if (open) return;
    for (auto const& [name, value] : body.items()) {
        auto const known = std::any_of(fields.begin(), fields.end(), [&](Field const& f) { return f.name == name; });
        if (!known) violations.push_back({place.at(name).text(), "is not a member here"});
    }
}

std::string text_of(Json const& body, std::string_view name) {
    return optional_text_of(body, name).value_or("");
}

std::optional<std::string> optional_text_of(Json const& body, std::string_view name) {
    auto const found = body.find(name);
    if (found == body.end() || !found->is_string()) return std::nullopt;
    return found->get<std::string>();
}

}  // namespace itqan::domain
