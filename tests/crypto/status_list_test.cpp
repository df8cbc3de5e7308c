#include "crypto/status_list.hpp"

#include <stdexcept>

#include <zlib.h>
#include <nlohmann/json.hpp>

#include <doctest/doctest.h>

#include "tests/support/shared.hpp"

using namespace itqan;
using namespace itqan::crypto;

namespace {

std::string gzip(Bytes const& data) {
    z_stream stream{};
    REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    Bytes packed(deflateBound(&stream, static_cast<uLong>(data.size())));
    stream.next_in = const_cast<Bytef*>(data.data());
    stream.avail_in = static_cast<uInt>(data.size());
    stream.next_out = packed.data();
    stream.avail_out = static_cast<uInt>(packed.size());
    REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    return "u" + base64url_encode(packed);
}

std::string code_of(Result<StatusList> const& list) {
    return list ? "ok" : list.error().code;
}

}  // namespace

TEST_CASE("a revoked index survives compression") {
    StatusList list(131072);

    list.set(94567);
    auto back = StatusList::decode(list.encode());

    REQUIRE(back);
    CHECK((*back).get(94567));
    CHECK_FALSE((*back).get(94568));
    CHECK(*back == list);
}

TEST_CASE("position 0 is the most significant bit of the first byte") {
    StatusList list;
    Bytes bytes(16384, 0);
    bytes[0] = 0x80;
    bytes[2] = 0x01;

    list.set(0);
    list.set(23);

    CHECK(*StatusList::decode(gzip(bytes)) == list);
    list.set(23, false);
    CHECK_FALSE(list.get(23));
    CHECK(list.get(0));
}

TEST_CASE("the same bits give the same text") {
    StatusList left, right(131072);
    for (auto const position : {5U, 70000U, 131071U}) {
        left.set(position);
        right.set(position);
    }

    CHECK(left.encode() == right.encode());
    right.set(6);
    CHECK(left.encode() != right.encode());
}

TEST_CASE("a list is never shorter than 131 072 bits and its positions never behind the end") {
    StatusList list;

    CHECK(list.size() == 131072);
    CHECK_THROWS_AS(StatusList(131064), std::invalid_argument);
    CHECK_THROWS_AS(StatusList(131073), std::invalid_argument);
    CHECK_THROWS_AS(list.set(131072), std::out_of_range);
    CHECK_THROWS_AS(list.get(131072), std::out_of_range);
    REQUIRE_FALSE(list.look_up(131072));
    CHECK(list.look_up(131072).error().code == "RANGE_ERROR");
    REQUIRE(list.look_up(131071));
    CHECK_FALSE(*list.look_up(131071));
    CHECK(code_of(StatusList::decode(gzip(Bytes(16383)))) == "STATUS_LIST_LENGTH_ERROR");
}

TEST_CASE("a list that unpacks beyond its limit is refused without being held") {
    StatusListLimits const limits{1024 * 1024, 20'000};

    CHECK(code_of(StatusList::decode(gzip(Bytes(20'000)), limits)) == "ok");
    CHECK(code_of(StatusList::decode(gzip(Bytes(20'001)), limits)) == "status-list-limit");
    CHECK(code_of(StatusList::decode(gzip(Bytes(64 * 1024 * 1024)))) == "status-list-limit");
    CHECK(code_of(StatusList::decode("u" + std::string(1024 * 1024, 'A'))) == "status-list-limit");
    CHECK(code_of(StatusList::decode(gzip(Bytes(16 * 1024 * 1024)))) == "ok");
}

TEST_CASE("the published status-list attacks get their published answer") {
    auto const shared = tests::shared_dir();
    if (!shared) {
        MESSAGE("shared vectors are not here");
        return;
    }
    auto const cases = parse_json(tests::read_file(*shared / "vectors/attacks/statuslist-attacks/cases.json"),
                                  json_limits::case_package);
    REQUIRE(cases);
    int seen = 0;
    for (auto const& each : *cases) {
        auto const id = each.at("id").get<std::string>();
        auto const expect = each.at("expect").get<std::string>();
        bool const wanted = expect.find("reject") == std::string::npos;
        CAPTURE(id);
        if (each.contains("encodedList")) {
            auto const list = StatusList::decode(each.at("encodedList").get<std::string>());
            CHECK(static_cast<bool>(list) == wanted);
            if (id == "ok-index0-set") CHECK((list && list->get(0) && !list->get(7)));
            if (id == "ok-last-set") CHECK((list && list->get(131071) && !list->get(131064)));
            if (id == "ok-all-zero") CHECK((list && *list == StatusList()));
        } else {
            auto const index = read_status_index(each.at("statusListIndex"));
            bool const good = index && StatusList().look_up(*index);
            // A JSON number is tolerated: the corpus leaves it to the policy.
            CHECK(good == (wanted || each.at("statusListIndex").is_number()));
        }
        ++seen;
    }
    CHECK(seen >= 19);
}

TEST_CASE("a status index is decimal digits and nothing else") {
    CHECK(*read_status_index("0") == 0);
    CHECK(*read_status_index("131071") == 131071);
    CHECK(*read_status_index("18446744073709551615") == UINT64_MAX);
    CHECK(*read_status_index(5) == 5);
    for (auto const& value :
         {Json("18446744073709551616"), Json("-1"), Json("+1"), Json("0x10"), Json("1.0"), Json("1e3"), Json(" 1"),
          Json("1 "), Json(""), Json("\xd9\xa1"), Json(-1), Json(1.5), Json(), Json(true)}) {
        CAPTURE(value.dump());
        REQUIRE_FALSE(read_status_index(value));
        CHECK(read_status_index(value).error().code == "status-index");
    }
}
