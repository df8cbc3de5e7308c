#include "service/metrics/exposition.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <stdexcept>
#include <thread>

#include "service/metrics/process.hpp"
#include "tests/service/metrics/exposition_reader.hpp"

using namespace itqan;
using namespace itqan::metrics;
using namespace itqan::tests;

TEST_CASE("labels and help are escaped so that no value breaks a line") {
    Exposition text;
    text.begin(Exposition::Type::gauge, "a", "first\nsecond \\ \"third\"");
    text.sample({{"x", "say \"no\"\n\\"}}, 1.5);

    CHECK(text.take() ==
          "# HELP a first\\nsecond \\\\ \"third\"\n# TYPE a gauge\na{x=\"say \\\"no\\\"\\n\\\\\"} 1.5\n");
}

TEST_CASE("numbers read back as they were") {
    CHECK(number_text(0.1) == "0.1");
    CHECK(number_text(0) == "0");
    CHECK(number_text(1.5e300) == "1.5e+300");
    CHECK(number_text(1e-5) == "0.00001");
    CHECK(number_text(std::numeric_limits<double>::infinity()) == "+Inf");
    CHECK(number_text(-std::numeric_limits<double>::infinity()) == "-Inf");
    CHECK(number_text(std::numeric_limits<double>::quiet_NaN()) == "NaN");
}

TEST_CASE("a metric of a wrong or used name is a mistake of the program") {
    Exposition text;
    text.gauge("a_b", "x", 1);
    CHECK_THROWS_AS(text.gauge("a_b", "x", 1), std::logic_error);
    CHECK_THROWS_AS(text.gauge("a-b", "x", 1), std::logic_error);
    CHECK_THROWS_AS(text.gauge("", "x", 1), std::logic_error);
    text.gauge("a", "the beginning of another name is not that name", 1);
}

TEST_CASE("a histogram counts what is at most each bound, in base units") {
    Tally tally(microsecond_steps);
    for (std::int64_t const value : {50, 51, 1'000, 20'000'000})
        tally.add(value);
    Exposition text;
    text.histogram("t_seconds", "x", tally.seen(), 1e6);

    auto const families = read_exposition(text.take());
    CHECK(value_of(families, "t_seconds_bucket{le=\"0.00005\"}") == 1);
    CHECK(value_of(families, "t_seconds_bucket{le=\"0.0001\"}") == 2);
    CHECK(value_of(families, "t_seconds_bucket{le=\"0.001\"}") == 3);
    CHECK(value_of(families, "t_seconds_bucket{le=\"10\"}") == 3);
    CHECK(value_of(families, "t_seconds_bucket{le=\"+Inf\"}") == 4);
    CHECK(value_of(families, "t_seconds_count") == 4);
    CHECK(value_of(families, "t_seconds_sum") == doctest::Approx(20.001101));
}

TEST_CASE("what many threads count is all counted") {
    Tally tally(size_steps);
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&tally] {
            for (int n = 0; n < 10'000; ++n)
                tally.add(2);
        });
    for (auto& thread : threads)
        thread.join();

    auto const seen = tally.seen();
    CHECK(seen.total() == 80'000);
    CHECK(seen.counts[1] == 80'000);
    CHECK(seen.sum == 160'000);
}

TEST_CASE("the process tells its memory, descriptors, time and start") {
    Exposition text;
    write_process(text, Instant{1'700'000'000'500});

    auto const families = read_exposition(text.take());
    CHECK(value_of(families, "process_resident_memory_bytes") > 1024 * 1024);
    CHECK(value_of(families, "process_open_fds") >= 3);
    CHECK(value_of(families, "process_max_fds") >= value_of(families, "process_open_fds"));
    CHECK(value_of(families, "process_cpu_seconds_total") >= 0);
    CHECK(value_of(families, "process_start_time_seconds") == doctest::Approx(1'700'000'000.5));
}

TEST_CASE("the reader of these tests refuses what a scraper would") {
    auto const head = std::string("# HELP a x\n# TYPE a gauge\n");
    CHECK_NOTHROW(read_exposition(head + "a{b=\"c\",d=\"e\"} 1\n"));
    for (std::string const wrong : {"a{b=\"c\",} 1\n", "a{b=c} 1\n", "a 1\na 1\n", "b 1\n", "a one\n", "a 1"}) {
        CAPTURE(wrong);
        CHECK_THROWS(read_exposition(head + wrong));
    }
    CHECK_THROWS(read_exposition("a 1\n"));
    CHECK_THROWS(read_exposition("# HELP a_total x\n# TYPE a_total gauge\na_total 1\n"));
    CHECK_THROWS(read_exposition("# HELP h x\n# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_sum 1\nh_count 1\n"));
}
