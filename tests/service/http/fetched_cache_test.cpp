#include <doctest/doctest.h>

#include "service/http/fetched_cache.hpp"

namespace {

using namespace itqan;
using namespace itqan::http;

Fetched document(std::size_t bytes) {
    Fetched made;
    made.body.assign(bytes, 'x');
    made.reading = std::make_shared<int>(0);
    return made;
}

Fetched failure() {
    Fetched made;
    made.failure = "it does not answer";
    return made;
}

auto in(int seconds) {
    return FetchedCache::Clock::now() + std::chrono::seconds(seconds);
}

}  // namespace

TEST_CASE("a small document is charged for the list that it may unpack to") {
    FetchedCache cache(64 * 1024 * 1024);
    for (int i = 0; i < 10'000; ++i)
        cache.keep("https://host" + std::to_string(i) + ".example/", document(200), in(60));
    int kept = 0;
    for (int i = 0; i < 10'000; ++i)
        kept += cache.find("https://host" + std::to_string(i) + ".example/") ? 1 : 0;
    CHECK(kept > 100);
    CHECK(kept <= 1'024);
    CHECK(cache.charged() <= 64 * 1024 * 1024);
}

TEST_CASE("what runs out first makes room, and what has run out is gone at once") {
    FetchedCache cache(4 * 1024 * 1024);
    cache.keep("short", document(10), in(10));
    cache.keep("long", document(10), in(1'000));
    for (int i = 0; i < 55; ++i)
        cache.keep(std::to_string(i), document(10), in(100));
    CHECK(cache.find("short"));
    for (int i = 55; i < 70; ++i)
        cache.keep(std::to_string(i), document(10), in(100));
    CHECK_FALSE(cache.find("short"));
    CHECK(cache.find("long"));

    FetchedCache other(4 * 1024 * 1024);
    other.keep("over", document(10), in(-1));
    CHECK(other.charged() > 0);
    CHECK_FALSE(other.find("over"));
    CHECK(other.charged() == 0);
}

TEST_CASE("a failure does not take the place of a document that still holds") {
    FetchedCache cache(4 * 1024 * 1024);
    cache.keep("a", document(10), in(60));
    cache.keep("a", failure(), in(60));
    CHECK(cache.find("a")->failure == "");

    cache.keep("b", document(10), in(-1));
    cache.keep("b", failure(), in(60));
    CHECK(cache.find("b")->failure != "");
    cache.keep("b", document(20), in(60));
    CHECK(cache.find("b")->body.size() == 20);
}

TEST_CASE("a document that would take most of the room is not kept") {
    FetchedCache cache(4 * 1024 * 1024);
    cache.keep("large", document(200'000), in(60));
    CHECK_FALSE(cache.find("large"));
    CHECK(cache.charged() == 0);
}

TEST_CASE("what its host can be asked about outlives its time and is renewed with its reading and its charge") {
    FetchedCache cache(4 * 1024 * 1024);
    StoringAdvice advice;
    advice.validators.etag = "\"v1\"";
    auto const kept = document(10);
    cache.keep("a", kept, in(-1), advice);
    auto const charged = cache.charged();

    CHECK_FALSE(cache.find("a"));
    REQUIRE(cache.advice("a"));
    CHECK(cache.advice("a")->validators.etag == "\"v1\"");
    auto const renewed = cache.renew("a", Instant{5}, in(60), advice);
    REQUIRE(renewed);
    CHECK(renewed->reading == kept.reading);
    CHECK(renewed->at->milliseconds == 5);
    CHECK(cache.charged() == charged);
    CHECK(cache.find("a")->body == kept.body);

    cache.forget("a");
    CHECK_FALSE(cache.find("a"));
    CHECK_FALSE(cache.advice("a"));
    CHECK_FALSE(cache.renew("a", Instant{6}, in(60), advice));
    CHECK(cache.charged() == 0);

    // What has run out makes room first, whether it can be asked about or not.
    cache.keep("old", document(10), in(-1), advice);
    for (int i = 0; i < 70; ++i)
        cache.keep(std::to_string(i), document(10), in(100));
    CHECK_FALSE(cache.advice("old"));
    // Without anything to ask by there is nothing to keep.
    cache.keep("plain", document(10), in(-1));
    CHECK_FALSE(cache.advice("plain"));
}
