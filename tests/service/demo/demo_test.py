#!/usr/bin/env python3
"""The demo over real HTTPS: the lines it prints work as printed, a programme without completions is fed all of them and
holds the badges that its rules give, and an erased person is in no file."""
import base64
import collections
import http.client
import json
import pathlib
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse

program = pathlib.Path(sys.argv.pop(1)).resolve() if len(sys.argv) > 1 else None
starter = pathlib.Path(__file__).resolve().parents[3] / "service/demo/programme"
record_day = "2026-11-01"


class Demo:
    def __init__(self, port, *options):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="itqan-demo-"))
        self.data, self.log, self.port = self.folder / "data", self.folder / "log", port
        with self.log.open("wb") as log:
            self.process = subprocess.Popen([program, "demo", "--data", self.data, "--listen", f"127.0.0.1:{port}", *options],
                                            stdout=log, stderr=subprocess.STDOUT)
        end = time.monotonic() + 60
        while "Ctrl-C" not in self.said():
            if self.process.poll() is not None or time.monotonic() > end:
                raise AssertionError("the demo did not start: " + self.said())
            time.sleep(0.05)
        self.facts = json.loads((self.data / "demo.json").read_text())
        context = ssl.create_default_context(cafile=self.facts["caCertificate"])
        self.connection = http.client.HTTPSConnection("localhost", port, context=context, timeout=30)

    def said(self):
        return self.log.read_text() if self.log.exists() else ""

    def request(self, method, path, token=None, body=None, headers=None):
        headers = {"Accept": "application/json", **(headers or {})}
        if token:
            headers["Authorization"] = "Bearer " + token
        if body is not None and "Content-Type" not in headers:
            headers["Content-Type"] = "application/json"
            body = json.dumps(body)
        self.connection.request(method, path, body=body, headers=headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read(), answer.headers

    def credentials(self):
        found, cursor = [], ""
        while cursor is not None:
            status, body, _ = self.request("GET", "/api/v1/credentials?limit=500" + (f"&cursor={cursor}" if cursor else ""), self.facts["tokens"]["admin"])
            assert status == 200, body
            page = json.loads(body)
            found += page["data"]
            cursor = page["nextCursor"] or None
        return found

    def end(self):
        self.connection.close()
        self.process.terminate()
        self.process.wait(20)
        shutil.rmtree(self.folder)


def until(found, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if (value := found()):
            return value
        time.sleep(0.1)
    raise AssertionError("waited in vain")


class Newcomer(unittest.TestCase):
    def setUp(self):
        self.demo = Demo(18475)
        self.addCleanup(self.demo.end)

    def test_the_printed_lines_work_as_printed(self):
        lines = re.findall(r"^    (curl .*?)\n\n", self.demo.said(), re.M | re.S)
        self.assertEqual(len(lines), 3)
        answers = []
        for line in lines:
            done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, timeout=30)
            self.assertEqual(done.returncode, 0, line)
            answers.append(json.loads(done.stdout))
        self.assertEqual(answers[0]["id"], f"did:web:localhost%3A{self.demo.port}:issuers:nakhla")
        self.assertEqual(len(answers[1]["data"]), 13)
        self.assertEqual(answers[2]["externalId"], "curl-1")

    def test_an_erased_person_is_in_no_file(self):
        demo, tokens = self.demo, self.demo.facts["tokens"]
        learner = next(each for each in json.loads((starter / "learners.json").read_text()) if each["id"] == "lrn-015")
        completion = {"externalId": "last", "learnerId": "lrn-015", "activityId": "act-102", "score": 86,
                      "completedAt": time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime())}
        self.assertEqual(demo.request("POST", "/api/v1/completions", tokens["provider"]["prv-qalam"], completion)[0], 201)
        mail = until(lambda: next(iter((demo.data / "mail").glob("*.eml")), None))
        page = demo.request("GET", "/demo/mail/" + mail.name, headers={"Accept": "text/html"})[1].decode()
        link = re.search(r"/claim/[A-Za-z0-9_-]+", page).group(0)
        offered = [each["id"] for each in demo.credentials() if each["learnerId"] == "lrn-015" and each["claimState"] == "offered"]
        form = urllib.parse.urlencode([("action", "claim"), ("visibility", "public"), ("show_name", "yes"), ("language", "ar")]
                                      + [("credential", each) for each in offered])
        status, _, headers = demo.request("POST", link, body=form, headers={
            "Content-Type": "application/x-www-form-urlencoded", "Origin": demo.facts["baseUrl"], "Sec-Fetch-Site": "same-origin"})
        self.assertEqual(status, 303)
        claimed = json.loads(demo.request("GET", "/api/v1/credentials/" + offered[0], tokens["admin"])[1])
        self.assertIn(learner["name_ar"], json.dumps(claimed["credential"], ensure_ascii=False))

        forms = self.forms_of([learner["name"], learner["name_ar"], learner["email"]])
        before = self.every_byte()
        for name in (learner["name"], learner["email"], learner["name_ar"]):
            self.assertIn(name.encode(), before)
        done = subprocess.run([program, "erase", "lrn-015", "--data", demo.data], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)

        left = self.every_byte()
        for name, bytes_ in forms:
            self.assertNotIn(bytes_, left, name)
        self.assertEqual(demo.request("GET", "/credentials/" + offered[0], headers={"Accept": "text/html"})[0], 410)

    def test_a_receipt_verifies_by_the_installation_by_a_bundle_and_alone_and_holds_nobody(self):
        demo, folder = self.demo, self.demo.folder
        learners = {each["id"]: each for each in json.loads((starter / "learners.json").read_text())}
        credential = next(each for each in demo.credentials() if each["learnerId"] in learners)
        badge = json.loads(demo.request("GET", "/api/v1/credentials/" + credential["id"], demo.facts["tokens"]["admin"])[1])["credential"]
        learner = learners[credential["learnerId"]]
        status, body, _ = demo.request("POST", "/api/v1/verify", body={"input": json.dumps(badge), "recipient": learner["email"], "receipt": True})
        self.assertEqual(status, 200, body)
        receipt = json.loads(body)["receipt"]
        text = json.dumps(receipt, ensure_ascii=False)
        for personal in (learner["email"], learner["name"], learner["name_ar"], learner["id"], badge["id"], badge["id"].rpartition("/")[2],
                         badge["credentialSubject"]["id"]):
            self.assertNotIn(personal, text)
        did = json.loads(demo.request("GET", "/.well-known/did.json")[1])
        self.assertEqual(did["assertionMethod"], [receipt["proof"]["verificationMethod"]])

        path, bundle = folder / "receipt.json", folder / "bundle.json"
        path.write_text(text)
        subprocess.run([program, "bundle", bundle, "--data", demo.data], check=True, capture_output=True, timeout=60)
        verify = lambda *options: subprocess.run([program, "verify", path, "--json", *options], capture_output=True, text=True, timeout=60)
        for options, code, word in (([ "--data", demo.data], 0, "genuine"), (["--offline", bundle], 0, "genuine"),
                                    (["--data", folder / "nowhere"], 3, "self-asserted")):
            done = verify(*options)
            judged = json.loads(done.stdout)["receipt"]
            self.assertEqual((done.returncode, judged["code"]), (code, word), done.stderr)
            self.assertEqual(judged["attests"]["verdict"], receipt["verdict"])
        words = subprocess.run([program, "verify", path, "--data", demo.data], capture_output=True, text=True, timeout=60).stdout
        self.assertIn("statement of the past", words)
        self.assertIn(receipt["credential"]["sha256"], words)

        at = text.index(receipt["credential"]["sha256"])
        path.write_text(text[:at] + ("0" if text[at] != "0" else "1") + text[at + 1:])
        for options in (["--data", demo.data], ["--offline", bundle], ["--data", folder / "nowhere"]):
            self.assertEqual(verify(*options).returncode, 1)

        path.write_text(text)
        rotated = lambda command, *more: subprocess.run([program, "key", command, *more, "--json", "--data", demo.data], check=True, capture_output=True, timeout=60)
        rotated("rotate", "--issuer", "installation/receipts")
        self.assertEqual(verify("--data", demo.data).returncode, 0)
        rotated("revoke", receipt["proof"]["verificationMethod"].partition("#")[2])
        self.assertEqual(json.loads(verify("--data", demo.data).stdout)["receipt"]["code"], "key-revoked")
        newer = json.loads(demo.request("POST", "/api/v1/verify", body={"input": json.dumps(badge), "receipt": True})[1])["receipt"]
        self.assertNotEqual(newer["issuerKey"], receipt["issuerKey"])

    def every_byte(self):
        """Database, log of changes, spool, everything the server said; not the programme's own files, which are no data."""
        return b"\0".join(path.read_bytes() for path in self.demo.folder.rglob("*") if path.is_file())

    @staticmethod
    def forms_of(texts):
        """A text as files may hold it: plain, escaped in JSON, and in base64 at each of its three offsets."""
        forms = []
        for text in texts:
            plain = text.encode()
            forms += [(text, plain), (text + " in JSON", json.dumps(text)[1:-1].encode())]
            for shift in range(3):
                core = base64.b64encode(b"\0" * shift + plain)[(0, 2, 3)[shift]:-4]
                forms += [(f"{text} in base64", core), (f"{text} in base64url", core.translate(bytes.maketrans(b"+/", b"-_")))]
        return forms


