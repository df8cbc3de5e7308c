#pragma once
// The one way out to other hosts: a guarded GET over HTTPS (T08-T11). It blocks: way_out.hpp keeps it off the workers.

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/fetched.hpp"
#include "schemas/result.hpp"
#include "service/http/fetched_lifetime.hpp"
#include "service/http/forward_proxy.hpp"
#include "service/http/networks.hpp"

namespace itqan::http {

/// The code of failures that are our own fault: Fetched::own_fault.
constexpr std::string_view outbound_busy = "outbound-busy";

/// The addresses of a host name, as text. Error: why there are none, or `outbound_busy`. It answers or gives up within
/// `limit`. `client`: for whom, as DocumentNeeds says.
using Resolve = std::function<Result<std::vector<std::string>>(std::string const& host, std::string const& client,
                                                               std::chrono::milliseconds limit)>;

/// The system's resolver, each look-up in a thread of its own that is left behind when it does not answer in time; at
/// most 128 of them at once and 16 for one client, so that a dead name server stalls only those who need it. Names are
/// absolute: the machine's search list is not tried.
Result<std::vector<std::string>> resolve_by_system(std::string const& host, std::string const& client,
                                                   std::chrono::milliseconds limit);

struct ClientConfig {
    std::string own_authority;          ///< "host" or "host:port" of this service: never asked, whoever leads there.
    std::vector<std::string> allow;     ///< "host:port" besides public names on port 443 (decision 22).
    Networks allow_private;             ///< Networks that may be reached although they are special.
    std::optional<ForwardProxy> proxy;  ///< Asked for a tunnel (CONNECT) to each host; none: hosts are asked directly.
    std::filesystem::path ca_file;  ///< PEM of the authorities that are believed instead of the system's; may be empty.
    std::chrono::milliseconds connect{2'000}, first_byte{3'000}, total{5'000};
    std::size_t header_bytes = 16 * 1024;
    Resolve resolve = resolve_by_system;
};

/// An answer, and what it says about being kept.
struct Answered {
    Fetched fetched;
    bool is_unchanged = false;  ///< 304: what was known still holds, `fetched` has only the time.
    StoringAdvice advice = {};
};

/// What one document may be.
struct FetchLimits {
    std::size_t bytes = 1024 * 1024;
    int redirects = 0;  ///< Followed of 301, 302, 307 and 308, each checked as the first address.
};

class Client {
  public:
    /// Throws std::runtime_error when `ca_file` cannot be used.
    explicit Client(ClientConfig config);
    ~Client();
    Client(Client const&) = delete;
    Client& operator=(Client const&) = delete;

    /// The document at an https address, or one whose `failure` says what could not be reached and why. Status 200
    /// only; content codings and pages (text/html) are refused. May be called by several threads at once.
    Fetched get(std::string_view url, FetchLimits const& limits) const;

    /// The same, but what is `known` of an earlier answer is asked about (If-None-Match, If-Modified-Since).
    Answered ask(std::string_view url, FetchLimits const& limits, Validators const& known,
                 std::string const& client) const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace itqan::http
