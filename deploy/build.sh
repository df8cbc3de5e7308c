#!/usr/bin/env bash
# Configures a preset if needed and builds targets, quietly: one moving line at a terminal, a line per tenth elsewhere.
#   deploy/build.sh PRESET TARGET...
set -euo pipefail
cd "$(dirname "$0")/.."
preset=$1
shift

mkdir -p out
if [ ! -f "out/$preset/build.ninja" ] || [ CMakePresets.json -nt "out/$preset/build.ninja" ]; then
    cmake --preset "$preset" >"out/configure-$preset.log" 2>&1 || { cat "out/configure-$preset.log" >&2; exit 1; }
fi
ninja -C "out/$preset" -n "$@" 2>/dev/null | grep -q 'no work to do' && exit 0
echo "Building $preset ..."
if [ -t 1 ]; then exec ninja -C "out/$preset" "$@"; fi

: >"out/build-$preset.log"
NINJA_STATUS='[%p] ' ninja -C "out/$preset" "$@" >"out/build-$preset.log" 2>&1 &
builder=$!
shown=0
while kill -0 $builder 2>/dev/null; do
    now=$(grep -oE '^\[ *[0-9]+%\]' "out/build-$preset.log" | tail -n 1 | tr -dc 0-9 || true)
    if [ "${now:-0}" -ge $((shown + 10)) ]; then shown=$((now / 10 * 10)); echo "  $shown %"; fi
    sleep 1
done
wait $builder || { grep -v '^\[ *[0-9]*%\]' "out/build-$preset.log" | tail -n 60 >&2; exit 1; }
