#!/usr/bin/env python3
"""The examples of deploy/proxy in front of a real demo: what comes through, who is counted, what is repeated."""
import datetime
import json
import pathlib
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import unittest

import proxied

program = pathlib.Path(sys.argv.pop(1)).resolve() if len(sys.argv) > 1 else None


class Dropper:
    """An upstream that reads a request and closes without an answer. It counts requests."""

    def __init__(self, certificate):
        self.requests = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(*certificate)
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
                with self.context.wrap_socket(connection, server_side=True) as secured:
                    secured.settimeout(5)
                    if request := secured.recv(65536):
                        self.requests.append(request.split(b" ", 1)[0].decode())
            except OSError:
                if self.listener.fileno() < 0:
                    return

    def close(self):
        # close() alone does not wake accept().
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(5)


class AnyProxy:
    """What holds behind each of them."""

    @classmethod
    def setUpClass(cls):
        cls.folder = proxied.scratch()
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.demo = proxied.Demo(program, cls.folder)
        cls.addClassCleanup(lambda: proxied.end(cls.demo.process))
        cls.front = cls.in_front("front", [f"127.0.0.1:{cls.demo.port}"])

    def ask(self, method, path, body=None, headers=None, source="127.0.0.1", port=None):
        return proxied.ask(port or self.front.port, self.demo.authority, method, path, body, headers, source)

    def verify(self, source, headers=None, port=None):
        known = {"Host": f"localhost:{self.demo.port}"} if port else {}
        return self.ask("POST", "/api/v1/verify", '{"input": "nothing"}', {"Content-Type": "application/json", **known, **(headers or {})},
                        source, port)[0]

    def exhaust(self, source, headers=None, port=None):
        statuses = [self.verify(source, headers, port) for _ in range(70)]
        self.assertNotIn(502, statuses)
        self.assertNotEqual(statuses[0], 429)
        self.assertEqual(statuses[-1], 429)

    def test_pages_and_documents_come_through_whole(self):
        for path in ("/", "/verify", "/privacy", "/openapi.json", "/issuers/nakhla/did.json"):
            status, body, headers = self.ask("GET", path)
            direct = proxied.ask(self.demo.port, self.demo.authority, "GET", path)
            self.assertEqual(status, 200, path)
            self.assertEqual(len(body), len(direct[1]), path)
            self.assertEqual(headers["content-security-policy"], direct[2]["content-security-policy"])

    def test_a_repeated_completion_gets_the_same_bytes(self):
        day = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT00:00:00Z")
        body = json.dumps({"externalId": "proxy-1", "learnerId": "lrn-015", "activityId": "act-102", "completedAt": day, "score": 86})
        headers = {"Content-Type": "application/json", "Authorization": "Bearer " + self.demo.tokens["provider"]["prv-qalam"]}

        first = self.ask("POST", "/api/v1/completions", body, headers)
        again = self.ask("POST", "/api/v1/completions", body, headers)

        self.assertEqual(first[0], 201, first[1])
        self.assertEqual(again[1], first[1])

    def test_a_client_is_counted_by_its_own_address_and_cannot_say_another(self):
        self.exhaust("127.0.0.2")
        self.assertNotEqual(self.verify("127.0.0.3"), 429)
        for header in ("X-Forwarded-For", "Forwarded", "X-Real-IP"):
            self.assertEqual(self.verify("127.0.0.2", {header: "198.51.100.9"}), 429, header)


