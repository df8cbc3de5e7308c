#!/usr/bin/env bash
# Measures the service over HTTPS on this machine and prints figures and ratios: run.sh [PATH-OF-ITQAN PATH-OF-HTTPS_LOAD]
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ $# -lt 2 ]; then
    deploy/setup.sh tests
    deploy/build.sh bench itqan https_load
    set -- out/bench/itqan out/bench/bench/https_load
fi
exec python3 tests/bench/measure.py --itqan "$1" --load "$2"
