"""What is changed while the service is asked: its certificate, its configuration, the process itself."""
import pathlib
import shutil
import signal
import subprocess
import time

from house import House, NotRun, free_port


def wait_for_log(house, event, count, limit=20):
    end = time.monotonic() + limit
    while time.monotonic() < end:
        if house.log.read_text(errors="replace").count(f'"event":"{event}"') >= count:
            return True
        time.sleep(0.005)
    return False


def reload(program, load, folder, long, checks):
    """SIGHUP under load: new certificates, changed limits, and pairs and files that cannot be used."""
    times = 200 if long else 25
    house = House(program, load, folder).start().wait_until_ready()
    try:
        # One reload without load says how long all will take, so that the load lasts until the last of them.
        began = time.monotonic()
        house.make_certificate()
        house.signal(signal.SIGHUP)
        checks.check(wait_for_log(house, "configuration-reloaded", 1), "a reload is taken on before there is any load")
        seconds = times * max(0.12 if long else 0.15, 2 * (time.monotonic() - began)) + 4
        # Half of it opens a connection for each request, so that every handshake meets a change.
        steady = house.load(rate=150, seconds=seconds, connections=16)
        fresh = house.load(path="/healthz", rate=40, seconds=seconds, connections=4)
        began, good = time.monotonic(), 0
        for number in range(1, times + 1):
            house.make_certificate()
            house.signal(signal.SIGHUP)
            good += wait_for_log(house, "configuration-reloaded", number + 1)
        took = time.monotonic() - began
        checks.check(good == times, f"{good} of {times} reloads were taken on, {took / times * 1000:.0f} ms each with making the pair")
        (house.folder / "key.pem").write_text((house.folder / "cert.pem").read_text())
        house.signal(signal.SIGHUP)
        checks.check(wait_for_log(house, "configuration-kept", 1), "a key that does not fit is refused with a line in the log")
        toml = house.data / "itqan.toml"
        whole = toml.read_text()
        toml.write_text(whole + "\nno_such_key = 1\n")
        house.signal(signal.SIGHUP)
        checks.check(wait_for_log(house, "configuration-kept", 2), "so is a configuration that cannot be read")
        toml.write_text(whole)
        changed = time.monotonic() - began
        checks.check(changed <= seconds, f"the changes took {changed:.1f} s of the load's {seconds:.1f} s")
        figures = [steady.result(), fresh.result()]
        failed = sum(each.failed + each.count("503", "429") for each in figures)
        asked = sum(each.good for each in figures) + failed
        checks.check(failed == 0, f"{failed} of {asked} requests failed, p99 {max(each.p99('200') for each in figures):.1f} ms")
        checks.check(house.request("GET", "/healthz")[0] == 200, "the service answers with the last good pair")
    finally:
        house.stop()


def restart(program, load, folder, long, checks):
    """SIGTERM and a new process under load, the listening socket kept by its parent as a socket unit keeps it."""
    times = 100 if long else 2
    house = House(program, load, folder, keeps_socket=True).start().wait_until_ready()
    try:
        pauses, codes = restart_under_load(house, times, house.port, checks, allowance=3.5)
        checks.note(f"from SIGTERM to the new process's first answer: median {sorted(pauses)[len(pauses) // 2]:.2f} s, longest {max(pauses):.2f} s")
    finally:
        house.stop()


def restart_under_load(house, times, port, checks, allowance):
    # Reads and durable writes; each on connections of its own.
    bodies = house.folder / "completions.ndjson"
    bodies.write_text("".join('{"externalId":"restart-%d","learnerId":"lrn-%03d","activityId":"act-102","completedAt":"%s","score":86}\n'
                              % (number, number % 40 + 1, time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime())) for number in range(20000)))
    began = time.monotonic()
    pauses, codes = [], []
    house.stop()
    house.start().wait_until_ready()
    one = time.monotonic() - began
    seconds = times * (one + allowance) + 2
    reads = house.load(rate=60, seconds=seconds, connections=16, port=port)
    writes = house.load(path="/api/v1/completions", rate=20, seconds=seconds, connections=16, bodies=bodies, token=house.admin, port=port)
    end = time.monotonic() + seconds - 1
    while len(pauses) < times and time.monotonic() < end:
        began = time.monotonic()
        codes.append(house.stop())
        house.start().wait_until_ready()
        pauses.append(time.monotonic() - began)
        time.sleep(0.3)  # It serves for a while between two restarts.
    figures = {"reads": reads.result(), "writes": writes.result()}
    checks.check(len(codes) == times and set(codes) == {0}, f"{len(codes)} restarts of {times}, each ended with exit code 0")
    for what, each in figures.items():
        failed = each.failed + each.count("429", "503")
        checks.check(failed == 0 and each.good > 0, f"{what}: {failed} of {each.good + failed} failed {each.statuses if failed else ''}, {each.raw['repeated']} asked again on a new connection, p99 {each.p99('200', '201'):.0f} ms")
    return pauses, codes


NGINX = """
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx-error.log warn;
events {{ worker_connections 2048; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  upstream itqan {{ server 127.0.0.1:{behind}; keepalive 16; }}
  server {{
    listen 127.0.0.1:{front} ssl;
    server_name localhost;
    ssl_certificate {folder}/cert.pem; ssl_certificate_key {folder}/key.pem;
    keepalive_requests 100000;
    location / {{
      proxy_pass https://itqan;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host localhost:{behind};
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_ssl_server_name on; proxy_ssl_name localhost;
      proxy_connect_timeout 30s;
    }}
  }}
}}
"""


def proxied_restart(program, load, folder, long, checks):
    """The same behind nginx, which holds its own connections open and repeats nothing that it must not."""
    nginx = shutil.which("nginx") or ("/usr/sbin/nginx" if pathlib.Path("/usr/sbin/nginx").exists() else None)
    if nginx is None:
        raise NotRun("nginx is not installed")
    times = 100 if long else 3
    house = House(program, load, folder, settings={"ITQAN_LIMITS_TRUSTED_PROXIES": "127.0.0.1/32"}, keeps_socket=True)
    front = free_port()
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, behind=house.port, front=front))
    house.start().wait_until_ready()
    proxy = subprocess.Popen([nginx, "-c", str(folder / "nginx.conf"), "-p", str(folder)], stderr=subprocess.DEVNULL)
    try:
        pauses, codes = restart_under_load(house, times, front, checks, allowance=1.2 if long else 2)
        checks.note(f"restart: median {sorted(pauses)[len(pauses) // 2]:.2f} s, longest {max(pauses):.2f} s")
    finally:
        proxy.terminate()
        proxy.wait()
        house.stop()
