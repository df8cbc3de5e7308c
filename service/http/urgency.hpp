#pragma once
// How urgent a request is and how long it takes, by its route.

#include <cstddef>

namespace itqan::http {

/// In the order in which work is begun: what others need to trust a badge; what a person waits for; what a machine
/// orders many of.
enum class Urgency { essential, ordinary, bulk };
constexpr std::size_t urgencies = 3;

/// Quick work takes about a millisecond of a processor at most and waits for nothing else: it is done by the threads of
/// the edge, because handing it to a worker and back costs more than the work itself.
enum class Pace { slow, quick };

}  // namespace itqan::http
