#include "service/http/trace.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "crypto/random.hpp"

namespace itqan::http {
namespace {

bool is_lower_hex(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_zero(std::string_view text) {
    return text.find_first_not_of('0') == std::string_view::npos;
}

/// Unique and evenly spread; whoever sees some can guess others, and gains nothing by it.
std::uint64_t next_number() {
    static std::atomic<std::uint64_t> counter{(crypto::random_below(1ULL << 32) << 32) |
                                              crypto::random_below(1ULL << 32)};
    // The finalizer of SplitMix64: a bijection, so that no number comes twice.
    auto mixed = counter.fetch_add(0x9e3779b97f4a7c15ULL, std::memory_order_relaxed);
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9ULL;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebULL;
    mixed ^= mixed >> 31;
    return mixed == 0 ? 1 : mixed;
}

void append_hex(std::string& text, std::uint64_t number) {
    static constexpr char digits[] = "0123456789abcdef";
    for (int shift = 60; shift >= 0; shift -= 4)
        text += digits[(number >> shift) & 15];
}

}  // namespace

std::optional<std::string> read_traceparent(std::string_view field) {
    // version "-" trace-id "-" parent-id "-" trace-flags
    constexpr std::size_t length = 55;
    if (field.size() < length || field[2] != '-' || field[35] != '-' || field[52] != '-') return std::nullopt;
    auto const version = field.substr(0, 2);
    auto const trace_id = field.substr(3, 32);
    auto const parent_id = field.substr(36, 16);
    auto const flags = field.substr(53, 2);
    for (auto const part : {version, trace_id, parent_id, flags})
        if (!is_lower_hex(part)) return std::nullopt;
    // Version ff is forbidden; 00 ends here; a later version may go on behind another "-".
    if (version == "ff" || (version == "00" && field.size() != length)) return std::nullopt;
    if (field.size() > length && field[length] != '-') return std::nullopt;
    if (is_zero(trace_id) || is_zero(parent_id)) return std::nullopt;
    return std::string(trace_id);
}

Trace trace_of(std::string_view traceparent) {
    Trace trace;
    if (auto known = read_traceparent(traceparent)) {
        trace.trace_id = std::move(*known);
    } else {
        trace.trace_id.reserve(32);
        append_hex(trace.trace_id, next_number());
        append_hex(trace.trace_id, next_number());
    }
    trace.span_id.reserve(16);
    append_hex(trace.span_id, next_number());
    return trace;
}

}  // namespace itqan::http
