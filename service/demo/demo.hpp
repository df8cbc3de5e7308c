#pragma once
// The demo: a programme of invented people laid out in a data folder, with badges, tokens for every role and a mail
// viewer. It starts over when asked to.

#include <filesystem>
#include <optional>
#include <string>

#include "service/installation.hpp"
#include "service/web/demo_pages.hpp"

namespace itqan::demo {

struct DemoOptions {
    /// Shifts nothing; the programme's clock starts there. None: the date of record is today.
    std::optional<Day> as_of;
    std::optional<std::filesystem::path> programme;  ///< None: the one that this program carries.
};

class Demo {
  public:
    Demo(service::Installation& installation, DemoOptions options)
        : installation_(installation), options_(std::move(options)) {}

    /// Fills an empty installation and writes demo.json; leaves one that holds the demo already as it is. Errors as
    /// import_path.
    Result<void> prepare(std::filesystem::path const& authority);
    /// Forgets what people did and imports again; tokens, keys and status lists stay.
    Result<void> reset();

    std::filesystem::path tokens_file() const;
    web::DemoDesk desk();

  private:
    Result<void> fill();
    Result<std::filesystem::path> programme_folder() const;

    service::Installation& installation_;
    DemoOptions options_;
};

}  // namespace itqan::demo
