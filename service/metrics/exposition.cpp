#include "service/metrics/exposition.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <stdexcept>

namespace itqan::metrics {
namespace {

bool is_metric_name(std::string_view name) {
    auto const is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    return !name.empty() && is_letter(name.front()) &&
           std::all_of(name.begin(), name.end(), [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

void append_escaped(std::string& text, std::string_view value, bool in_quotes) {
    for (char const c : value) {
        if (c == '\\')
            text += "\\\\";
        else if (c == '\n')
            text += "\\n";
        else if (c == '"' && in_quotes)
            text += "\\\"";
        else
            text += c;
    }
}

std::string_view type_name(Exposition::Type type) {
    switch (type) {
        case Exposition::Type::counter:
            return "counter";
        case Exposition::Type::gauge:
            return "gauge";
        case Exposition::Type::histogram:
            break;
    }
    return "histogram";
}

}  // namespace

std::string number_text(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
    std::array<char, 32> digits{};
    // Without an exponent as long as that is readable: bounds of buckets are also labels.
    auto const size = std::abs(value);
    bool const is_plain = size == 0 || (size > 1e-7 && size < 1e15);
    auto const format = is_plain ? std::chars_format::fixed : std::chars_format::scientific;
    auto const [end, failure] = std::to_chars(digits.data(), digits.data() + digits.size(), value, format);
    if (failure != std::errc{}) throw std::logic_error("a double needs more than 32 characters");
    return {digits.data(), end};
}

void Exposition::begin(Type type, std::string_view name, std::string_view help) {
    auto const known = "\n" + std::string(name) + "\n";
    if (!is_metric_name(name) || begun_.find(known) != std::string::npos)
        throw std::logic_error("a metric cannot be called " + std::string(name) + " (again)");
    begun_.append(known, 1);
    name_ = name;
    text_.append("# HELP ").append(name).append(" ");
    append_escaped(text_, help, false);
    text_.append("\n# TYPE ").append(name).append(" ").append(type_name(type)).append("\n");
}

void Exposition::line(std::string_view suffix, Labels labels, std::string_view bound, std::string_view value) {
    text_.append(name_).append(suffix);
    char separator = '{';
    auto const put = [&](std::string_view label, std::string_view content) {
        text_ += separator;
        separator = ',';
        text_.append(label).append("=\"");
        append_escaped(text_, content, true);
        text_ += '"';
    };
    for (auto const& [label, content] : labels)
        put(label, content);
    if (!bound.empty()) put("le", bound);
    if (separator == ',') text_ += '}';
    text_.append(" ").append(value).append("\n");
}

void Exposition::sample(Labels labels, double value) {
    line("", labels, "", number_text(value));
}
void Exposition::sample(Labels labels, std::uint64_t value) {
    line("", labels, "", std::to_string(value));
}
void Exposition::sample(Labels labels, std::int64_t value) {
    line("", labels, "", std::to_string(value));
}

void Exposition::sample(Labels labels, Tallied const& tallied, double per_unit) {
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < tallied.steps.size(); ++i) {
        below += tallied.counts.at(i);
        line("_bucket", labels, number_text(static_cast<double>(tallied.steps[i]) / per_unit), std::to_string(below));
    }
    if (!tallied.counts.empty()) below += tallied.counts.back();
    auto const total = std::to_string(below);
    line("_bucket", labels, "+Inf", total);
    line("_sum", labels, "", number_text(static_cast<double>(tallied.sum) / per_unit));
    line("_count", labels, "", total);
}

void Exposition::counter(std::string_view name, std::string_view help, std::uint64_t value) {
    begin(Type::counter, name, help);
    sample({}, value);
}
void Exposition::gauge(std::string_view name, std::string_view help, double value) {
    begin(Type::gauge, name, help);
    sample({}, value);
}
void Exposition::histogram(std::string_view name, std::string_view help, Tallied const& tallied, double per_unit) {
    begin(Type::histogram, name, help);
    sample({}, tallied, per_unit);
}

}  // namespace itqan::metrics
