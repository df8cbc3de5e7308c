#include "service/web/language.hpp"

#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <vector>

#include "schemas/text.hpp"

namespace itqan::web {
namespace {

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (true) {
        auto const end = text.find(separator);
        parts.push_back(trimmed(text.substr(0, end), " \t"));
        if (end == std::string_view::npos) return parts;
        text = text.substr(end + 1);
    }
}

/// "q=0.5" among the parameters in thousandths; 1000 without one, 0 for one that cannot be read (RFC 9110 12.4.2).
int quality(std::vector<std::string_view> const& parts) {
    for (std::size_t i = 1; i < parts.size(); ++i) {
        auto const value = ascii_lower(parts[i]);
        if (!value.starts_with("q=")) continue;
        if (value.size() < 3 || (value[2] != '0' && value[2] != '1')) return 0;
        int thousandths = (value[2] - '0') * 1000;
        int place = 100;
        for (std::size_t k = 4; k < value.size() && place > 0; ++k, place /= 10) {
            if (std::isdigit(static_cast<unsigned char>(value[k])) == 0) return 0;
            thousandths += (value[k] - '0') * place;
        }
        return thousandths;
    }
    return 1000;
}

/// Of the named media types the highest quality in an Accept header; 0 when it names none of them.
int quality_of_any(std::string_view accept, std::initializer_list<std::string_view> media_types) {
    int best = 0;
    for (auto const item : split(accept.substr(0, 1024), ',')) {
        auto const parts = split(item, ';');
        auto const named = ascii_lower(parts[0]);
        if (std::find(media_types.begin(), media_types.end(), named) != media_types.end())
            best = std::max(best, quality(parts));
    }
    return best;
}

bool is_ours(std::string_view language) {
    return language == "en" || language == "ar";
}

}  // namespace

std::string choose_language(std::string_view query, std::string_view cookie, std::string_view accept_language) {
    if (is_ours(query)) return std::string(query);
    if (is_ours(cookie)) return std::string(cookie);
    std::string best = "en";
    int best_quality = 0;
    for (auto const item : split(accept_language.substr(0, 512), ',')) {
        auto const parts = split(item, ';');
        auto const language = ascii_lower(parts[0].substr(0, parts[0].find('-')));
        if (is_ours(language) && quality(parts) > best_quality) {
            best = language;
            best_quality = quality(parts);
        }
    }
    return best;
}

std::string_view cookie_value(std::string_view header, std::string_view name) {
    for (auto const pair : split(header, ';'))
        if (pair.starts_with(name) && pair.substr(name.size()).starts_with("=")) return pair.substr(name.size() + 1);
    return {};
}

bool asks_for(std::string_view accept, std::string_view media_type) {
    return quality_of_any(accept, {media_type}) > 0;
}

std::optional<domain::ProofForm> form_asked_for(std::string_view accept) {
    auto const json =
        quality_of_any(accept, {"application/vc", "application/vc+ld+json", "application/ld+json", "application/json"});
    auto const token = quality_of_any(accept, {"application/vc+jwt", "application/jwt", "text/plain"});
    if (json == 0 && token == 0) return std::nullopt;
    return token > json ? domain::ProofForm::jwt : domain::ProofForm::embedded;
}

std::string without(std::string_view query, std::string_view parameter) {
    std::string rest;
    if (query.empty()) return rest;
    for (auto const pair : split(query, '&')) {
        if (pair.substr(0, pair.find('=')) == parameter) continue;
        if (!rest.empty()) rest += '&';
        rest += pair;
    }
    return rest;
}

}  // namespace itqan::web
