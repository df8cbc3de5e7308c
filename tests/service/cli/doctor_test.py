#!/usr/bin/env python3
"""itqan doctor: a sound folder, and folders that are broken for real, one fault each. And what a running service says of
itself: /readyz, its log, its traces."""
import contextlib
import http.client
import json
import os
import pathlib
import shutil
import socket
import socketserver
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest

program = pathlib.Path(sys.argv.pop(1)).resolve() if len(sys.argv) > 1 else None
starter = pathlib.Path(__file__).resolve().parents[3] / "service/demo/programme"


def run(*arguments, data, env=None):
    return subprocess.run([program, *arguments, "--data", str(data)], capture_output=True, text=True, timeout=120,
                          env={**os.environ, **(env or {})})


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Certificates:
    """Made with openssl: valid for `days`, or with an end that is past."""

    def __init__(self, folder):
        self.folder = folder

    def make(self, name, host, days=365, ended=False):
        key, certificate = self.folder / f"{name}.key", self.folder / f"{name}.pem"
        request = ["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key,
                   "-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}"]
        if not ended:
            self.openssl(*request, "-x509", "-days", str(days), "-out", certificate)
        else:
            ca = self.folder / f"{name}-ca"
            ca.mkdir()
            (ca / "index").write_text("")
            (ca / "serial").write_text("01\n")
            config = ca / "config"
            config.write_text(f"[ca]\ndefault_ca=d\n[d]\ndatabase={ca}/index\nserial={ca}/serial\nnew_certs_dir={ca}\n"
                              "default_md=sha256\npolicy=p\ncopy_extensions=copy\nunique_subject=no\n[p]\ncommonName=supplied\n")
            self.openssl(*request, "-out", ca / "request")
            self.openssl("openssl", "ca", "-batch", "-selfsign", "-notext", "-config", config, "-keyfile", key, "-in", ca / "request",
                         "-startdate", "20200101000000Z", "-enddate", "20200201000000Z", "-out", certificate)
        key.chmod(0o600)
        return {"ITQAN_TLS_CERTIFICATE": str(certificate), "ITQAN_TLS_KEY": str(key)}

    @staticmethod
    def openssl(*command):
        subprocess.run(command, check=True, capture_output=True, timeout=60)


class MailServer(socketserver.ThreadingTCPServer):
    """Speaks as much SMTP as a greeting needs; without TLS."""
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, login="235 welcome"):
        self.lines = []
        super().__init__(("127.0.0.1", 0), self.Talk)
        self.login = login
        threading.Thread(target=self.serve_forever, daemon=True).start()

    class Talk(socketserver.StreamRequestHandler):
        def handle(self):
            self.say("220 mail.test ready")
            for raw in self.rfile:
                line = raw.decode().strip()
                self.server.lines.append(line)
                verb = line.split(" ")[0].upper()
                if verb == "EHLO":
                    self.say("250-mail.test\r\n250 AUTH PLAIN")
                elif verb == "AUTH":
                    if line.upper() == "AUTH PLAIN":
                        self.say("334 ")
                        self.rfile.readline()
                    self.say(self.server.login)
                elif verb == "QUIT":
                    return self.say("221 bye")
                else:
                    self.say("250 ok")

        def say(self, line):
            self.wfile.write((line + "\r\n").encode())


