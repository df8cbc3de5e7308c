#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "service/cli/command.hpp"
#include "service/domain/rule_words.hpp"
#include "storage/people.hpp"

namespace itqan::cli {
namespace {

struct EvaluateOptions {
    std::string learner;
    std::optional<std::string> achievement, as_of;
};

void add_lines(domain::Programme const& programme, domain::Node const& node, std::size_t depth, std::string& text) {
    auto const mark = node.outcome == domain::Outcome::satisfied ? "[x] "
                      : node.outcome == domain::Outcome::pending ? "[~] "
                                                                 : "[ ] ";
    auto const state = domain::node_state(programme, node, "en");
    text += std::string(2 * depth, ' ') + mark + domain::node_title(programme, node, "en") +
            (state.empty() ? "" : "  -  " + state) + "\n";
    for (auto const& child : node.children)
        add_lines(programme, child, depth + 1, text);
}

int evaluate(Common const& common, EvaluateOptions const& options) {
    auto const installation = open_existing(common);
    if (!installation) return exit_code::failed;
    auto& services = installation->services();
    auto as_of = services.clock.domain().day();
    if (options.as_of) {
        auto const day = Day::parse(*options.as_of);
        if (!day) {
            fail(common, {Fault::malformed, "invalid-parameter", "--as-of must be a date such as 2026-11-01.", {}});
            return exit_code::usage;
        }
        as_of = *day;
    }
    return services.database.read([&](storage::Session& session) -> int {
        auto const programme = services.programmes.current(session);
        if (!storage::learner(session, options.learner))
            return fail(common,
                        {Fault::not_found, "unknown-learner", "There is no learner " + options.learner + ".", {}});
        if (options.achievement && programme->achievement(*options.achievement) == nullptr)
            return fail(
                common,
                {Fault::not_found, "unknown-achievement", "There is no achievement " + *options.achievement + ".", {}});
        auto const evidence = domain::load_evidence(session, options.learner);
        auto const overrides = domain::overrides_from(storage::credentials_of(session, options.learner));
        auto const all = domain::evaluate_all(*programme, evidence, as_of, overrides);
        Json data = Json::array();
        std::string text;
        for (auto const& evaluation : all) {
            if (options.achievement && evaluation.achievement_id != *options.achievement) continue;
            auto json = domain::summary_to_json(evaluation.root);
            json["achievementId"] = evaluation.achievement_id;
            if (options.achievement) json["tree"] = domain::node_to_json(evaluation.root);
            data.push_back(std::move(json));
            auto const* const achievement = programme->achievement(evaluation.achievement_id);
            text += evaluation.achievement_id + "  " + achievement->name.en + "\n";
            add_lines(*programme, evaluation.root, 1, text);
        }
        return answer(common, {{"learnerId", options.learner}, {"asOf", as_of.text()}, {"data", data}}, text);
    });
}

}  // namespace

void add_evaluate_command(CLI::App& app, Common& common) {
    auto const options = std::make_shared<EvaluateOptions>();
    auto* const command = add_command(app, common, "evaluate", "What a learner's evidence proves, and why not yet",
                                      [&common, options] { return evaluate(common, *options); });
    command->add_option("--learner", options->learner, "Learner id")->required();
    command->add_option("--achievement", options->achievement, "One achievement only, with its whole tree");
    command->add_option("--as-of", options->as_of, "Date (default: today by the programme's clock)");
}

}  // namespace itqan::cli
