"""Holds a running service to its ledger: through the API as clients do, and by its rows. One checker for every back end
and every test that hurts the service. check() gives what is wrong, in words; nothing wrong is an empty list."""
import datetime
import hashlib
import json
import random

from rows import open_rows
from server import NETWORK
from status_list import bits

# Sentences about rows that must count none, in SQL that every back end reads.
NONE_OF = {
    "a status position is used twice":
        "SELECT count(*) FROM (SELECT 1 FROM credential GROUP BY status_list_id, status_position HAVING count(*) > 1) AS twice",
    "a status position was never taken":
        "SELECT count(*) FROM credential c WHERE NOT EXISTS (SELECT 1 FROM status_position p WHERE p.list_id = c.status_list_id AND p.position ="
        " c.status_position)",
    "a credential has no document":
        "SELECT count(*) FROM credential c WHERE NOT EXISTS (SELECT 1 FROM credential_document d WHERE d.credential_id = c.id AND d.edition = c.edition)",
    "a document has no credential":
        "SELECT count(*) FROM credential_document d WHERE NOT EXISTS (SELECT 1 FROM credential c WHERE c.id = d.credential_id)",
    "a credential was issued without an event, or with two":
        "SELECT count(*) FROM credential c WHERE (SELECT count(*) FROM event e WHERE e.kind = 'credential.issued' AND e.subject = c.id) <> 1",
    "an event tells of a credential that is not there":
        "SELECT count(*) FROM event e WHERE e.kind = 'credential.issued' AND NOT EXISTS (SELECT 1 FROM credential c WHERE c.id = e.subject)",
    "a revoked credential's bit is not set":
        "SELECT count(*) FROM credential c WHERE c.status = 'revoked' AND NOT EXISTS (SELECT 1 FROM status_bit b WHERE b.list_id = c.status_list_id AND"
        " b.position = c.status_position)",
    "an active credential's bit is set":
        "SELECT count(*) FROM credential c WHERE c.status = 'active' AND c.erased_at IS NULL AND EXISTS (SELECT 1 FROM status_bit b WHERE b.list_id ="
        " c.status_list_id AND b.position = c.status_position)",
    "two pieces of evidence have one name":
        "SELECT count(*) FROM (SELECT 1 FROM evidence GROUP BY kind, source, external_id HAVING count(*) > 1) AS twice",
}


