#include <algorithm>
#include <memory>
#include <sstream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "service/cli/command.hpp"
#include "service/doctor/check.hpp"

namespace itqan::cli {
namespace {

using service::CheckState;
using service::DoctorCheck;

std::string as_text(std::vector<DoctorCheck> const& checks) {
    std::ostringstream text;
    text << std::left;
    for (auto const& check : checks) {
        // What a server said may hold anything; a terminal gets no control characters.
        auto const plain = [](std::string line) {
            std::replace_if(
                line.begin(), line.end(), [](char c) { return (c >= 0 && c < ' ') || c == 0x7f; }, ' ');
            return line;
        };
        text.width(9);
        text << service::check_state_name(check.state);
        text.width(14);
        text << check.name << plain(check.detail) << '\n';
        if (!check.remedy.empty()) text << "                       do: " << plain(check.remedy) << '\n';
    }
    return text.str();
}

Json as_json(std::vector<DoctorCheck> const& checks, CheckState worst) {
    Json all = Json::array();
    for (auto const& check : checks) {
        Json one{{"name", check.name}, {"status", service::check_state_name(check.state)}, {"detail", check.detail}};
        if (!check.remedy.empty()) one["do"] = check.remedy;
        all.push_back(std::move(one));
    }
    return {{"status", service::check_state_name(worst)}, {"checks", std::move(all)}};
}

int doctor(Common const& common, service::DoctorOptions const& options) {
    std::vector<DoctorCheck> checks;
    if (auto const config = configuration(common))
        checks = service::examine(*config, options);
    else
        checks = {{"configuration", CheckState::failed, config.error().detail,
                   "Correct it: every key is explained in a new itqan.toml (itqan init)"}};
    auto worst = CheckState::ok;
    for (auto const& check : checks)
        if (check.state != CheckState::skipped) worst = std::max(worst, check.state);
    answer(common, as_json(checks, worst), as_text(checks));
    return worst == CheckState::failed ? exit_code::failed : exit_code::done;
}

}  // namespace

void add_doctor_command(CLI::App& app, Common& common) {
    auto const options = std::make_shared<service::DoctorOptions>();
    auto* const command =
        add_command(app, common, "doctor", "What is wrong with this installation, and the next command for each",
                    [&common, options] { return doctor(common, *options); });
    command->add_flag("--offline", options->offline, "Ask no other host");
    command->add_flag("--full", options->full, "Read every page of a large database");
}

}  // namespace itqan::cli
