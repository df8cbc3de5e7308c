"""First starts that are killed: init (schema, keys, configuration) and import are cut short at random moments and done
again, and the installation must then be whole."""
import json
import random
import shutil

from checker import Checker
from ledger import Ledger
from load import completion
from server import Installation


def killed_first_starts(binary, folder, database, count):
    """`database` gives the address of an empty database, or none for SQLite. What is wrong, in words."""
    problems = []
    for number in range(count):
        place = folder / f"first-{number}"
        place.mkdir()
        installation = Installation(binary, place, database(), learners=20, kills=lambda: random.choice((0, 1, 1, 2)))
        node, ledger = installation.node(0), Ledger(place / "ledger")
        node.start()
        try:
            provider = installation.activity["providerId"]
            for learner in installation.learners:
                body = json.dumps(completion("first-" + learner, learner, installation.activity))
                status, text = node.request("POST", "/api/v1/completions", installation.providers[provider], body)
                if status != 201 or not json.loads(text)["credentials"]:
                    problems.append(f"after a first start that was killed an issue is answered with {status}: {text[:300]}")
                ledger.add("completion", provider=provider, body=body, status=status, answer=text.decode())
            problems += Checker(installation, ledger).check(node, thorough=True)
        finally:
            node.kill()
        shutil.rmtree(place)
    return problems
