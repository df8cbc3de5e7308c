#include "service/metrics/requests.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/service/metrics/exposition_reader.hpp"

using namespace itqan;
using namespace itqan::metrics;
using namespace itqan::tests;

namespace {

std::vector<http::Route> some_routes() {
    auto const answer = [](http::Request const&) -> Result<http::Response> { return http::Response{}; };
    return {{"GET", "/a/{id}", {}, answer}, {"POST", "/a/{id}", {}, answer}, {"GET", "/never", {}, answer}};
}

http::Access access(std::string_view method, std::string_view pattern, int status, std::int64_t microseconds = 700) {
    http::Access one;
    one.method = method;
    one.pattern = pattern;
    one.status = status;
    one.microseconds = microseconds;
    one.stages = {.receive = 10, .queue = 20, .handler = 600, .send = 70};
    return one;
}

std::map<std::string, Family> written(Requests const& requests) {
    Exposition text;
    requests.write(text);
    return read_exposition(text.take());
}

}  // namespace

TEST_CASE("requests are counted by route pattern, method and status") {
    auto const routes = some_routes();
    Requests requests(routes);
    requests.count(access("GET", "/a/{id}", 200));
    requests.count(access("GET", "/a/{id}", 200));
    requests.count(access("POST", "/a/{id}", 201));
    requests.count(access("GET", "/a/{id}", 599));

    auto const families = written(requests);
    auto const name = std::string("itqan_http_requests_total{route=\"/a/{id}\",");
    CHECK(value_of(families, name + "method=\"GET\",status=\"200\"}") == 2);
    CHECK(value_of(families, name + "method=\"POST\",status=\"201\"}") == 1);
    CHECK(value_of(families, name + "method=\"GET\",status=\"other\"}") == 1);
    CHECK(value_of(families, "itqan_http_request_duration_seconds_count{route=\"/a/{id}\"}") == 4);
    CHECK(families.at("itqan_http_requests_total").series.size() == 3);
}

TEST_CASE("nothing that a client makes up becomes a label") {
    auto const routes = some_routes();
    Requests requests(routes);
    for (int i = 0; i < 1'000; ++i) {
        auto const invented = "X" + std::to_string(i);
        requests.count(access(invented, "", 404));
        requests.count(access("GET", "/secret/" + invented, 404));
    }

    auto const families = written(requests);
    CHECK(families.at("itqan_http_requests_total").series.size() == 2);
    CHECK(value_of(families, "itqan_http_requests_total{route=\"none\",method=\"other\",status=\"404\"}") == 1'000);
}

TEST_CASE("the stages of requests and what was refused for now are told apart") {
    auto const routes = some_routes();
    Requests requests(routes);
    requests.count(access("GET", "/a/{id}", 429));
    requests.count(access("GET", "/a/{id}", 503));

    auto const families = written(requests);
    CHECK(value_of(families, "itqan_http_request_stage_seconds_sum{stage=\"handler\"}") == doctest::Approx(0.0012));
    CHECK(value_of(families, "itqan_http_request_stage_seconds_count{stage=\"queue\"}") == 2);
    CHECK(value_of(families, "itqan_http_request_stage_seconds_count{stage=\"commit\"}") == 0);
    CHECK(value_of(families, "itqan_http_request_stage_seconds_count{stage=\"fetch\"}") == 0);
    CHECK(value_of(families, "itqan_http_refused_total{status=\"429\"}") == 1);
    CHECK(value_of(families, "itqan_http_refused_total{status=\"503\"}") == 1);
}
