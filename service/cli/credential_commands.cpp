#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "service/cli/command.hpp"
#include "service/jobs/mail_spool.hpp"
#include "service/keeping/erasure_journal.hpp"
#include "storage/people.hpp"

namespace itqan::cli {
namespace {

Json row_json(domain::Services const& services, storage::CredentialRow const& row) {
    return {{"id", row.id},
            {"url", services.addresses.credential(row.id)},
            {"achievementId", row.achievement_id},
            {"learnerId", row.learner_id},
            {"status", row.status},
            {"validUntil", row.valid_until ? Json(row.valid_until->text()) : Json()}};
}

int answer_row(Common const& common, domain::Services const& services, Result<storage::CredentialRow> const& row,
               std::string const& word) {
    if (!row) return fail(common, row.error());
    return answer(common, row_json(services, *row), word + " " + services.addresses.credential(row->id));
}

struct IssueOptions {
    std::string achievement, learner;
    std::optional<std::string> proof;
};

int issue(Common const& common, IssueOptions const& wanted) {
    domain::HandAward award;
    if (wanted.proof && !(award.also = domain::read_proof_form(*wanted.proof)))
        return fail(common, {Fault::unprocessable, "unknown-proof", "--proof must be eddsa-rdfc-2022 or jwt.", {}});
    auto const installation = open_existing(common);
    if (!installation) return exit_code::failed;
    auto& services = installation->services();
    installation->ensure_keys();
    auto const programme =
        services.database.read([&](storage::Session& session) { return services.programmes.current(session); });
    award.achievement_id = wanted.achievement;
    award.learner_id = wanted.learner;
    auto const actor = operator_actor();
    auto const row = services.issuance.award(actor, *programme, award);
    if (!row) return fail(common, row.error());
    auto json = row_json(services, *row);
    for (auto const form : {domain::ProofForm::embedded, domain::ProofForm::jwt}) {
        auto const document = services.database.read([&](storage::Session& session) {
            return storage::document(session, row->id, row->edition, domain::proof_form_name(form));
        });
        if (document && form == domain::ProofForm::embedded) json["credential"] = Json::parse(document->body);
        if (document && form == domain::ProofForm::jwt) json["jwt"] = document->body;
    }
    return answer(common, json, "issued " + services.addresses.credential(row->id));
}

struct ChangeOptions {
    std::string id, reason;
    std::optional<std::string> note;
};

int revoke(Common const& common, ChangeOptions const& wanted) {
    auto const installation = open_existing(common);
    if (!installation) return exit_code::failed;
    auto& services = installation->services();
    return answer_row(common, services, services.claims.revoke(operator_actor(), wanted.id, wanted.reason, wanted.note),
                      "revoked");
}

int suspend(Common const& common, ChangeOptions const& wanted) {
    auto const installation = open_existing(common);
    if (!installation) return exit_code::failed;
    auto& services = installation->services();
    return answer_row(common, services, services.claims.suspend(operator_actor(), wanted.id, wanted.note), "suspended");
}

int reinstate(Common const& common, ChangeOptions const& wanted) {
    auto const installation = open_existing(common);
    if (!installation) return exit_code::failed;
    auto& services = installation->services();
    return answer_row(common, services, services.claims.reinstate(operator_actor(), wanted.id, wanted.note),
                      "reinstated");
}

/// Rows, signed bytes, free pages, and what the demo's post office keeps (decision 2).
int erase(Common const& common, std::string const& learner_id) {
    auto const installation = open_existing(common);
    if (!installation) return exit_code::failed;
    auto& services = installation->services();
    auto const learner =
        services.database.read([&](storage::Session& session) { return storage::learner(session, learner_id); });
    if (learner && !learner->erased_at)
        service::note_erasure(service::erasure_journal(installation->config()), learner_id, services.clock.wall());
    // Mails first: the address that finds them goes with the rows, and a command that was cut off can be repeated.
    std::size_t mails = 0;
    if (learner && learner->email) mails = jobs::remove_spooled_mail(installation->config().spool(), *learner->email);
    auto const erased = services.claims.erase(operator_actor(), learner_id);
    if (!erased) return fail(common, erased.error());
    // And those that a running server wrote meanwhile.
    if (learner && learner->email) mails += jobs::remove_spooled_mail(installation->config().spool(), *learner->email);
    return answer(common, {{"learnerId", learner_id}, {"credentials", *erased}, {"mails", mails}},
                  "erased " + learner_id + ": " + std::to_string(*erased) + " credentials withdrawn, " +
                      std::to_string(mails) + " spooled mails removed");
}

}  // namespace

void add_credential_commands(CLI::App& app, Common& common) {
    auto const wanted = std::make_shared<IssueOptions>();
    auto* const give = add_command(app, common, "issue", "Award an achievement by hand",
                                   [&common, wanted] { return issue(common, *wanted); });
    give->add_option("--achievement", wanted->achievement, "Achievement id")->required();
    give->add_option("--learner", wanted->learner, "Learner id")->required();
    give->add_option("--proof", wanted->proof, "Sign in this form too: eddsa-rdfc-2022 or jwt");

    auto const change = std::make_shared<ChangeOptions>();
    struct Act {
        char const *name, *description;
        int (*run)(Common const&, ChangeOptions const&);
    };
    for (auto const& act :
         {Act{"revoke", "Withdraw a credential for ever", revoke}, Act{"suspend", "Put a credential on hold", suspend},
          Act{"reinstate", "End a suspension", reinstate}}) {
        auto* const command = add_command(app, common, act.name, act.description,
                                          [&common, change, run = act.run] { return run(common, *change); });
        command->add_option("id", change->id, "Id of the credential")->required();
        if (act.run == revoke)
            command->add_option("--reason", change->reason, "Public reason: issued-in-error, evidence-withdrawn, ...")
                ->required();
        command->add_option("--note", change->note, "Private note");
    }

    auto const learner = std::make_shared<std::string>();
    auto* const forget = add_command(app, common, "erase", "Erase a person: rows, signed documents, spooled mails",
                                     [&common, learner] { return erase(common, *learner); });
    forget->add_option("learner", *learner, "Learner id")->required();
}

}  // namespace itqan::cli
