#include <algorithm>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "schemas/text_safety.hpp"
#include "service/cli/command.hpp"
#include "service/cli/verify_input.hpp"
#include "service/cli/verify_list.hpp"
#include "service/cli/verify_offline.hpp"
#include "service/cli/verify_receipt.hpp"
#include "service/domain/photograph.hpp"
#include "service/domain/verification.hpp"
#include "service/outbound.hpp"

namespace itqan::cli {
namespace {

struct VerifyOptions {
    std::vector<std::string> inputs;
    std::optional<std::string> recipient;
    std::string bundle;
    ListOptions list;
};

/// Without an installation a credential is judged by what is in it: every other document is out of reach.
Result<domain::Report> judge_alone(std::string input, std::optional<std::string> const& recipient, Instant now) {
    domain::Question question;
    question.input = domain::without_blanks_around(std::move(input));
    question.recipient = recipient;
    auto const photograph = domain::photograph_in(question.input);
    auto inquiry = domain::Inquiry::open(std::move(question));
    if (!inquiry) return domain::without_way_to_code(photograph, inquiry.error());
    domain::Documents documents;
    while (true) {
        auto verification = inquiry->judge(documents, now);
        if (verification.report) return std::move(*verification.report);
        for (auto const& address : verification.needs)
            documents[address].failure = "there is no way out to the network from here";
    }
}

struct Verifier {
    Judge judge;
    FindDidDocument find;
};

/// By the installation where there is one.
Result<Verifier> make_verifier(Common const& common) {
    auto const config = configuration(common);
    if (!config) return config.error();
    if (!std::filesystem::exists(config->database()))
        return Verifier{[](std::string input, std::optional<std::string> const& recipient) {
                            return judge_alone(std::move(input), recipient, SystemClock().wall());
                        },
                        [](std::string const&) {
                            domain::Document absent;
                            absent.failure = "there is no way out to the network from here";
                            return absent;
                        }};
    auto opened = service::Installation::open(*config);
    if (!opened) return opened.error();
    std::shared_ptr<service::Installation> const installation(std::move(*opened));
    auto settings = *config;
    settings.way_out = !settings.demo;
    std::shared_ptr<http::WayOut> const way_out(service::make_way_out(settings));
    return Verifier{[installation, way_out](std::string const& input, std::optional<std::string> const& recipient) {
                        auto& services = installation->services();
                        return service::verify_fetching(services.documents, way_out.get(), input, recipient,
                                                        services.clock.wall());
                    },
                    [installation](std::string const& did) { return installation->services().documents.get(did); }};
}

int verify_one(Common const& common, VerifyOptions const& options, Verifier const& verifier) {
    auto input = read_input(options.inputs.front());
    if (!input) {
        fail(common, input.error());
        return exit_code::usage;
    }
    auto const text = domain::without_blanks_around(*input);
    if (domain::is_receipt(text)) return verify_receipt(common, text, verifier.find, Json::object());
    auto const report = verifier.judge(std::move(*input), options.recipient);
    if (!report) {
        fail(common, report.error());
        return exit_code::usage;
    }
    answer(common, domain::report_to_json(*report), in_words(*report));
    return exit_of(report->verdict);
}

int verify(Common const& common, VerifyOptions const& options) {
    if (!options.bundle.empty()) return verify_offline(common, options.bundle, options.inputs, options.recipient);
    auto const verifier = make_verifier(common);
    if (!verifier) {
        fail(common, verifier.error());
        return exit_code::usage;
    }
    return options.list.list.empty() ? verify_one(common, options, *verifier)
                                     : verify_list(common, options.list, verifier->judge);
}

/// What it says, by whom: others' words, so nothing in them may steer a terminal.
std::string said_in_words(domain::Report const& report) {
    auto text = "  " + schemas::make_visible(report.kind) + "\n";
    auto const& said = report.credential;
    if (!said.is_object()) return text;
    auto const one_line = [](std::string const& words) {
        auto line = schemas::make_visible(words);
        std::replace(line.begin(), line.end(), '\n', ' ');
        return line;
    };
    if (auto const name = text_member(said, "name"); !name.empty()) text += "  what: " + one_line(name) + "\n";
    auto const issuer = said.value("issuer", Json());
    auto by = text_member(issuer, "host");
    if (by.empty()) by = text_member(issuer, "id");
    if (by.empty()) return text;
    auto const name = text_member(issuer, "name");
    return text + "  by:   " + one_line(by) + (name.empty() ? "" : ", which calls itself " + one_line(name)) + "\n";
}

}  // namespace

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
    text += said_in_words(report);
    for (auto const& check : report.checks) {
        std::string line = "  " + std::string(domain::check_outcome_name(check.outcome));
        line.resize(13, ' ');
        line += check.id;
        line.resize(31, ' ');
        text += line + schemas::make_visible(check.detail) + "\n";
    }
    return text;
}

void add_verify_command(CLI::App& app, Common& common) {
    auto const options = std::make_shared<VerifyOptions>();
    auto* const command = add_command(
        app, common, "verify", "Verify a credential or a receipt: 0 valid or warning, 1 invalid, 2 usage, 3 unchecked",
        [&common, options] { return verify(common, *options); });
    auto* const input = command->add_option(
        "input", options->inputs,
        "A file (PNG, SVG, PDF, JWT, JSON, receipt, a photo of the code), an address, or - for standard "
        "input; several with --offline");
    auto* const bundle = command->add_option(
        "--offline", options->bundle, "Use a file of itqan bundle and nothing else: no connection, no installation");
    auto* const list =
        command->add_option("--batch", options->list.list,
                            "A CSV list with a column input, link or url (and recipient) instead of one input");
    command->add_option("--output", options->list.output, "Where the results of --batch go; a broken run goes on there")
        ->needs(list);
    input->excludes(list);
    bundle->excludes(list);
    command->parse_complete_callback([input, list, bundle] {
        if (input->count() > 1 && bundle->empty())
            throw CLI::ValidationError("input", "one at a time, or several with --offline; lists go with --batch");
        if (input->empty() && list->empty()) throw CLI::RequiredError("input or --batch");
    });
    command->add_option("--recipient", options->recipient, "E-mail address or id that the credential should be for");
}

}  // namespace itqan::cli
