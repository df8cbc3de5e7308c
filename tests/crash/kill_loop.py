#!/usr/bin/env python3
"""Kills the service under load, starts it again and checks what it had promised.

Clients complete, revoke and claim; what they were told stands in a synced ledger. After each kill the checker holds the
service to it. One node on SQLite or PostgreSQL, or several nodes on one PostgreSQL of which one is killed or frozen.
"""
import argparse
import itertools
import pathlib
import random
import shutil
import signal
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))

from checker import Checker  # noqa: E402
from first_start import killed_first_starts  # noqa: E402
from ledger import Ledger  # noqa: E402
from load import Load  # noqa: E402
from server import Installation, knows_postgres  # noqa: E402
from sink import MailSink  # noqa: E402


class Loop:
    def __init__(self, options, folder, database):
        self.options = options
        self.sink = MailSink()
        self.installation = Installation(options.binary, folder, database, learners=options.learners, smtp_port=self.sink.port)
        self.nodes = [self.installation.node(number) for number in range(options.nodes)]
        self.ledger = Ledger(folder / "ledger")
        self.checker = Checker(self.installation, self.ledger)
        # A frozen node keeps its clients waiting: they turn to another one soon.
        self.load = Load(self.installation, self.nodes, self.ledger, options.clients, timeout=3 if options.nodes > 1 else 20)
        self.sink.on_mail = self.load.offer
        self.slowest, self.problems = 0.0, []

    def start(self, node):
        took = node.start()
        self.slowest = max(self.slowest, took)
        if took > self.options.ready_within:
            self.problems.append(f"node {node.name} was ready after {took:.2f} s, later than {self.options.ready_within} s")
        return took

    def cycle(self):
        """Load, one node hurt, and the node as it was; gives what was done."""
        self.load.start()
        try:
            time.sleep(random.uniform(0.1, self.options.load_seconds))
            node = random.choice(self.nodes)
            if len(self.nodes) > 1 and random.random() < 0.5:
                node.freeze()
                time.sleep(random.uniform(1, self.options.freeze))
                node.thaw()
                time.sleep(0.5)
                return f"node {node.name} frozen and thawed"
            node.kill()
            done = "killed"
            if random.random() < 0.4:  # also while it recovers
                for _ in range(random.randint(1, 3)):
                    node.launch()
                    time.sleep(random.uniform(0, 0.25))
                    node.kill()
                done = "killed, also while it recovered"
            if len(self.nodes) > 1:
                time.sleep(random.uniform(0, 1))  # the others go on alone
        finally:
            self.load.stop()
        return f"node {node.name} {done}, ready after {self.start(node):.2f} s"

    def run(self):
        for node in self.nodes:
            self.start(node)
        for cycle in range(1, self.options.cycles + 1):
            done = self.cycle()
            last = cycle == self.options.cycles
            self.problems += self.checker.check(random.choice(self.nodes), thorough=last)
            self.problems += [f"unexpected answer {each}" for each in self.load.unexpected]
            print(f"cycle {cycle}: {done}; told of {self.ledger.summary()}; {len(self.sink.mails)} mails", flush=True)
            if self.problems:
                break
        self.problems += [f"nobody was told of a {kind}" for kind in ("completion", "revocation", "claim") if not self.ledger.counts.get(kind)]
        if not self.problems:
            self.problems += self.mails()

    def mails(self):
        """At-least-once: everything due leaves in the end, and what leaves twice keeps its Message-ID."""
        end = time.monotonic() + 120
        while time.monotonic() < end:
            # A mail that a killed node had in hand waits for the end of its lease, and some wait for more badges of the same
            # person: both are longer than this test.
            waiting = self.checker.rows.select("SELECT count(*) FROM outbox WHERE state <> 'done' AND leased_until IS NULL AND due_at <= "
                                               f"{time.time_ns() // 1_000_000}")[0][0]
            if waiting == "0":
                break
            time.sleep(0.2)
        else:
            return [f"{waiting} mails still wait after 120 s"]
        ids = {mail.message_id.strip("<>").split("@")[0] for mail in self.sink.mails}
        done = self.checker.rows.select("SELECT learner_id, id FROM outbox WHERE state = 'done' AND kind = 'mail.claim'")
        revoked = {row[0] for row in self.checker.rows.select("SELECT learner_id FROM credential WHERE status = 'revoked'")}
        lost = [learner for learner, row in done if row not in ids and learner not in revoked]
        problems = [f"a mail to {learner} counts as sent and never arrived" for learner in lost[:5]]
        known = {row[0] for row in self.checker.rows.select("SELECT id FROM outbox")}
        return problems + [f"a mail of no outbox row arrived: {each}" for each in sorted(ids - known)[:5]]

    def close(self):
        for node in self.nodes:
            if node.runs:
                node.kill()
        self.sink.close()


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--binary", required=True)
    options.add_argument("--backend", choices=("sqlite", "postgres"), default="sqlite")
    options.add_argument("--nodes", type=int, default=1, help="more than one needs --backend postgres")
    options.add_argument("--cycles", type=int, default=20)
    options.add_argument("--first-starts", type=int, default=3, help="installations whose making is killed")
    options.add_argument("--clients", type=int, default=16)
    options.add_argument("--learners", type=int, default=4000)
    options.add_argument("--load-seconds", type=float, default=2, help="the longest that a node runs before it is hurt")
    options.add_argument("--freeze", type=float, default=4, help="the longest that a node is stopped, in seconds")
    options.add_argument("--ready-within", type=float, default=2, help="seconds from start to ready; more on a busy machine")
    options.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    options.add_argument("--keep", action="store_true", help="keep the folder after a failure")
    options = options.parse_args()
    if options.nodes > 1 and options.backend == "sqlite":
        raise SystemExit("several nodes need --backend postgres")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    random.seed(options.seed)
    print("seed", options.seed)

    folder = pathlib.Path(tempfile.mkdtemp(prefix="itqan-kill-"))
    folder.chmod(0o700)
    server, loop, problems = None, None, []
    try:
        if options.backend == "postgres":
            from postgres_server import NoPostgres, PostgresServer
            if not knows_postgres(options.binary):
                print("not run: this program was built without PostgreSQL")
                return 77
            try:
                server = PostgresServer()
            except NoPostgres as reason:
                print("not run:", reason)
                return 77
        try:
            names = (f"first_{number}" for number in itertools.count())
            problems += killed_first_starts(options.binary, folder, lambda: server.create(next(names)) if server else None, options.first_starts)
            loop = Loop(options, folder, server.url() if server else None)
            loop.run()
        except RuntimeError as error:
            problems.append(str(error))
        if loop:
            problems += loop.problems
            print(f"slowest start {loop.slowest:.2f} s")
    finally:
        if loop:
            loop.close()
        if server:
            server.close()
        if options.keep and problems:
            print("kept:", folder)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    for problem in problems[:20]:
        print("PROBLEM:", problem)
    print(f"{0 if problems else options.cycles} passed, {len(problems)} failed")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    sys.exit(main())
