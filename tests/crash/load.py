"""Clients that complete, revoke and claim, as people would: what gets no answer is asked again, at any node that runs."""
import json
import random
import re
import threading
import time
import urllib.parse
import uuid

from server import DOMAIN, NETWORK
from status_list import entry_of, is_set

VISIBLE_WITHIN = 5.0  # seconds, promise R4
OFFERED = re.compile(r'name="credential" value="([0-9a-f-]{36})"')


def completion(name, learner, activity, at=None):
    body = {"externalId": name, "activityId": activity["id"], "learnerId": learner, "completedAt": time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime(at)),
            "score": 100, "hours": activity["hours"], "status": "verified"}
    if activity.get("gradeScale"):
        body["grade"] = activity["gradeScale"][-1]
    return body


class Load:
    """`clients` threads until stop(). `unexpected` collects answers that no client should see; 429 and 503 are asked
    again after `pause`; `cut` counts requests that got no answer in time. Learners come in order, and some of them again
    at once: two requests then want one award. With `people` the demo's people take part."""

    def __init__(self, installation, nodes, ledger, clients=16, shares=(70, 15, 15), timeout=20, pause=0.01, people=True, completed_at=None):
        self.installation, self.nodes, self.ledger = installation, nodes, ledger
        self.clients, self.shares, self.timeout, self.pause, self.people = clients, shares, timeout, pause, people
        self.completed_at = completed_at  # seconds since 1970, none: today
        self.run, self.next, self.lock = f"{random.randrange(1 << 48):x}", 0, threading.Lock()
        self.offers, self.revocable, self.withdrawn = [], [], set()
        self.unexpected, self.statuses, self.latencies, self.cut = [], {}, [], 0
        self.ended, self.threads = threading.Event(), []

    def start(self):
        self.ended.clear()
        self.threads = [threading.Thread(target=self._client) for _ in range(self.clients)]
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.ended.set()
        for thread in self.threads:
            thread.join()

    def offer(self, mail):
        """A mail sink's on_mail: its link will be used."""
        if mail.claim:
            self.offers.append(mail.claim)

    def _client(self):
        connections = {}
        while not self.ended.is_set():
            action = random.choices((self._complete, self._revoke, self._claim), self.shares)[0]
            try:
                action(connections)
            except Ended:
                return
            except Exception as error:  # pylint: disable=broad-except
                self.unexpected.append((action.__name__, "raised", repr(error)))
                return

    def _ask(self, connections, method, path, accepted, **more):
        """The first answer that is no refusal for the moment, and when it was asked for."""
        while not self.ended.is_set():
            node = random.choice(self.nodes)
            began = time.monotonic()
            try:
                if node.name not in connections:
                    connections[node.name] = node.connect(self.timeout)
                status, headers, text = node.exchange(method, path, connection=connections[node.name], **more)
            except NETWORK:
                connections.pop(node.name, None)
                with self.lock:
                    self.cut += not self.ended.is_set()
                time.sleep(0.01)
                continue
            with self.lock:
                self.statuses[status] = self.statuses.get(status, 0) + 1
                self.latencies.append((began, time.monotonic() - began))
            if status in (429, 503):
                if not headers.get("Retry-After"):
                    self.unexpected.append((path, status, "has no Retry-After"))
                time.sleep(self.pause)
                continue
            if status not in accepted:
                self.unexpected.append((path, status, text[:600]))
            return status, text, began
        raise Ended

    def _complete(self, connections):
        with self.lock:
            self.next += 1
            number = self.next
        own, activity = self.installation, self.installation.activity
        learner = own.learners[(number - random.choice((0, 0, 0, 1, 2, 5))) % len(own.learners)]
        if self.people and random.random() < 0.15:  # somebody whose awards follow from much evidence
            learner, activity = random.choice(own.demo_learners), random.choice(own.activities)
        body = completion(f"crash-{self.run}-{number}", learner, activity, self.completed_at)
        body, provider = json.dumps(body), activity["providerId"]
        status, text, _ = self._ask(connections, "POST", "/api/v1/completions", (201,), token=own.providers[provider], body=body)
        if status == 201:
            self.ledger.add("completion", provider=provider, body=body, status=status, answer=text.decode())
            if json.loads(text)["credentials"] and random.random() < 0.3:
                self.revocable.append(learner)

    def _revoke(self, connections):
        with self.lock:
            if not self.revocable:
                return
            learner = self.revocable.pop(random.randrange(len(self.revocable)))
        status, text, _ = self._ask(connections, "GET", f"/api/v1/credentials?learnerId={learner}&status=active", (200,),
                                    token=self.installation.admin)
        held = json.loads(text)["data"] if status == 200 else []
        if not held:
            return
        credential, key = held[0]["id"], str(uuid.uuid4())
        with self.lock:
            if credential in self.withdrawn:
                return
            self.withdrawn.add(credential)
        body = json.dumps({"reason": "holder-request"})
        status, text, _ = self._ask(connections, "POST", f"/api/v1/credentials/{credential}/revoke", (200,), token=self.installation.admin, body=body,
                                       headers={"Idempotency-Key": key})
        if status != 200:
            return
        told = time.monotonic()
        self.ledger.add("revocation", credential=credential, key=key, body=body, status=status, answer=text.decode())
        self._watch(connections, credential, told)

    def _watch(self, connections, credential, told):
        """The served list of whichever node answers must show the bit in time."""
        status, text, _ = self._ask(connections, "GET", f"/api/v1/credentials/{credential}", (200,), token=self.installation.admin)
        path, position = entry_of(json.loads(text)["credential"]) if status == 200 else (None, None)
        while path:
            status, text, asked = self._ask(connections, "GET", path, (200,))
            if status != 200 or is_set(json.loads(text), position):
                return
            if asked > told + VISIBLE_WITHIN:
                self.unexpected.append((path, "bit", f"{position} is not visible {asked - told:.1f} s after its revocation"))
                return
            time.sleep(0.05)

    def _claim(self, connections):
        with self.lock:
            if not self.offers:
                return
            link = self.offers.pop(random.randrange(len(self.offers)))
        status, text, _ = self._ask(connections, "GET", "/claim/" + link, (200, 303, 404), headers={"Accept": "text/html"})
        offered = set(OFFERED.findall(text.decode())) if status == 200 else set()
        for credential in offered:
            with self.lock:
                if credential in self.withdrawn or random.random() < 0.3:
                    continue
            form = urllib.parse.urlencode({"action": "claim", "visibility": "link", "language": "en", "credential": credential})
            status, _, _ = self._ask(connections, "POST", "/claim/" + link, (303, 409), body=form, headers={
                "Content-Type": "application/x-www-form-urlencoded", "Origin": "https://" + DOMAIN, "Sec-Fetch-Site": "same-origin", "Accept": "text/html"})
            if status == 303:
                self.ledger.add("claim", credential=credential)


class Ended(Exception):
    """The load was stopped while a request waited for its answer."""
