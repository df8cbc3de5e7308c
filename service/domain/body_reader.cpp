#include "service/domain/body_reader.hpp"

#include <cmath>
#include <limits>

#include <nlohmann/json.hpp>

namespace itqan::domain {
namespace {

/// RFC 6901 section 3.
std::string escape_token(std::string_view token) {
    std::string out;
    for (char const c : token) {
        if (c == '~')
            out += "~0";
        else if (c == '/')
            out += "~1";
        else
            out += c;
    }
    return out;
}

std::size_t characters(std::string_view utf8) {
    std::size_t count = 0;
    for (char const c : utf8)
        if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) ++count;
    return count;
}

bool has_control(std::string_view text) {
    for (char const c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return true;
    return false;
}

}  // namespace

BodyReader::BodyReader(Json const& body, std::string pointer) : body_(body), pointer_(std::move(pointer)) {
    if (!body_.is_object()) violations_.push_back({pointer_, "must be an object"});
}

std::string BodyReader::pointer_to(std::string_view member) const {
    return pointer_ + "/" + escape_token(member);
}

void BodyReader::violation(std::string_view member, std::string detail) {
    violations_.push_back({pointer_to(member), std::move(detail)});
}

void BodyReader::add(std::vector<Violation> violations) {
    violations_.insert(violations_.end(), std::make_move_iterator(violations.begin()),
                       std::make_move_iterator(violations.end()));
}

bool BodyReader::has(std::string_view member) const {
    return body_.is_object() && body_.contains(member);
}

Json const* BodyReader::find(std::string_view member, bool required) {
    read_.emplace(member);
    if (!body_.is_object()) return nullptr;
    auto const found = body_.find(member);
    if (found != body_.end()) return &*found;
    if (required) violation(member, "is required");
    return nullptr;
}

Json const* BodyReader::member(std::string_view name) {
    return find(name, false);
}

std::optional<std::string> BodyReader::text(std::string_view member, std::size_t max_characters) {
    auto const* value = find(member, false);
    if (value == nullptr) return std::nullopt;
    if (!value->is_string()) {
        violation(member, "must be a string");
        return std::nullopt;
    }
    auto const& content = value->get_ref<std::string const&>();
    if (content.empty())
        violation(member, "must not be empty");
    else if (characters(content) > max_characters)
        violation(member, "must have at most " + std::to_string(max_characters) + " characters");
    else if (has_control(content))
        violation(member, "must not contain control characters");
    else
        return content;
    return std::nullopt;
}

std::string BodyReader::required_text(std::string_view member, std::size_t max_characters) {
    if (find(member, true) == nullptr) return {};
    return text(member, max_characters).value_or("");
}

std::string BodyReader::required_document(std::string_view member) {
    auto const* const value = find(member, true);
    if (value == nullptr) return {};
    if (value->is_string()) return value->get<std::string>();
    violation(member, "must be a string");
    return {};
}

std::optional<double> BodyReader::number(std::string_view member) {
    auto const* value = find(member, false);
    if (value == nullptr) return std::nullopt;
    if (value->is_number() && std::isfinite(value->get<double>())) return value->get<double>();
    violation(member, "must be a number");
    return std::nullopt;
}

std::optional<int> BodyReader::integer(std::string_view member) {
    auto const* value = find(member, false);
    if (value == nullptr) return std::nullopt;
    if (value->is_number_integer()) {
        auto const wide = value->get<std::int64_t>();
        if (wide >= std::numeric_limits<int>::min() && wide <= std::numeric_limits<int>::max())
            return static_cast<int>(wide);
    }
    violation(member, "must be a whole number");
    return std::nullopt;
}

std::optional<bool> BodyReader::boolean(std::string_view member) {
    auto const* value = find(member, false);
    if (value == nullptr) return std::nullopt;
    if (value->is_boolean()) return value->get<bool>();
    violation(member, "must be true or false");
    return std::nullopt;
}

std::optional<Instant> BodyReader::instant(std::string_view member) {
    auto const* value = find(member, false);
    if (value == nullptr) return std::nullopt;
    if (value->is_string())
        if (auto const read = Instant::parse(value->get_ref<std::string const&>())) return read;
    violation(member, "must be an RFC 3339 date-time with a zone, such as 2026-11-01T12:00:00Z");
    return std::nullopt;
}

std::optional<Day> BodyReader::day(std::string_view member) {
    auto const* value = find(member, false);
    if (value == nullptr) return std::nullopt;
    if (value->is_string())
        if (auto const read = Day::parse(value->get_ref<std::string const&>())) return read;
    violation(member, "must be a date such as 2026-11-01");
    return std::nullopt;
}

std::vector<Violation> BodyReader::take_violations() {
    if (body_.is_object())
        for (auto const& [name, value] : body_.items())
            if (!read_.contains(name)) violation(name, "is not a member of this request");
    return std::move(violations_);
}

Result<void> BodyReader::finish() {
    auto all = take_violations();
    if (all.empty()) return {};
    auto const detail = "The body is not of the right shape: " + all.front().pointer + " " + all.front().detail + ".";
    return Error{Fault::malformed, "invalid-body", detail, std::move(all)};
}

}  // namespace itqan::domain
