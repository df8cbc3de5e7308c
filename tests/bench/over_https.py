"""G1-G4, G11-G14: the service over HTTPS beside the peers' signing service and SQLite alone. Every round starts from the
same data and measures, in this order: verifies, sign-only, one connection, SQLite's commits, durable issues, the peers;
the mails that issues bring are written behind the last of ours."""
import json
import re
import statistics
import subprocess
import time

import make_programme
from service import Server, load, small_badge
from table import issue_limit, stated_memory, verify_limit


class SigningService:
    """The peers' libraries behind HTTP (signing_service.mjs), or a service of theirs that runs already: "URL PID"."""

    def __init__(self, peers, running):
        self.process = None
        if running:
            address, pid = running.split()
            found = re.fullmatch(r"(http://[^/]+)(/.*)", address)
            self.url, self.path, self.pid = *found.groups(), int(pid)
            return
        self.process = subprocess.Popen(["node", "signing_service.mjs"], cwd=peers, stdout=subprocess.PIPE, text=True)
        port = self.process.stdout.readline().strip()
        if not port:
            raise SystemExit("the peers' signing service does not start")
        self.url, self.path, self.pid = f"http://127.0.0.1:{port}", "/", self.process.pid

    def load(self, program, requests, bodies):
        return load(program, self.url, self.path, requests, bodies=bodies, processes=[self.pid])

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait()


def lines(file, documents):
    file.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in documents), encoding="utf-8")
    return file


def commits(options):
    """One row a commit in SQLite alone: how many a second, and the median's microseconds."""
    answer = subprocess.run([options.bench / "part_bench", "commits", "1" if options.quick else "3"], capture_output=True, text=True, check=True)
    return [float(line.split()[1]) for line in answer.stdout.splitlines()]


def measure(table, options, folder):
    rounds, many, alone = (3, 4_000, 400) if options.quick else (5, 12_000, 2_000)
    folder.mkdir()
    programme = folder / "programme"
    make_programme.main(programme, many + alone, time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime()), "[]")
    server = Server(options.itqan, folder, programme=programme)
    badges = lines(folder / "badges.ndjson", [{"input": badge} for badge in server.small_badges(64)])
    server.keep()
    unsigned = [small_badge(number) for number in range(64)]
    to_sign = lines(folder / "unsigned.ndjson", [{"credential": each} for each in unsigned])
    for each in unsigned:
        each["issuer"]["id"] = "did:example:filled-in"
    for_peers = lines(folder / "peers.ndjson", unsigned)
    completions = folder / "completions.ndjson"

    peers = SigningService(options.peers, options.signing_service) if options.peers else None
    sizes, parts = [], []
    try:
        for round_ in range(rounds):
            print(f"  over HTTPS, round {round_ + 1} of {rounds}", flush=True)
            server.renew()
            token = server.token_file("provider", "prv-qalam")
            issue = lambda count, **more: server.load(options.load, "/api/v1/completions", count, bodies=completions, token=token, **more)
            verified = server.load(options.load, "/api/v1/verify", many, bodies=badges)
            signed = server.load(options.load, "/vc-api/issuers/eddsa-rdfc-2022/credentials/issue", many, bodies=to_sign)
            one = issue(alone, connections=1)
            commits_per_second, commit_us = commits(options)
            issued = issue(many, skip=alone)
            sizes += [len(badge.encode()) for badge in server.issued("ach-bench")]
            server.stop()

            rate = issued["requestsPerSecond"]
            table.add("G3", rate, issue_limit)
            table.add("G4", verified["requestsPerSecond"], verify_limit)
            table.add("G11", rate, signed["requestsPerSecond"])
            parts.append((verified["serverCpuMicrosecondsPerRequest"], signed["serverCpuMicrosecondsPerRequest"]))
            table.add("G12", rate, commits_per_second)
            table.add("G13", one["p50ms"] * 1000, commit_us)
            if peers:
                theirs = peers.load(options.load, 150 if options.quick else 600, for_peers)
                cpu = "serverCpuMicrosecondsPerRequest"
                table.add("G1", rate, theirs["requestsPerSecond"])
                table.add("G2", issued[cpu], theirs[cpu])
                their_memory = theirs["serverPeakRssKiB"] / 1024
            table.add("G14", issued["serverPeakRssKiB"] / 1024, their_memory if options.signing_service else stated_memory)
    finally:
        server.stop()
        if peers:
            peers.stop()
    if peers and not options.signing_service:
        table.also(f"the stand-in for the peers' signing service took {their_memory:.0f} MiB: it has no Express and no log")
    if not peers:
        for goal in ("G1", "G2"):
            table.not_run(goal, options.no_peers)
    verify_us, sign_us = (statistics.median(column) for column in zip(*parts))
    table.also(f"server CPU of a verify {verify_us:.0f} us, of a sign-only {sign_us:.0f} us")
    table.also(f"issued badges have {sum(sizes) / len(sizes) / 1024:.1f} KB, verified ones {badges.stat().st_size / 64 / 1024:.1f} KB;"
               f" verify p99 {verified['p99ms']:.1f} ms, issue p99 {issued['p99ms']:.1f} ms at 64 connections in the last round")
