#!/usr/bin/env bash
# What the documents of other hosts cost us and everybody else: our part of a cold verification, and the p99 of own badges
# beside 64 fetches that get no answer: outbound.sh [FOLDER-OF-BUILD]
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ $# -lt 1 ]; then
    deploy/setup.sh tests
    deploy/build.sh bench itqan https_load outbound_bench
    set -- out/bench
fi
"$1/bench/outbound_bench"
exec python3 -B tests/bench/measure_outbound.py --itqan "$1/itqan" --load "$1/bench/https_load"
