#include <fstream>
#include <iostream>
#include <iterator>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "service/cli/command.hpp"
#include "service/cli/verify_list.hpp"
#include "service/domain/verification.hpp"
#include "service/outbound.hpp"

namespace itqan::cli {
namespace {

constexpr std::size_t largest_input = 7 * 1024 * 1024;

struct VerifyOptions {
    std::string input;
    std::optional<std::string> recipient;
    ListOptions list;
};

Result<std::string> read_stream(std::istream& stream) {
    std::string text;
    char block[64 * 1024];
    while (stream.read(block, sizeof block) || stream.gcount() > 0) {
        text.append(block, static_cast<std::size_t>(stream.gcount()));
        if (text.size() > largest_input)
            return Error{Fault::too_large, "input-too-large", "A credential or picture has at most 7 MiB.", {}};
    }
    return text;
}

Result<std::string> read_input(std::string const& name) {
    if (name == "-") return read_stream(std::cin);
    if (name.starts_with("https://") || name.starts_with("data:")) return name;
    std::ifstream file(name, std::ios::binary);
    if (!file) return Error{Fault::not_found, "no-file", "There is no file " + name + " that can be read.", {}};
    return read_stream(file);
}

/// Without an installation a credential is judged by what is in it: every other document is out of reach.
Result<domain::Report> judge_alone(std::string input, std::optional<std::string> const& recipient, Instant now) {
    domain::Question question;
    question.input = domain::without_blanks_around(std::move(input));
    question.recipient = recipient;
    auto inquiry = domain::Inquiry::open(std::move(question));
    if (!inquiry) return inquiry.error();
    domain::Documents documents;
    while (true) {
        auto verification = inquiry->judge(documents, now);
        if (verification.report) return std::move(*verification.report);
        for (auto const& address : verification.needs)
            documents[address].failure = "there is no way out to the network from here";
    }
}

/// By the installation where there is one.
Result<Judge> make_judge(Common const& common) {
    auto const config = configuration(common);
    if (!config) return config.error();
    if (!std::filesystem::exists(config->database()))
        return Judge([](std::string input, std::optional<std::string> const& recipient) {
            return judge_alone(std::move(input), recipient, SystemClock().wall());
        });
    auto opened = service::Installation::open(*config);
    if (!opened) return opened.error();
    std::shared_ptr<service::Installation> const installation(std::move(*opened));
    auto settings = *config;
    settings.way_out = !settings.demo;
    std::shared_ptr<http::WayOut> const way_out(service::make_way_out(settings));
    return Judge([installation, way_out](std::string const& input, std::optional<std::string> const& recipient) {
        auto& services = installation->services();
        return service::verify_fetching(services.documents, way_out.get(), input, recipient, services.clock.wall());
    });
}

int exit_of(domain::Verdict verdict) {
    switch (verdict) {
        case domain::Verdict::valid:
        case domain::Verdict::warning:
            return exit_code::done;
        case domain::Verdict::invalid:
            return exit_code::failed;
        case domain::Verdict::unchecked:
            return exit_code::unchecked;
    }
    return exit_code::unchecked;
}

std::string in_words(domain::Report const& report) {
    std::string text = std::string(domain::verdict_name(report.verdict)) + ": " + report.headline + "\n";
    for (auto const& check : report.checks) {
        std::string line = "  " + std::string(domain::check_outcome_name(check.outcome));
        line.resize(13, ' ');
        line += check.id;
        line.resize(31, ' ');
        text += line + check.detail + "\n";
    }
    return text;
}

int verify_one(Common const& common, VerifyOptions const& options, Judge const& judge) {
    auto input = read_input(options.input);
    if (!input) {
        fail(common, input.error());
        return exit_code::usage;
    }
    auto const report = judge(std::move(*input), options.recipient);
    if (!report) {
        fail(common, report.error());
        return exit_code::usage;
    }
    answer(common, domain::report_to_json(*report), in_words(*report));
    return exit_of(report->verdict);
}

int verify(Common const& common, VerifyOptions const& options) {
    auto const judge = make_judge(common);
    if (!judge) {
        fail(common, judge.error());
        return exit_code::usage;
    }
    return options.list.list.empty() ? verify_one(common, options, *judge) : verify_list(common, options.list, *judge);
}

}  // namespace

void add_verify_command(CLI::App& app, Common& common) {
    auto const options = std::make_shared<VerifyOptions>();
    auto* const command =
        add_command(app, common, "verify", "Verify a credential: 0 valid or warning, 1 invalid, 2 usage, 3 unchecked",
                    [&common, options] { return verify(common, *options); });
    auto* const input = command->add_option("input", options->input,
                                            "A file (PNG, SVG, JWT, JSON), an address, or - for standard input");
    auto* const list =
        command->add_option("--batch", options->list.list,
                            "A CSV list with a column input, link or url (and recipient) instead of one input");
    command->add_option("--output", options->list.output, "Where the results of --batch go; a broken run goes on there")
        ->needs(list);
    input->excludes(list);
    command->parse_complete_callback([input, list] {
        if (input->empty() && list->empty()) throw CLI::RequiredError("input or --batch");
    });
    command->add_option("--recipient", options->recipient, "E-mail address or id that the credential should be for");
}

}  // namespace itqan::cli
