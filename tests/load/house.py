"""An installation in production form on this machine, for load: the program, its certificate, its tokens."""
import http.client
import json
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import time

PROGRAMME = pathlib.Path(__file__).resolve().parents[2] / "service/demo/programme"
NETWORK = (OSError, http.client.HTTPException)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class NotRun(Exception):
    """What this machine cannot show, in words."""


class House:
    """`itqan serve` on a free port. With `keeps_socket` the listening socket is ours and outlives every process."""

    def __init__(self, program, load, folder, settings=None, keeps_socket=False, toml=""):
        self.program, self.load_program, self.folder = str(program), str(load), pathlib.Path(folder)
        self.data, self.port = self.folder / "data", free_port()
        self.process, self.socket = None, None
        if keeps_socket:
            self.socket = socket.create_server(("127.0.0.1", self.port), backlog=4096)
        self.make_certificate()
        self.environment = {"PATH": os.environ["PATH"], "ITQAN_LISTEN": f"127.0.0.1:{self.port}",
                            "ITQAN_TLS_CERTIFICATE": str(self.folder / "cert.pem"), "ITQAN_TLS_KEY": str(self.folder / "key.pem"),
                            # Everything comes from one address here: the limits stay, higher.
                            "ITQAN_LIMITS_EXEMPT_NETWORKS": "127.0.0.0/8", "ITQAN_LIMITS_CONNECTIONS_PER_CLIENT": "20000",
                            "ITQAN_LIMITS_SIGNED_IN": "10000000/10000000", **(settings or {})}
        self.admin = self.run("init", "--domain", f"localhost:{self.port}", "--json")["adminToken"]
        self.run("import", str(PROGRAMME), "--json")
        if toml:
            with open(self.data / "itqan.toml", "a") as file:
                file.write(toml)
        self.log = self.folder / "log"

    def run(self, *words):
        done = subprocess.run([self.program, *words, "--data", str(self.data)], capture_output=True, text=True, timeout=120,
                              env={"PATH": os.environ["PATH"]})
        if done.returncode != 0:
            raise SystemExit(f"itqan {words}: {done.stderr}")
        return json.loads(done.stdout)

    def make_certificate(self):
        """A new pair; both files change at once, each by rename, as those who renew certificates do."""
        key, certificate = self.folder / "key.pem", self.folder / "cert.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", f"{key}.new", "-out", f"{certificate}.new"],
                       check=True, capture_output=True)
        os.chmod(f"{key}.new", 0o600)
        os.rename(f"{key}.new", key)
        os.rename(f"{certificate}.new", certificate)

    def start(self):
        command = [self.program, "serve", "--data", str(self.data)]
        passed = ()
        if self.socket:
            # sd_listen_fds(3): the socket is descriptor 3, and the variables name the process that they are meant for.
            command = ["sh", "-c", f'exec 3<&{self.socket.fileno()} && LISTEN_FDS=1 LISTEN_FDNAMES=public LISTEN_PID=$$ exec "$0" "$@"', *command]
            passed = (self.socket.fileno(),)
        self.process = subprocess.Popen(command, env=self.environment, stdout=subprocess.DEVNULL, stderr=open(self.log, "ab"), pass_fds=passed)
        return self

    def wait_until_ready(self, limit=60):
        end = time.monotonic() + limit
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise SystemExit("the server ended by itself:\n" + self.log.read_text()[-2000:])
            try:
                if self.request("GET", "/healthz")[0] == 200:
                    return self
            except NETWORK:
                time.sleep(0.02)
        raise SystemExit("the server did not become ready:\n" + self.log.read_text()[-2000:])

    def request(self, method, path, body=None, token=None, timeout=20):
        context = ssl._create_unverified_context()
        connection = http.client.HTTPSConnection("localhost", self.port, context=context, timeout=timeout)
        headers = {"Authorization": "Bearer " + token} if token else {}
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read(), dict(answer.getheaders())
        finally:
            connection.close()

    def signal(self, number):
        self.process.send_signal(number)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        return self.process.returncode if self.process else None

    def badges(self, count):
        """The signed text of badges issued now."""
        made = []
        for number in range(1, count + 1):
            body = json.dumps({"achievementId": "ach-01", "learnerId": f"lrn-{number:03}"})
            status, text, _ = self.request("POST", "/api/v1/credentials", body, self.admin)
            if status not in (200, 201):
                continue
            badge = json.loads(self.request("GET", "/api/v1/credentials/" + json.loads(text)["id"], None, self.admin)[1])
            made.append(json.dumps(badge["credential"], ensure_ascii=False) if "proof" in badge["credential"] else badge["jwt"])
        return made

    def load(self, path="/.well-known/did.json", rate=100, seconds=5, connections=64, bodies=None, token=None, port=None):
        """Begins an open-loop load; result() of what it returns waits for its figures."""
        command = [self.load_program, "--port", str(port or self.port), "--path", path, "--rate", str(rate), "--seconds", str(seconds),
                   "--connections", str(connections)]
        if bodies:
            command += ["--method", "POST", "--bodies", str(bodies)]
        if token:
            command += ["--token", token]
        return Load(command)

    def resident_kib(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
        raise SystemExit("no VmRSS")


class Load:
    def __init__(self, command):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            # It stands for other machines: where that is permitted it goes first on this one.
            os.setpriority(os.PRIO_PROCESS, self.process.pid, os.getpriority(os.PRIO_PROCESS, 0) - 5)
        except PermissionError:
            pass

    def result(self):
        out, error = self.process.communicate(timeout=600)
        if self.process.returncode != 0:
            raise SystemExit(error)
        return Figures(json.loads(out))


class Figures:
    def __init__(self, raw):
        self.raw, self.statuses = raw, raw["statuses"]

    def count(self, *statuses):
        return sum(self.statuses[s]["count"] for s in statuses if s in self.statuses)

    @property
    def good(self):
        return self.count("200", "201")

    @property
    def goodput(self):
        return self.good / self.raw["seconds"]

    @property
    def failed(self):
        """Everything that is neither good nor a plain refusal."""
        return sum(s["count"] for status, s in self.statuses.items() if status not in ("200", "201", "429", "503")) + self.raw["unsent"]

    def p99(self, *statuses):
        return max((self.statuses[s]["p99ms"] for s in statuses if s in self.statuses), default=0.0)

    def p50(self, *statuses):
        return max((self.statuses[s]["p50ms"] for s in statuses if s in self.statuses), default=0.0)
