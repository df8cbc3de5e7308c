#!/usr/bin/env bash
# Installs the Debian 12 packages that Itqan needs; does nothing when all are there.
#   deploy/setup.sh          to build and run
#   deploy/setup.sh tests    also what the tests use (a browser, databases, proxies, tools that break things)
#   deploy/setup.sh fuzz     also what the fuzz targets are built with
set -euo pipefail

build=(
    g++ cmake ninja-build ccache pkg-config git ca-certificates curl jq
    libboost1.81-dev libssl-dev nlohmann-json3-dev libsqlitecpp-dev libsqlite3-dev libpq-dev zlib1g-dev
    libcurl4-openssl-dev libcli11-dev libtomlplusplus-dev libexpat1-dev libcmark-dev
    libqrencode-dev libzbar-dev librsvg2-dev libcairo2-dev libpango1.0-dev libfontconfig-dev libfreetype-dev libargon2-dev libsodium-dev libidn2-dev
    libgoogle-perftools-dev
    libkainjow-mustache-dev libjpeg62-turbo-dev libpng-dev
    dpkg-dev file
)
tests=(doctest-dev clang-tidy-14 chromium npm python3 procps openssl postgresql-15 nginx-light strace faketime e2fsprogs lintian)
fuzz=(clang-14 libclang-rt-14-dev)

wanted=("${build[@]}")
[ "${1:-}" = tests ] && wanted+=("${tests[@]}")
[ "${1:-}" = fuzz ] && wanted+=("${fuzz[@]}")

missing=()
for package in "${wanted[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
# Any nginx will do.
if command -v nginx >/dev/null || [ -x /usr/sbin/nginx ]; then missing=("${missing[@]/#nginx-light/}"); fi
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
# The tests start servers of their own: Debian is not to make and start others.
quiet_servers=()
for package in "${missing[@]}"; do
    case $package in
        postgresql-15) quiet_servers+=(/etc/postgresql-common/createcluster.d/itqan-tests.conf) ;;
        nginx-light) quiet_servers+=(/usr/sbin/policy-rc.d) ;;
    esac
done
if [ ${#quiet_servers[@]} -gt 0 ]; then
    made=()
    for file in "${quiet_servers[@]}"; do
        [ -e "$file" ] && continue
        "${as_root[@]}" mkdir -p "$(dirname "$file")"
        case $file in
            *policy-rc.d) printf '#!/bin/sh\nexit 101\n' ;;
            *) echo 'create_main_cluster = false' ;;
        esac | "${as_root[@]}" tee "$file" >/dev/null
        "${as_root[@]}" chmod 755 "$file"
        made+=("$file")
    done
    trap '"${as_root[@]}" rm -f "${made[@]}" "$log"' EXIT
fi
install() { DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >"$log" 2>&1; }
"${as_root[@]}" apt-get update -qq >"$log" 2>&1 && install || { tail -n 20 "$log" >&2; exit 1; }
if [[ " ${missing[*]} " = *" nginx-light "* ]] && [ -d /run/systemd/system ]; then "${as_root[@]}" systemctl disable --quiet nginx || true; fi
