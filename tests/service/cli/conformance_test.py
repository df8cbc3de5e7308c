#!/usr/bin/env python3
"""`itqan conformance` over real HTTPS: what it prints is what a suite needs, its keys are kept where a folder is named, and it
leaves nothing behind where none is."""
import http.client
import json
import os
import pathlib
import shutil
import ssl
import subprocess
import sys
import tempfile
import time
import unittest

program = pathlib.Path(sys.argv.pop(1)).resolve() if len(sys.argv) > 1 else None
port = 18482


class Server:
    def __init__(self, *options, temporary):
        self.log = pathlib.Path(temporary) / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen([program, "conformance", "--listen", f"127.0.0.1:{port}", *options], stdout=log,
                                            stderr=subprocess.STDOUT, env={**os.environ, "TMPDIR": str(temporary)})
        end = time.monotonic() + 60
        while not self.said().rstrip().endswith(("Ctrl-C ends it.", "}")):
            if self.process.poll() is not None or time.monotonic() > end:
                raise AssertionError("the server did not start: " + self.said())
            time.sleep(0.05)

    def said(self):
        return self.log.read_text() if self.log.exists() else ""

    def request(self, facts, method, path, body=None):
        context = ssl.create_default_context(cafile=facts["caCertificate"])
        connection = http.client.HTTPSConnection("localhost", port, context=context, timeout=30)
        try:
            connection.request(method, path, body=json.dumps(body) if body is not None else None, headers={"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def end(self):
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(20)


class Conformance(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="itqan-conformance-test-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def start(self, *options):
        server = Server(*options, temporary=self.folder)
        self.addCleanup(server.end)
        return server

    def test_every_issuer_it_prints_issues_without_a_token_what_its_verifier_believes(self):
        server = self.start("--json")
        facts = json.loads(server.said())
        implementation = facts["implementation"]
        self.assertEqual(len(implementation["issuers"]), 9)
        for issuer in implementation["issuers"]:
            self.assertTrue(issuer["id"].startswith("did:key:z"))
            path = issuer["endpoint"].removeprefix(facts["baseUrl"])
            credential = {"@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiableCredential"], "issuer": issuer["id"],
                          "credentialSubject": {"id": "did:example:subject", "name": "Layla"}}
            status, answer = server.request(facts, "POST", path, {"credential": credential, "options": {}})
            self.assertEqual(status, 201, answer)
            issued = answer["verifiableCredential"]
            if issuer["tags"] == ["ecdsa-sd-2023"]:
                status, answer = server.request(facts, "POST", "/vc-api/credentials/derive", {
                    "verifiableCredential": issued, "options": {"selectivePointers": ["/credentialSubject/name"]}})
                self.assertEqual(status, 201, answer)
                issued = answer["verifiableCredential"]
            status, answer = server.request(facts, "POST", "/vc-api/credentials/verify", {"verifiableCredential": issued})
            self.assertEqual((status, answer.get("verified")), (200, True), answer)
            if issuer["tags"] == ["BitstringStatusList"]:
                status, answer = server.request(facts, "GET", issued["credentialStatus"]["statusListCredential"].removeprefix(facts["baseUrl"]))
                self.assertEqual(status, 200)
                self.assertEqual(answer["issuer"], issuer["id"])

    def test_more_than_a_stranger_may_ask_is_answered_on_this_machine(self):
        server = self.start("--json")
        facts = json.loads(server.said())
        statuses = {server.request(facts, "POST", "/vc-api/credentials/verify", {})[0] for _ in range(90)}
        self.assertEqual(statuses, {400})

    def test_without_a_folder_nothing_is_left_behind(self):
        server = self.start()
        self.assertEqual(len(list(self.folder.glob("itqan-conformance-*"))), 1)
        self.assertIn("module.exports = {", server.said())
        self.assertEqual(server.end(), 0)
        self.assertEqual(list(self.folder.glob("itqan-conformance-*")), [])

    def test_a_named_folder_keeps_its_keys_and_production_refuses_it(self):
        data = self.folder / "data"
        first = self.start("--data", str(data), "--json")
        before = json.loads(first.said())["issuers"]
        first.end()
        second = self.start("--data", str(data), "--json")
        self.assertEqual(json.loads(second.said())["issuers"], before)
        second.end()
        done = subprocess.run([program, "serve", "--data", str(data)], capture_output=True, text=True, timeout=30)
        self.assertEqual(done.returncode, 1)
        self.assertIn("(demo-installation)", done.stderr)

    def test_it_refuses_a_real_installation_and_other_addresses_than_loopback(self):
        data = self.folder / "data"
        subprocess.run([program, "init", "--data", str(data), "--domain", "badges.example.org"], capture_output=True, check=True, timeout=60)
        for code, options in (("not-a-demo", ["--data", str(data)]), ("conformance-exposed", ["--listen", "0.0.0.0:18483"])):
            done = subprocess.run([program, "conformance", *options], capture_output=True, text=True, timeout=30)
            self.assertEqual(done.returncode, 1)
            self.assertIn(f"({code})", done.stderr)


if __name__ == "__main__":
    unittest.main()
