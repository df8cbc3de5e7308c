"""Many who ask nothing, and many who ask slowly: what they cost, and what they cost everybody else."""
import resource
import socket
import ssl
import threading
import time

from house import House, NotRun

MODES = ("head", "body", "read")


def room_for(wanted):
    """Descriptors for so many sockets. Fewer would show something else than what is promised."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted + 256 if hard == resource.RLIM_INFINITY else min(wanted + 256, hard)
    if soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    if most < wanted + 256:
        raise NotRun(f"{wanted} connections need {wanted + 256} descriptors, and the hard limit is {hard} (ulimit -Hn)")
    return wanted


def connect(port, plain=False):
    one = socket.create_connection(("127.0.0.1", port), timeout=20)
    if plain:
        return one
    context = connect.context = getattr(connect, "context", None) or ssl._create_unverified_context()
    return context.wrap_socket(one, server_hostname="localhost")


def base_latency(house, seconds):
    return min((house.load(rate=200, seconds=seconds, connections=8).result() for _ in range(2)), key=lambda f: f.p99("200"))


def idle(program, load, folder, long, checks):
    count = room_for(5000 if long else 600)
    house = House(program, load, folder).start().wait_until_ready()
    try:
        seconds = 5 if long else 1
        before = base_latency(house, seconds)
        rss = house.resident_kib()
        crowd = []
        for _ in range(count):
            one = connect(house.port)
            one.sendall(f"GET /healthz HTTP/1.1\r\nHost: localhost:{house.port}\r\n\r\n".encode())
            if not one.recv(4096).startswith(b"HTTP/1.1 200"):
                raise SystemExit("a connection was not answered")
            crowd.append(one)
        each = (house.resident_kib() - rss) / count
        checks.check(each <= 48, f"{count} idle TLS connections that have asked once: {each:.1f} KiB each (at most 48)")
        active = min((house.load(rate=200, seconds=seconds, connections=8).result() for _ in range(2)), key=lambda f: f.p99("200"))
        allowed = max(1.5 * before.p99("200"), before.p99("200") + (2 if long else 60))
        checks.check(active.failed == 0 and active.p99("200") <= allowed,
                     f"an active client's p99 {before.p99('200'):.1f} -> {active.p99('200'):.1f} ms (at most {allowed:.1f})")
        dead = 0
        for one in crowd:
            one.setblocking(False)
            try:
                dead += one.recv(1) == b""
            except (ssl.SSLWantReadError, BlockingIOError):
                pass
        checks.check(dead == 0, f"{count - dead} of {count} are still connected")
        for one in crowd:
            one.close()
    finally:
        house.stop()


class Slow:
    """Connections that trickle a header section, a body, or the reading of an answer."""

    def __init__(self, house, mode, count):
        self.mode, self.ended, self.stopping = mode, 0, False
        self.crowd = [self.one(house) for _ in range(count)]
        self.thread = threading.Thread(target=self.trickle)
        self.thread.start()

    def one(self, house):
        connection = connect(house.port)
        host = f"Host: localhost:{house.port}\r\n"
        if self.mode == "head":
            connection.sendall(b"GET / HTTP/1.1\r\n" + host.encode())
        elif self.mode == "body":
            connection.sendall(f"POST /api/v1/verify HTTP/1.1\r\n{host}Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n{{".encode())
        else:
            connection.sendall((f"GET /openapi.json HTTP/1.1\r\n{host}\r\n" * 20).encode())
        return connection

    def trickle(self):
        while not self.stopping:
            for one in list(self.crowd):
                try:
                    if self.mode == "read":
                        one.recv(1)
                    else:
                        one.sendall(b"X-A: b\r\n" if self.mode == "head" else b" ")
                except OSError:
                    self.crowd.remove(one)
                    self.ended += 1
            time.sleep(0.5)

    def stop(self):
        self.stopping = True
        self.thread.join()
        for one in self.crowd:
            one.close()


def slowloris(program, load, folder, long, checks):
    count = room_for(3000 if long else 150)
    house = House(program, load, folder).start().wait_until_ready()
    try:
        seconds = 5 if long else 1
        before = base_latency(house, seconds)
        for mode in MODES:
            slow = Slow(house, mode, count)
            try:
                healthy = min((house.load(rate=200, seconds=seconds, connections=8).result() for _ in range(2)), key=lambda f: f.p99("200"))
                allowed = max(2 * before.p99("200"), before.p99("200") + (3 if long else 100))
                checks.check(healthy.failed == 0 and healthy.p99("200") <= allowed,
                             f"{mode}: a healthy client's p99 beside {count} slow ones {before.p99('200'):.1f} -> {healthy.p99('200'):.1f} ms (at most {allowed:.1f})")
                if long and mode != "read":
                    end = time.monotonic() + 25
                    while slow.crowd and time.monotonic() < end:
                        time.sleep(0.5)
                    checks.check(not slow.crowd, f"{mode}: all {count} were ended by the server within 25 s ({len(slow.crowd)} left)")
            finally:
                slow.stop()
    finally:
        house.stop()