class Doctor(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="itqan-doctor-"))
        cls.certificates = Certificates(cls.folder)
        cls.sound = cls.folder / "sound"
        for command in (["init", "--domain", "badges.example.org"], ["import", str(starter)]):
            done = run(*command, data=cls.sound)
            assert done.returncode == 0, done.stderr
        cls.env = cls.certificates.make("good", "badges.example.org")
        note = {"time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "path": "/backups/a"}
        (cls.sound / "backup.json").write_text(json.dumps(note))

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def copy(self):
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.folder)) / "data"
        shutil.copytree(self.sound, folder)
        return folder

    def ask(self, data, *flags, env=None, offline=True, code=None):
        done = run("doctor", "--json", *(["--offline"] if offline else []), *flags, data=data, env={**self.env, **(env or {})})
        told = json.loads(done.stdout)
        self.assertEqual(done.returncode, 1 if told["status"] == "failed" else 0, done.stdout + done.stderr)
        if code is not None:
            self.assertEqual(done.returncode, code, done.stdout)
        return {check["name"]: check for check in told["checks"]}

    def broken(self, data, name, status, words, **more):
        check = self.ask(data, **more)[name]
        self.assertEqual(check["status"], status, check)
        self.assertRegex(check["detail"], words)
        self.assertTrue(check.get("do"), check)
        return check

    def test_a_sound_folder_has_nothing_that_failed(self):
        before = sorted((path, path.stat().st_size) for path in self.sound.rglob("*.pem"))
        checks = self.ask(self.sound, code=0)

        for name in ("configuration", "modes", "database", "migrations", "keys", "events", "outbox", "backup"):
            self.assertEqual(checks[name]["status"], "ok", checks[name])
            self.assertNotIn("do", checks[name])
        self.assertEqual(checks["tls"]["status"], "warning", "its authority is known to nobody")
        self.assertEqual({checks[name]["status"] for name in ("dns", "did.json")}, {"skipped"})
        self.assertEqual(sorted((path, path.stat().st_size) for path in self.sound.rglob("*.pem")), before)
        text = run("doctor", "--offline", data=self.sound, env=self.env)
        self.assertEqual(text.returncode, 0)
        self.assertEqual(len([line for line in text.stdout.splitlines() if " do: " not in line]), len(checks))

    def test_a_configuration_that_cannot_be_read_is_the_one_finding(self):
        data = self.copy()
        (data / "itqan.toml").write_text('domain = "badges.example.org"\nlisten_on = 7\n')
        self.broken(data, "configuration", "failed", "listen_on")

    def test_files_that_others_may_use(self):
        data = self.copy()
        (data / "keys" / "kek").chmod(0o640)
        check = self.broken(data, "modes", "failed", "keys/kek")
        subprocess.run(check["do"].split(), check=True)
        self.assertEqual(self.ask(data)["modes"]["status"], "ok", "the command that it gave mends it")

    def test_certificates_that_ended_end_soon_are_anothers_or_have_another_key(self):
        make = self.certificates.make
        self.broken(self.sound, "tls", "failed", "ended at 2020-02-01", env=make("ended", "badges.example.org", ended=True))
        soon = self.broken(self.sound, "tls", "warning", "ends in [4-5] days", env=make("soon", "badges.example.org", days=5))
        self.assertIn("reload", soon["do"])
        other = make("other", "elsewhere.example.org")
        self.broken(self.sound, "tls", "failed", "for elsewhere.example.org and not for badges.example.org", env=other)
        mixed = {"ITQAN_TLS_CERTIFICATE": self.env["ITQAN_TLS_CERTIFICATE"], "ITQAN_TLS_KEY": other["ITQAN_TLS_KEY"]}
        self.broken(self.sound, "tls", "failed", "not the key of", env=mixed)
        self.broken(self.sound, "tls", "failed", "cannot be read", env={**self.env, "ITQAN_TLS_CERTIFICATE": "/nowhere.pem"})

    def test_a_damaged_database(self):
        data = self.copy()
        for leftover in data.glob("itqan.db-*"):
            leftover.unlink()
        with open(data / "itqan.db", "r+b") as file:
            file.seek(4096 * 3)
            file.write(b"\xff" * 4096 * 20)
        checks = self.ask(data, code=1)
        self.assertEqual(checks["database"]["status"], "failed")
        self.assertIn("restore", checks["database"]["do"])

    def test_a_folder_without_database_or_key(self):
        data = self.copy()
        (data / "keys" / "kek").unlink()
        check = self.broken(data, "keys", "failed", "There is no .*kek")
        self.assertFalse((data / "keys" / "kek").exists(), "looking makes none")
        self.assertIn("Put your copy", check["do"])
        (data / "keys" / "kek").write_bytes(os.urandom(32))
        (data / "keys" / "kek").chmod(0o600)
        self.broken(data, "keys", "failed", "issuer|installation")
        (data / "itqan.db").unlink()
        self.broken(data, "database", "failed", "There is no")
        self.assertFalse((data / "itqan.db").exists())

    def test_an_old_backup_and_none(self):
        data = self.copy()
        (data / "backup.json").write_text('{"time": "2020-01-01T00:00:00Z", "path": "/a"}')
        self.broken(data, "backup", "warning", "2020-01-01")
        (data / "backup.json").unlink()
        self.assertIn("kek", self.broken(data, "backup", "warning", "No backup")["do"])

    def test_mails_that_were_given_up_and_a_clock_behind_the_events(self):
        data = self.copy()
        with contextlib.closing(sqlite3.connect(data / "itqan.db")) as db, db:
            db.execute("INSERT INTO outbox (id, kind, data, state, attempts, due_at, created_at) VALUES ('o', 'mail.claim', '{}', 'parked', 9, 1, 1)")
            later = int(time.time() * 1000) + 86_400_000
            db.execute("INSERT INTO event SELECT max(seq) + 1, ?, ?, 'system', 'programme.changed', '', NULL, '{}' FROM event", (later, later))
        self.broken(data, "outbox", "warning", "1 were given up")
        self.broken(data, "events", "failed", "in the future of this clock")

    def test_the_mail_server_is_greeted_and_no_mail_is_sent(self):
        with MailServer() as server:
            env = {"ITQAN_MAIL_HOST": "127.0.0.1", "ITQAN_MAIL_PORT": str(server.server_address[1]), "ITQAN_MAIL_SECURITY": "none",
                   "ITQAN_MAIL_USER": "u", "ITQAN_MAIL_PASSWORD_FILE": str(self.folder / "password"), "ITQAN_MAIL_SENDER": "badges@example.org"}
            (self.folder / "password").write_text("canary-password\n")
            check = self.ask(self.sound, env=env, offline=False)["smtp"]
            self.assertEqual(check["status"], "ok", check)
            self.assertTrue(any(line.startswith("AUTH") for line in server.lines), server.lines)
            self.assertFalse(any(line.startswith(("MAIL", "RCPT", "DATA")) for line in server.lines), server.lines)
            server.login = "535 no"
            refused = self.broken(self.sound, "smtp", "failed", "smtp-login", env=env, offline=False)
            self.assertIn("password_file", refused["do"])
            self.assertNotIn("canary", json.dumps(refused))
            demanded = self.broken(self.sound, "smtp", "failed", "smtp-tls", env={**env, "ITQAN_MAIL_SECURITY": "starttls"}, offline=False)
            self.assertIn("security", demanded["do"])
            server.shutdown()
        self.broken(self.sound, "smtp", "failed", "smtp-unreachable", env={**env, "ITQAN_MAIL_PORT": str(free_port())}, offline=False)


