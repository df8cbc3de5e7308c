#!/usr/bin/env python3
"""Kills the server under load, starts it again and checks what it had promised.

Every answer that a client received is written to a ledger that is synced before the next request. After each kill the
same requests must give the same bytes, the same credentials with the same signed bytes must be there, no award may be
made twice, and no status position may be used twice.
"""
import argparse
import datetime
import hashlib
import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import threading
import time

CLIENTS = 16
NETWORK = (OSError, http.client.HTTPException, ssl.SSLError)


class Server:
    def __init__(self, binary, data, port):
        self.binary, self.data, self.port = binary, data, port
        self.process = None

    def start(self):
        log = open(self.data.parent / "server.log", "ab")
        self.process = subprocess.Popen(
            [self.binary, "demo", "--data", str(self.data), "--listen", f"127.0.0.1:{self.port}", "--key-type", "ed25519"],
            stdout=log, stderr=log)
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise SystemExit("the server ended by itself:\n" + (self.data.parent / "server.log").read_text()[-2000:])
            try:
                if self.request("GET", "/readyz")[0] == 200:
                    return
            except NETWORK:
                time.sleep(0.02)
        raise SystemExit("the server did not become ready")

    def connect(self):
        context = ssl.create_default_context(cafile=self.facts()["caCertificate"])
        return http.client.HTTPSConnection("localhost", self.port, context=context, timeout=20)

    def facts(self):
        return json.loads((self.data / "demo.json").read_text())

    def request(self, method, path, token=None, body=None, connection=None):
        own = connection or self.connect()
        headers = {"Accept": "application/json"}
        if token:
            headers["Authorization"] = "Bearer " + token
        if body is not None:
            headers["Content-Type"] = "application/json"
        own.request(method, path, body=body, headers=headers)
        answer = own.getresponse()
        text = answer.read()
        if connection is None:
            own.close()
        return answer.status, text

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


class Ledger:
    """Requests that were answered, each line synced before the next request of its client."""

    def __init__(self, path):
        self.file = open(path, "ab")
        self.lock = threading.Lock()
        self.lines = []

    def add(self, token, body, status, answer):
        with self.lock:
            line = json.dumps([body, status, answer.decode()]).encode() + b"\n"
            self.file.write(line)
            self.file.flush()
            os.fdatasync(self.file.fileno())
            self.lines.append((token, body, status, answer))


def completions(programme, tokens):
    """Endless valid completions of real learners; every externalId is new."""
    learners = [learner["id"] for learner in json.loads((programme / "learners.json").read_text())]
    activities = json.loads((programme / "activities.json").read_text())
    run = random.randrange(1 << 48)
    count = 0
    lock = threading.Lock()

    def make():
        nonlocal count
        with lock:
            count += 1
            number = count
        activity = random.choice(activities)
        body = {"externalId": f"kill-{run:x}-{number}", "activityId": activity["id"], "learnerId": random.choice(learners),
                "completedAt": time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime()), "score": 100, "hours": activity["hours"],
                "status": "verified"}
        if activity.get("gradeScale"):
            body["grade"] = activity["gradeScale"][-1]
        return tokens["provider"][activity["providerId"]], json.dumps(body)

    return make


def load(server, make, ledger, stop, unexpected):
    connection = None
    again = None
    while not stop.is_set():
        token, body = again or make()
        try:
            if connection is None:
                connection = server.connect()
            status, answer = server.request("POST", "/api/v1/completions", token, body, connection)
        except NETWORK:
            connection = None
            again = (token, body)
            time.sleep(0.01)
            continue
        if status == 201:
            ledger.add(token, body, status, answer)
            again = None
        elif status in (429, 503):
            again = (token, body)
        else:
            unexpected.append((body, status, answer))
            again = None


def all_credentials(server, admin):
    found, cursor = {}, ""
    while True:
        status, text = server.request("GET", "/api/v1/credentials?limit=500" + ("&cursor=" + cursor if cursor else ""), admin)
        assert status == 200, text
        page = json.loads(text)
        for credential in page["data"]:
            found[credential["id"]] = credential
        if not page["nextCursor"]:
            return found
        cursor = page["nextCursor"]


def renews(earlier, later):
    """Whether a later award may stand beside an earlier one that is still active: the earlier has run out, or ends within
    30 days and the later lasts at least 30 days longer."""
    if not earlier["validUntil"]:
        return False
    day = lambda text: datetime.date.fromisoformat(text[:10])
    left = (day(earlier["validUntil"]) - day(later["awardedAt"])).days
    if left < 0:
        return True
    gained = not later["validUntil"] or (day(later["validUntil"]) - day(earlier["validUntil"])).days >= 30
    return left <= 30 and gained


def double_awards(credentials):
    """Awards of one learner and achievement are numbered 1, 2, ... without a gap or a repeat, and each opens only after a
    revocation, an expiry or as a renewal."""
    awards = {}
    for credential in credentials:
        key = (credential["issuerId"], credential["learnerId"], credential["achievementId"])
        awards.setdefault(key, []).append(credential)
    problems = []
    for key, held in awards.items():
        held.sort(key=lambda credential: credential["awardNo"])
        if [credential["awardNo"] for credential in held] != list(range(1, len(held) + 1)):
            problems.append(f"the awards of {key} are not numbered one by one")
        for earlier, later in zip(held, held[1:]):
            if earlier["status"] != "revoked" and not renews(earlier, later):
                problems.append(f"an award is held twice: {key}")
    return problems


