#!/usr/bin/env bash
# Installs what is missing, builds and runs every test. Quiet; prints what failed.
#   tests/run.sh            everything that must be green (under 25 minutes on two cores from nothing)
#   tests/run.sh -L unit    only these ctest labels: unit vectors flow postgres browser interop crash faults load deploy lint
set -euo pipefail
cd "$(dirname "$0")/.."
started=$(date +%s)

step() { printf '%s  (%d s)\n' "$1" $(($(date +%s) - started)); }

step "Packages"
deploy/setup.sh tests
step "Build"
deploy/build.sh ci all

if [ $# -gt 0 ]; then exec ctest --test-dir out/ci --output-on-failure "$@"; fi

step "clang-tidy"
tests/tidy.sh
step "Sanitizers: schemas, crypto, storage"
deploy/build.sh asan schemas_test json_ld_test crypto_test storage_test
export ASAN_OPTIONS=detect_stack_use_after_return=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
ctest --test-dir out/asan --output-on-failure --quiet -R '^(schemas|json_ld|crypto|storage)_test$' \
    || { tail -n 60 out/asan/Testing/Temporary/LastTest.log; exit 1; }

step "Fuzzing: 30 seconds each"
tests/fuzz/run.sh 30
step "Tests"
ctest --test-dir out/ci --output-on-failure --timeout 900 -j 2
step "Done"
