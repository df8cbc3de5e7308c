#!/usr/bin/env bash
# clang-tidy on source files: those that the branch, or else the last commit, changed (since BASE; at most MOST, default 6);
# with "all" every one, which takes half an hour.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "${1:-}" = all ]; then
    mapfile -t files < <(git ls-files 'schemas/*.cpp' 'crypto/*.cpp' 'storage/*.cpp' 'service/*.cpp')
else
    base=${BASE:-$(git merge-base HEAD origin/main 2>/dev/null || true)}
    if [ -z "$base" ] || [ "$base" = "$(git rev-parse HEAD)" ]; then base=HEAD~1; fi
    if ! git rev-parse --quiet --verify "$base" >/dev/null; then echo "clang-tidy not run: no earlier commit here"; exit 0; fi
    mapfile -t files < <(git diff --name-only --diff-filter=d "$base" -- 'schemas/*.cpp' 'crypto/*.cpp' 'storage/*.cpp' 'service/*.cpp')
    most=${MOST:-6}
    if [ ${#files[@]} -gt "$most" ]; then
        echo "  ${#files[@]} files changed, $most of them are checked here, all in tests/long.sh"
        # Others with every commit, the same for one commit.
        mapfile -t files < <(printf '%s\n' "${files[@]}" | shuf --random-source=<(yes "$(git rev-parse HEAD)") -n "$most")
    fi
fi
[ ${#files[@]} -eq 0 ] && { echo "  no source file changed"; exit 0; }

commands=out/tidy
mkdir -p "$commands"
# One command a file: not those that compile several files at once. g++'s precompiled headers and warning names are not
# clang's.
if [ ! -f "$commands/build/build.ninja" ] || [ CMakePresets.json -nt "$commands/build/build.ninja" ]; then
    cmake --preset ci -B "$commands/build" -DCMAKE_UNITY_BUILD=OFF >/dev/null
fi
ninja -C "$commands/build" -t compdb | python3 -c '
import json, re, sys
entries = [e for e in json.load(sys.stdin) if e["file"].endswith(".cpp") and " -c " in e["command"]]
for e in entries:
    command = re.sub(r"^.*?(\S*c\+\+ )", r"\1", e["command"], count=1)
    e["command"] = re.sub(r" -W\S+| -include \S+cmake_pch\S+", "", command)
json.dump(entries, sys.stdout)' >"$commands/compile_commands.json"
printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P "$(nproc)" clang-tidy-14 -p "$commands" --quiet 2>/dev/null
