#include "service/cli/command_line.hpp"

int main(int argc, char** argv) {
    return itqan::cli::run(argc, argv);
}
