#pragma once
// The pictures of the service, drawn when first asked for and kept in a bounded cache.

#include <memory>

#include "service/web/pictures.hpp"

namespace itqan::web {

/// Keeps a reference to the clock. Safe to call from many threads.
std::unique_ptr<Pictures> make_pictures(Clock const& clock, std::size_t cache_bytes = 8 * 1024 * 1024);

}  // namespace itqan::web
