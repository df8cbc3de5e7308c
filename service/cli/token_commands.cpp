#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "service/auth/tokens.hpp"
#include "service/cli/command.hpp"

namespace itqan::cli {
namespace {

struct Wanted {
    std::string role;
    std::optional<std::string> issuer, provider, organisation, learner;
    std::string scope;
    std::string expires = "P1Y";
};

Result<auth::NewToken> read_wanted(Wanted const& wanted, Instant now) {
    auto const role = read_role(wanted.role);
    if (!role || *role == Role::system)
        return Error{Fault::unprocessable,
                     "invalid-token-request",
                     "--role must be admin, issuer, provider, lead, mentor or learner.",
                     {{"/role", "is not a role"}}};
    auto const period = Period::parse(wanted.expires);
    if (!period)
        return Error{Fault::unprocessable,
                     "invalid-token-request",
                     "--expires must be a period such as P90D or P1Y.",
                     {{"/expires", "is not a period"}}};
    auth::NewToken token;
    token.role = *role;
    token.issuer_id = wanted.issuer;
    token.provider_id = wanted.provider;
    token.organisation_id = wanted.organisation;
    token.learner_id = wanted.learner;
    token.scope = wanted.scope;
    token.expires_at = Instant::start_of(period->after(now.day()));
    if (auto const fine = auth::check_new_token(token, now); !fine) return fine.error();
    return token;
}

int create(Common const& common, Wanted const& wanted) {
    auto const installation = open_existing(common);
    if (!installation) return exit_code::failed;
    auto& services = installation->services();
    auto const now = services.clock.wall();
    auto const token = read_wanted(wanted, now);
    if (!token) return fail(common, token.error());
    auto const made = services.database.write(
        [&](storage::Session& session) { return auth::create_token(session, *token, operator_actor(), now); });
    return answer(common, {{"id", made.row.id}, {"token", made.secret}, {"expiresAt", made.row.expires_at.text()}},
                  made.secret);
}

std::string body_of(storage::TokenRow const& row) {
    for (auto const& id : {row.issuer_id, row.provider_id, row.organisation_id, row.learner_id})
        if (id) return *id;
    return "-";
}

int list_tokens(Common const& common) {
    auto const installation = open_existing(common);
    if (!installation) return exit_code::failed;
    auto const rows =
        installation->services().database.read([](storage::Session& session) { return storage::tokens(session); });
    Json json = Json::array();
    std::string text;
    for (auto const& row : rows) {
        auto const state = row.revoked_at                                           ? "revoked"
                           : row.expires_at < installation->services().clock.wall() ? "expired"
                                                                                    : "live";
        json.push_back({{"id", row.id},
                        {"prefix", row.prefix},
                        {"role", row.role},
                        {"for", body_of(row)},
                        {"expiresAt", row.expires_at.text()},
                        {"state", state}});
        text += row.id + "  " + row.prefix + "...  " + row.role + "  " + body_of(row) + "  " + state + "  until " +
                row.expires_at.day().text() + "\n";
    }
    return answer(common, {{"data", json}}, text);
}

int revoke(Common const& common, std::string const& id) {
    auto const installation = open_existing(common);
    if (!installation) return exit_code::failed;
    auto& services = installation->services();
    auto const done = services.database.write([&](storage::Session& session) {
        return auth::end_token(session, id, operator_actor(), services.clock.wall());
    });
    if (!done) return fail(common, done.error());
    return answer(common, {{"id", id}, {"state", "revoked"}}, "revoked " + id);
}

}  // namespace

void add_token_commands(CLI::App& app, Common& common) {
    auto* const token = app.add_subcommand("token", "API tokens");
    token->require_subcommand(1);

    auto const wanted = std::make_shared<Wanted>();
    auto* const make = add_command(*token, common, "create", "Make a token; its secret is shown once",
                                   [&common, wanted] { return create(common, *wanted); });
    make->add_option("--role", wanted->role, "admin, issuer, provider, lead, mentor or learner")->required();
    make->add_option("--issuer", wanted->issuer, "Issuer id");
    make->add_option("--provider", wanted->provider, "Provider id");
    make->add_option("--org", wanted->organisation, "Organisation id");
    make->add_option("--learner", wanted->learner, "Learner id");
    make->add_option("--scope", wanted->scope, "history: completions up to ten years back");
    make->add_option("--expires", wanted->expires, "Period until it ends")->capture_default_str();

    add_command(*token, common, "list", "All tokens, without secrets", [&common] { return list_tokens(common); });

    auto const id = std::make_shared<std::string>();
    auto* const end =
        add_command(*token, common, "revoke", "End a token now", [&common, id] { return revoke(common, *id); });
    end->add_option("id", *id, "Id of the token")->required();
}

}  // namespace itqan::cli
