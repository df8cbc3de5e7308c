#!/usr/bin/env python3
"""The mail server is down, silent, slow, busy, refuses, or takes mails and cuts the line, while badges are issued.

Issuing must not notice; every mail must arrive in the end, twice at most under one Message-ID; a refused address and a
mail that failed for three days are parked. Good and bad rounds alternate, so that they can be compared.
"""
import argparse
import pathlib
import shutil
import signal
import sqlite3
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from acts import Checker, Installation, Ledger, Load, MailSink  # noqa: E402

MODES = ("down", "silent", "slow", "busy", "refuse", "drop")
DAY = 86_400_000


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


class Mail:
    def __init__(self, options, folder):
        self.options, self.problems = options, []
        self.sink = MailSink()
        self.installation = Installation(options.binary, folder, learners=20000, smtp_port=self.sink.port)
        self.ledger = Ledger(folder / "ledger")
        self.checker = Checker(self.installation, self.ledger)
        self.node = self.installation.node(0)
        self.load = Load(self.installation, [self.node], self.ledger, clients=2, shares=(100, 0, 0), people=False)

    def claim(self, holds, words):
        if not holds:
            self.problems.append(words)
            print("PROBLEM:", words, flush=True)

    def alter(self, sql, *values):
        """Rows are changed beside the service: time passes."""
        database = sqlite3.connect(self.installation.data / "itqan.db", timeout=30)
        with database:
            changed = database.execute(sql, values).rowcount
        database.close()
        return changed

    def outbox(self, state):
        return int(self.checker.rows.select(f"SELECT count(*) FROM outbox WHERE state = '{state}'")[0][0])

    def round(self):
        """Issues a second and p99 of one round, in milliseconds."""
        self.load.latencies.clear()
        began = time.monotonic()
        self.load.start()
        time.sleep(self.options.seconds)
        self.load.stop()
        took = time.monotonic() - began
        return len(self.load.latencies) / took, 1000 * percentile([each for _, each in self.load.latencies], 0.99)

    def quiet(self, seconds=60):
        """Waits until nothing is due any more."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            waiting = self.outbox("waiting")
            if not waiting:
                return
            self.alter("UPDATE outbox SET due_at = 0 WHERE state = 'waiting' AND leased_until IS NULL AND due_at > ?", time.time_ns() // 1_000_000)
            time.sleep(0.2)
        self.claim(False, f"{waiting} mails still wait {seconds} s after the mail server is well again")

    def hurt(self, mode):
        good, bad, sent = [], [], len(self.sink.mails)
        for _ in range(self.options.rounds):
            self.quiet()
            good.append(self.round())
            self.quiet()
            attempts = self.sink.attempts
            if mode == "down":
                self.sink.down()
            self.sink.mode = mode
            bad.append(self.round())
            attempts = self.sink.attempts - attempts
            self.sink.mode = "good"
            self.sink.release()
            if mode == "down":
                self.sink.up()
        rates = [sum(each[0] for each in some) / len(some) for some in (good, bad)]
        slow = [min(each[1] for each in some) for some in (good, bad)]
        print(f"{mode}: {rates[1]:.0f} issues/s, p99 {slow[1]:.0f} ms; beside a good mail server {rates[0]:.0f}/s, {slow[0]:.0f} ms; "
              f"{attempts} connections, {self.outbox('waiting')} mails wait", flush=True)
        self.claim(rates[1] >= (1 - self.options.tolerance) * rates[0], f"{mode}: issuing became slower: {rates[1]:.0f}/s instead of {rates[0]:.0f}/s")
        self.claim(slow[1] <= (1 + self.options.tolerance) * slow[0] + self.options.slack, f"{mode}: p99 grew from {slow[0]:.0f} to {slow[1]:.0f} ms")
        self.claim(mode == "down" or attempts > 0, f"{mode}: the mail server was never asked")
        parked = self.outbox("parked")
        self.quiet()
        if mode == "refuse":
            self.claim(parked > 0, "refuse: no refused mail was parked")
        else:
            self.claim(parked == self.parked, f"{mode}: {parked - self.parked} mails were parked at once")
        self.parked = self.outbox("parked")
        if mode == "drop":
            ids = [mail.message_id for mail in self.sink.mails[sent:]]
            self.claim(len(ids) > len(set(ids)), "drop: nothing was sent again")

    def run(self):
        self.parked = 0
        self.node.start()
        self.round()
        for mode in MODES:
            self.hurt(mode)
        done = {row[0] for row in self.checker.rows.select("SELECT id FROM outbox WHERE state = 'done'")}
        arrived = {mail.message_id.strip("<>").split("@")[0] for mail in self.sink.mails}
        self.claim(done == arrived, f"{len(done - arrived)} mails count as sent and never arrived, {len(arrived - done)} arrived and do not count as sent")
        self.claim(not self.sink.doubles(), f"one mail came under two Message-IDs: {list(self.sink.doubles().items())[:2]}")
        self.limit()
        for each in self.load.unexpected[:5]:
            self.claim(False, f"unexpected answer {each}")
        for problem in self.checker.check(self.node):
            self.claim(False, problem)

    def limit(self):
        """A mail that has failed for three days is parked, and is not tried again."""
        self.sink.mode = "busy"
        self.load.start()
        time.sleep(0.3)
        self.load.stop()
        end = time.monotonic() + 30
        while self.outbox("waiting") and time.monotonic() < end:
            self.alter("UPDATE outbox SET due_at = 0, created_at = created_at - ? WHERE state = 'waiting' AND leased_until IS NULL AND created_at > ?", 4 * DAY,
                       time.time_ns() // 1_000_000 - 2 * DAY)
            time.sleep(0.2)
        self.claim(self.outbox("waiting") == 0 and self.outbox("parked") > self.parked, "a mail that failed for three days is not parked")
        attempts = self.sink.attempts
        time.sleep(1.5)
        self.claim(self.sink.attempts == attempts, "a parked mail is tried again")


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--binary", required=True)
    options.add_argument("--seconds", type=float, default=2, help="of each round")
    options.add_argument("--rounds", type=int, default=2, help="good and bad ones for each way to fail")
    options.add_argument("--tolerance", type=float, default=0.5, help="what a bad round may differ by: more on a busy machine")
    options.add_argument("--slack", type=float, default=50, help="milliseconds that p99 may grow besides: a coupled issue would wait for seconds")
    options = options.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    folder = pathlib.Path(tempfile.mkdtemp(prefix="itqan-mail-"))
    test = None
    try:
        test = Mail(options, folder)
        test.run()
    finally:
        if test:
            if test.node.runs:
                test.node.kill()
            test.sink.close()
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{0 if test.problems else len(MODES) + 1} passed, {len(test.problems)} failed")
    return 1 if test.problems else 0


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    sys.exit(main())