@unittest.skipUnless(proxied.find_nginx(), "not run: there is no nginx here")
class Nginx(AnyProxy, unittest.TestCase):
    @classmethod
    def in_front(cls, name, upstreams):
        folder = cls.folder / name
        folder.mkdir()
        nginx = proxied.Nginx(folder, f"localhost:{cls.demo.port}", upstreams, cls.demo.authority, cls.demo.certificate())
        cls.addClassCleanup(lambda: proxied.end(nginx.process))
        return nginx

    def test_who_is_no_proxy_is_not_believed(self):
        self.exhaust("127.0.0.4", {"X-Forwarded-For": "198.51.100.10"}, self.demo.port)
        self.assertEqual(self.verify("127.0.0.4", {"X-Forwarded-For": "198.51.100.11"}, self.demo.port), 429)

    def test_two_readings_of_one_request_end_it(self):
        for section in (b"Content-Length: 4\r\nTransfer-Encoding: chunked", b"Content-Length: 4\r\nContent-Length: 5",
                        b"Transfer-Encoding: xchunked", b"Transfer-Encoding: gzip, chunked"):
            raw = (b"POST /api/v1/verify HTTP/1.1\r\nHost: localhost\r\n" + section +
                   b"\r\n\r\n0\r\n\r\nGET /issuers/nakhla/did.json HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            with socket.create_connection(("localhost", self.front.port), 10) as plain:
                with proxied.context_of(self.demo.authority).wrap_socket(plain, server_hostname="localhost") as secured:
                    secured.sendall(raw)
                    answers = b""
                    while part := secured.recv(65536):
                        answers += part
            self.assertRegex(answers, rb"^HTTP/1\.1 (400|501) ", section)
            self.assertNotIn(b"verificationMethod", answers, section)

    def test_paths_reach_the_service_as_they_were_written(self):
        for path in ("/c/%2e%2e/verify", "/c/..%2fverify", "//verify", "/verify%00"):
            direct = proxied.ask(self.demo.port, self.demo.authority, "GET", path)
            self.assertEqual(self.ask("GET", path)[0], direct[0], path)

    def test_a_body_beyond_every_limit_ends_at_the_proxy(self):
        status, _, _ = self.ask("POST", "/api/v1/verify/batch", b"x", {"Content-Type": "text/csv", "Content-Length": str(12 << 20)})
        self.assertEqual(status, 413)

    def test_claim_links_do_not_stand_in_the_log(self):
        self.ask("GET", "/claim/a-secret-of-the-test")
        self.assertNotIn("a-secret-of-the-test", self.front.access_log.read_text())

    def test_reading_is_repeated_at_another_node_and_posting_is_not(self):
        dropper = Dropper(self.demo.certificate())
        self.addCleanup(dropper.close)
        nginx = self.in_front("two", [f"127.0.0.1:{dropper.port}", f"127.0.0.1:{self.demo.port}"])

        read = [self.ask("GET", "/healthz", port=nginx.port)[0] for _ in range(2)]
        reads = dropper.requests.count("GET")
        posted = sorted(self.ask("POST", "/api/v1/verify", '{"input": "nothing"}', {"Content-Type": "application/json"}, "127.0.0.5", nginx.port)[0]
                        for _ in range(2))

        self.assertEqual(read, [200, 200])
        self.assertGreaterEqual(reads, 1)
        self.assertEqual(dropper.requests.count("POST"), 1)
        self.assertEqual(posted[-1], 502)
        self.assertLess(posted[0], 500)

    def test_another_certificate_than_the_services_is_not_talked_to(self):
        key, certificate = self.folder / "other.key", self.folder / "other.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                        "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate], check=True, capture_output=True)
        stranger = Dropper((certificate, key))
        self.addCleanup(stranger.close)
        nginx = self.in_front("stranger", [f"127.0.0.1:{stranger.port}"])

        self.assertEqual(self.ask("GET", "/healthz", port=nginx.port)[0], 502)
        self.assertEqual(stranger.requests, [])


@unittest.skipUnless(shutil.which("caddy"), "not run: there is no caddy here")
class Caddy(AnyProxy, unittest.TestCase):
    @classmethod
    def in_front(cls, name, upstreams):
        folder = cls.folder / name
        folder.mkdir()
        caddy = proxied.Caddy(folder, f"localhost:{cls.demo.port}", upstreams[0], cls.demo.authority, cls.demo.certificate())
        cls.addClassCleanup(lambda: proxied.end(caddy.process))
        return caddy


if __name__ == "__main__":
    unittest.main(verbosity=2)
