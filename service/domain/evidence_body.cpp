#include "service/domain/evidence_body.hpp"

#include <charconv>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace itqan::domain {
namespace {

[[noreturn]] void broken(std::string_view text) {
    throw std::runtime_error("a stored evidence body is not a flat JSON object: " + std::string(text.substr(0, 80)));
}

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// The position behind the string that starts at `at`.
std::size_t skip_string(std::string_view text, std::size_t at) {
    for (++at; at < text.size(); ++at) {
        if (text[at] == '\\')
            ++at;
        else if (text[at] == '"')
            return at + 1;
    }
    broken(text);
}

/// The position behind the value that starts at `at`: up to the comma or brace of this object.
std::size_t skip_value(std::string_view text, std::size_t at) {
    int depth = 0;
    while (at < text.size()) {
        auto const c = text[at];
        if (c == '"') {
            at = skip_string(text, at);
            continue;
        }
        if (depth == 0 && (c == ',' || c == '}')) return at;
        if (c == '{' || c == '[') ++depth;
        if (c == '}' || c == ']') --depth;
        ++at;
    }
    broken(text);
}

std::size_t skip_space(std::string_view text, std::size_t at) {
    while (at < text.size() && is_space(text[at]))
        ++at;
    return at;
}

}  // namespace

EvidenceBody::EvidenceBody(std::string_view text) {
    auto at = skip_space(text, 0);
    if (at == text.size() || text[at] != '{') broken(text);
    at = skip_space(text, at + 1);
    if (at < text.size() && text[at] == '}') return;
    while (at < text.size() && text[at] == '"' && count_ < members_.size()) {
        auto const name_end = skip_string(text, at);
        auto const name = text.substr(at + 1, name_end - at - 2);
        at = skip_space(text, name_end);
        if (at == text.size() || text[at] != ':') broken(text);
        auto const start = skip_space(text, at + 1);
        auto const end = skip_value(text, start);
        auto last = end;
        while (last > start && is_space(text[last - 1]))
            --last;
        members_[count_++] = {name, text.substr(start, last - start)};
        if (text[end] == '}') return;
        at = skip_space(text, end + 1);
    }
    broken(text);
}

std::string_view EvidenceBody::find(std::string_view name) const {
    for (std::size_t i = 0; i < count_; ++i)
        if (members_[i].name == name) return members_[i].value == "null" ? std::string_view() : members_[i].value;
    return {};
}

std::optional<std::string> EvidenceBody::optional_text(std::string_view name) const {
    auto const value = find(name);
    if (value.empty()) return std::nullopt;
    if (value.size() < 2 || value.front() != '"' || value.back() != '"') broken(value);
    if (value.find('\\') != std::string_view::npos) return nlohmann::json::parse(value).get<std::string>();
    return std::string(value.substr(1, value.size() - 2));
}

std::string EvidenceBody::text(std::string_view name) const {
    return optional_text(name).value_or("");
}

double EvidenceBody::number(std::string_view name) const {
    auto const value = find(name);
    if (value.empty()) return 0;
    double number = 0;
    auto const [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc() || end != value.data() + value.size()) broken(value);
    return number;
}

int EvidenceBody::whole(std::string_view name) const {
    return static_cast<int>(number(name));
}

}  // namespace itqan::domain
