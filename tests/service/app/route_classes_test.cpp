#include "service/route_classes.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace itqan;
using http::Audience;
using http::Urgency;

namespace {

http::Route classified(std::string method, std::string path, Audience before = Audience::everybody,
                       bool is_embedded = true) {
    std::vector<http::Route> routes{{std::move(method), std::move(path), {}, nullptr, before}};
    service::classify(routes, is_embedded);
    return routes.front();
}

http::Pace pace_of(std::string method, std::string path, bool is_embedded) {
    return classified(std::move(method), std::move(path), Audience::everybody, is_embedded).pace;
}

}  // namespace

TEST_CASE("what others need to trust a badge is for everybody and comes first") {
    for (auto const* const path :
         {"/.well-known/did.json", "/issuers/{slug}/keys/{id}", "/status/{list}", "/credentials/{id}", "/c/{code}",
          "/achievements/{id}", "/ims/case/v1p1/CFDocuments"}) {
        CAPTURE(path);
        CHECK(classified("GET", path).audience == Audience::everybody);
        CHECK(classified("GET", path).urgency == Urgency::essential);
        CHECK(classified("PUT", path).audience == Audience::internal);
    }
    CHECK(classified("POST", "/api/v1/verify").audience == Audience::everybody);
    CHECK(classified("POST", "/api/v1/verify").urgency == Urgency::essential);
    CHECK(classified("POST", "/api/v1/verify/batch").urgency == Urgency::bulk);
}

TEST_CASE("what nobody has classed is the house's, and what is internal only stays so") {
    for (auto const* const path :
         {"/api/v1/completions", "/staff/award", "/signin", "/new", "/verifyx", "/api/v1/tokens"}) {
        CAPTURE(path);
        CHECK(classified("GET", path).audience == Audience::internal);
        CHECK(classified("GET", path).urgency == Urgency::ordinary);
    }
    CHECK(classified("GET", "/").audience == Audience::everybody);
    CHECK(classified("POST", "/my/link/{token}").audience == Audience::everybody);
    CHECK(classified("POST", "/claim/{token}").audience == Audience::everybody);
    CHECK(classified("GET", "/metrics", Audience::internal_only).audience == Audience::internal_only);
}

TEST_CASE("quick work is done at the edge, and what asks a database elsewhere is not quick") {
    using http::Pace;
    CHECK(pace_of("GET", "/healthz", false) == Pace::quick);
    CHECK(pace_of("GET", "/assets/{hash}/{name}", false) == Pace::quick);
    CHECK(pace_of("POST", "/api/v1/verify", true) == Pace::quick);
    CHECK(pace_of("POST", "/api/v1/verify", false) == Pace::slow);
    CHECK(pace_of("POST", "/api/v1/completions", true) == Pace::quick);
    CHECK(pace_of("GET", "/api/v1/completions", true) == Pace::slow);
    CHECK(pace_of("GET", "/credentials/{id}/card.png", true) == Pace::slow);
}
