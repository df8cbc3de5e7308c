#!/usr/bin/env python3
"""Fails every system call that touches the data folder, one at a time, and kills the program at each.

A first start (init), a start, an issue and a revocation run under strace: each openat, write, pwrite64, fsync, fdatasync,
ftruncate, unlink and rename of theirs is answered once with EIO, once with ENOSPC, and is once the last (kill -9).
Whatever was acknowledged must be there after kill -9 and a restart; what failed must say so, and must work when repeated.
"""
import argparse
import itertools
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from acts import Acts, Broken, Checker, Installation, Ledger  # noqa: E402

CALLS = ("openat", "write", "pwrite64", "fsync", "fdatasync", "ftruncate", "unlink", "unlinkat", "rename", "renameat", "renameat2")
FAULTS = ("error=EIO", "error=ENOSPC", "signal=KILL")
QUIET = "--quiet=attach,personality,path-resolution"
STRACE = ["strace", "-f", QUIET, "-e", "signal=none"]


def not_possible():
    """Why nothing can be traced here, or none."""
    if not shutil.which("strace"):
        return "strace is not installed (apt install strace)"
    done = subprocess.run([*STRACE, "-e", "trace=none", "true"], capture_output=True, text=True)
    return None if done.returncode == 0 else "strace may not trace here: " + done.stderr.strip()[-200:]


class Places:
    """The files whose calls are hit."""

    def __init__(self, data):
        names = ("", "itqan.db", "itqan.db-wal", "itqan.db-shm", "itqan.db-journal", "itqan.toml", "itqan.toml.new", "keys", "keys/kek", "keys/kek.new")
        self.words = [word for name in names for word in ("-P", str(data / name).rstrip("/"))]

    def count(self, log):
        return [*STRACE, *self.words, "-o", str(log), "-e", "trace=" + ",".join(CALLS)]

    def hit(self, call, fault, number, log):
        return [*STRACE, *self.words, "-o", str(log), "-e", f"trace={call}", "-e", f"inject={call}:{fault}:when={number}"]


def counts(log):
    """How often each call occurs, in the thread that does most of it: strace counts by thread."""
    found = {}
    for line in log.read_text(errors="replace").splitlines():
        if match := re.match(r"(\d+) +(\w+)\(", line):
            found.setdefault(match.group(2), {}).setdefault(match.group(1), 0)
            found[match.group(2)][match.group(1)] += 1
    return {call: max(by_thread.values()) for call, by_thread in found.items()}


class Tracer:
    """strace attached to a running node."""

    def __init__(self, node, words):
        self.process = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", *(word for word in words if word != QUIET), "-p", str(node.process.pid)], stderr=subprocess.PIPE, text=True)
        said = self.process.stderr.readline()  # once, for all threads, when it has them
        if "attached" not in said:
            self.process.kill()
            raise RuntimeError("strace could not attach: " + said)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()


