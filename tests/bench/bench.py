#!/usr/bin/env python3
"""Measures what the project promises about speed (G1-G18) beside what others take, in the same run and in turn, and prints
one table. Ends with 1 when a floor is missed."""
import argparse
import pathlib
import shutil
import signal
import sys
import tempfile

import beside_nginx
import in_process
import many
import nodes
import over_https
import pages
from table import Table

groups = ("process", "https", "nginx", "pages", "many", "nodes")


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--build", required=True, type=pathlib.Path, help="folder of the build, with itqan and bench/")
    options.add_argument("--peers", type=pathlib.Path, help="folder with the peers' scripts and packages")
    options.add_argument("--no-peers", default="", help="why there are none")
    options.add_argument("--contexts", type=pathlib.Path)
    options.add_argument("--jsonld-cpp", type=pathlib.Path)
    options.add_argument("--signing-service", help="\"URL PID\" of one that runs here: the peers' own instead of the stand-in")
    options.add_argument("--quick", action="store_true", help="few and short rounds: two to three minutes")
    options.add_argument("--million", action="store_true", help="store a million credentials for G17 and G18 (8 GB below TMPDIR, ten minutes more)")
    options.add_argument("--only", help="groups: " + ",".join(groups))
    options.add_argument("--no-fail", action="store_true", help="only print")
    options = options.parse_args()
    options.itqan, options.bench = options.build.resolve() / "itqan", options.build.resolve() / "bench"
    options.load = options.bench / "https_load"
    options.peers = options.peers and options.peers.resolve()
    wanted = set(options.only.split(",")) if options.only else set(groups)
    if unknown := wanted - set(groups):
        raise SystemExit(f"no group {', '.join(unknown)}; there are {', '.join(groups)}")

    # Whoever ends the run ends its servers too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    table = Table()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="itqan-bench-"))
    yardstick, failed = "(not measured)", []
    try:
        if "process" in wanted:
            yardstick = in_process.measure(table, options, folder / "process")
        for name, group in (("https", over_https), ("nginx", beside_nginx), ("pages", pages), ("many", many), ("nodes", nodes)):
            if name in wanted:
                try:
                    group.measure(table, options, folder / name)
                except SystemExit as failure:  # What else was measured is still worth its table.
                    failed.append(f"{name}: {failure}")
                shutil.rmtree(folder / name, ignore_errors=True)
        missed = table.write(yardstick)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if missed:
        print("\nbelow the floor: " + ", ".join(missed))
    for failure in failed:
        print("not measured to the end, " + failure)
    sys.exit(1 if failed or missed and not options.no_fail else 0)


if __name__ == "__main__":
    main()
