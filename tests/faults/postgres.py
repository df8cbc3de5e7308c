#!/usr/bin/env python3
"""PostgreSQL is killed, stopped, restarted, frozen, full of other people's connections, or ends ours, under load.

Meanwhile clients get what they asked for or a 503 with Retry-After, in time; soon after the database is well the service
issues again without a restart; nothing acknowledged is lost, and no connection leaks.
"""
import argparse
import pathlib
import shutil
import signal
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from acts import Acts, Broken, Checker, Installation, Ledger, Load, MailSink, knows_postgres  # noqa: E402
from postgres_server import NoPostgres, PostgresServer  # noqa: E402

RECOVERY = 5.0  # seconds after the database is well
ANSWER = 15.0  # the longest that a client waits for any answer
POOLS = 16 + 8  # connections of the service: database.connections, and half as many that read


class Postgres:
    def __init__(self, options, folder):
        self.options, self.problems, self.ran = options, [], 0
        self.server = PostgresServer(max_connections=120, settings={"max_wal_senders": 0})
        self.sink = MailSink()
        self.installation = Installation(options.binary, folder, self.server.url(), learners=20000, smtp_port=self.sink.port)
        self.ledger = Ledger(folder / "ledger")
        self.checker = Checker(self.installation, self.ledger)
        self.acts = Acts(self.installation, self.ledger)
        self.acts.issued = 10000  # the load takes learners from the other end
        self.node = self.installation.node(0)
        self.load = Load(self.installation, [self.node], self.ledger, clients=8, timeout=ANSWER)
        self.sink.on_mail = self.load.offer

    def faults(self):
        return {"killed": self.killed, "stopped": self.stopped, "restarted": self.server.restart, "frozen": self.frozen,
                "connections ended": self.ended, "too many connections": self.crowded}

    def killed(self):
        self.server.kill()
        time.sleep(1)
        self.server.start()

    def stopped(self):
        self.server.stop()
        time.sleep(3)
        self.server.start()

    def frozen(self):
        self.server.freeze()
        time.sleep(self.options.freeze)
        self.server.thaw()

    def ended(self):
        for _ in range(10):
            self.server.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'itqan' AND pid <> pg_backend_pid()")
            time.sleep(0.3)

    def crowded(self):
        """A server that has room for fewer connections than the service wants, and then room again."""
        usual = self.server.settings["max_connections"]
        self.server.settings["max_connections"] = 6
        self.server.restart()
        time.sleep(4)
        self.server.settings["max_connections"] = usual
        self.server.restart()

    def claim(self, holds, words):
        if not holds:
            self.problems.append(words)
            print("PROBLEM:", words, flush=True)

    def connections(self):
        return int(self.server.sql("SELECT count(*) FROM pg_stat_activity WHERE datname = 'itqan' AND pid <> pg_backend_pid()")[0][0])

    def descriptors(self):
        return len(list(pathlib.Path(f"/proc/{self.node.process.pid}/fd").iterdir()))

    def hurt(self, name, fault):
        self.load.statuses, self.load.cut = {}, 0
        self.ran += 1
        self.load.start()
        time.sleep(1)
        fault()
        took = self.recovery()
        time.sleep(1)
        self.load.stop()
        slowest = max((each for _, each in self.load.latencies), default=0)
        self.load.latencies.clear()
        print(f"{name}: answers {dict(sorted(self.load.statuses.items()))}, slowest {slowest:.1f} s, issues again after {took:.1f} s, "
              f"{self.connections()} connections, {self.descriptors()} descriptors", flush=True)
        self.claim(self.node.runs, f"{name}: the service ended by itself: {self.node.tail(500)}")
        self.claim(took <= RECOVERY, f"{name}: the service did not issue within {RECOVERY} s after the database was well")
        self.claim(self.load.cut == 0, f"{name}: {self.load.cut} requests got no answer within {ANSWER} s")
        for each in self.load.unexpected[:5]:
            self.claim(False, f"{name}: unexpected answer {each}")
        self.load.unexpected.clear()
        for problem in self.checker.check(self.node)[:10]:
            self.claim(False, f"{name}: {problem}")

    def at_rest(self, when):
        """Connections to the database, and the other descriptors, when the load has ended."""
        self.load.start()
        time.sleep(1)
        self.load.stop()
        time.sleep(2)
        connections = self.connections()
        others = self.descriptors() - connections
        print(f"{when}: {connections} connections, {others} other descriptors", flush=True)
        self.claim(connections <= POOLS + 2, f"{when}: {connections} connections, and the pools have {POOLS}")
        return others

    def recovery(self):
        """Seconds until an issue is acknowledged."""
        body, began = self.acts.new_completion(), time.monotonic()
        while time.monotonic() < began + 60:
            if self.acts.issue(self.node, body, timeout=ANSWER)[0] == 201:
                break
            time.sleep(0.05)
        return time.monotonic() - began

    def run(self):
        self.node.start()
        self.at_rest("before")
        first = None
        for number in range(self.options.rounds):
            for name, fault in self.faults().items():
                if self.options.only not in (None, name):
                    continue
                self.hurt(name if self.options.rounds == 1 else f"{name} ({number + 1})", fault)
            first = self.at_rest("after the first round") if first is None else first
        if self.options.rounds == 1:
            for _ in range(2):
                self.hurt("connections ended once more", self.ended)
        # What is there once after the first fault stays; what grows with every fault is a leak.
        last = self.at_rest("after the last")
        self.claim(last <= first + 8, f"descriptors leak: {first} after the first round, {last} after the last")

    def close(self):
        self.load.stop()
        if self.node.runs:
            self.node.kill()
        self.sink.close()


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--binary", required=True)
    options.add_argument("--freeze", type=float, default=10, help="seconds")
    options.add_argument("--rounds", type=int, default=1)
    options.add_argument("--only", help="this fault alone")
    options = options.parse_args()
    if not knows_postgres(options.binary):
        print("not run: this program was built without PostgreSQL")
        return 77
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    folder = pathlib.Path(tempfile.mkdtemp(prefix="itqan-postgres-"))
    test = Postgres.__new__(Postgres)
    try:
        test.__init__(options, folder)
        test.run()
    except NoPostgres as reason:
        print("not run:", reason)
        return 77
    except (Broken, RuntimeError) as error:
        test.claim(False, str(error))
    finally:
        if hasattr(test, "load"):
            test.close()
        if hasattr(test, "server"):
            test.server.close()
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{0 if test.problems else test.ran} passed, {len(test.problems)} failed")
    return 1 if test.problems else 0


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    sys.exit(main())
