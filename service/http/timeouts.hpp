#pragma once
// How long each step of a conversation may take (T38).

#include <chrono>
#include <cstddef>

namespace itqan::http {

struct Timeouts {
    std::chrono::milliseconds handshake{5'000};
    std::chrono::milliseconds header{10'000};  ///< From the first byte of a request to the end of its header section.
    std::chrono::milliseconds body{30'000};
    std::chrono::milliseconds grace{5'000};   ///< After it a body must have come at `body_rate`, from its beginning.
    std::size_t body_rate = 1'024;            ///< Bytes a second.
    std::chrono::milliseconds write{30'000};  ///< For each 16 KiB of an answer.
    std::chrono::milliseconds idle{60'000};
    std::chrono::milliseconds lull{500};      ///< stop() lets those that rest ask once more for so long,
    std::chrono::milliseconds fresh{2'000};   ///< and those that never asked for so long.
    std::chrono::milliseconds drain{10'000};  ///< stop() waits so long for requests in hand.
};

}  // namespace itqan::http
