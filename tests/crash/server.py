"""A real installation of the program: its folder, its database on one of the back ends, and nodes that serve it."""
import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import ssl
import subprocess
import time

from sink import free_port

DOMAIN = "badges.example.test"
NETWORK = (OSError, http.client.HTTPException, ssl.SSLError)
PROGRAMME = pathlib.Path(__file__).parents[2] / "service/demo/programme"
# Earned by one completion, so that every completion of a learner who holds nothing issues one credential.
ACHIEVEMENT, ACTIVITY = "ach-crash", "act-102"
EVIDENCE = {"completions", "signoffs", "entrustments", "experience", "practice", "self-assessments", "external-badges",
            "mentoring-sessions", "mentoring-agreements", "teams", "mentors"}


def write_programme(folder, learners):
    """The demo's programme without its evidence, and `learners` more people; gives the ids of these."""
    folder.mkdir()
    for file in PROGRAMME.glob("*.json"):
        if file.stem not in EVIDENCE:
            shutil.copy(file, folder)
    achievements = json.loads((PROGRAMME / "achievements.json").read_text())
    earned = dict(achievements[0], id=ACHIEVEMENT, name="Crash", name_ar="تعطّل", validity="P24M", alignment=[],
                  criteria={"completion": {"activity": ACTIVITY, "minScore": 80}})
    (folder / "achievements.json").write_text(json.dumps([*achievements, earned]))
    known = json.loads((PROGRAMME / "learners.json").read_text())
    first = {name: value for name, value in known[0].items() if name not in ("mentee", "targetPath", "teamId")}
    people = [dict(first, id=f"c-{n}", name=f"Learner {n}", name_ar=f"متعلّم {n}", email=f"c-{n}@people.example") for n in range(learners)]
    (folder / "learners.json").write_text(json.dumps([*known, *people]))
    return [person["id"] for person in people]


def knows_postgres(binary):
    return "--database" in subprocess.run([binary, "serve", "--help"], capture_output=True, text=True).stdout


class Connection(http.client.HTTPSConnection):
    """To a port of this machine, by the installation's name."""

    def __init__(self, port, context, timeout):
        super().__init__(DOMAIN, port, context=context, timeout=timeout)

    def connect(self):
        plain = socket.create_connection(("127.0.0.1", self.port), self.timeout)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = self._context.wrap_socket(plain, server_hostname=DOMAIN)


class Node:
    """One process that serves the installation. `around` is put before its command (faketime, strace)."""

    def __init__(self, installation, name="1", data=None):
        self.installation, self.name = installation, name
        self.data = data or installation.data
        self.port = free_port()
        self.log = installation.folder / f"node-{name}.log"
        self.process, self.frozen = None, False

    def launch(self, around=(), environment=None):
        """Starts it and does not wait."""
        with open(self.log, "ab") as log:
            # It ends with this test, however that ends.
            self.process = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", *around, self.installation.binary, "serve", "--data", str(self.data), "--listen", f"127.0.0.1:{self.port}"],
                                            env={**self.installation.environment, **(environment or {})}, stdout=log, stderr=log)

    def start(self, seconds=60, around=(), environment=None):
        """Starts it and gives the seconds until it was ready."""
        began = time.monotonic()
        self.launch(around, environment)
        self.wait_ready(seconds)
        return time.monotonic() - began

    def wait_ready(self, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise RuntimeError(f"node {self.name} ended by itself with {self.process.returncode}:\n{self.tail()}")
            try:
                if self.request("GET", "/readyz", timeout=5)[0] == 200:
                    return
            except NETWORK:
                pass
            time.sleep(0.01)
        raise RuntimeError(f"node {self.name} was not ready after {seconds} s:\n{self.tail()}")

    def tail(self, size=2000):
        return self.log.read_text(errors="replace")[-size:]

    def connect(self, timeout=20):
        return Connection(self.port, self.installation.context, timeout)

    def request(self, method, path, token=None, body=None, connection=None, headers=None, timeout=20):
        """Status and bytes of an answer; `headers` may override."""
        status, _, text = self.exchange(method, path, token, body, connection, headers, timeout)
        return status, text

    def exchange(self, method, path, token=None, body=None, connection=None, headers=None, timeout=20):
        own = connection or self.connect(timeout)
        sent = {"Accept": "application/json"}
        if token:
            sent["Authorization"] = "Bearer " + token
        if body is not None:
            sent["Content-Type"] = "application/json"
        own.request(method, path, body=body, headers={**sent, **(headers or {})})
        answer = own.getresponse()
        text = answer.read()
        if connection is None:
            own.close()
        return answer.status, answer.headers, text

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.frozen = False

    def stop(self, seconds=30):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)
        self.frozen = True

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)
        self.frozen = False

    @property
    def runs(self):
        return self.process is not None and self.process.poll() is None


