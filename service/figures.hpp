#pragma once
// The figures of a running service as one text: what its parts counted, and a look at what is stored. Only this file
// knows all the names; no name holds an id, an address or a person.

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "service/domain/services.hpp"
#include "service/health.hpp"
#include "service/http/server.hpp"
#include "service/http/way_out.hpp"
#include "service/jobs/mail_outbox.hpp"
#include "service/metrics/requests.hpp"

namespace itqan::service {

/// What is told about; all must outlive the Figures. Null: there is none.
struct FigureSources {
    domain::Services& services;
    metrics::Requests const& requests;
    Health const& health;
    http::Server const* server = nullptr;
    http::WayOut const* way_out = nullptr;
    jobs::MailFigures mail;
    std::filesystem::path data;
};

class Figures {
  public:
    explicit Figures(Instant started) : started_(started) {}

    /// Prometheus' text format 0.0.4. Where the storage does not answer, what is stored is left out; where Health knows
    /// that already, it is not asked.
    std::string text(FigureSources const& sources);

  private:
    void write_stored(metrics::Exposition& text, storage::Database& database, Instant now, bool is_there);
    void count_events(storage::Session& session);

    Instant started_;
    std::mutex mutex_;
    std::optional<std::int64_t> last_event_;  ///< None before the first look: what was before is not counted.
    std::map<std::string, std::int64_t> events_;
};

}  // namespace itqan::service
