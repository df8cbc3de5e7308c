#include <doctest/doctest.h>

#include "api_house.hpp"
#include "service/domain/verify_batches.hpp"

using namespace itqan;
using namespace itqan::tests;

namespace {

struct BatchApi : ApiHouse {
    Answered send_csv(std::string const& csv, std::string const& token = "") {
        return send("POST", "/api/v1/verify/batch", token, csv, {{"content-type", "text/csv; charset=utf-8"}});
    }
    void work() {
        domain::VerifyBatches batches(house.database(), house.clock);
        while (batches.run_once([&](std::string input, std::optional<std::string> const& recipient) {
            return house.documents.verify(std::move(input), recipient, house.clock.now);
        }))
            continue;
    }
};

std::string path_of(Answered const& answered) {
    return answered.headers.at("location");
}

}  // namespace

TEST_CASE("a list is taken as JSON or CSV, tells how far it is, and gives its results in both forms") {
    BatchApi api;
    auto const as_json = api.post("/api/v1/verify/batch", "", Json{"hello", {{"input", "x"}, {"name", "row 2"}}});
    auto const as_csv = api.send_csv("link\nhttps://badges.example/c/nothing\n");
    REQUIRE(as_json.status == 202);
    REQUIRE(as_csv.status == 202);
    CHECK(as_json.body.at("state") == "running");
    CHECK(api.get(path_of(as_json) + "/result.csv", "").status == 409);

    api.work();

    auto const done = api.get(path_of(as_json), "");
    CHECK(done.body.at("state") == "done");
    CHECK(done.body.at("counts") == Json{{"unreadable", 2}});
    auto const csv = api.get(path_of(as_csv) + "/result.csv", "");
    CHECK(csv.headers.at("content-type") == "text/csv; charset=utf-8");
    CHECK(csv.text.find("\"1\",\"https://badges.example/c/nothing\",\"unreadable\"") != std::string::npos);
    auto const json = api.get(path_of(as_json) + "/result.json", "");
    CHECK(json.body.size() == 2);
    CHECK(json.body.at(1).at("input") == "row 2");
}

TEST_CASE("a list of the wrong shape says where, and nothing is kept of it") {
    BatchApi api;
    struct Wrong {
        Json body;
        char const* pointer;
    };
    Wrong const wrongs[] = {{Json::object(), ""},
                            {Json{"x", 1}, "/1"},
                            {Json{{{"link", "x"}}}, "/0/input"},
                            {Json{{{"input", 5}}}, "/0/input"},
                            {Json{{{"input", "x"}, {"recipient", std::string(321, 'a')}}}, "/0/recipient"},
                            {Json::array(), "/items"}};
    for (auto const& [body, pointer] : wrongs) {
        CAPTURE(body.dump());
        auto const refused = api.post("/api/v1/verify/batch", "", body);
        CHECK(refused.status == 400);
        CHECK(refused.body.at("errors").dump().find("\"" + std::string(pointer) + "\"") != std::string::npos);
    }
    CHECK(api.send_csv("name\nx\n").body.at("code") == "no-input-column");
    CHECK(api.send("POST", "/api/v1/verify/batch", "", "<a/>", {{"content-type", "text/xml"}}).status == 415);
    CHECK(number(api.house.database(), "SELECT count(*) FROM job") == 0);
}

TEST_CASE("strangers may send a thousand, those with a token ten thousand") {
    BatchApi api;
    std::string csv = "link\n";
    for (int i = 0; i < 1'001; ++i)
        csv += "x\n";
    CHECK(api.send_csv(csv).body.at("code") == "list-too-long");
    CHECK(api.send_csv(csv, api.token(Role::admin)).status == 202);
}

TEST_CASE("jobs are found by their id alone") {
    BatchApi api;
    api.send_csv("link\nx\n");
    for (auto const* const id : {"nothing", "", "%25", "0000000000000000000000000000000000000000000"})
        CHECK(api.get("/api/v1/jobs/" + std::string(id), "").status == 404);
}
