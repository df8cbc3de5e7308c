#!/usr/bin/env bash
# Load on this machine, loopback only: run.sh short|long [SCENARIO...], with ITQAN and OPEN_LOAD naming other programs.
set -euo pipefail
cd "$(dirname "$0")/../.."
form=${1:-short}
shift || true
[ $# -gt 0 ] || set -- idle slowloris reload restart proxied_restart overload
if [ -z "${ITQAN:-}" ]; then
    deploy/build.sh bench itqan open_load
    ITQAN=out/bench/itqan OPEN_LOAD=out/bench/bench/open_load
fi
export PYTHONDONTWRITEBYTECODE=1
[ "$form" = long ] && set -- --long "$@"
exec python3 tests/load/load.py --itqan "$ITQAN" --load "$OPEN_LOAD" "$@"
