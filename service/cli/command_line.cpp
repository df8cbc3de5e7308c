#include "service/cli/command_line.hpp"

#include <exception>
#include <iostream>

#include <CLI/CLI.hpp>

#include "schemas/text_safety.hpp"
#include "service/cli/command.hpp"

namespace itqan::cli {

int run(int argc, char** argv) {
    CLI::App app("Itqan: competencies proven, badges issued, anyone can verify.", "itqan");
    app.set_version_flag("--version", std::string("itqan " ITQAN_VERSION));
    app.require_subcommand(1);
    Common common;
    add_serve_commands(app, common);
    add_installation_commands(app, common);
    add_token_commands(app, common);
    add_credential_commands(app, common);
    add_verify_command(app, common);
    add_bundle_command(app, common);
    add_evaluate_command(app, common);
    add_key_commands(app, common);
    add_doctor_command(app, common);
    add_conformance_command(app, common);
    add_keeping_commands(app, common);
    add_ready_command(app, common);
    try {
        app.parse(argc, argv);
    } catch (CLI::RuntimeError const& error) {
        return error.get_exit_code();
    } catch (CLI::ParseError const& error) {
        return app.exit(error) == 0 ? exit_code::done : exit_code::usage;
    } catch (std::exception const& error) {
        std::cerr << "itqan: " << schemas::make_visible(error.what()) << '\n';
        return exit_code::failed;
    }
    return exit_code::done;
}

}  // namespace itqan::cli
