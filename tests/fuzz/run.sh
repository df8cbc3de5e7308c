#!/usr/bin/env bash
# Builds the fuzz targets and runs each, two at a time, from the committed corpus; fails on any finding and keeps the
# inputs under out/fuzz/findings.
#   tests/fuzz/run.sh SECONDS [TARGET...]    targets: the names of *_fuzz.cpp here
set -euo pipefail
cd "$(dirname "$0")/../.."

seconds=${1:?usage: tests/fuzz/run.sh SECONDS [TARGET...]}
shift
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(proofs json_ld rdf_canon json nquads jws pictures status_list)
deploy/setup.sh fuzz
deploy/build.sh fuzz "${targets[@]/%/_fuzz}"

run_target() {
    local target=$1 seconds=$2 scratch longest=8192 words=()
    case $target in rdf_canon | proofs) longest=4096 ;; esac
    if [ -f "tests/fuzz/$target.dict" ]; then words=(-dict="tests/fuzz/$target.dict"); fi
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' RETURN
    cp -r "tests/fuzz/corpus/$target" "$scratch/corpus"
    mkdir -p out/fuzz/findings
    if ! "out/fuzz/fuzz/${target}_fuzz" -max_total_time="$seconds" -max_len=$longest -rss_limit_mb=2048 -timeout=10 \
        -print_final_stats=1 "${words[@]}" -artifact_prefix="out/fuzz/findings/$target-" "$scratch/corpus" >"$scratch/log" 2>&1; then
        echo "$target: a finding"
        tail -n 60 "$scratch/log"
        return 1
    fi
    local runs edges
    runs=$(awk '/^stat::number_of_executed_units/ { print $2 }' "$scratch/log")
    edges=$(awk '{ for (i = 2; i <= NF; ++i) if ($(i - 1) == "cov:") last = $i } END { print last }' "$scratch/log")
    echo "$target: ${runs:-0} runs, ${edges:-0} edges covered"
    [ "${runs:-0}" -gt 0 ]
}
export -f run_target
export ASAN_OPTIONS=detect_stack_use_after_return=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1

printf '%s\0' "${targets[@]}" | xargs -0 -I{} -P 2 bash -c "set -euo pipefail; run_target {} $seconds"
