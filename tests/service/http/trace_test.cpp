#include "service/http/trace.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace itqan::http;

namespace {

constexpr char good[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

}  // namespace

TEST_CASE("a traceparent of the W3C's grammar goes on under a new span") {
    auto const trace = trace_of(good);

    CHECK(trace.trace_id == "0af7651916cd43dd8448eb211c80319c");
    CHECK(trace.span_id.size() == 16);
    CHECK(trace.span_id != "b7ad6b7169203331");
    // A later version may say more behind what we know.
    CHECK(read_traceparent("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-the-future-will-be"));
}

TEST_CASE("a broken traceparent begins a new trace") {
    for (std::string const wrong : {"", "00", "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                                    "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                                    "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                                    "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                                    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
                                    "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01.more",
                                    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
                                    "00_0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331_01",
                                    "00-0af7651916cd43dd8448eb211c80319\n-b7ad6b7169203331-01"}) {
        CAPTURE(wrong);
        CHECK_FALSE(read_traceparent(wrong));
        CHECK(read_traceparent("00-" + trace_of(wrong).trace_id + "-b7ad6b7169203331-00"));
    }
}

TEST_CASE("no two requests have the same trace or span") {
    std::set<std::string> seen;
    for (int i = 0; i < 10'000; ++i) {
        auto const trace = trace_of("");
        seen.insert(trace.trace_id);
        seen.insert(trace.span_id);
    }
    CHECK(seen.size() == 20'000);
}