class Service:
    """`itqan serve` on a free port, and the lines of its log."""

    def __init__(self, data, env):
        self.process = subprocess.Popen([program, "serve", "--data", str(data)], stderr=subprocess.PIPE, text=True,
                                        env={**os.environ, **env})
        self.lines = []
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stderr:
            self.lines.append(json.loads(line))

    def wait_for(self, what, seconds=30):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if (found := what()):
                return found
            if self.process.poll() is not None:
                raise AssertionError(f"the service ended: {self.lines}")
            time.sleep(0.05)
        raise AssertionError(f"not in {seconds} s: {self.lines[-20:]}")

    def line(self, event):
        return next((line for line in self.lines if line["event"] == event), None)

    def stop(self):
        self.process.terminate()
        self.process.wait(30)
        self.process.stderr.close()


class Served(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="itqan-seen-"))
        cls.port = free_port()
        cls.env = Certificates(cls.folder).make("own", "localhost")
        cls.env |= {"ITQAN_LISTEN": f"127.0.0.1:{cls.port}", "ITQAN_OUTBOUND_ALLOW_PRIVATE": "127.0.0.0/8,::1/128",
                    "ITQAN_OUTBOUND_CA_FILE": cls.env["ITQAN_TLS_CERTIFICATE"]}

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def make(self, data):
        self.first = json.loads(run("init", "--domain", f"localhost:{self.port}", "--json", data=data).stdout)
        done = run("import", str(starter), data=data)
        self.assertEqual(done.returncode, 0, done.stderr)

    def request(self, method, path, body=None, **headers):
        context = ssl.create_default_context(cafile=self.env["ITQAN_TLS_CERTIFICATE"])
        connection = http.client.HTTPSConnection("localhost", self.port, context=context, timeout=30)
        try:
            connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            answer = connection.getresponse()
            return answer.status, dict((name.lower(), value) for name, value in answer.getheaders()), answer.read().decode()
        finally:
            connection.close()

    def serve(self, data):
        service = Service(data, self.env)
        self.addCleanup(service.stop)
        service.wait_for(lambda: service.line("serving"))
        return service

    def test_a_request_is_found_in_the_log_by_its_id_and_its_trace(self):
        data = self.folder / "traced"
        self.make(data)
        service = self.serve(data)
        trace = "0af7651916cd43dd8448eb211c80319c"

        status, headers, body = self.request("GET", "/api/v1/learners/canary-learner/levels", traceparent=f"00-{trace}-b7ad6b7169203331-01",
                                             authorization="Bearer itq_canary-token")

        self.assertEqual(status, 401)
        self.assertEqual(json.loads(body)["requestId"], headers["request-id"])
        line = service.wait_for(lambda: next((one for one in service.lines if one.get("requestId") == headers["request-id"]), None))
        self.assertEqual(line["traceId"], trace)
        self.assertRegex(line["spanId"], "^[0-9a-f]{16}$")
        self.assertEqual((line["route"], line["status"]), ("/api/v1/learners/{id}/levels", "401"))
        self.request("GET", "/livez", traceparent=f"00-{trace.upper()}-b7ad6b7169203331-01")
        other = service.wait_for(lambda: next((one for one in service.lines if one.get("route") == "/livez"), None))
        self.assertNotEqual(other["traceId"].lower(), trace)
        self.assertRegex(other["traceId"], "^[0-9a-f]{32}$")
        self.assertNotIn("canary", json.dumps(service.lines))

    def test_doctor_compares_what_the_name_answers_with_this_folder(self):
        data, other = self.folder / "compared", self.folder / "other"
        self.make(data)
        self.make(other)
        env = self.env
        absent = run("doctor", "--json", data=data, env=env)
        check = next(one for one in json.loads(absent.stdout)["checks"] if one["name"] == "did.json")
        self.assertEqual(check["status"], "warning", check)
        self.serve(data)

        def did(folder):
            told = json.loads(run("doctor", "--json", data=folder, env=env).stdout)
            return next(one for one in told["checks"] if one["name"] == "did.json")

        self.assertEqual(did(data)["status"], "ok", did(data))
        self.assertEqual(did(other)["status"], "failed", did(other))
        self.assertIn("other keys", did(other)["detail"])

    def test_a_full_disk_is_told_once_and_reads_go_on(self):
        disk = self.folder / "disk"
        disk.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m,mode=700", "tmpfs", disk], capture_output=True, text=True)
        if mounted.returncode != 0:
            print(f"not run: no file system can be mounted here: {mounted.stderr.strip()}")
            self.skipTest("no mount")
        self.addCleanup(lambda: subprocess.run(["umount", "-l", disk], check=False))
        data = disk / "data"
        self.make(data)
        service = self.serve(data)
        admin = {"authorization": f"Bearer {self.first['adminToken']}", "content_type": "application/json"}
        self.assertEqual(json.loads(self.request("GET", "/readyz")[2])["status"] in ("ready", "degraded"), True)
        filler = disk / "filler"
        with contextlib.suppress(OSError), open(filler, "wb", buffering=0) as file:
            while True:
                file.write(b"x" * 4096)

        def fails():
            status, _, body = self.request("POST", "/api/v1/tokens", json.dumps({"role": "admin"}), **admin)
            return status == 503 and json.loads(body)["code"] == "storage-unavailable"

        service.wait_for(fails)
        line = service.wait_for(lambda: service.line("disk-full"))
        self.assertIn("df -h", line["do"])
        service.wait_for(lambda: self.request("GET", "/readyz?for=writes")[0] == 503)
        status, _, body = self.request("GET", "/readyz")
        self.assertEqual((status, json.loads(body)["status"], json.loads(body)["writes"]), (200, "degraded", False))
        self.assertNotIn(str(disk), body)
        self.assertIn("df -h", self.request("GET", "/readyz", **admin)[2])
        self.assertEqual(self.request("GET", "/.well-known/did.json")[0], 200)
        filler.unlink()
        service.wait_for(lambda: self.request("GET", "/readyz?for=writes")[0] == 200)
        service.wait_for(lambda: any(one["event"] == "recovered" and one["check"] == "writes" for one in service.lines))
        self.assertEqual(len([one for one in service.lines if one["event"] == "disk-full"]), 1)
        self.assertEqual(self.request("POST", "/api/v1/tokens", json.dumps({"role": "admin"}), **admin)[0], 201)


if __name__ == "__main__":
    unittest.main()
