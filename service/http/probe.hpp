#pragma once
// One question to a service of ours on this machine, as a health check asks it. Nothing secret is sent, so the
// certificate is not checked: a check that failed on it would restart a service that answers.

#include <chrono>
#include <cstdint>
#include <string>

#include "schemas/result.hpp"

namespace itqan::http {

struct Probe {
    std::string address;  ///< Numeric.
    std::uint16_t port = 8443;
    std::string host;  ///< Its name, with its port if that is not 443.
    std::string path = "/readyz";
    std::chrono::milliseconds patience{3000};
};

struct ProbeAnswer {
    int status = 0;
    std::string body;  ///< At most 4 KiB of it.
};

/// GET over TLS. Error: unavailable "outbound-connection" with the reason when there was no answer in time.
Result<ProbeAnswer> ask(Probe const& probe);

}  // namespace itqan::http
