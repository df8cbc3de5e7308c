#pragma once
// The real way out with a connector that fails the test when it is called: what is judged with it asks nobody.

#include <doctest/doctest.h>

#include <set>
#include <string>

#include "service/domain/foreign_documents.hpp"
#include "service/http/way_out.hpp"

namespace itqan::tests {

class NoFetch {
  public:
    /// `expected`: hosts of the issuers that a document names itself. They may be looked up, and do not exist.
    explicit NoFetch(std::set<std::string> expected = {}) : expected_(std::move(expected)) {}

    /// For Verifier::edge.
    std::function<domain::Document(std::string const& address)> edge() {
        return [this](std::string const& address) {
            auto const fetched = way_out_.fetch_and_wait({}, {{address}, false});
            DocumentNeeds missing;
            return *domain::foreign_document(address, {}, &fetched, missing);
        };
    }
    /// Hosts that were looked up.
    std::set<std::string> const& looked_up() const { return looked_up_; }

  private:
    http::ClientConfig client() {
        http::ClientConfig config;
        config.resolve = [this](std::string const& host, std::string const&,
                                std::chrono::milliseconds) -> Result<std::vector<std::string>> {
            looked_up_.insert(host);
            CHECK_MESSAGE(expected_.contains(host), host, " was about to be asked");
            return Error{Fault::unavailable, "outbound-name", "no such name", {}};
        };
        return config;
    }

    std::set<std::string> const expected_;
    std::set<std::string> looked_up_;
    http::WayOut way_out_{client(), {}};
};

}  // namespace itqan::tests
