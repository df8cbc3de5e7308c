#pragma once
// Readers of single values of the configuration, each with an error that says what would be right. Included by
// config.cpp only.

#include <string>

#include "service/config.hpp"

namespace itqan::service {

/// unprocessable "config-value": "KEY" WHAT.
Error bad_value(std::string const& key, std::string const& what);

/// A whole number within bounds.
Result<long> read_number(std::string const& key, std::string const& value, long least, long most);

/// "true" or "false".
Result<void> read_flag(bool& flag, std::string const& key, std::string const& value);

/// An IP address and a port: "127.0.0.1:8443", "[::1]:8443".
Result<Address> read_address(std::string const& key, std::string const& value);

/// "60/120": so many at once, then so many a minute.
Result<void> read_rate(http::RateRule& rule, std::string const& key, std::string const& value);

/// The first line of a file, for secrets.
Result<std::string> first_line_of(std::string const& key, std::string const& path);

}  // namespace itqan::service
