#include <iterator>
#include <memory>

#include "service/doctor/check.hpp"

namespace itqan::service {
namespace {

DoctorCheck check_configuration(Config const& config) {
    DoctorCheck check{"configuration"};
    if (config.domain.empty()) {
        check.state = CheckState::failed;
        check.detail = "No domain is configured; it is signed into every badge.";
        check.remedy = "Set domain in " + config.file().string();
    } else if (config.demo) {
        check.state = CheckState::warning;
        check.detail = "This folder holds a demo: its tokens lie in a file and its keys must not sign for anybody.";
        check.remedy = "itqan init --data DIR --domain " + config.domain;
    } else {
        check.detail = config.file().string() + " is read; the domain is " + config.domain + ".";
    }
    return check;
}

}  // namespace

std::string_view check_state_name(CheckState state) {
    switch (state) {
        case CheckState::ok:
            return "ok";
        case CheckState::skipped:
            return "skipped";
        case CheckState::warning:
            return "warning";
        case CheckState::failed:
            break;
    }
    return "failed";
}

std::vector<DoctorCheck> examine(Config const& config, DoctorOptions const& options) {
    std::vector<DoctorCheck> all{check_configuration(config)};
    auto const append = [&all](std::vector<DoctorCheck> more) {
        all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    };
    append(examine_machine(config));
    append(examine_tls(config));
    std::unique_ptr<Installation> installation;
    append(examine_storage(config, options, installation));
    append(examine_domain(config, options, installation.get()));
    append(examine_mail(config, options));
    return all;
}

}  // namespace itqan::service