class Syscalls:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.installation = Installation(options.binary, folder, learners=options.learners)
        self.ledger = Ledger(folder / "ledger")
        self.acts, self.checker = Acts(self.installation, self.ledger), Checker(self.installation, self.ledger, sample=5)
        self.places, self.log = Places(self.installation.data), folder / "strace.log"
        self.node = self.installation.node(0)
        self.runs, self.failed, self.problems = 0, {}, []

    def all(self):
        self.node.start()
        for _ in range(2):
            self.acts.issue(self.node)
        for name, prepare in (("issue", self.issue), ("revocation", self.revocation)):
            for _ in range(2):  # the first after a start also takes a block of status positions
                act, _ = prepare()
                with Tracer(self.node, self.places.count(self.log)):
                    act()
            self.each(name, counts(self.log), lambda hit, prepare=prepare: self.hit_running(hit, *prepare()))
        self.node.kill()
        self.node.start(around=self.places.count(self.log))
        self.node.request("GET", "/readyz")
        self.end_traced(signal.SIGTERM)
        self.each("start", counts(self.log), self.hit_start)
        first = self.folder / "first"
        subprocess.run([*Places(first / "data").count(self.log), *self.init(first)], check=True, capture_output=True, env=self.installation.environment)
        shutil.rmtree(first)
        self.each("init", counts(self.log), self.hit_init)

    def each(self, name, found, run):
        """Every call, or a sample of first, middle and last with faults in turn."""
        if self.options.only not in (None, name):
            return
        print(f"{name}: " + ", ".join(f"{call} {count}" for call, count in found.items()), flush=True)
        turn, self.met = itertools.cycle(FAULTS), 0
        began, before = time.monotonic(), self.runs
        for call, count in found.items():
            numbers = sorted({1, (count + 1) // 2, count}) if self.options.sample else range(1, count + 1)
            for number, fault in ((number, fault) for number in numbers for fault in ([next(turn)] if self.options.sample else FAULTS)):
                what = f"{name}: {call} {number} of {count}, {fault}"
                self.runs += 1
                try:
                    problems = run((call, fault, number))
                except (Broken, RuntimeError, OSError, subprocess.TimeoutExpired) as error:
                    problems = [str(error)]
                    self.recover()
                self.met += self.was_met(fault)
                for problem in problems:
                    self.problems.append(f"{what}: {problem}")
                    print("PROBLEM:", self.problems[-1], flush=True)
        print(f"{name}: {self.runs - before} runs in {time.monotonic() - began:.0f} s, {self.met} met their call", flush=True)
        # What runs twice in one process makes the same calls; a start and an init may make fewer after the last one's fault.
        wanted = 0.8 * (self.runs - before) if name in ("issue", "revocation") else 1
        if self.runs > before and self.met < wanted:
            self.problems.append(f"{name}: {self.met} of {self.runs - before} faults met their call, and at least {wanted:.0f} should")
            print("PROBLEM:", self.problems[-1], flush=True)

    def was_met(self, fault):
        """Whether the call came as often as it was counted: a run that writes less is no failure, and shows nothing."""
        said = self.log.read_text(errors="replace")
        return "(INJECTED)" in said or "KILL" in fault and "= ?" in said

    def hit_running(self, hit, act, good):
        """What is not acknowledged is repeated, without a restart unless it was killed, and must then be."""
        with Tracer(self.node, self.places.hit(*hit, self.log)):
            status, text = act()
        if self.node.runs and "KILL" in hit[1] and status == 0:
            self.node.process.wait(5)
        if not self.node.runs:
            if "KILL" not in hit[1]:
                raise Broken(f"the service ended by itself with {self.node.process.returncode}: {self.node.tail(500)}")
            self.node.start()
        elif status == 0:
            raise Broken("the connection ended without an answer")
        elif status not in (good, 503, 507):
            raise Broken(f"answered with {status}: {text[:300]}")
        for each, wanted in ((act, good), (lambda body=self.acts.new_completion(): self.acts.issue(self.node, body), 201)):
            end = time.monotonic() + 5
            while (answer := each())[0] != wanted:
                if time.monotonic() > end:
                    raise Broken(f"still answered with {answer[0]} after 5 s: {answer[1][:300]}")
                time.sleep(0.1)
        return self.verdict()

    def verdict(self):
        """Killed and started again, the service must have kept its word."""
        self.restart()
        return self.checker.check(self.node)

    def issue(self):
        body = self.acts.new_completion()
        return lambda: self.acts.issue(self.node, body, timeout=10), 201

    def revocation(self):
        self.acts.issue(self.node)
        credential, key = self.acts.credential(self.node, self.installation.learners[self.acts.issued - 1]), str(uuid.uuid4())
        return lambda: self.acts.revoke(self.node, credential, key, timeout=10), 200

    def hit_start(self, hit):
        self.node.kill()
        self.node.launch(self.places.hit(*hit, self.log))
        problems = self.outcome(hit)
        if self.node.runs:
            self.acts.issue(self.node, timeout=10)
            self.end_traced(signal.SIGKILL)
        self.node.start()
        return problems + self.checker.check(self.node)

    def outcome(self, hit):
        """A start under a fault becomes ready or ends with words and an exit code that is not 0."""
        try:
            self.node.wait_ready(15)
        except RuntimeError:
            if self.node.runs:
                self.end_traced(signal.SIGKILL)
                return ["neither ready nor ended after 15 s"]
            return [] if "KILL" in hit[1] else told_why(self.node.process.returncode, self.node.tail(1000))
        return []

    def init(self, folder):
        return [self.installation.binary, "init", "--domain", "first.example.test", "--data", str(folder / "data"), "--json"]

    def hit_init(self, hit):
        """A first start that failed must say why, and the same command must then make the installation."""
        folder = self.folder / "first"
        folder.mkdir()
        try:
            run = lambda around: subprocess.run([*around, *self.init(folder)], capture_output=True, text=True, timeout=60, env=self.installation.environment)
            done = run(Places(folder / "data").hit(*hit, self.log))
            problems = []
            if done.returncode and "KILL" not in hit[1]:
                problems = told_why(done.returncode, done.stderr + done.stdout)
            if done.returncode:
                again = run([])
                if again.returncode and "itqan token create --role admin" in again.stdout + again.stderr:
                    continue_with = [self.installation.binary, "token", "create", "--role", "admin", "--data", str(folder / "data")]
                    again = subprocess.run(continue_with, capture_output=True, text=True, env=self.installation.environment)
                if again.returncode:
                    problems.append(f"the same command then ends with {again.returncode}: {again.stderr[-300:]}{again.stdout[-300:]}")
            listed = subprocess.run([self.installation.binary, "token", "list", "--data", str(folder / "data"), "--json"], capture_output=True, text=True,
                                    env=self.installation.environment)
            if not problems and (listed.returncode or '"admin"' not in listed.stdout):
                problems.append(f"there is no administrator's token: {listed.stdout[-200:]}{listed.stderr[-200:]}")
            return problems
        finally:
            shutil.rmtree(folder)

    def end_traced(self, how):
        """Ends the service under strace, not strace: its child."""
        children = pathlib.Path(f"/proc/{self.node.process.pid}/task/{self.node.process.pid}/children").read_text().split()
        for process in children or [self.node.process.pid]:
            os.kill(int(process), how)
        self.node.process.wait(30)

    def restart(self):
        if self.node.runs:
            self.node.kill()
        self.node.start()

    def recover(self):
        if self.node.runs:
            self.end_traced(signal.SIGKILL)
        self.node.start()


def told_why(code, text):
    problems = [] if code not in (0, -6, -11, 134, 139) else [f"ended with {code}"]
    return problems if text.strip() and "terminate called" not in text else problems + [f"said no reason that helps: {text[-300:]!r}"]


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--binary", required=True)
    options.add_argument("--sample", action="store_true", help="the first, a middle and the last of each call only")
    options.add_argument("--only", choices=("issue", "revocation", "start", "init"), help="this act alone")
    options.add_argument("--learners", type=int, default=3000)
    options = options.parse_args()
    if reason := not_possible():
        print("not run:", reason)
        return 77
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    folder = pathlib.Path(tempfile.mkdtemp(prefix="itqan-syscalls-"))
    test = None
    try:
        test = Syscalls(options, folder)
        test.all()
    finally:
        if test and test.node.runs:
            test.end_traced(signal.SIGKILL)
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{test.runs - len(test.problems)} passed, {len(test.problems)} failed")
    return 1 if test.problems else 0


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    sys.exit(main())
