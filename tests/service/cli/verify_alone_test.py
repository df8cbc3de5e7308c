#!/usr/bin/env python3
"""`itqan verify` on a machine without an installation: it asks the issuer, here a demo on this machine with its own
authority, and nobody with --no-fetch."""
import http.server
import json
import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.request

program = pathlib.Path(sys.argv.pop(1)).resolve() if len(sys.argv) > 1 else None


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class VerifyAlone(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="itqan-alone-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.data, cls.port = cls.folder / "data", free_port()
        cls.demo = subprocess.Popen([program, "demo", "--quiet", "--data", cls.data, "--listen", f"127.0.0.1:{cls.port}"],
                                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        cls.addClassCleanup(cls.demo.wait)
        cls.addClassCleanup(cls.demo.terminate)
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", cls.port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        issued = subprocess.run([program, "issue", "--achievement", "ach-01", "--learner", "lrn-030", "--json", "--data", cls.data],
                                capture_output=True, text=True, check=True)
        cls.badge = json.loads(issued.stdout)
        cls.file = cls.folder / "badge.json"
        cls.file.write_text(json.dumps(cls.badge["credential"]))

    def verify(self, *arguments, **environment):
        allowed = {"ITQAN_OUTBOUND_ALLOW": f"localhost:{self.port}", "ITQAN_OUTBOUND_ALLOW_PRIVATE": "127.0.0.0/8,::1/128",
                   "ITQAN_OUTBOUND_CA_FILE": str(self.data / "tls/demo-authority.pem"), "PATH": os.environ["PATH"]}
        return subprocess.run([program, "verify", *arguments, "--json", "--data", self.folder / "nowhere"], capture_output=True,
                              text=True, timeout=60, env={**allowed, **environment})

    def test_a_file_from_elsewhere_is_judged_by_what_its_issuer_shows(self):
        done = self.verify(self.file)
        report = json.loads(done.stdout)
        self.assertEqual((done.returncode, report["verdict"]), (0, "valid"), done.stdout)
        self.assertEqual(report["exceptions"], [f"allow localhost:{self.port}", "allow_private localhost"])
        self.assertFalse((self.folder / "nowhere").exists())

    def test_a_receipt_is_judged_by_the_key_that_its_issuer_shows(self):
        request = urllib.request.Request(f"https://localhost:{self.port}/api/v1/verify", json.dumps(
            {"input": self.file.read_text(), "receipt": True}).encode(), {"Content-Type": "application/json"})
        context = ssl.create_default_context(cafile=str(self.data / "tls/demo-authority.pem"))
        with urllib.request.urlopen(request, context=context, timeout=30) as answer:
            receipt = json.load(answer)["receipt"]
        file = self.folder / "receipt.json"
        file.write_text(receipt if isinstance(receipt, str) else json.dumps(receipt))
        done = self.verify(file)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        alone = self.verify(file, "--no-fetch")
        self.assertEqual(alone.returncode, 3, alone.stdout + alone.stderr)

    def test_with_no_fetch_nobody_is_asked(self):
        done = self.verify(self.file, "--no-fetch")
        self.assertEqual((done.returncode, json.loads(done.stdout)["verdict"]), (3, "unchecked"), done.stdout)
        self.assertIn("no way out", done.stdout)
        link = self.verify(f"https://localhost:{self.port}/credentials/{self.badge['id']}.jwt", "--no-fetch")
        self.assertEqual(link.returncode, 2)
        self.assertIn("not-reached", link.stderr)

    def test_a_link_to_any_host_is_judged_with_what_the_issuer_shows(self):
        badge = self.file.read_bytes()

        class Host(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(302 if self.path == "/moved" else 200)
                if self.path == "/moved":
                    self.send_header("Location", "/badge")
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(badge)))
                self.end_headers()
                self.wfile.write(badge)

            def log_message(self, *_):
                pass

        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Host) as host:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.data / "tls/certificate.pem", self.data / "tls/certificate-key.pem")
            host.socket = context.wrap_socket(host.socket, server_side=True)
            threading.Thread(target=host.serve_forever, daemon=True).start()
            port = host.server_address[1]
            for path in ("/badge", "/moved"):
                done = self.verify(f"https://localhost:{port}{path}",
                                   ITQAN_OUTBOUND_ALLOW=f"localhost:{self.port},localhost:{port}")
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                report = json.loads(done.stdout)
                self.assertEqual(report["verdict"], "valid")
                self.assertIn(f"allow localhost:{port}", report["exceptions"])
            host.shutdown()

    def test_a_link_is_followed_and_says_why_it_cannot_be(self):
        link = f"https://localhost:{self.port}/credentials/{self.badge['id']}.jwt"
        done = self.verify(link)
        self.assertEqual(done.returncode, 2, done.stdout)  # Its holder shows it to nobody yet.
        self.assertIn("status 4", done.stderr)
        for address, why in (("https://127.0.0.1/x", "not asked"), ("https://localhost/x", "inside a network"),
                             (f"https://localhost:{self.port + 1}/?secret", "inside a network")):
            refused = self.verify(address)
            self.assertEqual(refused.returncode, 2)
            self.assertIn("not-reached", refused.stderr)
            self.assertIn(why, refused.stderr)
            self.assertNotIn("secret", refused.stderr)

    def test_the_guard_holds_without_exceptions_and_a_proxy_is_used(self):
        inner = self.verify(self.file, ITQAN_OUTBOUND_ALLOW_PRIVATE="10.0.0.0/8")
        self.assertEqual(inner.returncode, 3)
        self.assertIn("not public", inner.stdout)
        dead = self.verify(self.file, ITQAN_OUTBOUND_PROXY=f"http://127.0.0.1:{free_port()}")
        self.assertEqual(dead.returncode, 3)
        self.assertIn("the proxy of this service", dead.stdout)
        wrong = self.verify(self.file, ITQAN_OUTBOUND_PROXY="proxy.example:3128")
        self.assertEqual(wrong.returncode, 2)
        self.assertIn("http://proxy.example:3128", wrong.stderr)


if __name__ == "__main__":
    unittest.main()
