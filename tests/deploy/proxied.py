"""A demo behind a proxy that runs the configuration which operators get, with other names, ports and folders."""
import http.client
import json
import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import tempfile
import time

root = pathlib.Path(__file__).resolve().parents[2]
patience = 20


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port, process, what):
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if process.poll() is not None:
            raise AssertionError(f"{what} ended: {process.stderr.read() if process.stderr else process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"{what} does not listen on {port}")


def end(process):
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if process.stderr:
        process.stderr.close()


def find_nginx():
    return shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")


class Demo:
    def __init__(self, program, folder):
        self.port = free_port()
        self.data = folder / "data"
        self.arguments = [program, "demo", "--quiet", "--data", self.data, "--listen", f"127.0.0.1:{self.port}"]
        self.start()
        self.authority = self.data / "tls/demo-authority.pem"
        self.tokens = json.loads((self.data / "demo.json").read_text())["tokens"]

    def start(self):
        self.process = subprocess.Popen(self.arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        env={**os.environ, "ITQAN_LIMITS_TRUSTED_PROXIES": "127.0.0.1/32"})
        wait_for(self.port, self.process, "the demo")

    def certificate(self):
        """Certificate and key, for the proxy to show too."""
        keys = [file for file in (self.data / "tls").iterdir() if "PRIVATE KEY" in file.read_text() and "authority" not in file.name]
        certificates = [file for file in (self.data / "tls").iterdir()
                        if "BEGIN CERTIFICATE" in file.read_text() and "authority" not in file.name]
        return certificates[0], keys[0]


class Nginx:
    """deploy/proxy/nginx.conf in front of `upstreams` ("127.0.0.1:1234", ...)."""

    def __init__(self, folder, host, upstreams, authority, certificate):
        self.port, self.plain_port = free_port(), free_port()
        text = (root / "deploy/proxy/nginx.conf").read_text()
        servers = "".join(f"    server {one} max_fails=3 fail_timeout=5s;\n" for one in upstreams)
        text = changed(text, (("    server 127.0.0.1:8443 max_fails=3 fail_timeout=5s;\n", servers),
                              ("    listen [::]:80;\n", ""), ("    listen [::]:443 ssl;\n", ""),
                              ("listen 80;", f"listen 127.0.0.1:{self.plain_port};"), ("listen 443 ssl;", f"listen 127.0.0.1:{self.port} ssl;"),
                              ("Host badges.example.org;", f"Host {host};"), ("badges.example.org", "localhost"),
                              ("/etc/itqan/fullchain.pem", str(certificate[0])), ("/etc/itqan/privkey.pem", str(certificate[1])),
                              ("/etc/ssl/certs/ca-certificates.crt", str(authority)), ("/var/log/nginx/itqan.log", str(folder / "access.log"))), "nginx.conf")
        (folder / "site.conf").write_text(text)
        paths = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        user = "user root;\n" if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(f"{user}daemon off;\nworker_processes 1;\npid {folder}/pid;\nerror_log {folder}/error.log;\n"
                                           f"events {{ worker_connections 512; }}\nhttp {{\n{paths}include {folder}/site.conf;\n}}\n")
        self.access_log = folder / "access.log"
        self.process = subprocess.Popen([find_nginx(), "-p", folder, "-c", folder / "nginx.conf"], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE, text=True)
        wait_for(self.port, self.process, "nginx")


def changed(text, changes, what):
    for old, new in changes:
        if old not in text:
            raise AssertionError(f"{what} has no {old!r} any more")
        text = text.replace(old, new)
    return text


class Caddy:
    """deploy/proxy/Caddyfile in front of one upstream."""

    def __init__(self, folder, host, upstream, authority, certificate):
        self.port = free_port()
        text = changed((root / "deploy/proxy/Caddyfile").read_text(),
                       (("{\n\tservers {", "{\n\tadmin off\n\tauto_https disable_redirects\n\tservers {"),
                        ("\nbadges.example.org {\n", f"\nhttps://localhost:{self.port} {{\n\tbind 127.0.0.1\n\ttls {certificate[0]} {certificate[1]}\n"),
                        ("header_up Host badges.example.org", f"header_up Host {host}"), ("badges.example.org", "localhost"),
                        ("https://127.0.0.1:8443", f"https://{upstream}"), ("/etc/itqan/upstream-authority.pem", str(authority))), "Caddyfile")
        (folder / "Caddyfile").write_text(text)
        self.process = subprocess.Popen([shutil.which("caddy"), "run", "--adapter", "caddyfile", "--config", folder / "Caddyfile"],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        env={**os.environ, "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)})
        wait_for(self.port, self.process, "caddy")


def context_of(authority):
    context = ssl.create_default_context(cafile=authority)
    return context


def ask(port, authority, method, path, body=None, headers=None, source="127.0.0.1", host=None):
    connection = http.client.HTTPSConnection("localhost", port, timeout=patience, context=context_of(authority),
                                             source_address=(source, 0))
    try:
        connection.connect()
    except OSError:
        raise AssertionError(f"nobody answers on {port}")
    try:
        connection.request(method, path, body, {"Host": host or f"localhost:{port}", **(headers or {})})
        answer = connection.getresponse()
        return answer.status, answer.read(), {name.lower(): value for name, value in answer.getheaders()}
    finally:
        connection.close()


def scratch():
    return pathlib.Path(tempfile.mkdtemp(prefix="itqan-proxy-"))
