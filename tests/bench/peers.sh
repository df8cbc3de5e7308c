#!/usr/bin/env bash
# Measures one credential beside the libraries that others use, in interleaved rounds: peers.sh [ROUNDS]
# The peers' scripts come with the published corpora (bench/peers); their packages are installed under out/.
# JSONLD_CPP=FOLDER, a checkout of dcdpr/jsonld-cpp, has that one measured too (it needs liburiparser-dev); its figure is
# quoted otherwise.
set -euo pipefail
cd "$(dirname "$0")/../.."

peers=${ITQAN_SHARED:-../shared}/bench/peers
[ -d "$peers" ] || { echo "The peers' scripts are not in $peers." >&2; exit 1; }
deploy/setup.sh tests
deploy/build.sh bench credential_bench
mkdir -p out/peers
cp --no-preserve=mode "$peers"/* out/peers/
if [ ! -d out/peers/node_modules ]; then
    echo "Installing the peers ..."
    npm install --prefix out/peers --no-package-lock --no-audit --no-fund --ignore-scripts --silent
fi
(cd out/peers && node body.mjs)

words=(--ours out/bench/bench/credential_bench --peers out/peers --contexts schemas/contexts --rounds "${1:-5}")
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
exec python3 tests/bench/peers.py "${words[@]}"
