#pragma once
// What `itqan doctor` finds: one line for each thing it looked at, with the next command where there is one.

#include <string>
#include <string_view>
#include <vector>

#include "service/config.hpp"
#include "service/installation.hpp"

namespace itqan::service {

enum class CheckState { ok, skipped, warning, failed };
std::string_view check_state_name(CheckState state);

struct DoctorCheck {
    std::string name;
    CheckState state = CheckState::ok;
    std::string detail = {};  ///< What was seen: one sentence.
    std::string remedy = {};  ///< The next command; "" where nothing is to be done.
};

struct DoctorOptions {
    bool offline = false;  ///< No other host is asked: neither the name's own address nor the mail server.
    bool full = false;     ///< Every page of a large database is read too.
};

/// Looks at everything and changes nothing. A check that rests on one that failed is skipped.
std::vector<DoctorCheck> examine(Config const& config, DoctorOptions const& options);

// The parts of it, one file each.
std::vector<DoctorCheck> examine_machine(Config const& config);  ///< folder, disk, clock, limits, backup
std::vector<DoctorCheck> examine_tls(Config const& config);
/// database, migrations, keys, clock against events, outbox. `open` keeps what could be opened for the checks after it.
std::vector<DoctorCheck> examine_storage(Config const& config, DoctorOptions const& options,
                                         std::unique_ptr<Installation>& open);
/// The name in the DNS and did.json at its public address. `open` may be null.
std::vector<DoctorCheck> examine_domain(Config const& config, DoctorOptions const& options, Installation* open);
std::vector<DoctorCheck> examine_mail(Config const& config, DoctorOptions const& options);

}  // namespace itqan::service
