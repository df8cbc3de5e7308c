#!/usr/bin/env python3
"""Shows that the tests need every check: each finding of the verifier is taken away in turn (what has its code then counts
as good), and each check as a whole, and every time a test case must fail. The findings are those that the sources name.

removal.py BINARY SOURCES: BINARY is the test program with removable_check.cpp, SOURCES the folder of the verifier."""
import collections
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile

binary, sources = sys.argv[1], pathlib.Path(sys.argv[2])
ids = re.findall(r'\{"([a-z-]+)", check_', (sources / "verification_checks.cpp").read_text())
named = re.compile(r'"((?:%s)\.[a-z0-9-]+)"' % "|".join(ids))


def run(tests=None, **variables):
    command = [binary, "--abort-after=1", "--no-intro", "--minimal"]
    if tests:
        command.append("--test-case=" + ",".join(re.sub(r"([\\,])", r"\\\1", test) for test in tests))
    return subprocess.run(command, env={**os.environ, **variables}, capture_output=True, text=True)


def seen_findings():
    """Test cases by code, then by id, of what is not simply good, and the codes that were met at all."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "seen"
        whole = run(ITQAN_CHECKS_SEEN=str(file))
        if whole.returncode != 0:
            sys.exit("with every check in place the tests must pass:\n" + whole.stdout[-2000:])
        tests, met = collections.defaultdict(dict), set()
        for line in file.read_text().splitlines():
            code, outcome, test = line.split(" ", 2)
            met.add(code)
            if outcome not in ("pass", "absent"):
                for key in (code, code.partition(".")[0]):
                    tests[key][test] = None
        return {key: list(cases) for key, cases in tests.items()}, met


def notices(key, tests):
    """A few test cases first: most removals are noticed by any of them."""
    for some in (tests[:6], tests[6:]):
        if some and run(some, ITQAN_CHECK_REMOVED=key).returncode != 0:
            return True
    return False


def main():
    tests, met = seen_findings()
    written = set()
    for file in sources.glob("verification*.cpp"):
        written.update(named.findall(file.read_text()))
    unmet = {code for code in written if code not in met and not (code.endswith("-") and any(each.startswith(code) for each in met))}
    missing = [each for each in ids if each not in tests]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        answers = dict(zip(tests, pool.map(lambda item: notices(*item), tests.items())))
    unnoticed = [key for key, noticed in answers.items() if not noticed]
    for what, keys in (("no test meets", unmet), ("no test meets a finding of", missing), ("no test misses", unnoticed)):
        for key in sorted(keys):
            print(what, key)
    failed = len(unmet) + len(missing) + len(unnoticed)
    print(f"{len(answers) - len(unnoticed)} passed, {failed} failed")
    sys.exit(failed > 0)


main()
