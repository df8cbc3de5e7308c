#include "service/jobs/periodic.hpp"

#include <doctest/doctest.h>

#include <future>
#include <stdexcept>
#include <vector>

namespace itqan::jobs {
namespace {

using namespace std::chrono_literals;

TEST_CASE("work that says there is more runs again without waiting") {
    int runs = 0;
    std::promise<void> third;

    Periodic const periodic(
        1h,
        [&] {
            if (++runs == 3) third.set_value();
            return runs < 3;
        },
        [](std::string const&) {});

    CHECK(third.get_future().wait_for(10s) == std::future_status::ready);
}

TEST_CASE("a wake starts the work before its time") {
    std::promise<void> first, second;
    int runs = 0;
    Periodic periodic(
        1h,
        [&] {
            if (++runs == 1) first.set_value();
            if (runs == 2) second.set_value();
            return false;
        },
        [](std::string const&) {});
    REQUIRE(first.get_future().wait_for(10s) == std::future_status::ready);

    periodic.wake();

    CHECK(second.get_future().wait_for(10s) == std::future_status::ready);
}

TEST_CASE("an exception is reported and the work goes on") {
    std::promise<std::string> reported;
    std::promise<void> again;
    int runs = 0;

    Periodic const periodic(
        1ms,
        [&]() -> bool {
            if (++runs == 1) throw std::runtime_error("disk gone");
            if (runs == 2) again.set_value();
            return false;
        },
        [&](std::string const& text) { reported.set_value(text); });

    CHECK(reported.get_future().get() == "disk gone");
    CHECK(again.get_future().wait_for(10s) == std::future_status::ready);
}

TEST_CASE("after stop no work begins") {
    int runs = 0;
    Periodic periodic(
        1ms, [&] { return ++runs > 0; }, [](std::string const&) {});

    periodic.stop();
    auto const at_stop = runs;
    periodic.wake();
    periodic.stop();

    CHECK(runs == at_stop);
}

}  // namespace
}  // namespace itqan::jobs
