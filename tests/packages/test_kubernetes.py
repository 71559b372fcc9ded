"""The manifests, against the schemas of Kubernetes and against the image that they run."""

import os
import subprocess
from pathlib import Path

import kubernetes_validate
import pytest
import yaml

from conftest import SOURCES
from container import Container, bind, give

MANIFESTS = sorted((SOURCES / "docs/kubernetes").glob("*.yaml"))
# The newest that the schemas know, and the oldest that has all fields.
VERSIONS = ["1.37", "1.31"]


def manifest(kind: str) -> dict:
    return next(read for read in map(lambda path: yaml.safe_load(path.read_text()), MANIFESTS) if read["kind"] == kind)


DEPLOYMENT = manifest("Deployment")
POD = DEPLOYMENT["spec"]["template"]["spec"]
PROGRAM = POD["containers"][0]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.name)
def test_every_manifest_fits_the_schema_without_a_member_that_it_does_not_know(path, version):
    kubernetes_validate.validate(yaml.safe_load(path.read_text()), version, strict=True)


def test_a_member_that_is_misspelt_is_found():
    wrong = yaml.safe_load(yaml.safe_dump(DEPLOYMENT))
    wrong["spec"]["template"]["spec"]["terminationGracePeriod"] = 60
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, VERSIONS[0], strict=True)


def test_whatever_chooses_pods_chooses_these():
    labels = DEPLOYMENT["spec"]["template"]["metadata"]["labels"]
    chosen = [DEPLOYMENT["spec"]["selector"]["matchLabels"], manifest("Service")["spec"]["selector"],
              manifest("PodDisruptionBudget")["spec"]["selector"]["matchLabels"],
              manifest("NetworkPolicy")["spec"]["podSelector"]["matchLabels"]]
    assert all(selector.items() <= labels.items() and selector for selector in chosen)


def test_every_port_that_is_named_is_one_of_the_pod():
    ports = {port["name"] for port in PROGRAM["ports"]}
    named = [manifest("Service")["spec"]["ports"][0]["targetPort"], manifest("NetworkPolicy")["spec"]["ingress"][0]["ports"][0]["port"]]
    named += [PROGRAM[probe]["httpGet"]["port"] for probe in ("startupProbe", "livenessProbe", "readinessProbe")]
    assert ports == set(named)


def test_every_volume_is_there_and_mounted():
    mounted = {mount["name"] for mount in PROGRAM["volumeMounts"]}
    assert mounted == {volume["name"] for volume in POD["volumes"]}
    claims = [volume["persistentVolumeClaim"]["claimName"] for volume in POD["volumes"] if "persistentVolumeClaim" in volume]
    assert claims == [manifest("PersistentVolumeClaim")["metadata"]["name"]]
    maps = [volume["configMap"]["name"] for volume in POD["volumes"] if "configMap" in volume]
    assert maps == [manifest("ConfigMap")["metadata"]["name"]]


def secrets(folder: Path) -> dict[str, dict[str, str]]:
    """What somebody puts into the secrets, by the name of the secret."""
    key, certificate = folder / "tls.key", folder / "tls.crt"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30",
                    "-subj", "/CN=data-adapter", "-keyout", key, "-out", certificate], check=True, capture_output=True)
    keys = {f"{name}-key": subprocess.run(["openssl", "rand", "-base64", "32"], check=True, capture_output=True, text=True).stdout
            for name in ("otp", "password")}
    return {
        "data-adapter": keys | {"ldap-password": "directory", "sms-token": "gateway", "web-flow-token-sha256": "0" * 64},
        "data-adapter-tls": {"tls.crt": certificate.read_text(), "tls.key": key.read_text()},
    }


@pytest.fixture
def pod(bundle, tmp_path):
    """The pod of the manifest, with its files, its user and its rights, as a kubelet would start it."""
    given = secrets(tmp_path)
    context, mounts = POD["securityContext"], []
    for mount in PROGRAM["volumeMounts"]:
        volume = next(volume for volume in POD["volumes"] if volume["name"] == mount["name"])
        folder = tmp_path / "volumes" / volume["name"]
        folder.mkdir(parents=True)
        os.chown(folder, 0, context["fsGroup"])
        folder.chmod(0o2775)
        if secret := volume.get("secret"):
            values = given[secret["secretName"]]
            for item in secret.get("items") or [{"key": key, "path": key} for key in values]:
                give(folder / item["path"], values[item["key"]], 0, context["fsGroup"], secret["defaultMode"])
        elif "configMap" in volume:
            for name, text in manifest("ConfigMap")["data"].items():
                give(folder / name, text, 0, 0, 0o644)
        mounts.append(bind(folder, mount["mountPath"], "ro" if mount.get("readOnly") else "rw"))
    assert PROGRAM["securityContext"]["readOnlyRootFilesystem"] and PROGRAM["securityContext"]["capabilities"]["drop"] == ["ALL"]
    nothing = {kind: [] for kind in ("bounding", "effective", "permitted", "inheritable", "ambient")}
    user = {"uid": context["runAsUser"], "gid": context["runAsGroup"], "additionalGids": [context["fsGroup"]]}
    container = Container(bundle, {"user": user, "capabilities": nothing, "noNewPrivileges": True, "rlimits": []}, mounts)
    yield container
    container.stop()


def probe(pod: Container, name: str) -> tuple[int, str]:
    """What a kubelet is answered."""
    get = PROGRAM[name]["httpGet"]
    port = next(port["containerPort"] for port in PROGRAM["ports"] if port["name"] == get["port"])
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


def test_it_is_given_more_time_to_stop_than_it_takes(pod):
    pod.wait_for_log("listening on")
    shown = pod.execute("/usr/bin/data-adapter", "config", "show")
    assert shown.returncode == 0, shown.stderr
    seconds = {line.split(" = ")[0]: line.split(" = ")[1] for line in shown.stdout.splitlines() if "_seconds = " in line}
    drain = int(seconds.get("drain_seconds", 0))
    assert POD["terminationGracePeriodSeconds"] > drain + int(seconds["shutdown_timeout_seconds"])


def test_the_configuration_is_one_without_a_sandbox(pod):
    pod.wait_for_log("listening on")
    assert "sandbox" not in pod.log()
