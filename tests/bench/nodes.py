"""Two nodes of `itqan serve` on one PostgreSQL, whose server is started for this run and syncs: half of the issues to each at
the same time; beside them one node alone, in turn."""
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import threading
import time

import make_programme
from service import free_port, load

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))


def run(options, environment, *words):
    answer = subprocess.run([options.itqan, *words], env=environment, capture_output=True, text=True)
    if answer.returncode:
        raise SystemExit(f"itqan {' '.join(map(str, words))}:\n{answer.stdout}{answer.stderr}")
    return answer.stdout


def install(options, folder, url, learners):
    """An installation on that database with a certificate and the bench's programme; the environment that all nodes share, and a
    file with a provider's token."""
    data, domain = folder / "node-0", "badges.example.test"
    certificate, key, token = folder / "tls.pem", folder / "tls.key", folder / "token"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj", f"/CN={domain}",
                    "-keyout", key, "-out", certificate], check=True, capture_output=True)
    key.chmod(0o600)
    environment = {"PATH": "/usr/bin:/bin", "ITQAN_LIMITS_EXEMPT_NETWORKS": "127.0.0.0/8", "ITQAN_TLS_CERTIFICATE": str(certificate),
                   "ITQAN_TLS_KEY": str(key), **({"ITQAN_DATABASE_URL": url} if url else {})}
    run(options, environment, "init", "--data", data, "--domain", domain)
    make_programme.main(folder / "programme", learners, time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime()), "[]")
    run(options, environment, "import", "--data", data, folder / "programme")
    token.write_text(json.loads(run(options, environment, "token", "create", "--data", data, "--json", "--role", "provider", "--provider", "prv-qalam"))["token"])
    return data, environment, token


class Node:
    def __init__(self, options, data, environment):
        self.url = f"https://127.0.0.1:{free_port()}"
        with open(data / "log", "wb") as log:
            self.process = subprocess.Popen([options.itqan, "serve", "--data", data, "--listen", self.url.removeprefix("https://")],
                                            env=environment, stdout=log, stderr=log)
        end = time.monotonic() + 30
        ask = [options.load, "--url", self.url, "--path", "/healthz", "--requests", "1", "--connections", "1"]
        while '"200":1' not in subprocess.run(ask, capture_output=True, text=True).stdout:
            if self.process.poll() is not None or time.monotonic() > end:
                raise SystemExit("a node does not start:\n" + (data / "log").read_text()[-2000:])
            time.sleep(0.05)

    def stop(self):
        self.process.terminate()
        self.process.wait()


def together(nodes, options, count, **more):
    """Issues a second when each node gets an equal part at the same time: all of them over the time until the last is done."""
    def part(number, node):
        load(options.load, node.url, "/api/v1/completions", count // len(nodes), connections=64 // len(nodes), processes=[node.process.pid],
             skip=more["skip"] + number * (count // len(nodes)), bodies=more["bodies"], token=more["token"])
    began = time.monotonic()
    threads = [threading.Thread(target=part, args=each) for each in enumerate(nodes)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return count / (time.monotonic() - began)


def measure(table, options, folder):
    if "--database" not in run(options, {"PATH": "/usr/bin:/bin"}, "serve", "--help"):
        return table.not_run("two nodes", "this build knows no PostgreSQL")
    import postgres_server
    rounds, count = (3, 2_000) if options.quick else (5, 6_000)
    folder.mkdir()
    try:
        database = postgres_server.PostgresServer(fsync=True, settings={"max_wal_size": "4GB"})
    except postgres_server.NoPostgres as reason:
        return table.not_run("two nodes", str(reason))
    nodes = []
    with database:
        try:
            data, environment, token = install(options, folder, database.url(), 2 * rounds * count)
            shutil.copytree(data, folder / "node-1")
            nodes = [Node(options, each, environment) for each in (data, folder / "node-1")]
            alone = []
            for round_ in range(rounds):
                print(f"  two nodes, round {round_ + 1} of {rounds}", flush=True)
                more = {"bodies": folder / "completions.ndjson", "token": token}
                table.add("two nodes", together(nodes, options, count, skip=2 * round_ * count, **more))
                alone.append(together(nodes[:1], options, count, skip=(2 * round_ + 1) * count, **more))
            table.also(f"durable issues of one node on the same PostgreSQL, 64 connections: {statistics.median(alone):.0f} /s")
        finally:
            for node in nodes:
                node.stop()
