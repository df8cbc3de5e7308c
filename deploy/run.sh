#!/usr/bin/env bash
# Builds Itqan and starts it with its demo programme on https://localhost:8443, in the foreground (Ctrl-C ends it).
#   deploy/run.sh [options of "itqan demo"]     e.g. --listen 127.0.0.1:9443 --data ~/itqan
#   deploy/run.sh --build                       builds and returns
set -euo pipefail
cd "$(dirname "$0")/.."

deploy/setup.sh
mkdir -p out
[ -f out/release/build.ninja ] || { echo "Configuring ..."; cmake --preset release >out/configure.log 2>&1 || { cat out/configure.log >&2; exit 1; }; }
if ! ninja -C out/release -n itqan 2>/dev/null | grep -q 'no work to do'; then
    echo "Building (some minutes the first time) ..."
    NINJA_STATUS='  [%f/%t] ' ninja -C out/release --quiet itqan
fi
[ "${1:-}" = --build ] && exit 0
exec out/release/itqan demo "$@"
