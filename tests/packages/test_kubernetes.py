"""The manifests, against the schemas of Kubernetes and against the image that they run."""

import os
import subprocess
import tomllib
from pathlib import Path

import kubernetes_validate
import pytest
import yaml

from conftest import SOURCES
from container import Container, bind, give

FOLDER = SOURCES / "docs/kubernetes"
ONE_POD = {path.name: path for path in sorted(FOLDER.glob("*.yaml"))}
# What is in the folder of its own, and around it what is the same for any number of pods.
OF_MANY = {path.name: path for path in sorted(FOLDER.glob("many/*.yaml"))}
SHARED = {name: ONE_POD[name] for name in ("service.yaml", "pod-disruption-budget.yaml")}
# The newest that the schemas know, and the oldest that has all fields.
VERSIONS = ["1.37", "1.31"]


class Manifests:
    """Those that are applied together."""

    def __init__(self, paths: dict[str, Path]):
        self._read = [yaml.safe_load(path.read_text()) for path in paths.values()]
        self.deployment = self.of("Deployment")
        self.pod = self.deployment["spec"]["template"]["spec"]
        self.program = self.pod["containers"][0]

    def of(self, kind: str) -> dict:
        return next(read for read in self._read if read["kind"] == kind)

    def names(self, kind: str) -> list[str]:
        return [read["metadata"]["name"] for read in self._read if read["kind"] == kind]

    def settings(self) -> dict:
        return tomllib.loads(self.of("ConfigMap")["data"]["data-adapter.toml"])


ONE = Manifests(ONE_POD)
MANY = Manifests(SHARED | OF_MANY)
each = pytest.mark.parametrize("manifests", [ONE, MANY], ids=["one pod", "many pods"])


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("path", [*ONE_POD.values(), *OF_MANY.values()], ids=lambda path: str(path.relative_to(FOLDER)))
def test_every_manifest_fits_the_schema_without_a_member_that_it_does_not_know(path, version):
    kubernetes_validate.validate(yaml.safe_load(path.read_text()), version, strict=True)


def test_a_member_that_is_misspelt_is_found():
    wrong = yaml.safe_load(yaml.safe_dump(ONE.deployment))
    wrong["spec"]["template"]["spec"]["terminationGracePeriod"] = 60
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, VERSIONS[0], strict=True)


@each
def test_whatever_chooses_pods_chooses_these(manifests):
    labels = manifests.deployment["spec"]["template"]["metadata"]["labels"]
    chosen = [manifests.deployment["spec"]["selector"]["matchLabels"], manifests.of("Service")["spec"]["selector"],
              manifests.of("PodDisruptionBudget")["spec"]["selector"]["matchLabels"],
              manifests.of("NetworkPolicy")["spec"]["podSelector"]["matchLabels"]]
    chosen += [spread["labelSelector"]["matchLabels"] for spread in manifests.pod.get("topologySpreadConstraints", [])]
    assert all(selector.items() <= labels.items() and selector for selector in chosen)


@each
def test_every_port_that_is_named_is_one_of_the_pod(manifests):
    ports = {port["name"] for port in manifests.program["ports"]}
    named = [manifests.of("Service")["spec"]["ports"][0]["targetPort"],
             manifests.of("NetworkPolicy")["spec"]["ingress"][0]["ports"][0]["port"]]
    named += [manifests.program[probe]["httpGet"]["port"] for probe in ("startupProbe", "livenessProbe", "readinessProbe")]
    assert ports == set(named)


@each
def test_every_volume_is_there_and_mounted(manifests):
    volumes = manifests.pod["volumes"]
    assert {mount["name"] for mount in manifests.program["volumeMounts"]} == {volume["name"] for volume in volumes}
    claims = [volume["persistentVolumeClaim"]["claimName"] for volume in volumes if "persistentVolumeClaim" in volume]
    assert claims == manifests.names("PersistentVolumeClaim")
    maps = [volume["configMap"]["name"] for volume in volumes if "configMap" in volume]
    assert maps == manifests.names("ConfigMap")


def test_several_pods_share_their_store_and_one_has_a_file():
    assert (ONE.deployment["spec"]["replicas"], ONE.settings()["store"]["url"].split(":")[0]) == (1, "sqlite")
    assert MANY.deployment["spec"]["replicas"] > 1 and MANY.settings()["store"]["url"].startswith("postgres://")


def test_several_pods_go_one_after_the_other_and_each_is_drained_before():
    update = MANY.deployment["spec"]["strategy"]["rollingUpdate"]
    assert (update["maxUnavailable"], MANY.of("PodDisruptionBudget")["spec"]["maxUnavailable"]) == (0, 1)
    probe, drain = MANY.program["readinessProbe"], MANY.settings()["server"]["drain_seconds"]
    assert drain > probe["failureThreshold"] * (probe["periodSeconds"] + probe["timeoutSeconds"])


