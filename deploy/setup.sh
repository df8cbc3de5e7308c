#!/usr/bin/env bash
# Installs the Debian 12 packages that Itqan needs; does nothing when all are there.
#   deploy/setup.sh          to build and run
#   deploy/setup.sh tests    also what the tests use (a browser, image and mail tools)
#   deploy/setup.sh fuzz     also what the fuzz targets are built with
set -euo pipefail

build=(
    g++ cmake ninja-build ccache pkg-config git ca-certificates curl jq
    libboost1.81-dev libssl-dev nlohmann-json3-dev libsqlitecpp-dev libsqlite3-dev zlib1g-dev
    libcurl4-openssl-dev libspdlog-dev libfmt-dev libcli11-dev libtomlplusplus-dev libexpat1-dev libcmark-dev
    libqrencode-dev libzbar-dev librsvg2-dev libcairo2-dev libpango1.0-dev libfontconfig-dev libfreetype-dev libargon2-dev libsodium-dev libidn2-dev
    libkainjow-mustache-dev libjpeg62-turbo-dev libpng-dev
)
tests=(doctest-dev clang-tidy-14 chromium npm python3 procps openssl nginx-light)
fuzz=(clang-14 libclang-rt-14-dev)

wanted=("${build[@]}")
[ "${1:-}" = tests ] && wanted+=("${tests[@]}")
[ "${1:-}" = fuzz ] && wanted+=("${fuzz[@]}")

missing=()
for package in "${wanted[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
# A Node.js of another origin brings its own npm.
if command -v npm >/dev/null; then missing=("${missing[@]/#npm/}"); fi
missing=($(printf '%s\n' "${missing[@]:-}" | sed '/^$/d'))
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "Run this as root, or install sudo: ${missing[*]} are missing." >&2; exit 1; }
    as_root=(sudo)
fi
echo "Installing ${#missing[@]} packages ..."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
install() { DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >"$log" 2>&1; }
"${as_root[@]}" apt-get update -qq >"$log" 2>&1 && install || { tail -n 20 "$log" >&2; exit 1; }
