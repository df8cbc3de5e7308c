#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "service/cli/command.hpp"

namespace itqan::cli {
namespace {

struct KeyOptions {
    std::string issuer, id;
    std::optional<std::string> type;
};

Json key_json(storage::KeyRow const& row) {
    return {{"id", row.id},
            {"issuerId", row.issuer_id},
            {"type", row.type},
            {"state", row.state},
            {"createdAt", row.created_at.text()}};
}

std::string key_line(storage::KeyRow const& row) {
    return row.id + "  " + row.issuer_id + "  " + row.type + "  " + row.state + "  since " +
           row.created_at.day().text() + "\n";
}

Result<domain::Issuer> find_issuer(domain::Services& services, std::string const& id) {
    auto const programme =
        services.database.read([&](storage::Session& session) { return services.programmes.current(session); });
    auto const* const issuer = programme->issuer(id);
    if (issuer == nullptr) return Error{Fault::not_found, "unknown-issuer", "There is no issuer " + id + ".", {}};
    return *issuer;
}

int list_keys(Common const& common) {
    auto const installation = open_existing(common);
    if (!installation) return exit_code::failed;
    auto& services = installation->services();
    auto const programme =
        services.database.read([&](storage::Session& session) { return services.programmes.current(session); });
    Json json = Json::array();
    std::string text;
    for (auto const& issuer : programme->issuers) {
        for (auto const& row : services.keys.list(issuer.id)) {
            json.push_back(key_json(row));
            text += key_line(row);
        }
    }
    for (auto const& row : services.keys.list(domain::IssuerKeys::installation_id)) {
        json.push_back(key_json(row));
        text += key_line(row);
    }
    return answer(common, {{"data", json}}, text);
}

enum class Act { create, rotate };

int make(Common const& common, KeyOptions const& options, Act act) {
    auto const installation = open_existing(common);
    if (!installation) return exit_code::failed;
    auto& services = installation->services();
    if (act == Act::rotate && options.issuer == domain::IssuerKeys::installation_id) {
        auto const row = services.keys.rotate_installation(operator_actor());
        return row ? answer(common, key_json(*row), key_line(*row)) : fail(common, row.error());
    }
    auto const issuer = find_issuer(services, options.issuer);
    if (!issuer) return fail(common, issuer.error());
    auto const type = service::read_signing_key_type(options.type.value_or("ed25519"));
    if (!type)
        return fail(common, {Fault::unprocessable, "unknown-key-type", "--type must be rsa, ed25519 or p256.", {}});
    auto const row = act == Act::create ? services.keys.create(operator_actor(), *issuer, *type)
                                        : services.keys.rotate(operator_actor(), *issuer, *type);
    if (!row) return fail(common, row.error());
    return answer(common, key_json(*row), key_line(*row));
}

int revoke(Common const& common, KeyOptions const& options) {
    auto const installation = open_existing(common);
    if (!installation) return exit_code::failed;
    auto const row = installation->services().keys.revoke(operator_actor(), options.id);
    if (!row) return fail(common, row.error());
    return answer(common, key_json(*row), key_line(*row));
}

int export_did(Common const& common, KeyOptions const& options) {
    auto const installation = open_existing(common);
    if (!installation) return exit_code::failed;
    auto& services = installation->services();
    if (options.issuer == domain::IssuerKeys::installation_id) {
        auto const own = services.database.read(
            [&](storage::Session& session) { return services.keys.installation_document(session); });
        return answer(common, own, own.dump(2));
    }
    auto const issuer = find_issuer(services, options.issuer);
    if (!issuer) return fail(common, issuer.error());
    auto const document =
        services.database.read([&](storage::Session& session) { return services.keys.did_document(session, *issuer); });
    return answer(common, document, document.dump(2));
}

}  // namespace

void add_key_commands(CLI::App& app, Common& common) {
    auto* const key = app.add_subcommand("key", "Signing keys of the issuers");
    key->require_subcommand(1);
    auto const options = std::make_shared<KeyOptions>();

    add_command(*key, common, "list", "All keys with their states", [&common] { return list_keys(common); });
    for (auto const act : {Act::create, Act::rotate}) {
        auto* const command = add_command(
            *key, common, act == Act::create ? "create" : "rotate",
            act == Act::create ? "Make the next key" : "The next key signs from now on; the one before still verifies",
            [&common, options, act] { return make(common, *options, act); });
        command->add_option("--issuer", options->issuer, "Issuer id; installation/receipts for the key of receipts")
            ->required();
        command->add_option("--type", options->type, "ed25519 (embedded proofs, the default), rsa or p256 (JWTs)");
    }
    auto* const end = add_command(*key, common, "revoke", "The key was compromised: everything under it fails",
                                  [&common, options] { return revoke(common, *options); });
    end->add_option("id", options->id, "Id of the key")->required();
    auto* const document = add_command(*key, common, "export-did", "The issuer's DID document",
                                       [&common, options] { return export_did(common, *options); });
    document->add_option("--issuer", options->issuer, "Issuer id")->required();
}

}  // namespace itqan::cli