def secrets(folder: Path) -> dict[str, dict[str, str]]:
    """What somebody puts into the secrets, by the name of the secret."""
    key, certificate = folder / "tls.key", folder / "tls.crt"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30",
                    "-subj", "/CN=data-adapter", "-keyout", key, "-out", certificate], check=True, capture_output=True)
    keys = {f"{name}-key": subprocess.run(["openssl", "rand", "-base64", "32"], check=True, capture_output=True, text=True).stdout
            for name in ("otp", "password")}
    keys |= {"store-password": "store", "store-ca": certificate.read_text()}
    return {
        "data-adapter": keys | {"ldap-password": "directory", "sms-token": "gateway", "web-flow-token-sha256": "0" * 64},
        "data-adapter-tls": {"tls.crt": certificate.read_text(), "tls.key": key.read_text()},
    }


def start(manifests: Manifests, bundle: Path, folder: Path, *command: str) -> Container:
    """The pod of the manifests, with its files, its user and its rights, as a kubelet would start it."""
    given = secrets(folder)
    context, mounts = manifests.pod["securityContext"], []
    for mount in manifests.program["volumeMounts"]:
        volume = next(volume for volume in manifests.pod["volumes"] if volume["name"] == mount["name"])
        place = folder / "volumes" / volume["name"]
        place.mkdir(parents=True)
        os.chown(place, 0, context["fsGroup"])
        place.chmod(0o2775)
        if secret := volume.get("secret"):
            values = given[secret["secretName"]]
            for item in secret.get("items") or [{"key": key, "path": key} for key in values]:
                give(place / item["path"], values[item["key"]], 0, context["fsGroup"], secret["defaultMode"])
        elif "configMap" in volume:
            for name, text in manifests.of("ConfigMap")["data"].items():
                give(place / name, text, 0, 0, 0o644)
        mounts.append(bind(place, mount["mountPath"], "ro" if mount.get("readOnly") else "rw"))
    rights = manifests.program["securityContext"]
    assert rights["readOnlyRootFilesystem"] and rights["capabilities"]["drop"] == ["ALL"]
    nothing = {kind: [] for kind in ("bounding", "effective", "permitted", "inheritable", "ambient")}
    changes = {"user": {"uid": context["runAsUser"], "gid": context["runAsGroup"], "additionalGids": [context["fsGroup"]]},
               "capabilities": nothing, "noNewPrivileges": True, "rlimits": []}
    return Container(bundle, changes | ({"args": ["/usr/bin/data-adapter", *command]} if command else {}), mounts)


@pytest.fixture
def pod(bundle, tmp_path):
    """The only one over a file."""
    container = start(ONE, bundle, tmp_path)
    yield container
    container.stop()


@pytest.fixture
def run(bundle, tmp_path):
    """Runs a command in a pod of the manifests to its end, and gives what it prints."""
    def to_its_end(manifests: Manifests, *command: str) -> str:
        container = start(manifests, bundle, tmp_path, *command)
        try:
            assert container.exit_code() == 0, container.log()
            return container.log()
        finally:
            container.stop()
    return to_its_end


def probe(pod: Container, name: str) -> tuple[int, str]:
    """What a kubelet is answered."""
    get = ONE.program[name]["httpGet"]
    port = next(port["containerPort"] for port in ONE.program["ports"] if port["name"] == get["port"])
    url = f"{get['scheme'].lower()}://127.0.0.1:{port}{get['path']}"
    answer, status = pod.curl("--insecure", "--max-time", "30", "--write-out", "\n%{http_code}", url).rsplit("\n", 1)
    return int(status), answer


def test_the_image_starts_with_the_configuration_and_the_secrets_of_the_manifests_and_answers_its_probes(pod):
    pod.wait_for_log("listening on https://0.0.0.0:8443")
    assert probe(pod, "startupProbe")[0] == 200
    assert probe(pod, "livenessProbe")[0] == 200
    status, answer = probe(pod, "readinessProbe")
    assert status == 503 and '"backends.directory":"DOWN"' in answer and '"store":"OK"' in answer, "there is no directory here"
    pod.signal("TERM")
    assert pod.exit_code() == 0


@each
def test_it_is_given_more_time_to_stop_than_it_takes(run, manifests):
    shown = run(manifests, "config", "show")
    seconds = {line.split(" = ")[0]: line.split(" = ")[1] for line in shown.splitlines() if "_seconds = " in line}
    takes = int(seconds.get("drain_seconds", 0)) + int(seconds["shutdown_timeout_seconds"])
    assert manifests.pod["terminationGracePeriodSeconds"] > takes


@each
def test_the_configuration_can_be_used_with_the_secrets_that_the_pod_mounts(run, manifests):
    run(manifests, "config", "check")


def test_the_configuration_is_one_without_a_sandbox(pod):
    pod.wait_for_log("listening on")
    assert "sandbox" not in pod.log()
