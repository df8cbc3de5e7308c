// What in a badge's own words may deceive who reads it (decision 26): marks that turn the direction of reading, and an
// issuer's name or host in which one word has letters of two alphabets that look alike. It changes no verdict.

#include "schemas/text_safety.hpp"
#include "schemas/unicode_host.hpp"
#include "schemas/web_scope.hpp"
#include "service/domain/verification_case.hpp"

namespace itqan::domain {
namespace {

constexpr std::size_t most_warnings = 8;

/// `place` is where `value` stands; it is longer meanwhile and given back as it was.
void find_steering(Json const& value, std::string& place, std::vector<TextWarning>& found) {
    if (found.size() >= most_warnings) return;
    auto const length = place.size();
    if (value.is_string()) {
        auto const flags = schemas::examine_text(value.get_ref<std::string const&>());
        if (flags.override_marks || flags.unbalanced_embedding)
            found.push_back({"text.direction", place, "It holds marks that turn the direction of reading."});
    } else if (value.is_object()) {
        for (auto const& [name, inner] : value.get_ref<Json::object_t const&>()) {
            find_steering(inner, place.append("/").append(name), found);
            place.resize(length);
        }
    } else if (value.is_array()) {
        for (std::size_t i = 0; i < value.size(); ++i) {
            find_steering(value[i], place.append("/").append(std::to_string(i)), found);
            place.resize(length);
        }
    }
}

std::string host_of_issuer(Json const& issuer) {
    if (auto host = text_at(issuer, "host"); !host.empty()) return host;
    auto id = text_at(issuer, "id");
    if (auto const url = crypto::did_web_url(id)) id = *url;
    auto const address = schemas::read_web_address(id);
    return address ? address->host : std::string();
}

}  // namespace

std::vector<TextWarning> warnings_about(Json const& said) {
    std::vector<TextWarning> found;
    std::string place;
    find_steering(said, place, found);
    auto const issuer = said.is_object() ? said.value("issuer", Json()) : Json();
    if (schemas::examine_text(text_at(issuer, "name")).mixed_scripts)
        found.push_back({"text.mixed-name", "/issuer/name",
                         "A word of the issuer's name has letters of two alphabets that look alike."});
    auto host = host_of_issuer(issuer);
    host = schemas::unicode_host(host.substr(0, host.find(':')));
    if (schemas::examine_text(host).mixed_scripts)
        found.push_back({"text.mixed-host", "/issuer/id",
                         "A word of the issuer's domain has letters of two alphabets that look alike: " + host});
    return found;
}

}  // namespace itqan::domain
