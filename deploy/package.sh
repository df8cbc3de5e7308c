#!/usr/bin/env bash
# Builds the Debian package from the release preset, without the network, and prints its path: out/release/itqan_VERSION_ARCH.deb
#   deploy/package.sh            package, and lintian's errors if lintian is there
#   deploy/package.sh FOLDER     also the Debian packages that it needs, so that FOLDER installs on a machine without network
set -euo pipefail
cd "$(dirname "$0")/.."

deploy/build.sh release itqan >&2
log=out/package.log
(cd out/release && umask 022 && rm -f itqan_*.deb && cpack -G DEB) >"$log" 2>&1 || { tail -n 30 "$log" >&2; exit 1; }
package=$(echo out/release/itqan_*.deb)
if command -v lintian >/dev/null; then lintian --allow-root --fail-on error --display-level '>=error' "$package" >&2; fi
echo "$package"

[ $# -eq 0 ] && exit 0
# Of a bare Debian 12, whatever this machine has installed: hence a package state of its own, which is empty.
mkdir -p "$1"
folder=$(cd "$1" && pwd)
cp "$package" "$folder/"
state=$(mktemp -d)
trap 'rm -rf "$state"' EXIT
mkdir -p "$state/partial"
: >"$state/status"
apt-get -qq -o Dir::State::status="$state/status" -o Dir::Cache::archives="$folder" -o Debug::NoLocking=1 -o APT::Install-Recommends=0 \
    -o APT::Sandbox::User=root -o DPkg::Post-Invoke= --download-only --yes install "$folder/$(basename "$package")" >>"$log" 2>&1 \
    || { tail -n 30 "$log" >&2; exit 1; }
rm -rf "$folder/partial" "$folder/lock"
echo "$folder: $(ls "$folder" | wc -l) packages; on the other machine: dpkg -i $(basename "$folder")/*.deb" >&2
