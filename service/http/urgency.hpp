#pragma once
// How urgent a request is, by its route.

#include <cstddef>

namespace itqan::http {

/// In the order in which work is begun: what others need to trust a badge; what a person waits for; what a machine
/// orders many of.
enum class Urgency { essential, ordinary, bulk };
constexpr std::size_t urgencies = 3;

}  // namespace itqan::http
