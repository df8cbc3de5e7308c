#include "service/config_values.hpp"

#include <charconv>
#include <fstream>
#include <optional>
#include <string_view>

namespace itqan::service {
namespace {

std::optional<long> whole_number(std::string_view text) {
    long number = 0;
    auto const [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

}  // namespace

Error bad_value(std::string const& key, std::string const& what) {
    return {Fault::unprocessable, "config-value", "\"" + key + "\" " + what + ".", {{"/" + key, what}}};
}

Result<long> read_number(std::string const& key, std::string const& value, long least, long most) {
    auto const number = whole_number(value);
    if (number && *number >= least && *number <= most) return *number;
    return bad_value(key, "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
}

Result<void> read_flag(bool& flag, std::string const& key, std::string const& value) {
    if (value != "true" && value != "false") return bad_value(key, "must be true or false");
    flag = value == "true";
    return {};
}

Result<Address> read_address(std::string const& key, std::string const& value) {
    auto const colon = value.rfind(':');
    auto const port =
        colon == std::string::npos ? std::nullopt : whole_number(std::string_view(value).substr(colon + 1));
    auto address = value.substr(0, colon);
    if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
    if (!port || *port < 0 || *port > 65535 || address.empty())
        return bad_value(key, "must be an address and a port such as 127.0.0.1:8443");
    return Address{address, static_cast<std::uint16_t>(*port)};
}

Result<void> read_rate(http::RateRule& rule, std::string const& key, std::string const& value) {
    constexpr long most = 100'000'000;
    auto const slash = value.find('/');
    auto const burst = whole_number(std::string_view(value).substr(0, slash));
    auto const per_minute =
        slash == std::string::npos ? std::nullopt : whole_number(std::string_view(value).substr(slash + 1));
    if (!burst || !per_minute || *burst < 1 || *per_minute < 1 || *burst > most || *per_minute > most)
        return bad_value(key, "must be how many at once and how many a minute after that, such as \"60/120\"");
    rule = {static_cast<int>(*burst), static_cast<int>(*per_minute)};
    return {};
}

Result<std::string> first_line_of(std::string const& key, std::string const& path) {
    std::ifstream file(path);
    std::string line;
    if (!file || !std::getline(file, line)) return bad_value(key, "names a file that is empty or cannot be read");
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty()) return bad_value(key, "names a file whose first line is empty");
    return line;
}

}  // namespace itqan::service
