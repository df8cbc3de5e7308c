"""G5-G8, G15, G16: one credential in process, beside the libraries that others use: CPU microseconds per operation. Before
anything is compared, each verifies what the other issued."""
import re
import subprocess

from service import Server

ours_for = {"G5": "verify", "G6": "issue", "G7": "canonical-hash", "G8": "to-rdf"}
peer_for = {"G5": "db/vc verify eddsa-rdfc-2022", "G6": "db/vc issue eddsa-rdfc-2022", "G7": "jsonld.js toRDF + rdf-canonize"}
quoted_to_rdf = 46_000  # jsonld-cpp where it was measured last, on another machine.
contexts = {"https://www.w3.org/ns/credentials/v2": "credentials-v2.json",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json": "open-badges-3.0.3.json"}


def output_of(command, folder=None, **environment):
    answer = subprocess.run([str(word) for word in command], cwd=folder, capture_output=True, text=True, timeout=300,
                            env={"PATH": "/usr/local/bin:/usr/bin:/bin", **environment})
    if answer.returncode != 0:
        raise SystemExit(answer.stdout + answer.stderr)
    return answer.stdout


def figures(text, column):
    """The number that stands `column` words from the end of each line, by the words before the numbers."""
    found = {}
    for line in text.splitlines():
        words = line.split()
        numbers = [word for word in words if word.replace(".", "", 1).isdigit()]
        name = " ".join(words[:len(words) - len(numbers)]) if numbers else ""
        if name and words[-column].replace(".", "", 1).isdigit():
            found[name] = float(words[-column])
    return found


def check_each_other(ours, peers):
    """Both read the same bytes and agree that they are signed, so that the same work is compared."""
    output_of([ours, "sign", peers / "body.json", peers / "ours.json"])
    verdict = output_of(["node", "check.mjs", "ours.json"], peers).strip()
    if verdict != "digitalbazaar verifies: true":
        raise SystemExit("the peers do not verify what we issue: " + verdict)
    output_of(["node", "libs.mjs"], peers, DUMP="1", ONLY="^$")
    output_of([ours, "check", peers / "out-signed.json"])


def measure_credential(table, options, rounds):
    ours = options.bench / "credential_bench"
    seconds = "0.3" if options.quick else "1"
    only = "|".join(name.replace("+", "\\+") for name in peer_for.values())
    if options.peers:
        check_each_other(ours, options.peers)
    signature = []
    for round_ in range(rounds):
        print(f"  in process, round {round_ + 1} of {rounds}", flush=True)
        mine = figures(output_of([ours, options.peers / "body.json", seconds] if options.peers else [ours]), 1)
        signature.append(mine["ed25519-sign"])
        if not options.peers:
            continue
        theirs = figures(output_of(["node", "libs.mjs"], options.peers, ROUNDS="1", SECONDS_PER_ROUND="1" if options.quick else "2", ONLY=only), 3)
        for goal, name in peer_for.items():
            table.add(goal, mine[ours_for[goal]], theirs[name])
        to_rdf = quoted_to_rdf
        if options.jsonld_cpp:
            tables = [f"{url}={options.contexts / file}" for url, file in contexts.items()]
            to_rdf = figures(output_of([options.jsonld_cpp, options.peers / "body.json", "1", *tables]), 1)["to-rdf"]
        table.add("G8", mine["to-rdf"], to_rdf)
    if options.peers and not options.jsonld_cpp:
        table.not_run("G8", "quoted, JSONLD_CPP=FOLDER measures it")
    if not options.peers:
        for goal in ours_for:
            table.not_run(goal, options.no_peers)
    table.also("parts of ours, us: " + ", ".join(f"{part} {figure:.1f}" for part, figure in mine.items() if part not in ours_for.values()))
    return f"{min(signature):.0f} us"


def measure_parts(table, options, folder, rounds):
    folder.mkdir()
    server = Server(options.itqan, folder)
    try:
        picture = folder / "picture.png"
        picture.write_bytes(server.get(re.search(rb"/achievements/[0-9a-f-]+/picture.png", server.get("/")).group(0).decode(), "image/png"))
    finally:
        server.stop()
    for _ in range(rounds):
        of_picture = figures(output_of([options.bench / "part_bench", "pictures", picture]), 1)
        table.add("G15", of_picture["png-bake"], of_picture["png-recode"])
        of_list = figures(output_of([options.bench / "part_bench", "status"]), 1)
        table.add("G16", of_list["status-encode"], of_list["zlib-6"])
    table.also(f"the packed list of 131 072 bits, 1 % set, has {of_list['status-bytes']:.0f} bytes; zlib's {of_list['zlib-bytes']:.0f}")


def measure(table, options, folder):
    """Returns what one Ed25519 signature takes here."""
    rounds = 3 if options.quick else 5
    measure_parts(table, options, folder, rounds)
    return measure_credential(table, options, rounds)
