// `itqan bundle`: what verification needs, in one file, for places without a connection.

#include <filesystem>
#include <fstream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "service/cli/command.hpp"
#include "service/cli/verify_input.hpp"
#include "service/domain/bundle.hpp"

namespace itqan::cli {
namespace {

struct BundleOptions {
    std::string file;
    std::vector<std::string> badges;
};

/// Whole or not at all: a broken run leaves the file of before.
Result<void> write_whole(std::string const& name, std::string const& text) {
    auto const error = [&] { return Error{Fault::unavailable, "no-file", name + " cannot be written.", {}}; };
    auto const fresh = name + ".new";
    {
        std::ofstream file(fresh, std::ios::binary | std::ios::trunc);
        file << text;
        file.close();
        if (!file) return error();
    }
    std::error_code failure;
    std::filesystem::rename(fresh, name, failure);
    if (failure) return error();
    return {};
}

std::vector<std::string> unreached(domain::Bundle const& bundle) {
    std::vector<std::string> addresses;
    for (auto const& [address, document] : bundle.documents)
        if (!document.failure.empty() && document.failure != "gone") addresses.push_back(address);
    return addresses;
}

int pack(Common const& common, BundleOptions const& options) {
    auto const installation = open_existing(common);
    if (!installation) return exit_code::failed;
    auto& services = installation->services();
    domain::Bundle bundle{services.clock.wall().whole_seconds(), services.addresses.base(), {}};
    domain::pack_own(bundle, services);
    for (auto const& name : options.badges) {
        auto input = read_input(name);
        if (!input) return fail(common, input.error());
        if (auto const packed = domain::pack_for(bundle, services, std::move(*input)); !packed)
            return fail(common, {packed.error().fault, packed.error().code, name + ": " + packed.error().detail, {}});
    }
    auto const text = domain::write_bundle(bundle);
    if (!text) return fail(common, text.error());
    if (auto const written = write_whole(options.file, *text); !written) return fail(common, written.error());
    auto const missing = unreached(bundle);
    auto words = options.file + ": " + std::to_string(bundle.documents.size() - missing.size()) + " documents of " +
                 bundle.created_at.text() + "\n";
    for (auto const& address : missing)
        words += "  not reached, will be unchecked: " + address + "\n";
    return answer(common,
                  {{"file", options.file},
                   {"createdAt", bundle.created_at.text()},
                   {"documents", bundle.documents.size() - missing.size()},
                   {"notReached", missing}},
                  words);
}

}  // namespace

void add_bundle_command(CLI::App& app, Common& common) {
    auto const options = std::make_shared<BundleOptions>();
    auto* const command = add_command(
        app, common, "bundle", "Pack DID documents, keys and status lists into one file for itqan verify --offline",
        [&common, options] { return pack(common, *options); });
    command->add_option("file", options->file, "The bundle to write")->required();
    command->add_option("badges", options->badges,
                        "Badges whose issuers' documents are packed too: files, addresses, or -");
}

}  // namespace itqan::cli
