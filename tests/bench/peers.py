#!/usr/bin/env python3
"""What others take for the same credential, in the same rounds: CPU microseconds per operation and ratios."""
import argparse
import pathlib
import statistics
import subprocess
import time

ours_for = {"G5 verify, JSON text to verdict": "verify", "G6 issue": "issue", "G7 parsed JSON to canonical hash": "canonical-hash",
            "G8 JSON-LD to RDF": "to-rdf"}
peer_for = {"verify": "db/vc verify eddsa-rdfc-2022", "issue": "db/vc issue eddsa-rdfc-2022",
            "canonical-hash": "jsonld.js toRDF + rdf-canonize"}
goals = {"verify": (20, 40), "issue": (30, 60), "canonical-hash": (60, 150), "to-rdf": (400, 1000)}
quoted_to_rdf = 46_000  # jsonld-cpp where it was measured last, on another machine.
contexts = {"https://www.w3.org/ns/credentials/v2": "credentials-v2.json",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json": "open-badges-3.0.3.json"}


def output_of(command, folder=None, **environment):
    answer = subprocess.run([str(word) for word in command], cwd=folder, capture_output=True, text=True, timeout=300,
                            env={"PATH": "/usr/local/bin:/usr/bin:/bin", **environment})
    if answer.returncode != 0:
        raise SystemExit(answer.stdout + answer.stderr)
    return answer.stdout


def figures(text, column):
    """The number that stands `column` words from the end of each line, by the words before the numbers."""
    found = {}
    for line in text.splitlines():
        words = line.split()
        numbers = [word for word in words if word.replace(".", "", 1).isdigit()]
        name = " ".join(words[:len(words) - len(numbers)]) if numbers else ""
        if name and words[-column].replace(".", "", 1).isdigit():
            found[name] = float(words[-column])
    return found


def check_each_other(options):
    """Both read the same bytes and agree that they are signed, so that the same work is compared."""
    folder = options.peers
    output_of([options.ours, "sign", folder / "body.json", folder / "ours.json"])
    verdict = output_of(["node", "check.mjs", "ours.json"], folder).strip()
    if verdict != "digitalbazaar verifies: true":
        raise SystemExit("the peers do not verify what we issue: " + verdict)
    output_of(["node", "libs.mjs"], folder, DUMP="1", ONLY="^$")
    output_of([options.ours, "check", folder / "out-signed.json"])
    print("each verifies what the other issues")


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--ours", required=True, type=pathlib.Path)
    options.add_argument("--peers", required=True, type=pathlib.Path)
    options.add_argument("--contexts", required=True, type=pathlib.Path)
    options.add_argument("--jsonld-cpp", type=pathlib.Path)
    options.add_argument("--rounds", type=int, default=5)
    options = options.parse_args()
    options.ours, options.peers = options.ours.resolve(), options.peers.resolve()
    check_each_other(options)

    ours, peers = [], []
    only = "|".join(name.replace("+", "\\+") for name in peer_for.values())
    for round_ in range(options.rounds):
        print(f"round {round_ + 1} of {options.rounds}", flush=True)
        ours.append(figures(output_of([options.ours, options.peers / "body.json", 1]), 1))
        peer = figures(output_of(["node", "libs.mjs"], options.peers, ROUNDS="1", SECONDS_PER_ROUND="2", ONLY=only), 3)
        if options.jsonld_cpp:
            tables = [f"{url}={options.contexts / file}" for url, file in contexts.items()]
            peer["to-rdf"] = figures(output_of([options.jsonld_cpp, options.peers / "body.json", 1, *tables]), 1)["to-rdf"]
        peers.append(peer)

    print(f"\n{time.strftime('%Y-%m-%d', time.gmtime())}, CPU microseconds per operation, medians of {options.rounds} rounds\n")
    print(f"{'quantity':<34}{'ours':>8}{'peer':>9}{'ratio':>8}{'floor':>7}{'aim':>7}")
    missed = []
    for quantity, name in ours_for.items():
        mine = statistics.median(round_[name] for round_ in ours)
        key = peer_for.get(name, name)
        quoted = name == "to-rdf" and not options.jsonld_cpp
        other = quoted_to_rdf if quoted else statistics.median(round_[key] for round_ in peers)
        floor, aim = goals[name]
        ratio = other / mine
        print(f"{quantity:<34}{mine:8.1f}{other:9.0f}{ratio:8.1f}{floor:7}{aim:7}{'   peer quoted, not measured' if quoted else ''}")
        if ratio < floor:
            missed.append(quantity)
    print("\nparts of ours: " + ", ".join(f"{part} {statistics.median(round_[part] for round_ in ours):.1f}"
                                          for part in ours[0] if part not in ours_for.values()))
    if missed:
        raise SystemExit("below the floor: " + ", ".join(missed))


if __name__ == "__main__":
    main()
