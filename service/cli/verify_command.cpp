#include <algorithm>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "schemas/text_safety.hpp"
#include "service/cli/command.hpp"
#include "service/cli/verify_input.hpp"
#include "service/cli/verify_list.hpp"
#include "service/cli/verify_offline.hpp"
#include "service/cli/verify_receipt.hpp"
#include "service/domain/foreign_documents.hpp"
#include "service/outbound.hpp"

namespace itqan::cli {
namespace {

struct VerifyOptions {
    std::vector<std::string> inputs;
    std::optional<std::string> recipient;
    std::string bundle;
    bool demo_asks = false;    ///< A demo has no way out of itself.
    bool asks_nobody = false;  ///< --no-fetch.
    ListOptions list;
};

struct Verifier {
    Judge judge;
    FindDidDocument find;
};

/// As a receipt's issuer shows it today.
FindDidDocument finder(std::shared_ptr<http::WayOut> way_out) {
    return [way_out = std::move(way_out)](std::string const& did) {
        domain::Verification needs;
        DocumentNeeds missing;
        auto known = domain::foreign_document(did, needs, nullptr, missing);
        if (way_out == nullptr) return *std::move(known);
        auto const fetched = way_out->fetch_and_wait({}, {{did}});
        return *domain::foreign_document(did, needs, &fetched, missing);
    };
}

/// By the installation where there is one; without one every document is somebody else's.
Result<Verifier> make_verifier(Common const& common, VerifyOptions const& options) {
    auto const config = configuration(common);
    if (!config) return config.error();
    auto settings = *config;
    auto const installed = is_installed(*config);
    if (!installed) return installed.error();
    bool const is_alone = !*installed;
    settings.way_out = !options.asks_nobody && (is_alone || !settings.demo || options.demo_asks);
    std::shared_ptr<http::WayOut> const way_out(service::make_way_out(settings));
    if (is_alone)
        return Verifier{[way_out](std::string const& input, std::optional<std::string> const& recipient) {
                            return service::verify_fetching_alone(way_out.get(), input, recipient,
                                                                  SystemClock().wall());
                        },
                        finder(way_out)};
    auto opened = service::Installation::open(*config);
    if (!opened) return opened.error();
    std::shared_ptr<service::Installation> const installation(std::move(*opened));
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
    return exit_of(*report);
}

int verify(Common const& common, VerifyOptions const& options) {
    if (!options.bundle.empty()) return verify_offline(common, options.bundle, options.inputs, options.recipient);
    auto const verifier = make_verifier(common, options);
    if (!verifier) {
        fail(common, verifier.error());
        return exit_code::usage;
    }
    return options.list.list.empty() ? verify_one(common, options, *verifier)
                                     : verify_list(common, options.list, verifier->judge);
}

/// Others' words: nothing in them may steer a terminal or look like a line of ours.
std::string one_line(std::string const& words) {
    auto line = schemas::make_visible(words);
    std::replace_if(
        line.begin(), line.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
    return line;
}

/// What it says, by whom.
std::string said_in_words(domain::Report const& report, std::string const& margin = "  ") {
    auto text = margin + one_line(report.kind) + "\n";
    auto const& said = report.credential;
    if (!said.is_object()) return text;
    if (auto const name = text_member(said, "name"); !name.empty()) text += margin + "what: " + one_line(name) + "\n";
    auto const issuer = said.value("issuer", Json());
    auto by = text_member(issuer, "host");
    if (by.empty()) by = text_member(issuer, "id");
    if (by.empty()) return text;
    auto const name = text_member(issuer, "name");
    return text + margin + "by:   " + one_line(by) + (name.empty() ? "" : ", which calls itself " + one_line(name)) +
           "\n";
}

}  // namespace

int exit_of(domain::Report const& report) {
    // Good as a description, and nobody's award all the same.
    if (report.headline_code == "description" && report.verdict != domain::Verdict::invalid)
        return exit_code::unchecked;
    switch (report.verdict) {
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
        text += line + one_line(check.detail) + "\n";
    }
    for (auto const& warning : report.warnings)
        text += "  careful: " + one_line(warning.pointer) + " " + one_line(warning.detail) + "\n";
    for (auto const& [what, inside] : {std::pair("holds", &report.nested), std::pair("endorsed", &report.endorsements)})
        for (auto const& inner : *inside) {
            text += "  " + std::string(what) + ": " + std::string(domain::verdict_name(inner.verdict)) + ": " +
                    inner.headline + "\n";
            text += said_in_words(inner, "    ");
            for (auto const& warning : inner.warnings)
                text += "    careful: " + one_line(warning.pointer) + " " + one_line(warning.detail) + "\n";
        }
    for (auto const& exception : report.exceptions)
        text += "  fetched by an exception of [outbound]: " + one_line(exception) + "\n";
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
    auto* const no_fetch = command->add_flag("--no-fetch", options->asks_nobody,
                                             "Ask no other host: what only others know stays unchecked");
    command->add_flag("--allow-outbound", options->demo_asks, "With a demo's folder: ask other hosts all the same")
        ->excludes(no_fetch)
        ->excludes(bundle);
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
