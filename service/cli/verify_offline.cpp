#include "service/cli/verify_offline.hpp"

#include <algorithm>
#include <array>
#include <iostream>

#include <nlohmann/json.hpp>

#include "service/cli/verify_input.hpp"
#include "service/cli/verify_receipt.hpp"
#include "service/domain/bundle.hpp"
#include "service/domain/photograph.hpp"

namespace itqan::cli {
namespace {

constexpr std::int64_t milliseconds_of_a_day = 24 * 60 * 60 * 1000;

/// 0 before 3 (unchecked) before 1 (invalid) before 2 (unreadable).
int worse(int left, int right) {
    constexpr std::array order{exit_code::done, exit_code::unchecked, exit_code::failed, exit_code::usage};
    auto const rank = [&](int code) { return std::find(order.begin(), order.end(), code); };
    return rank(left) < rank(right) ? right : left;
}

Json about(domain::Bundle const& bundle, Instant now) {
    return {{"createdAt", bundle.created_at.text()},
            {"ageSeconds", (now.milliseconds - bundle.created_at.milliseconds) / 1000},
            {"base", bundle.base},
            {"documents", bundle.documents.size()}};
}

std::string age_in_words(domain::Bundle const& bundle, Instant now) {
    auto const days = (now.milliseconds - bundle.created_at.milliseconds) / milliseconds_of_a_day;
    return "by the bundle of " + bundle.created_at.text() + ", " + std::to_string(days) +
           " days old: what was withdrawn since then is not known\n";
}

int judge_credential(Common const& common, domain::Bundle const& bundle, std::string const& name, std::string input,
                     std::optional<std::string> const& recipient, Instant now) {
    auto const photograph = domain::photograph_in(input);
    auto const offline = domain::verify_offline(bundle, std::move(input), recipient, now);
    if (!offline) {
        fail(common, domain::without_way_to_code(photograph, offline.error()));
        return exit_code::usage;
    }
    auto json = domain::report_to_json(offline->report);
    json["input"] = name;
    json["bundle"] = about(bundle, now);
    json["notInBundle"] = offline->absent;
    std::string text = name + ": " + in_words(offline->report) + "  " + age_in_words(bundle, now);
    for (auto const& address : offline->absent)
        text += "  not in the bundle, so unchecked: " + address + "\n";
    answer(common, json, text);
    return exit_of(offline->report);
}

}  // namespace

int verify_offline(Common const& common, std::string const& file, std::vector<std::string> const& inputs,
                   std::optional<std::string> const& recipient) {
    auto const text = read_whole_file(file, domain::bundle_limits::bytes);
    auto const bundle = text ? domain::read_bundle(*text) : Result<domain::Bundle>(text.error());
    if (!bundle) {
        fail(common, bundle.error());
        return exit_code::usage;
    }
    auto const now = SystemClock().wall();
    auto const find = [&](std::string const& did) {
        auto const found = bundle->documents.find(did);
        if (found != bundle->documents.end()) return found->second;
        domain::Document absent;
        absent.failure = "it is not in the bundle";
        return absent;
    };
    int worst = exit_code::done;
    for (auto const& name : inputs) {
        auto input = read_input(name);
        if (!input) {
            fail(common, input.error());
            worst = worse(worst, exit_code::usage);
        } else if (domain::is_receipt(*input)) {
            worst =
                worse(worst, verify_receipt(common, *input, find, {{"input", name}, {"bundle", about(*bundle, now)}}));
        } else {
            worst = worse(worst, judge_credential(common, *bundle, name, std::move(*input), recipient, now));
        }
    }
    return worst;
}

}  // namespace itqan::cli