def lost_awards(lines, credentials):
    """Awards that an answer told of and that are not there."""
    held = {(credential["learnerId"], credential["achievementId"]) for credential in credentials}
    told = ((json.loads(body)["learnerId"], award["achievementId"], body) for _, body, _, answer in lines
            for award in json.loads(answer)["credentials"])
    return [f"lost award {achievement} of {learner}, told in answer to {body}" for learner, achievement, body in told
            if (learner, achievement) not in held]


def check(server, ledger, known, checked, sample):
    """Gives the problems found; `known` maps credential ids to the hash of their signed bytes."""
    problems = []
    admin = server.facts()["tokens"]["admin"]
    lines = ledger.lines[checked:] + random.sample(ledger.lines[:checked], min(sample, checked))
    connection = server.connect()
    for token, body, status, answer in lines:
        repeated = server.request("POST", "/api/v1/completions", token, body, connection)
        if repeated != (status, answer):
            problems.append(f"another answer for {body}: {repeated} instead of {(status, answer)}")
    found = all_credentials(server, admin)
    problems += lost_awards(lines, found.values())
    for lost in known.keys() - found.keys():
        problems.append("lost credential " + lost)
    new = [identifier for identifier in found if identifier not in known]
    for identifier in new + random.sample(sorted(known), min(sample, len(known))):
        status, text = server.request("GET", "/api/v1/credentials/" + identifier, admin, connection=connection)
        digest = hashlib.sha256(json.dumps(json.loads(text)["credential"], sort_keys=True).encode()).hexdigest() if status == 200 else str(status)
        if known.setdefault(identifier, digest) != digest:
            problems.append("other bytes for credential " + identifier)
    return problems + double_awards(found.values())


def check_rows(data):
    """What the database itself says: intact, no status position twice, every credential signed."""
    with sqlite3.connect(f"file:{data / 'itqan.db'}?mode=ro", uri=True) as rows:
        one = lambda sql: rows.execute(sql).fetchone()[0]
        problems = []
        if one("PRAGMA integrity_check") != "ok":
            problems.append("the database is damaged")
        if one("SELECT count(*) - count(DISTINCT status_list_id || ':' || status_position) FROM credential"):
            problems.append("a status position is used twice")
        if one("SELECT count(*) FROM credential c WHERE NOT EXISTS (SELECT 1 FROM status_position p WHERE p.list_id ="
               " c.status_list_id AND p.position = c.status_position)"):
            problems.append("a status position was never taken")
        if one("SELECT count(*) FROM credential c WHERE NOT EXISTS (SELECT 1 FROM credential_document d WHERE"
               " d.credential_id = c.id AND d.edition = c.edition)"):
            problems.append("a credential has no document")
        return problems


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--binary", required=True)
    options.add_argument("--programme", default=pathlib.Path(__file__).parents[2] / "service/demo/programme", type=pathlib.Path)
    options.add_argument("--cycles", type=int, default=20)
    options.add_argument("--port", type=int, default=18473)
    options.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    options = options.parse_args()
    random.seed(options.seed)
    print("seed", options.seed)

    folder = pathlib.Path(tempfile.mkdtemp(prefix="itqan-kill-"))
    server = Server(options.binary, folder / "data", options.port)
    problems, unexpected, known, checked = [], [], {}, 0
    try:
        server.start()
        ledger = Ledger(folder / "ledger")
        make = completions(options.programme, server.facts()["tokens"])
        for cycle in range(1, options.cycles + 1):
            stop = threading.Event()
            threads = [threading.Thread(target=load, args=(server, make, ledger, stop, unexpected)) for _ in range(CLIENTS)]
            for thread in threads:
                thread.start()
            time.sleep(random.uniform(0.2, 2))
            server.kill()
            if random.random() < 0.3:  # also while it recovers
                server.process = subprocess.Popen(
                    [options.binary, "demo", "--data", str(server.data), "--listen", f"127.0.0.1:{options.port}"],
                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                time.sleep(random.uniform(0, 0.2))
                server.kill()
            stop.set()
            for thread in threads:
                thread.join()
            began = time.monotonic()
            server.start()
            ready = time.monotonic() - began
            problems += check(server, ledger, known, checked, 50) + check_rows(server.data)
            checked = len(ledger.lines)
            print(f"cycle {cycle}: {checked} acknowledged, {len(known)} credentials, ready after {ready:.2f} s", flush=True)
            if problems or unexpected:
                break
    finally:
        if server.process and server.process.poll() is None:
            server.kill()
        shutil.rmtree(folder, ignore_errors=True)
    for problem in problems[:20]:
        print("PROBLEM:", problem)
    for body, status, answer in unexpected[:5]:
        print("PROBLEM: unexpected answer", status, answer[:400], "to", body)
    if checked == 0:
        print("PROBLEM: nothing was acknowledged")
    failed = len(problems) + len(unexpected) + (checked == 0)
    print(f"{options.cycles if not failed else 0} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
