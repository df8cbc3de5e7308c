#include "schemas/clock.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "schemas/json.hpp"
#include "tests/support/shared.hpp"

using namespace itqan;

TEST_SUITE("clock") {
    TEST_CASE("a day is read in one form only and must exist") {
        CHECK(Day::parse("1970-01-01") == Day{0});
        CHECK(Day::parse("2026-11-24") == Day::of(2026, 11, 24));
        CHECK(Day::parse("2024-02-29"));
        for (std::string const text :
             {"2023-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-1-01", "20261101",
              "2026-11-01 ", "0999-01-01", "2026-11-0a", "+2026-1-01", ""}) {
            CAPTURE(text);
            CHECK_FALSE(Day::parse(text));
        }
    }

    TEST_CASE("every day of four centuries reads back from its text") {
        std::int32_t wrong = 0;
        for (auto day = Day::of(1850, 1, 1); day < Day::of(2250, 1, 1); day = day + 1) {
            if (Day::parse(day.text()) != day || Day::of(day.year(), day.month(), day.day_of_month()) != day) ++wrong;
        }
        CHECK(wrong == 0);
    }

    TEST_CASE("months are clipped to the end of the month") {
        CHECK(Day::of(2026, 1, 31).plus_months(1) == Day::of(2026, 2, 28));
        CHECK(Day::of(2024, 1, 31).plus_months(1) == Day::of(2024, 2, 29));
        CHECK(Day::of(2026, 3, 31).plus_months(-1) == Day::of(2026, 2, 28));
        CHECK(Day::of(2026, 11, 30).plus_months(3) == Day::of(2027, 2, 28));
        CHECK(Day::of(2026, 12, 15).plus_months(-24) == Day::of(2024, 12, 15));
    }

    TEST_CASE("the window cases of the worked examples hold for the last day on which evidence counts") {
        auto const shared = tests::shared_dir();
        if (!shared) {
            MESSAGE("shared data is absent");
            return;
        }
        auto const examples =
            parse_json(tests::read_file(*shared / "starter/expected/worked-examples.json"), json_limits::credential);
        REQUIRE(examples);

        auto checked = 0;
        for (auto const& [key, value] : examples->at("F3b.window").at("expected").items()) {
            CAPTURE(key);
            auto const evidence = Day::parse(key.substr(0, 10));
            auto const within = Period::parse(key.substr(11));
            auto const last = Day::parse(value.get<std::string>());
            REQUIRE(evidence);
            REQUIRE(within);
            REQUIRE(last);
            CHECK(within->before(*last) <= *evidence);
            CHECK(within->before(*last + 1) > *evidence);
            ++checked;
        }
        CHECK(checked == 6);
    }

    TEST_CASE("a period has one unit and a count from 1 to 9999") {
        CHECK(Period::parse("P24M") == Period{24, 'M'});
        CHECK(Period::parse("P9999D")->text() == "P9999D");
        CHECK(Period::parse("P2Y")->after(Day::of(2024, 2, 29)) == Day::of(2026, 2, 28));
        for (std::string const text :
             {"P0M", "P00M", "P01M", "P10000D", "P1W", "PT1M", "P1", "PM", "p1M", "P-1M", "P1M1D", " P1M", ""}) {
            CAPTURE(text);
            CHECK_FALSE(Period::parse(text));
        }
    }

    TEST_CASE("an instant needs a zone and is written in UTC") {
        CHECK(Instant::parse("1970-01-01T00:00:00Z") == Instant{0});
        CHECK(Instant::parse("2026-11-01T12:00:00+04:00")->text() == "2026-11-01T08:00:00Z");
        CHECK(Instant::parse("2022-11-10T20:38:00-08:30")->text() == "2022-11-11T05:08:00Z");
        CHECK(Instant::parse("2026-11-01t12:00:00.5z")->text() == "2026-11-01T12:00:00.500Z");
        CHECK(Instant::parse("2026-11-01T12:00:00.1239Z")->milliseconds % 1000 == 123);
        CHECK(Instant::parse("1969-12-31T23:59:59.999Z")->milliseconds == -1);
        for (std::string const text :
             {"2026-11-01T12:00:00", "2026-11-01T12:00Z", "2026-11-01 12:00:00Z", "2026-11-01T24:00:00Z",
              "2026-12-31T23:59:60Z", "2026-11-01T12:00:00.Z", "2026-11-01T12:00:00+0400", "2026-11-01T12:00:00+24:00",
              "2026-11-01T12:00:00ZZ", "2026-02-30T12:00:00Z", "2026-11-01", ""}) {
            CAPTURE(text);
            CHECK_FALSE(Instant::parse(text));
        }
    }

    TEST_CASE("seconds and days round down, also before 1970") {
        CHECK(Instant{-1}.seconds() == -1);
        CHECK(Instant{-1}.day() == Day::of(1969, 12, 31));
        CHECK(Instant{-1}.text() == "1969-12-31T23:59:59.999Z");
        CHECK(Instant{1'999}.whole_seconds() == Instant{1'000});
        CHECK(Instant::end_of(Day::of(2026, 11, 24)).text() == "2026-11-24T23:59:59Z");
        CHECK(Instant::start_of(Day::of(2026, 11, 24)).text() == "2026-11-24T00:00:00Z");
    }

    TEST_CASE("the domain clock keeps its distance to the wall clock") {
        SystemClock const clock(-86'400'000);

        auto const wall = clock.wall();
        auto const domain = clock.domain();

        CHECK(domain.milliseconds - wall.milliseconds >= -86'400'000);
        CHECK(domain.milliseconds - wall.milliseconds < -86'000'000);
    }
}
