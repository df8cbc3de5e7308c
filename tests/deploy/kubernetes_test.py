#!/usr/bin/env python3
"""The Kubernetes manifests: read by kubectl, and true to each other, to the configuration and to the units."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import tomllib
import unittest

root = pathlib.Path(__file__).resolve().parents[2]
folder = root / "deploy/kubernetes"
kubectl = shutil.which("kubectl")


def read():
    """Every object, as kustomize joins them. kubectl decodes each by its type, without a server."""
    joined = subprocess.run([kubectl, "kustomize", folder], capture_output=True, text=True, timeout=60)
    if joined.returncode != 0:
        raise AssertionError(joined.stderr)
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(joined.stdout)
        file.flush()
        # Changes nothing: a label of the printed copy. It is the one command that needs no server and prints JSON.
        done = subprocess.run([kubectl, "label", "--local", "-o", "json", "-f", file.name, "read=yes"], capture_output=True, text=True,
                              timeout=60, env={**os.environ, "KUBECONFIG": os.devnull})
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    decoder, text, objects = json.JSONDecoder(), done.stdout, []
    while text := text.lstrip():
        one, end = decoder.raw_decode(text)
        objects += one.get("items", [one])
        text = text[end:]
    return objects


@unittest.skipUnless(kubectl, "not run: there is no kubectl here")
class Manifests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.objects = {(o["kind"], o["metadata"]["name"]): o for o in read()}
        cls.templates = {}
        for (kind, name), one in cls.objects.items():
            spec = one["spec"]["jobTemplate"]["spec"] if kind == "CronJob" else one.get("spec", {})
            if "template" in spec:
                cls.templates[name] = spec["template"]
        cls.deployment = cls.objects["Deployment", "itqan"]["spec"]
        cls.node = cls.templates["itqan"]
        cls.container = cls.node["spec"]["containers"][0]
        cls.config = tomllib.loads(cls.objects["ConfigMap", "itqan-config"]["data"]["itqan.toml"])

    def selected(self, selector):
        wanted = selector.get("matchLabels", selector)
        return {name for name, template in self.templates.items() if wanted.items() <= template["metadata"]["labels"].items()}

    def test_everything_is_in_one_namespace(self):
        self.assertEqual({o["metadata"].get("namespace") for o in self.objects.values()}, {"itqan"})

    def test_selectors_choose_the_nodes_and_nothing_else(self):
        self.assertEqual(self.selected(self.deployment["selector"]), {"itqan"})
        for name in ("itqan", "itqan-internal"):
            self.assertEqual(self.selected(self.objects["Service", name]["spec"]["selector"]), {"itqan"})
        self.assertEqual(self.selected(self.objects["PodDisruptionBudget", "itqan"]["spec"]["selector"]), {"itqan"})
        for constraint in self.node["spec"]["topologySpreadConstraints"]:
            self.assertEqual(self.selected(constraint["labelSelector"]), {"itqan"})
        self.assertEqual(self.selected(self.objects["NetworkPolicy", "itqan-nodes"]["spec"]["podSelector"]), {"itqan"})
        for name in ("itqan-nothing", "itqan-database"):
            self.assertEqual(self.selected(self.objects["NetworkPolicy", name]["spec"]["podSelector"]), set(self.templates))

    def test_two_nodes_and_never_fewer_than_one(self):
        self.assertEqual(self.deployment["replicas"], 2)
        self.assertEqual(self.deployment["strategy"]["rollingUpdate"], {"maxUnavailable": 0, "maxSurge": 1})
        self.assertEqual(self.objects["PodDisruptionBudget", "itqan"]["spec"]["minAvailable"], 1)

    def test_ports_are_those_of_the_configuration(self):
        ports = {port["name"]: port["containerPort"] for port in self.container["ports"]}
        self.assertEqual(str(ports["https"]), self.config["listen"].rpartition(":")[2])
        self.assertEqual(str(ports["internal"]), self.config["internal"]["listen"].rpartition(":")[2])
        for name in ("itqan", "itqan-internal"):
            for port in self.objects["Service", name]["spec"]["ports"]:
                self.assertIn(port["targetPort"], ports)
        allowed = {p["port"] for rule in self.objects["NetworkPolicy", "itqan-nodes"]["spec"]["ingress"] for p in rule["ports"]}
        self.assertEqual(allowed, set(ports.values()))
        way_out = [p["port"] for rule in self.objects["NetworkPolicy", "itqan-nodes"]["spec"]["egress"] for p in rule["ports"]]
        self.assertIn(self.config["mail"]["port"], way_out)

    def test_every_file_of_the_configuration_is_mounted(self):
        files = re.findall(r"/etc/itqan/[\w./-]+", json.dumps(self.config))
        self.assertGreaterEqual(len(files), 5)
        for name, template in self.templates.items():
            pod = template["spec"]
            volumes = {volume["name"] for volume in pod["volumes"]}
            mounts = pod["containers"][0]["volumeMounts"]
            self.assertLessEqual({mount["name"] for mount in mounts}, volumes, name)
            if name == "itqan":
                places = [mount["mountPath"] for mount in mounts]
                for file in files:
                    self.assertTrue(any(file.startswith(place + "/") for place in places), file)

    def test_secrets_are_made_by_hand_and_their_names_agree(self):
        self.assertFalse([name for kind, name in self.objects if kind == "Secret"])
        made = set(re.findall(r"create secret (?:generic|tls) (\S+)", (folder / "README.md").read_text()))
        for name, template in self.templates.items():
            for volume in template["spec"]["volumes"]:
                if "secret" in volume:
                    self.assertIn(volume["secret"]["secretName"], made)
                    self.assertEqual(volume["secret"]["defaultMode"], 0o440)

    def test_no_pod_has_more_rights_than_it_needs(self):
        for name, template in self.templates.items():
            pod = template["spec"]
            self.assertIs(pod["automountServiceAccountToken"], False, name)
            self.assertIs(pod["enableServiceLinks"], False, name)
            self.assertIs(pod["securityContext"]["runAsNonRoot"], True, name)
            self.assertEqual(pod["securityContext"]["seccompProfile"], {"type": "RuntimeDefault"}, name)
            for container in pod["containers"]:
                self.assertEqual(container["securityContext"], {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
                                                                "capabilities": {"drop": ["ALL"]}}, name)
                self.assertIn("memory", container["resources"]["limits"], name)

    def test_the_user_and_the_probes_are_those_of_the_image(self):
        text = (root / "deploy/Containerfile").read_text()
        user = re.search(r"^USER (\d+):(\d+)$", text, re.MULTILINE)
        self.assertEqual([self.node["spec"]["securityContext"][key] for key in ("runAsUser", "runAsGroup")], [int(user[1]), int(user[2])])
        self.assertIn('"ready"', text)
        self.assertEqual(self.container["readinessProbe"]["exec"]["command"], ["itqan", "ready"])
        self.assertIn("/healthz", self.container["livenessProbe"]["exec"]["command"])

    def test_backups_end_when_the_data_sheet_says(self):
        container = self.templates["itqan-backup"]["spec"]["containers"][0]
        self.assertEqual(container["image"], self.container["image"])
        self.assertEqual(container["args"][:2], ["backup", "/backups"])
        self.assertLessEqual({"/backups", "/etc/itqan/itqan.toml", "/etc/itqan/database", "/etc/itqan/keys"},
                             {mount["mountPath"] for mount in container["volumeMounts"]})
        days = container["args"][container["args"].index("--keep") + 1]
        self.assertIn(f"{days} days", (root / "deploy/privacy.md").read_text())


if __name__ == "__main__":
    unittest.main(verbosity=2)