class Installation:
    """Made by the program's own commands. `database` is the address of an empty PostgreSQL database, or none: SQLite. Each
    command is killed as often as `kills` says before it may end."""

    def __init__(self, binary, folder, database=None, learners=0, smtp_port=None, environment=None, kills=lambda: 0):
        self.binary, self.folder = str(pathlib.Path(binary).absolute()), pathlib.Path(folder)
        self.database, self.kills = database, kills
        self.data = self.folder / "data"
        self.environment = {"PATH": "/usr/bin:/bin", "ITQAN_TLS_CERTIFICATE": str(self.folder / "tls.pem"), "ITQAN_TLS_KEY": str(self.folder / "tls.key"),
                            "ITQAN_LIMITS_EXEMPT_NETWORKS": "127.0.0.0/8", "ITQAN_ISSUING_KEY_TYPE": "ed25519",
                            "ITQAN_PRIVACY_CONTROLLER": "A Programme", "ITQAN_PRIVACY_CONTACT": "privacy@example.test"}
        if database:
            self.environment["ITQAN_DATABASE_URL"] = database
        if smtp_port:
            self.environment |= {"ITQAN_MAIL_HOST": "127.0.0.1", "ITQAN_MAIL_PORT": str(smtp_port), "ITQAN_MAIL_SECURITY": "none",
                                 "ITQAN_MAIL_SENDER": "badges@example.test"}
        self.environment |= environment or {}
        self.make_certificate()
        self.learners = write_programme(self.folder / "programme", learners)
        self.admin = self.first_token()
        self.itqan("import", str(self.folder / "programme"))
        read = lambda name: json.loads((PROGRAMME / name).read_text())
        self.activities = read("activities.json")
        self.demo_learners = [learner["id"] for learner in read("learners.json")]
        self.providers = {each["id"]: self.itqan("token", "create", "--role", "provider", "--provider", each["id"])["token"] for each in read("providers.json")}
        self.activity = next(each for each in self.activities if each["id"] == ACTIVITY)

    def make_certificate(self):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "4000", "-subj", "/CN=" + DOMAIN,
                        "-addext", "subjectAltName=DNS:" + DOMAIN, "-keyout", self.environment["ITQAN_TLS_KEY"], "-out", self.environment["ITQAN_TLS_CERTIFICATE"]],
                       check=True, capture_output=True)
        os.chmod(self.environment["ITQAN_TLS_KEY"], 0o600)
        self.context = ssl.create_default_context(cafile=self.environment["ITQAN_TLS_CERTIFICATE"])

    def run(self, *words, around=(), environment=None, timeout=120):
        return subprocess.run([*around, self.binary, *words, "--data", str(self.data), "--json"], env={**self.environment, **(environment or {})},
                              capture_output=True, text=True, timeout=timeout)

    def first_token(self):
        """The administrator's; an init that was killed after its last step cannot be repeated, but says how to get one."""
        try:
            return self.itqan("init", "--domain", DOMAIN)["adminToken"]
        except RuntimeError as error:
            if "itqan token create --role admin" not in str(error):
                raise
            return self.itqan("token", "create", "--role", "admin")["token"]

    def itqan(self, *words):
        """What a command of the program answers, as JSON; it must succeed."""
        for _ in range(self.kills()):
            try:
                self.run(*words, timeout=random.uniform(0.005, 0.3))  # subprocess ends it with SIGKILL
            except subprocess.TimeoutExpired:
                pass
        done = self.run(*words)
        if done.returncode:
            raise RuntimeError(f"itqan {' '.join(words)} ended with {done.returncode}: {done.stdout[-1000:]}{done.stderr[-1000:]}")
        return json.loads(done.stdout)

    def node(self, number):
        """The first uses the folder itself; others a copy, as they would on machines of their own."""
        if number == 0:
            return Node(self)
        data = self.folder / f"data-{number + 1}"
        shutil.copytree(self.data, data)
        return Node(self, str(number + 1), data)
