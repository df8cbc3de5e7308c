#!/usr/bin/env bash
# Prints what the project promises about speed, measured here beside what others take: run.sh [--quick] [--million]
# [--only GROUP,...] [--no-fail]; ITQAN_BUILD=FOLDER measures another build than out/bench.
# The peers' scripts come with the published corpora (bench/peers); their packages are installed under out/.
# JSONLD_CPP=FOLDER, a checkout of dcdpr/jsonld-cpp, has that one measured too (it needs liburiparser-dev); its figure is
# quoted otherwise.
set -euo pipefail
cd "$(dirname "$0")/../.."

build=${ITQAN_BUILD:-out/bench}
if [ -z "${ITQAN_BUILD:-}" ]; then
    deploy/setup.sh tests
    deploy/build.sh bench itqan https_load credential_bench part_bench
fi
words=(--build "$build" --contexts schemas/contexts)

scripts=${ITQAN_SHARED:-../shared}/bench/peers
if [ -d "$scripts" ]; then
    mkdir -p out/peers
    cp --no-preserve=mode "$scripts"/* tests/bench/signing_service.mjs out/peers/
    if [ ! -d out/peers/node_modules ]; then
        echo "Installing the peers ..."
        npm install --prefix out/peers --no-package-lock --no-audit --no-fund --ignore-scripts --silent
    fi
    (cd out/peers && node body.mjs)
    words+=(--peers out/peers)
else
    words+=(--no-peers "the peers' scripts are not in $scripts")
fi

if [ -n "${JSONLD_CPP:-}" ]; then
    library=out/peers/jsonld-cpp
    mkdir -p "$library"
    echo "Building jsonld-cpp ..."
    for source in "$JSONLD_CPP"/jsonld-cpp/*.cpp "$JSONLD_CPP"/jsonld-cpp/detail/*.cpp; do
        object=$library/$(basename "$source" .cpp).o
        [ "$object" -nt "$source" ] || g++ -std=c++17 -O2 -w -I "$JSONLD_CPP" -c "$source" -o "$object"
    done
    g++ -std=c++17 -O2 -w -I "$JSONLD_CPP" tests/bench/jsonld_cpp_peer.cpp "$library"/*.o -luriparser -o "$library/peer"
    words+=(--jsonld-cpp "$library/peer")
fi
exec python3 -B tests/bench/bench.py "${words[@]}" "$@"
