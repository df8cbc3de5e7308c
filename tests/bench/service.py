"""The service on this machine: started, asked, put under load and stopped."""
import itertools
import json
import pathlib
import re
import shutil
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """`itqan demo` in a folder: the service with everything on, its programme and tokens made at the first start."""

    def __init__(self, program, folder, durable=True, programme=None, more=(), settings={}):
        self.data, self.port = folder / "data", free_port()
        self.command = [str(program), "demo", "--quiet", "--data", str(self.data), "--listen", f"127.0.0.1:{self.port}", "--key-type", "ed25519"]
        if programme:
            self.command += ["--programme", str(programme)]
        self.command += more
        # One stranger's address asks for all of them: it is exempt by configuration, the limits stay.
        self.environment = {"PATH": "/usr/bin:/bin", "ITQAN_DURABLE": "true" if durable else "false",
                            "ITQAN_LIMITS_EXEMPT_NETWORKS": "127.0.0.0/8", **settings}
        self.start()

    def start(self):
        began = time.monotonic()
        log = self.data.with_name("log")
        with open(log, "wb") as out:
            self.process = subprocess.Popen(self.command, env=self.environment, stdout=subprocess.DEVNULL, stderr=out)
        while True:
            if self.process.poll() is not None:
                raise SystemExit(log.read_text())
            try:
                self.get("/healthz")
                break
            except (OSError, urllib.error.URLError):
                time.sleep(0.005)
        self.started_in = time.monotonic() - began

    def get(self, path, accept="text/html", **headers):
        return self.send(urllib.request.Request(self.address(path), headers={"Accept": accept, **headers}))

    def address(self, path):
        return f"https://localhost:{self.port}{path}"

    def send(self, request):
        context = ssl.create_default_context(cafile=str(self.data / "tls/demo-authority.pem"))
        with urllib.request.urlopen(request, context=context, timeout=30) as answer:
            return answer.read()

    def fetch(self, path, port=None):
        """The answer with its headers, from whoever listens there with our certificate."""
        context = ssl.create_default_context(cafile=str(self.data / "tls/demo-authority.pem"))
        return urllib.request.urlopen(f"https://localhost:{port or self.port}{path}", context=context, timeout=30)

    def asset(self, name):
        """The address of a file that pages use."""
        return re.search(rb"/assets/[0-9a-f]+/" + re.escape(name.encode()), self.get("/verify")).group(0).decode()

    def shared_badge(self):
        """The demo's learner earns a badge and claims it for everybody: addresses of its page and its picture."""
        tokens = self.facts()["tokens"]
        body = {"externalId": "bench", "learnerId": "lrn-015", "activityId": "act-102", "score": 86,
                "completedAt": time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime())}
        self.send(urllib.request.Request(self.address("/api/v1/completions"), json.dumps(body).encode(),
                                         {"Authorization": "Bearer " + tokens["provider"]["prv-qalam"], "Content-Type": "application/json"}))
        while not (mails := list((self.data / "mail").glob("*.eml"))):
            time.sleep(0.05)
        link = re.search(rb"/claim/[A-Za-z0-9_-]+", self.get("/demo/mail/" + mails[0].name)).group(0).decode()
        own = {"Authorization": "Bearer " + tokens["admin"]}
        badge = json.loads(self.get("/api/v1/credentials?learnerId=lrn-015&limit=500", "application/json", **own))["data"]
        badge = next(each for each in badge if each["claimState"] == "offered")
        form = {"action": "claim", "visibility": "public", "show_name": "yes", "language": "en", "credential": badge["id"]}
        self.send(urllib.request.Request(self.address(link), urllib.parse.urlencode(form).encode(),
                                         {"Origin": self.address("").rstrip("/"), "Sec-Fetch-Site": "same-origin"}))
        return urllib.parse.urlsplit(badge["shareUrl"]).path, f"/credentials/{badge['id']}.png"

    def issued(self, achievement, count=20):
        """The signed text of badges of one achievement."""
        own = {"Authorization": "Bearer " + self.facts()["tokens"]["admin"]}
        rows = json.loads(self.get(f"/api/v1/credentials?achievementId={achievement}&limit={count}", "application/json", **own))["data"]
        return [json.dumps(json.loads(self.get("/api/v1/credentials/" + row["id"], "application/json", **own))["credential"],
                           ensure_ascii=False, separators=(",", ":")) for row in rows]

    def own_badges(self, count):
        """The signed text of badges of ours: the JSON with its proof, the token where there is no proof yet."""
        own = {"Authorization": "Bearer " + self.facts()["tokens"]["admin"], "Content-Type": "application/json"}
        rows = json.loads(self.get(f"/api/v1/credentials?limit={count}", "application/json", **own))["data"]
        awards = itertools.product(("ach-01", "ach-02", "ach-03"), (f"lrn-{number:03}" for number in range(1, 41)))
        held = {(row["achievementId"], row["learnerId"]) for row in rows}
        for award in (each for each in awards if each not in held):
            if len(rows) == count:
                break
            body = json.dumps(dict(zip(("achievementId", "learnerId"), award))).encode()
            rows.append(json.loads(self.send(urllib.request.Request(
                self.address("/api/v1/credentials"), body, {**own, "Idempotency-Key": "-".join(award)}))))
        whole = [json.loads(self.get("/api/v1/credentials/" + row["id"], "application/json", **own)) for row in rows]
        return [json.dumps(each["credential"], ensure_ascii=False, separators=(",", ":")) if "proof" in each["credential"] else each["jwt"] for each in whole]

    def small_badges(self, count):
        """Badges of 2.5 KB, as others issue them, signed by a did:key of ours with a status in a list of ours."""
        answers = [self.send(urllib.request.Request(
            self.address("/vc-api/issuers/bitstring/credentials/issue"), json.dumps({"credential": small_badge(number)}).encode(),
            {"Content-Type": "application/json"})) for number in range(count)]
        return [json.dumps(json.loads(answer)["verifiableCredential"]) for answer in answers]

    def settle(self):
        """Waits until it does nothing by itself any more: its round over all learners is behind it."""
        used = self.cpu_ticks()
        while True:
            time.sleep(0.5)
            before, used = used, self.cpu_ticks()
            if used - before <= 1:
                return

    def restart(self):
        """The service as it runs: without what an import leaves in memory."""
        self.stop()
        self.start()
        self.settle()

    def keep(self):
        """Stops; renew() then starts from the data as they are now, as often as wanted."""
        self.stop()
        self.kept = self.data.with_name("kept")
        shutil.rmtree(self.kept, ignore_errors=True)
        self.data.rename(self.kept)

    def renew(self, durable=True):
        shutil.rmtree(self.data, ignore_errors=True)
        shutil.copytree(self.kept, self.data)
        self.environment["ITQAN_DURABLE"] = "true" if durable else "false"
        self.start()
        self.settle()

    def cpu_ticks(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    def facts(self):
        return json.loads((self.data / "demo.json").read_text())

    def token_file(self, *names):
        """A file with the token of a role: ("provider", "prv-qalam"), ("admin",)."""
        token = self.facts()["tokens"]
        for name in names:
            token = token[name]
        file = self.data / ("token-" + "-".join(names))
        file.write_text(token)
        return file

    def load(self, program, paths, requests, **more):
        return load(program, f"https://127.0.0.1:{self.port}", paths, requests, processes=[self.process.pid], **more)

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait()


def small_badge(number):
    issuer = "https://college.example"
    grade, review = "urn:uuid:5e9b7e0e-7b0c-4c9e-9a53-9a1b2f0e6c11", "urn:uuid:0d3f8f7e-1f55-4b62-8f0e-3c1a54f3d522"
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
        "id": f"{issuer}/credentials/c0ffee00-0000-4000-8000-{number:012}", "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Safe Handover at the Bedside", "validFrom": "2026-03-14T09:26:53Z", "validUntil": "2031-03-14T09:26:53Z",
        "issuer": {"type": ["Profile"], "name": "College of Nursing, Simulation Centre", "url": f"{issuer}/simulation",
                   "email": "badges@college.example"},
        "credentialSubject": {
            "id": f"urn:uuid:1ea12ea0-0000-4000-8000-{number:012}", "type": ["AchievementSubject"],
            "achievement": {
                "id": f"{issuer}/achievements/safe-handover", "type": ["Achievement"], "achievementType": "Certificate",
                "name": "Safe Handover at the Bedside",
                "description": "Hands over every patient of a shift with the agreed structure, checks the record together with the colleague who takes over, and names what is still open.",
                "criteria": {"narrative": "Twelve handovers on two wards were observed by two assessors, who looked for the structure, the shared look at the record and the named open points; nine had to meet all three."},
                "image": {"id": f"{issuer}/pictures/safe-handover.png", "type": "Image", "caption": "Two hands and a clipboard"},
                "tag": ["handover", "communication", "patient-safety"],
                "resultDescription": [
                    {"id": grade, "type": ["ResultDescription"], "name": "Grade", "resultType": "LetterGrade",
                     "allowedValue": ["A", "B", "C", "D", "F"], "requiredValue": "C"},
                    {"id": review, "type": ["ResultDescription"], "name": "Oral review", "resultType": "Percent",
                     "valueMin": "0", "valueMax": "100", "requiredValue": "60"}]},
            "result": [{"type": ["Result"], "resultDescription": grade, "value": "A"},
                       {"type": ["Result"], "resultDescription": review, "value": "87"}]},
        "evidence": [{"id": f"{issuer}/evidence/{number}", "type": ["Evidence"], "name": "Observed handovers",
                      "narrative": "Both assessors' sheets of the twelve handovers.", "genre": "Report"}]}


def load(program, url, paths, requests, connections=64, bodies=None, token=None, skip=0, fresh=False, processes=()):
    """What https_load says of this many requests; `paths` is one address or a file of them."""
    command = [str(program), "--url", url, "--paths" if isinstance(paths, pathlib.Path) else "--path", str(paths), "--connections", str(connections),
               "--requests", str(requests), "--skip", str(skip), "--fresh", "yes" if fresh else "no"]
    if processes:
        command += ["--server-pid", ",".join(map(str, processes))]
    if bodies:
        command += ["--method", "POST", "--bodies", str(bodies)]
    if token:
        command += ["--token-file", str(token)]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=600)
    if answer.returncode != 0:
        raise SystemExit(answer.stdout + answer.stderr)
    result = json.loads(answer.stdout.strip().splitlines()[-1])
    if set(result["statuses"]) - {"200", "201"}:
        raise SystemExit(f"{paths} was answered {result['statuses']}")
    return result
