#!/usr/bin/env bash
# What takes too long for every change: the package on a machine of its own, hundreds of kill -9 cycles, a thousand flipped bits,
# every system call failed, every fault again and again, every file compiled alone, every suite under the sanitizers, ten minutes of
# every fuzz target, what stuck hosts cost everybody else, 100 000 credentials moved to PostgreSQL and back, and load. The published corpora must be there.
set -euo pipefail
cd "$(dirname "$0")/.."

export ITQAN_REQUIRE_SHARED=1
deploy/setup.sh tests
deploy/build.sh ci all
tests/tidy.sh all
# Every file alone, with every warning: ci compiles several together.
cmake --preset ci -B out/alone -DCMAKE_UNITY_BUILD=OFF -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON >/dev/null
ninja -C out/alone
export PYTHONDONTWRITEBYTECODE=1
FLIPS="${FLIPS:-1000}" python3 tests/service/cli/keeping_test.py out/ci/itqan Keeping.test_a_flipped_bit_of_the_database_is_found_or_changes_nothing_signed
for more in "--backend sqlite" "--backend postgres" "--backend postgres --nodes 2"; do
    # shellcheck disable=SC2086
    python3 tests/crash/kill_loop.py --binary out/ci/itqan --cycles "${CYCLES:-200}" --first-starts 30 --learners 40000 $more
done
python3 tests/faults/syscalls.py --binary out/ci/itqan
python3 tests/faults/disk.py --binary out/ci/itqan
python3 tests/faults/clock.py --binary out/ci/itqan --seconds 10
python3 tests/faults/mail.py --binary out/ci/itqan --seconds 10 --rounds 3
python3 tests/faults/postgres.py --binary out/ci/itqan --freeze 30 --rounds 10
export ASAN_OPTIONS=detect_stack_use_after_return=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 TSAN_OPTIONS=halt_on_error=1
for preset in asan tsan; do
    deploy/build.sh "$preset" all
    ctest --test-dir "out/$preset" --output-on-failure --timeout 3600 -L 'unit|vectors|flow'
done
tests/bench/outbound.sh out/ci
python3 tests/bench/move_many.py --itqan out/ci/itqan --load out/ci/bench/https_load
PYTHONDONTWRITEBYTECODE=1 tests/deploy/machine_test.py
tests/load/run.sh long
tests/fuzz/run.sh 600
