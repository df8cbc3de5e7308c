#!/usr/bin/env bash
# What takes too long for every change: hundreds of kill -9 cycles, every file compiled alone, every suite under the
# sanitizers, ten minutes of every fuzz target, what stuck hosts cost everybody else, and load. The published corpora must be there.
set -euo pipefail
cd "$(dirname "$0")/.."

export ITQAN_REQUIRE_SHARED=1
deploy/setup.sh tests
deploy/build.sh ci all
tests/tidy.sh all
# Every file alone, with every warning: ci compiles several together.
cmake --preset ci -B out/alone -DCMAKE_UNITY_BUILD=OFF -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON >/dev/null
ninja -C out/alone
python3 tests/crash/kill_loop.py --binary out/ci/itqan --cycles "${CYCLES:-200}"
export ASAN_OPTIONS=detect_stack_use_after_return=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 TSAN_OPTIONS=halt_on_error=1
for preset in asan tsan; do
    deploy/build.sh "$preset" all
    ctest --test-dir "out/$preset" --output-on-failure --timeout 3600 -L 'unit|vectors|flow'
done
tests/bench/outbound.sh out/ci
tests/load/run.sh long
tests/fuzz/run.sh 600
