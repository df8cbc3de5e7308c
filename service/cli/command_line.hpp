#pragma once
// The program's command line as a whole: parses, runs one command, gives the exit code.

namespace itqan::cli {

int run(int argc, char** argv);

}  // namespace itqan::cli
