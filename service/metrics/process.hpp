#pragma once
// What the system says about this process, under the names that Prometheus' client libraries gave them.

#include "schemas/clock.hpp"
#include "service/metrics/exposition.hpp"

namespace itqan::metrics {

/// Reads /proc/self; what cannot be read there is left out.
void write_process(Exposition& text, Instant started);

}  // namespace itqan::metrics
