#!/usr/bin/env python3
"""Durable issues over HTTPS, the same route without durability, verification, pages and pictures, and the start: one
server a round, durable and not durable in turn, so that a slow minute of the machine meets both."""
import argparse
import itertools
import json
import pathlib
import re
import shutil
import ssl
import statistics
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

here = pathlib.Path(__file__).parent


class Server:
    def __init__(self, program, folder, port, durable, programme=None, more=(), settings={}):
        self.data, self.port = folder / "data", port
        command = [program, "demo", "--quiet", "--data", str(self.data), "--listen", f"127.0.0.1:{port}", "--key-type", "ed25519"]
        if programme:
            command += ["--programme", str(programme)]
        command += more
        self.command = command
        # One stranger's address asks for all of them: it is exempt by configuration, the limits stay.
        self.environment = {"PATH": "/usr/bin:/bin", "ITQAN_DURABLE": "true" if durable else "false",
                            "ITQAN_LIMITS_EXEMPT_NETWORKS": "127.0.0.0/8", **settings}
        self.start()

    def start(self):
        began = time.monotonic()
        self.process = subprocess.Popen(self.command, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        while True:
            if self.process.poll() is not None:
                raise SystemExit(self.process.stderr.read().decode())
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

    def restart(self):
        """The service as it runs: without what an import leaves in memory, its round over all learners behind it."""
        self.stop()
        self.start()
        used = self.cpu_ticks()
        while True:
            time.sleep(0.5)
            before, used = used, self.cpu_ticks()
            if used - before <= 1:
                return

    def cpu_ticks(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    def facts(self):
        return json.loads((self.data / "demo.json").read_text())

    def stop(self):
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


def load(program, server, path, requests, connections=64, bodies=None, token=None):
    command = [program, "--url", f"https://127.0.0.1:{server.port}", "--path", path, "--connections", str(connections),
               "--requests", str(requests), "--server-pid", str(server.process.pid)]
    if bodies:
        command += ["--method", "POST", "--bodies", str(bodies)]
    if token:
        secret = server.data / "token"
        secret.write_text(token)
        command += ["--token-file", str(secret)]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=300)
    if answer.returncode != 0:
        raise SystemExit(answer.stdout + answer.stderr)
    return json.loads(answer.stdout.strip().splitlines()[-1])


def measure_verify(program, server, folder, requests):
    """POST /api/v1/verify of 64 badges in turn, 64 connections: prints the rate and the server's share."""
    for what, badges in (("own badges", server.own_badges(64)), ("badges of 2.5 KB", server.small_badges(64))):
        assert len(set(badges)) == 64, len(badges)
        report = json.loads(server.send(urllib.request.Request(
            server.address("/api/v1/verify"), json.dumps({"input": badges[0]}).encode(), {"Content-Type": "application/json"})))
        assert report["verdict"] == "valid", report
        bodies = folder / "badges.ndjson"
        bodies.write_text("".join(json.dumps({"input": badge}, ensure_ascii=False) + "\n" for badge in badges), encoding="utf-8")
        runs = [load(program, server, "/api/v1/verify", requests, bodies=bodies) for _ in range(5)]
        assert all(set(run["statuses"]) == {"200"} for run in runs), runs
        median = lambda name: statistics.median(run[name] for run in runs)
        size = sum(map(len, badges)) / len(badges) / 1024
        print(f"verifies of {what:24s}{median('requestsPerSecond'):8.0f} /s   server CPU {median('serverCpuMicrosecondsPerRequest'):.0f} us"
              f"   p99 {median('p99ms'):.1f} ms   {size:.1f} KB each")


def measure_issues(options, folder, what, alignment):
    folder.mkdir()
    subprocess.run(["python3", str(here / "make_programme.py"), str(folder / "programme"), str(options.requests),
                    time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime()), json.dumps(alignment)], check=True)
    runs = {True: [], False: []}
    for round_ in range(options.rounds):
        for durable in (True, False):
            place = folder / f"{round_}-{durable}"
            place.mkdir()
            server = Server(options.itqan, place, options.port, durable, folder / "programme")
            server.restart()
            token = server.facts()["tokens"]["provider"]["prv-qalam"]
            result = load(options.load, server, "/api/v1/completions", options.requests, bodies=folder / "completions.ndjson", token=token)
            assert set(result["statuses"]) == {"201"}, result
            runs[durable].append(result)
            sizes = [len(badge.encode()) / 1024 for badge in server.issued("ach-bench")]
            server.stop()
            shutil.rmtree(place)
    median = lambda durable, name: statistics.median(run[name] for run in runs[durable])
    durable, relaxed = median(True, "requestsPerSecond"), median(False, "requestsPerSecond")
    print(f"durable issues of {what:20s}{durable:8.0f} /s   server CPU {median(True, 'serverCpuMicrosecondsPerRequest'):.0f} us"
          f"   p99 {median(True, 'p99ms'):.1f} ms   {statistics.mean(sizes):.1f} KB each")
    print(f"the same without durability         {relaxed:8.0f} /s   ratio {durable / relaxed:.2f}")
    print(f"peak memory                         {max(run['serverPeakRssKiB'] for run in runs[True]) / 1024:8.1f} MiB")


def measure_service(options, folder):
    place = folder / "pages"
    place.mkdir()
    server = Server(options.itqan, place, options.port, True)
    try:
        server.restart()
        if not options.only_verify:
            measure_pages(options, server)  # First: its claim link is in the only mail so far.
        measure_verify(options.load, server, place, options.requests // 3)
    finally:
        server.stop()


def measure_pages(options, server):
    page, picture = server.shared_badge()
    began = time.perf_counter()
    server.get(picture)
    first = time.perf_counter() - began
    png = load(options.load, server, picture, 2000, connections=1)
    shown = load(options.load, server, page, 2000, connections=1)
    print(f"badge page, one connection          {shown['p50ms']:8.2f} ms")
    print(f"badge PNG, first / cached           {first * 1000:8.1f} ms / {png['p50ms']:.2f} ms")
    server.stop()
    server.start()
    print(f"first answer after start            {server.started_in:8.3f} s")


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--itqan", required=True)
    options.add_argument("--load", required=True)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--requests", type=int, default=15000)
    options.add_argument("--port", type=int, default=18490)
    options.add_argument("--only-verify", action="store_true")
    options = options.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="itqan-bench-"))
    try:
        if not options.only_verify:
            # As large as those that others sign when they are measured; and with the levels of a competency.
            measure_issues(options, folder / "small", "badges of 2.5 KB", [])
            measure_issues(options, folder / "levels", "badges with levels", [{"competency": "DH6.1", "level": 2}])
        measure_service(options, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
