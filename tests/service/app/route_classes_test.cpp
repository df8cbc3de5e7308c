#include "service/route_classes.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace itqan;
using http::Audience;
using http::Urgency;

namespace {

http::Route classified(std::string method, std::string path, Audience before = Audience::everybody) {
    std::vector<http::Route> routes{{std::move(method), std::move(path), {}, nullptr, before}};
    service::classify(routes);
    return routes.front();
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
