#!/usr/bin/env python3
"""Whether other hosts that do not answer slow down those who need nothing of them: 64 strangers verify links to hosts that
accept and never answer, while https_load verifies own badges. Rounds with and without in turn, so that a slow minute of the
machine meets both. The service's proxy is the host: it opens a tunnel for every name and is silent in it."""
import argparse
import json
import pathlib
import shutil
import socket
import ssl
import statistics
import tempfile
import threading
import time
import urllib.error
import urllib.request

import service

strangers = 64


class Silence:
    """A proxy whose tunnels lead nowhere; it counts those that are open."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self.socket.getsockname()[1]
        self.open, self.lock = 0, threading.Lock()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            threading.Thread(target=self.hold, args=(self.socket.accept()[0],), daemon=True).start()

    def hold(self, one):
        self.count(1)
        try:
            with one:
                one.recv(65536)
                one.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
                while one.recv(65536):
                    pass
        except OSError:
            pass
        finally:
            self.count(-1)

    def count(self, by):
        with self.lock:
            self.open += by


class Stranger(threading.Thread):
    """Asks for one silent host after the other, from an address of its own, until it is told to end."""

    def __init__(self, server, number, end):
        super().__init__(daemon=True)
        self.server, self.number, self.end, self.asked = server, number, end, 0
        self.context = ssl.create_default_context(cafile=str(server.data / "tls/demo-authority.pem"))

    def run(self):
        while not self.end.is_set():
            self.asked += 1
            link = f"https://h{self.number}-{self.asked}-{time.time_ns()}.silent.test/badge"
            request = urllib.request.Request(
                self.server.address("/api/v1/verify"), json.dumps({"input": link}).encode(),
                {"Content-Type": "application/json", "X-Forwarded-For": f"198.51.100.{self.number}"})
            try:
                urllib.request.urlopen(request, context=self.context, timeout=30).read()
            except urllib.error.HTTPError as refused:
                assert refused.code == 422, refused.read()
            except OSError:
                if not self.end.is_set():
                    raise


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--itqan", required=True)
    options.add_argument("--load", required=True)
    options.add_argument("--rounds", type=int, default=9)
    options.add_argument("--requests", type=int, default=3000)
    options.add_argument("--connections", type=int, default=8)
    options = options.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="itqan-bench-"))
    silence = Silence()
    settings = {"ITQAN_OUTBOUND_PROXY": f"http://127.0.0.1:{silence.port}", "ITQAN_LIMITS_TRUSTED_PROXIES": "127.0.0.0/8",
                   "ITQAN_LIMITS_EXEMPT_NETWORKS": "127.0.0.0/8,198.51.100.0/24"}
    server = service.Server(options.itqan, folder, more=["--allow-outbound"], settings=settings)
    try:
        server.restart()
        bodies = folder / "badges.ndjson"
        bodies.write_text("".join(json.dumps({"input": badge}, ensure_ascii=False) + "\n" for badge in server.own_badges(64)), encoding="utf-8")
        run = lambda: server.load(options.load, "/api/v1/verify", options.requests, connections=options.connections, bodies=bodies)
        run()
        quiet, stuck, held = [], [], []
        for _ in range(options.rounds):
            quiet.append(run())
            end = threading.Event()
            people = [Stranger(server, number, end) for number in range(1, strangers + 1)]
            for each in people:
                each.start()
            waited = time.monotonic() + 10
            while silence.open < strangers and time.monotonic() < waited:
                time.sleep(0.05)
            held.append(silence.open)
            stuck.append(run())
            end.set()
            for each in people:
                each.join()
        median = lambda runs, name: statistics.median(each[name] for each in runs)
        ratio = median(stuck, "p99ms") / median(quiet, "p99ms")
        print(f"p99 of own badges, nobody stuck     {median(quiet, 'p99ms'):8.2f} ms   {median(quiet, 'requestsPerSecond'):.0f} /s")
        print(f"the same, {statistics.median(held):2.0f} fetches stuck          {median(stuck, 'p99ms'):8.2f} ms   {median(stuck, 'requestsPerSecond'):.0f} /s"
              f"   ratio {ratio:.2f}")
        if ratio > 1.1:
            raise SystemExit("p99 should change by less than 10 %")
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
