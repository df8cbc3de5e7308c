#!/usr/bin/env python3
"""The clock jumps under load: an hour and a day forth and back, half a year, backwards while badges are issued.

What was acknowledged stays, ids and numbers stay unique, every answer is one that a client may see, and no session lives
on because it was opened while the clock was ahead. What a wrong clock wrote stays as it was written (service/domain/README.md,
*Decisions*). (libfaketime; timers run on the monotonic clock, which does not jump.)
"""
import argparse
import glob
import json
import pathlib
import re
import shutil
import signal
import sys
import tempfile
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from acts import Acts, Broken, Checker, Installation, Ledger, Load, MailSink  # noqa: E402
from load import OFFERED  # noqa: E402
from server import DOMAIN  # noqa: E402

HOUR, DAY = 3600, 86400
AHEAD = 180 * DAY  # within the life of a token
JUMPS = (HOUR, 0, -HOUR, 0, DAY, 0, -DAY, 0)


class Clock:
    def __init__(self, options, folder, library):
        self.options, self.problems = options, []
        self.file = folder / "clock"
        self.set(0)
        self.sink = MailSink()
        self.installation = Installation(options.binary, folder, learners=20000, smtp_port=self.sink.port)
        self.ledger = Ledger(folder / "ledger")
        self.checker = Checker(self.installation, self.ledger, clock_is_right=False)
        self.acts = Acts(self.installation, self.ledger)
        self.node = self.installation.node(0)
        self.environment = {"LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": str(self.file), "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                            "FAKETIME_DONT_RESET": "1"}
        # Completed long enough ago for every clock of this test; the demo's people may have no use for that.
        self.load = Load(self.installation, [self.node], self.ledger, clients=3, people=False, completed_at=time.time() - 5 * DAY)
        self.sink.on_mail = self.load.offer

    def set(self, seconds):
        draft = self.file.with_suffix(".new")
        draft.write_text(f"{seconds:+d}")
        draft.rename(self.file)

    def claim(self, holds, words):
        if not holds:
            self.problems.append(words)
            print("PROBLEM:", words, flush=True)

    def now(self):
        """The service's clock, by the dates of its answers' rows."""
        return int(self.checker.rows.select("SELECT recorded_at FROM event ORDER BY seq DESC LIMIT 1")[0][0]) / 1000 - time.time()

    def jumps(self):
        events = 0
        for seconds in JUMPS:
            before = self.checker.rows.select("SELECT max(seq) FROM event")[0][0]
            self.set(seconds)
            time.sleep(self.options.seconds)
            after = self.checker.rows.select("SELECT max(seq) FROM event")[0][0]
            self.claim(int(after) > int(before), f"nothing happened while the clock was off by {seconds} s")
            events = int(after)
            self.claim(abs(self.now() - seconds) < 30, f"the clock of the service did not jump by {seconds} s: it is off by {self.now():.0f} s")
            print(f"clock off by {seconds:+d} s: {events} events, told of {self.ledger.summary()}", flush=True)

    def list_in_force(self):
        """A served status list says from when it holds: no verifier takes one of tomorrow."""
        credential = self.checker.rows.select("SELECT status_list_id FROM credential LIMIT 1")[0][0]
        self.set(DAY)
        self.acts.issue(self.node, self.acts.new_completion(time.time() - 5 * DAY))
        learner = self.installation.learners[self.acts.issued - 1]
        self.acts.revoke(self.node, self.acts.credential(self.node, learner))
        self.node.request("GET", "/status/" + credential)
        self.set(0)
        time.sleep(0.2)
        status, text = self.node.request("GET", "/status/" + credential)
        said = json.loads(text).get("validFrom", "") if status == 200 else str(status)
        self.claim(said[:10] <= time.strftime("%Y-%m-%d", time.gmtime()), f"after the clock was a day ahead the status list holds from {said} on")

    def drain(self):
        """Waits for the mails that are due; those of a day ahead are due then."""
        end = time.monotonic() + 120
        while time.monotonic() < end:
            waiting = self.checker.rows.select(f"SELECT count(*) FROM outbox WHERE state = 'waiting' AND due_at <= {time.time_ns() // 1_000_000}")[0][0]
            if waiting == "0":
                return
            time.sleep(0.1)
        raise Broken(f"{waiting} mails that are due are not sent")

    def session(self):
        """A claim opens a session: one that was opened half a year ahead must be dead when the clock is right."""
        self.drain()
        cookie = self.claimed()
        self.claim(self.is_signed_in(cookie), "a session opened by a claim is not alive")
        self.set(13 * HOUR)
        time.sleep(0.2)
        self.claim(not self.is_signed_in(cookie), "a session is alive 13 hours later")
        self.set(AHEAD)
        cookie = self.claimed(AHEAD)
        self.set(0)
        time.sleep(0.2)
        self.claim(not self.is_signed_in(cookie), "a session that was opened while the clock was half a year ahead is alive")
        self.claim(self.acts.issue(self.node)[0] == 201, "nothing is issued after the clock was half a year ahead")

    def claimed(self, ahead=0):
        """A claim by its mailed link; gives the cookie of the session that it opens."""
        learner = self.installation.learners[self.acts.issued]
        status, text = self.acts.issue(self.node, self.acts.new_completion(time.time() + ahead - DAY))
        if status != 201:
            raise Broken(f"an issue is answered with {status} while the clock is {ahead} s ahead: {text[:300]}")
        end = time.monotonic() + 30
        while not (mails := [mail for mail in self.sink.mails if mail.claim and mail.recipient.startswith(learner + "@")]):
            if time.monotonic() > end:
                outbox = self.checker.rows.select(f"SELECT state, due_at, leased_until, last_error FROM outbox WHERE learner_id = '{learner}'")
                raise Broken(f"no mail to {learner} arrived: {outbox}")
            time.sleep(0.05)
        path = "/claim/" + mails[-1].claim
        status, text = self.node.request("GET", path, headers={"Accept": "text/html"})
        credentials = OFFERED.findall(text.decode())
        if status != 200 or not credentials:
            raise Broken(f"a mailed link is answered with {status}")
        form = urllib.parse.urlencode({"action": "claim", "visibility": "link", "language": "en", "credential": credentials[0]})
        status, headers, _ = self.node.exchange("POST", path, body=form, headers={
            "Content-Type": "application/x-www-form-urlencoded", "Origin": "https://" + DOMAIN, "Sec-Fetch-Site": "same-origin", "Accept": "text/html"})
        if status != 303:
            raise Broken(f"a claim is answered with {status}")
        self.ledger.add("claim", credential=credentials[0])
        return re.match(r"[^;]+", headers["Set-Cookie"]).group(0)

    def is_signed_in(self, cookie):
        status, text = self.node.request("GET", "/my", headers={"Accept": "text/html", "Cookie": cookie})
        if status != 200:
            raise Broken(f"/my is answered with {status}")
        return b'name="email"' not in text

    def run(self):
        self.node.start(environment=self.environment)
        self.load.start()
        try:
            self.jumps()
        finally:
            self.load.stop()
        for each in self.load.unexpected[:10]:
            self.claim(False, f"unexpected answer {each}")
        self.acts.issued = self.load.next + 50
        for problem in self.checker.check(self.node):
            self.claim(False, problem)
        self.list_in_force()
        self.session()
        self.node.kill()
        self.node.start()
        for problem in self.checker.check(self.node):
            self.claim(False, f"with the right clock again: {problem}")


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--binary", required=True)
    options.add_argument("--seconds", type=float, default=1.5, help="of load after each jump")
    options = options.parse_args()
    library = next(iter(glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")), None)
    if not library:
        print("not run: libfaketime is not installed (apt install faketime)")
        return 77
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    folder = pathlib.Path(tempfile.mkdtemp(prefix="itqan-clock-"))
    test = None
    try:
        test = Clock(options, folder, library)
        test.run()
    except (Broken, RuntimeError) as error:
        test.claim(False, str(error)) if test else print("PROBLEM:", error)
    finally:
        if test:
            if test.node.runs:
                test.node.kill()
            test.sink.close()
        shutil.rmtree(folder, ignore_errors=True)
    failed = len(test.problems) if test else 1
    print(f"{0 if failed else len(JUMPS) + 1} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    sys.exit(main())