class Programme(unittest.TestCase):
    """The completions one by one in the order of the file give each satisfied rule exactly one credential."""

    def test_completions_fed_one_by_one_give_each_satisfied_rule_one_credential(self):
        with tempfile.TemporaryDirectory(prefix="itqan-programme-") as folder:
            programme = pathlib.Path(folder) / "programme"
            shutil.copytree(starter, programme)
            (programme / "completions.json").unlink()
            demo = Demo(18476, "--as-of", record_day, "--programme", str(programme))
            self.addCleanup(demo.end)
            completions = [each for each in json.loads((starter / "completions.json").read_text()) if each["status"] != "rejected"]
            self.assertEqual(len(completions), 434)

            first = [self.post(demo, each) for each in completions]
            held = self.held(demo)
            again = [self.post(demo, each) for each in completions]

            self.assertEqual({status for status, _ in first}, {201})
            self.assertEqual(first, again)
            self.assertEqual(set(held.values()), {1})
            self.assertEqual(len(held), 59)
            self.assertIn(("lrn-005", "ach-06"), held)
            self.assertEqual(self.held(demo), held)
            self.assertEqual(set(held), self.satisfied(demo))

    @staticmethod
    def post(demo, completion):
        body = {("externalId" if name == "id" else name): value for name, value in completion.items()
                if name not in ("providerId", "idempotencyKey")}
        return demo.request("POST", "/api/v1/completions", demo.facts["tokens"]["provider"][completion["providerId"]], body)[:2]

    @staticmethod
    def held(demo):
        return collections.Counter((each["learnerId"], each["achievementId"]) for each in demo.credentials())

    @staticmethod
    def satisfied(demo):
        pairs = set()
        for learner in json.loads((starter / "learners.json").read_text()):
            body = demo.request("GET", f"/api/v1/learners/{learner['id']}/evaluations", demo.facts["tokens"]["admin"])[1]
            pairs |= {(learner["id"], each["achievementId"]) for each in json.loads(body)["data"] if each["outcome"] == "satisfied"}
        return pairs


if __name__ == "__main__":
    unittest.main()
