#pragma once
// What differs between two readings of a configuration: what a running service can take on, and what it cannot.

#include <string>
#include <vector>

#include "service/config.hpp"

namespace itqan::service {

/// The keys that differ and that only a new start takes on, as they stand in the file: "listen", "limits.workers".
std::vector<std::string> needing_restart(Config const& running, Config const& read);

}  // namespace itqan::service
