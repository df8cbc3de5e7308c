"""Single requests to a service that is being hurt, each written to the ledger when it was acknowledged."""
import json
import pathlib
import sys
import uuid

TESTS = pathlib.Path(__file__).parents[1]
sys.path[:0] = [str(TESTS / "crash"), str(TESTS / "support")]

from checker import Checker  # noqa: E402,F401
from ledger import Ledger  # noqa: E402,F401
from load import Load, completion  # noqa: E402,F401
from server import NETWORK, Installation, Node, knows_postgres  # noqa: E402,F401
from sink import MailSink, free_port  # noqa: E402,F401


class Acts:
    """Issues and revokes at a node. Each answer is (status, text); status 0: the connection ended without one."""

    def __init__(self, installation, ledger):
        self.installation, self.ledger, self.issued = installation, ledger, 0
        self.provider = installation.activity["providerId"]

    def new_completion(self):
        """The body of one that issues a credential to somebody who holds none."""
        learner = self.installation.learners[self.issued]
        self.issued += 1
        return json.dumps(completion(f"fault-{self.issued}", learner, self.installation.activity))

    def send(self, node, path, token, body, headers=None, timeout=20):
        """Status, headers and text. A refusal must be one that clients can act on: what is wrong with it is an exception."""
        try:
            status, got, text = node.exchange("POST", path, token, body, headers=headers, timeout=timeout)
        except NETWORK:
            return 0, {}, ""
        text = text.decode()
        if status >= 500:
            if status not in (503, 507) or got.get("Content-Type") != "application/problem+json" or not json.loads(text).get("detail"):
                raise Broken(f"{path} was refused with {status}: {text[:300]}")
            if status == 503 and not got.get("Retry-After"):
                raise Broken(f"{path} was refused without Retry-After")
        return status, got, text

    def issue(self, node, body=None, timeout=20):
        body = body or self.new_completion()
        status, _, text = self.send(node, "/api/v1/completions", self.installation.providers[self.provider], body, timeout=timeout)
        if status == 201:
            self.ledger.add("completion", provider=self.provider, body=body, status=status, answer=text)
            if not json.loads(text)["credentials"]:
                raise Broken(f"nothing was issued for {body}: {text}")
        return status, text

    def credential(self, node, learner):
        """The newest credential of a learner, by the API."""
        status, text = node.request("GET", f"/api/v1/credentials?learnerId={learner}", self.installation.admin)
        if status != 200:
            raise Broken(f"the credentials of {learner} are answered with {status}")
        return json.loads(text)["data"][-1]["id"]

    def revoke(self, node, credential, key=None, timeout=20):
        body, key = json.dumps({"reason": "holder-request"}), key or str(uuid.uuid4())
        status, _, text = self.send(node, f"/api/v1/credentials/{credential}/revoke", self.installation.admin, body, {"Idempotency-Key": key}, timeout)
        if status == 200:
            self.ledger.add("revocation", credential=credential, key=key, body=body, status=status, answer=text)
        return status, text


class Broken(Exception):
    """A promise that was not kept, in words."""
