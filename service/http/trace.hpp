#pragma once
// Which trace a request belongs to (W3C Trace Context, level 1). Nothing of it is sent to other hosts: it would tell
// them which of their requests belong together.

#include <optional>
#include <string>
#include <string_view>

namespace itqan::http {

struct Trace {
    std::string trace_id;  ///< 32 hexadecimal digits.
    std::string span_id;   ///< 16 of them: this request, always new.
};

/// The trace-id of a traceparent field; none when the field breaks its grammar (3.2.2), which restarts the trace.
std::optional<std::string> read_traceparent(std::string_view field);

/// The trace that the field names, else a new one; and a new span.
Trace trace_of(std::string_view traceparent);

}  // namespace itqan::http
