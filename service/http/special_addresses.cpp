#include "service/http/special_addresses.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include "special_registry.embedded.hpp"

namespace itqan::http {
namespace {

namespace ip = boost::asio::ip;

struct Prefixes {
    std::vector<std::string_view> text;
    std::vector<ip::network_v4> v4;
    std::vector<ip::network_v6> v6;
};

/// The prefixes of one cell: "192.0.0.0/24 [2]", "192.0.0.170/32, 192.0.0.171/32".
void read_cell(std::string_view cell, Prefixes& prefixes) {
    while (!cell.empty()) {
        auto const comma = std::min(cell.find(','), cell.size());
        auto prefix = cell.substr(0, comma);
        prefix.remove_prefix(std::min(prefix.find_first_not_of(' '), prefix.size()));
        prefix = prefix.substr(0, prefix.find(' '));
        prefixes.text.push_back(prefix);
        if (prefix.find(':') == std::string_view::npos)
            prefixes.v4.push_back(ip::make_network_v4(std::string(prefix)).canonical());
        else
            prefixes.v6.push_back(ip::make_network_v6(std::string(prefix)).canonical());
        cell.remove_prefix(std::min(comma + 1, cell.size()));
    }
}

/// The first column of every row but the header's. Only there does a line begin: names may hold line breaks in quotes,
/// but no such line begins with a digit or a colon.
void read_registry(std::string_view csv, Prefixes& prefixes) {
    if (csv.empty()) throw std::logic_error("a registry of special addresses is not compiled in");
    csv.remove_prefix(std::min(csv.find('\n'), csv.size()));
    while (!csv.empty()) {
        csv.remove_prefix(1);
        auto const end = std::min(csv.find('\n'), csv.size());
        auto line = csv.substr(0, end);
        csv.remove_prefix(end);
        bool const is_quoted = line.starts_with('"');
        if (is_quoted) line.remove_prefix(1);
        auto const cell = line.substr(0, line.find(is_quoted ? '"' : ','));
        if (cell.find('/') != std::string_view::npos) read_cell(cell, prefixes);
    }
}

Prefixes const& special() {
    static Prefixes const all = [] {
        Prefixes read;
        for (auto const path : special_registry_paths())
            read_registry(special_registry(path), read);
        return read;
    }();
    return all;
}

bool is_within(ip::address_v6 const& address, ip::network_v6 const& network) {
    auto const mine = address.to_bytes(), theirs = network.address().to_bytes();
    for (unsigned bit = 0; bit < network.prefix_length(); ++bit)
        if (((mine[bit / 8] ^ theirs[bit / 8]) >> (7 - bit % 8)) & 1) return false;
    return true;
}

}  // namespace

bool is_public_address(std::string_view text) {
    boost::system::error_code failure;
    auto const address = ip::make_address(std::string(text), failure);
    if (failure || address.is_multicast()) return false;
    auto const& prefixes = special();
    if (address.is_v4()) {
        auto const bits = address.to_v4().to_uint();
        return std::none_of(prefixes.v4.begin(), prefixes.v4.end(), [bits](ip::network_v4 const& network) {
            auto const mask = network.netmask().to_uint();
            return (bits & mask) == (network.address().to_uint() & mask);
        });
    }
    auto const v6 = address.to_v6();
    if (v6.scope_id() != 0 || (v6.to_bytes()[0] >> 5) != 1) return false;
    return std::none_of(prefixes.v6.begin(), prefixes.v6.end(),
                        [&v6](ip::network_v6 const& network) { return is_within(v6, network); });
}

std::vector<std::string_view> special_prefixes() {
    return special().text;
}

}  // namespace itqan::http
