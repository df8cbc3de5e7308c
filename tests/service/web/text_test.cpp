#include <doctest/doctest.h>

#include "service/web/text.hpp"

namespace itqan::web {
namespace {

TEST_CASE("foreign text is isolated, escaped and shows its hidden marks") {
    CHECK(foreign("a<b", "en").markup() == "<bdi dir=\"auto\" lang=\"en\">a&lt;b</bdi>");
    CHECK(foreign("x\u202ey", "\" onload=x").markup() == "<bdi dir=\"auto\">x⟦U+202E⟧y</bdi>");
}

TEST_CASE("Markdown of a badge runs no script and loads no picture") {
    auto const html =
        markdown("# T\n\n- one\n- [a](javascript:alert(1)) <script>x</script>\n\n![seen](https://evil.example/p.png)")
            .markup();

    CHECK(html.find("<li>one</li>") != std::string::npos);
    CHECK(html.find("<script") == std::string::npos);
    CHECK(html.find("javascript:") == std::string::npos);
    CHECK(html.find("<img") == std::string::npos);
    CHECK(html.find("seen") != std::string::npos);
}

TEST_CASE("the host of an identifier is what its owner has proven") {
    CHECK(host_of("did:web:badges.example:issuers:durrat") == "badges.example");
    CHECK(host_of("did:web:localhost%3A8443:issuers:durrat") == "localhost:8443");
    CHECK(host_of("https://badges.example/issuers/x?y#z") == "badges.example");
    CHECK(host_of("did:key:z6Mk") == "did:key:z6Mk");
}

}  // namespace
}  // namespace itqan::web
