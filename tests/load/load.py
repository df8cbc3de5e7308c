#!/usr/bin/env python3
"""What the service does when too much is asked of it, and when it is changed while it is asked.

    load.py --itqan PROGRAM --load PROGRAM [--long] idle|slowloris|reload|restart|overload ...

Every scenario starts its own installation on a free port of loopback, and fails by figures that the long form holds to
the promises and the short form to what a busy machine still keeps. What this machine cannot show ends with exit code 77."""
import argparse
import pathlib
import sys
import tempfile

import overload
import changes
import crowds
from house import NotRun

SCENARIOS = {"idle": crowds.idle, "slowloris": crowds.slowloris, "reload": changes.reload, "restart": changes.restart,
             "proxied_restart": changes.proxied_restart, "overload": overload.overload}


class Checks:
    """Lines that say what was measured and whether it holds."""

    def __init__(self):
        self.passed, self.failed = 0, 0

    def check(self, holds, text):
        self.passed, self.failed = self.passed + bool(holds), self.failed + (not holds)
        print(f"  {'ok  ' if holds else 'FAIL'}  {text}", flush=True)

    def note(self, text):
        print(f"        {text}", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--itqan", required=True)
    parser.add_argument("--load", required=True)
    parser.add_argument("--long", action="store_true")
    parser.add_argument("scenarios", nargs="+", choices=SCENARIOS)
    options = parser.parse_args()
    checks, not_run = Checks(), 0
    for name in options.scenarios:
        print(name, flush=True)
        with tempfile.TemporaryDirectory(prefix="itqan-load-") as folder:
            try:
                SCENARIOS[name](pathlib.Path(options.itqan).resolve(), pathlib.Path(options.load).resolve(), pathlib.Path(folder), options.long, checks)
            except NotRun as reason:
                not_run += 1
                print("not run:", reason, flush=True)
    print(f"{checks.passed} passed, {checks.failed} failed")
    if checks.failed:
        return 1
    if not_run:
        return 77
    return 0 if checks.passed else 1


if __name__ == "__main__":
    sys.exit(main())
