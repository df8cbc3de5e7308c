"""G9, G10: one page of ours that never changes, over TLS 1.3, by us and by nginx: same bytes, same headers, same certificate,
same client. nginx answers from files that it keeps open, without a log."""
import os
import shutil
import subprocess
import time

from service import Server, free_port, load

configuration = """
{user}
daemon off;
worker_processes {workers};
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    sendfile on;
    keepalive_requests 1000000000;
    open_file_cache max=16;
    default_type "{type}";
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {tls}/{certificate};
        ssl_certificate_key {tls}/{key};
        ssl_protocols TLSv1.3;
        ssl_ecdh_curve X25519:P-256:P-384;
        root {folder}/root;
        etag off;
        {headers}
    }}
}}
"""
its_own = {"content-length", "content-type", "connection", "date", "server", "last-modified"}


class Nginx:
    def __init__(self, program, folder, server, path):
        with server.fetch(path) as answer:
            body, headers = answer.read(), [(name, value) for name, value in answer.getheaders() if name.lower() not in its_own]
            kind = answer.getheader("content-type")
        page = folder / "root" / path.lstrip("/")
        page.parent.mkdir(parents=True)
        page.write_bytes(body)
        self.port, self.url = free_port(), ""
        self.url = f"https://127.0.0.1:{self.port}"
        text = configuration.format(user="user root;" if os.geteuid() == 0 else "", workers=len(os.sched_getaffinity(0)), folder=folder, type=kind, port=self.port,
                                    tls=server.data / "tls", certificate="certificate.pem", key="certificate-key.pem",
                                    headers="\n        ".join(f'add_header {name} "{value}";' for name, value in headers))
        (folder / "nginx.conf").write_text(text)
        self.process = subprocess.Popen([program, "-p", folder, "-c", folder / "nginx.conf", "-e", folder / "error.log"], stderr=subprocess.DEVNULL)
        end = time.monotonic() + 10
        while True:
            try:
                with server.fetch(path, port=self.port) as answer:
                    assert answer.read() == body
                return
            except OSError as failure:
                if self.process.poll() is not None or time.monotonic() > end:
                    raise SystemExit(f"nginx does not start: {failure}\n{(folder / 'error.log').read_text()}")
                time.sleep(0.02)

    def workers(self):
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children") as children:
            return [int(word) for word in children.read().split()]

    def stop(self):
        self.process.terminate()
        self.process.wait()


def measure(table, options, folder):
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if not program:
        for goal in ("G9", "G10"):
            table.not_run(goal, "nginx is not installed (apt install nginx-light)")
        return
    rounds, pages, handshakes = (3, 10_000, 1_000) if options.quick else (5, 40_000, 4_000)
    folder.mkdir()
    server = Server(options.itqan, folder)
    nginx = None
    try:
        server.settle()
        path = server.asset("verify.js")
        nginx = Nginx(program, folder, server, path)
        for round_ in range(rounds):
            print(f"  beside nginx, round {round_ + 1} of {rounds}", flush=True)
            # A connection that ends still counts against its address for a moment: 16 new ones stay within the limit.
            for goal, count, fresh, at_once in (("G9", pages, False, 64), ("G10", handshakes, True, 16)):
                ours = server.load(options.load, path, count, fresh=fresh, connections=at_once)
                theirs = load(options.load, nginx.url, path, count, fresh=fresh, connections=at_once, processes=nginx.workers())
                cpu = "serverCpuMicrosecondsPerRequest"
                table.add(goal, ours[cpu], theirs[cpu])
    finally:
        server.stop()
        if nginx:
            nginx.stop()
