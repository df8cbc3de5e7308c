#!/usr/bin/env bash
# What takes too long for every change: hundreds of kill -9 cycles, every suite under the sanitizers.
set -euo pipefail
cd "$(dirname "$0")/.."

deploy/setup.sh tests
deploy/build.sh ci all
tests/tidy.sh all
python3 tests/crash/kill_loop.py --binary out/ci/itqan --cycles "${CYCLES:-200}"
export ASAN_OPTIONS=detect_stack_use_after_return=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 TSAN_OPTIONS=halt_on_error=1
for preset in asan tsan; do
    deploy/build.sh "$preset" all
    ctest --test-dir "out/$preset" --output-on-failure --timeout 3600 -L 'unit|vectors|flow'
done