class Checker:
    """Remembers what earlier checks saw, so that nothing may change or vanish later."""

    def __init__(self, installation, ledger, sample=50):
        self.installation, self.ledger, self.sample = installation, ledger, sample
        self.rows = open_rows(installation)
        self.documents, self.checked = {}, 0

    def check(self, node, thorough=False):
        """Asks `node`, which must be ready. New lines of the ledger are asked again and a sample of the old; all are compared
        with the rows."""
        lines = list(self.ledger.lines)
        asked = lines[self.checked:] + random.sample(lines[:self.checked], min(self.sample * (20 if thorough else 1), self.checked))
        problems = self.repeat(node, asked)
        credentials = self.credentials()
        problems += lost_awards(lines, credentials.values()) + double_awards(credentials.values())
        problems += lost_acts(lines, credentials) + self.evidence(lines) + self.changed_documents(credentials)
        problems += self.served_bits(node, credentials) + self.signatures(node, credentials)
        problems += [f"{words} ({count})" for words, sql in NONE_OF.items() if (count := self.rows.select(sql)[0][0]) != "0"]
        problems += self.rows.damage(thorough) + self.fsck()
        self.checked = len(lines)
        return problems

    def repeat(self, node, lines):
        """The same request must give the same bytes."""
        problems, connection, own = [], node.connect(), self.installation
        for line in lines:
            if line["kind"] == "completion":
                path, token, headers = "/api/v1/completions", own.providers[line["provider"]], {}
            elif line["kind"] == "revocation":
                path, token, headers = f"/api/v1/credentials/{line['credential']}/revoke", own.admin, {"Idempotency-Key": line["key"]}
            else:
                continue
            try:
                status, text = node.request("POST", path, token, line["body"], connection, headers)
            except NETWORK as error:
                problems.append(f"no answer for {line['body']}: {error!r}")
                connection = node.connect()
                continue
            if (status, text.decode()) != (line["status"], line["answer"]):
                problems.append(f"another answer for {line['body']}: {status} {text[:300]} instead of {line['status']} {line['answer'][:300]}")
        return problems

    def credentials(self):
        names = ("id", "issuerId", "learnerId", "achievementId", "awardNo", "status", "claimState", "validUntil", "awardedAt", "edition", "list", "position")
        found = self.rows.select("SELECT id, issuer_id, learner_id, achievement_id, award_no, status, claim_state, valid_until, awarded_at, edition,"
                                 " status_list_id, status_position FROM credential")
        credentials = {}
        for row in found:
            one = dict(zip(names, row))
            one["awardNo"], one["edition"], one["position"] = int(one["awardNo"]), int(one["edition"]), int(one["position"])
            one["validUntil"] = day_of(int(one["validUntil"]) * 86_400_000) if one["validUntil"] else None
            one["awardedAt"] = day_of(int(one["awardedAt"]))
            credentials[one["id"]] = one
        return credentials

    def evidence(self, lines):
        """Each completion that was acknowledged is there."""
        held = {row[0] for row in self.rows.select("SELECT external_id FROM evidence WHERE kind = 'completion'")}
        told = {json.loads(line["body"])["externalId"] for line in lines if line["kind"] == "completion"}
        return [f"lost completion {name}" for name in sorted(told - held)]

    def changed_documents(self, credentials):
        """Signed bytes never change: new ones are remembered, a sample of the old is compared."""
        problems = [f"lost credential {identifier}" for identifier, _ in self.documents if identifier not in credentials]
        known = {identifier for identifier, _ in self.documents}
        chosen = [each for each in credentials if each not in known] + random.sample(sorted(known), min(self.sample, len(known)))
        for start in range(0, len(chosen), 500):
            some = ",".join(f"'{each}'" for each in chosen[start:start + 500])
            for identifier, edition, form, body in self.rows.select(
                    f"SELECT credential_id, edition, form, body FROM credential_document WHERE credential_id IN ({some})"):
                digest = hashlib.sha256(body.encode()).digest()
                if self.documents.setdefault((identifier, edition + form), digest) != digest:
                    problems.append(f"other bytes for credential {identifier}, edition {edition}, {form}")
        return problems

    def served_bits(self, node, credentials):
        """The served lists show exactly what is revoked or on hold."""
        problems, lists = [], {}
        for credential in credentials.values():
            lists.setdefault(credential["list"], []).append(credential)
        for name, members in lists.items():
            status, text = node.request("GET", "/status/" + name)
            if status != 200:
                problems.append(f"status list {name} is answered with {status}")
                continue
            served = bits(json.loads(text))
            for one in members:
                is_set = bool(served[one["position"] // 8] >> (7 - one["position"] % 8) & 1)
                if is_set != (one["status"] != "active"):
                    problems.append(f"the served list says {is_set} of credential {one['id']}, which is {one['status']}")
        return problems

    def signatures(self, node, credentials):
        """The service's verifier is asked about a few; interop/ shows that it is right."""
        problems, usable = [], [each for each in credentials.values() if each["status"] == "active"]
        for one in random.sample(usable, min(3, len(usable))):
            status, text = node.request("GET", "/api/v1/credentials/" + one["id"], self.installation.admin)
            if status != 200:
                problems.append(f"credential {one['id']} is answered with {status}")
                continue
            status, text = node.request("POST", "/api/v1/verify", body=json.dumps({"input": json.dumps(json.loads(text)["credential"])}))
            if status != 200 or json.loads(text)["verdict"] not in ("valid", "valid-with-warnings"):
                problems.append(f"credential {one['id']} does not verify: {status} {text[:300]}")
        return problems

    def fsck(self):
        """The program's own checker, in versions that have one."""
        if "fsck" not in self.installation.run("--help").stdout:
            return []
        done = self.installation.run("fsck")
        return [] if done.returncode == 0 else [f"itqan fsck ended with {done.returncode}: {done.stdout[-800:]}{done.stderr[-400:]}"]


def day_of(milliseconds):
    return datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.timezone.utc).date().isoformat()


def renews(earlier, later):
    """Whether a later award may stand beside an earlier one that is still active: the earlier has run out, or ends within
    30 days and the later lasts at least 30 days longer."""
    if not earlier["validUntil"]:
        return False
    day = lambda text: datetime.date.fromisoformat(text[:10])
    left = (day(earlier["validUntil"]) - day(later["awardedAt"])).days
    if left < 0:
        return True
    gained = not later["validUntil"] or (day(later["validUntil"]) - day(earlier["validUntil"])).days >= 30
    return left <= 30 and gained


def double_awards(credentials):
    """Awards of one learner and achievement are numbered 1, 2, ... without a gap or a repeat, and each opens only after a
    revocation, an expiry or as a renewal."""
    awards = {}
    for credential in credentials:
        key = (credential["issuerId"], credential["learnerId"], credential["achievementId"])
        awards.setdefault(key, []).append(credential)
    problems = []
    for key, held in awards.items():
        held.sort(key=lambda credential: credential["awardNo"])
        if [credential["awardNo"] for credential in held] != list(range(1, len(held) + 1)):
            problems.append(f"the awards of {key} are not numbered one by one")
        for earlier, later in zip(held, held[1:]):
            if earlier["status"] != "revoked" and not renews(earlier, later):
                problems.append(f"an award is held twice: {key}")
    return problems


def lost_awards(lines, credentials):
    """Awards that an answer told of and that are not there."""
    held = {(credential["learnerId"], credential["achievementId"]) for credential in credentials}
    told = ((json.loads(line["body"])["learnerId"], award["achievementId"], line["body"]) for line in lines if line["kind"] == "completion"
            for award in json.loads(line["answer"])["credentials"])
    return [f"lost award {achievement} of {learner}, told in answer to {body}" for learner, achievement, body in told
            if (learner, achievement) not in held]


def lost_acts(lines, credentials):
    """Revocations and claims that were acknowledged and are not there, or are undone."""
    problems = []
    for line in lines:
        if line["kind"] == "completion":
            continue
        now = credentials.get(line["credential"])
        if now is None:
            problems.append(f"lost credential {line['credential']} of an acknowledged {line['kind']}")
        elif line["kind"] == "revocation" and now["status"] != "revoked":
            problems.append(f"the revocation of {line['credential']} was undone: it is {now['status']}")
        elif line["kind"] == "claim" and now["claimState"] != "claimed":
            problems.append(f"the claim of {line['credential']} was undone: it is {now['claimState']}")
    return problems
