#!/usr/bin/env bash
# Builds Itqan and starts it with its demo programme on https://localhost:8443, in the foreground (Ctrl-C ends it).
#   deploy/run.sh [options of "itqan demo"]     e.g. --listen 127.0.0.1:9443 --data ~/itqan-demo
#   deploy/run.sh --build                       builds and returns
set -euo pipefail
cd "$(dirname "$0")/.."

deploy/setup.sh
deploy/build.sh release itqan
[ "${1:-}" = --build ] && exit 0
exec out/release/itqan demo "$@"
