"""The OCI image, looked at and unpacked with the tools of others, and run."""

import json
import os
import subprocess

import pytest

from conftest import SOURCES, script
from container import Container, bind, give

USER = 65532
CONFIGURATION = """
[sandbox]
enabled = true

[store]
url = "sqlite:/var/lib/data-adapter/data-adapter.db"

[backends.memory]
demo_users = true
"""


@pytest.fixture
def run(bundle, tmp_path):
    """Runs the image with this configuration, or with none, and a volume for the store."""
    containers = []

    def start(configuration: str | None, **changes) -> Container:
        settings, state = tmp_path / "etc", tmp_path / "state"
        settings.mkdir()
        state.mkdir()
        os.chown(state, USER, USER)
        if configuration is not None:
            give(settings / "data-adapter.toml", configuration, 0, 0, 0o644)
        mounts = [bind(settings, "/etc/data-adapter", "ro"), bind(state, "/var/lib/data-adapter", "rw")]
        containers.append(Container(bundle, changes, mounts))
        return containers[-1]

    yield start
    for container in containers:
        container.stop()


def inspected(image, *arguments: str) -> dict:
    done = subprocess.run(["skopeo", "inspect", *arguments, f"oci-archive:{image}"], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def test_skopeo_reads_whose_it_is_and_how_it_is_run(image):
    configuration = inspected(image, "--config")
    assert configuration["os"] == "linux"
    assert configuration["config"]["User"] == f"{USER}:{USER}"
    assert configuration["config"]["Entrypoint"] == ["/usr/bin/data-adapter"]
    assert configuration["config"]["StopSignal"] == "SIGTERM"
    assert inspected(image)["Labels"]["org.opencontainers.image.version"] == image.name.split("-")[2]


def test_docker_finds_the_health_check_where_it_looks_for_it(image):
    health = inspected(image, "--config", "--raw")["config"]["Healthcheck"]
    assert health["Test"] == ["CMD", "/usr/bin/data-adapter", "healthcheck"]
    assert health["Interval"] == 30_000_000_000


def test_skopeo_copies_it_with_all_digests_right(image, tmp_path):
    subprocess.run(["skopeo", "copy", "--quiet", f"oci-archive:{image}", f"dir:{tmp_path}"], check=True)


def test_the_same_program_gives_the_same_image(image):
    before = image.read_bytes()
    assert SOURCES / script("image") == image
    assert image.read_bytes() == before


def test_there_is_no_shell_and_nothing_that_gives_rights(bundle):
    root = bundle / "rootfs"
    programs = [path for path in root.rglob("*") if path.is_file() and os.access(path, os.X_OK) and ".so" not in path.name]
    assert [str(path.relative_to(root)) for path in programs] == ["usr/bin/data-adapter"]
    assert not [path for path in root.rglob("*") if path.lstat().st_mode & 0o6000]
    writable = [path for path in root.rglob("*") if path.lstat().st_mode & 0o002 and not path.is_symlink()]
    assert [str(path.relative_to(root)) for path in writable] == ["tmp"]


def test_it_trusts_the_authorities_of_the_package_and_no_others_of_this_machine(bundle):
    trusted = (bundle / "rootfs/etc/ssl/certs/ca-certificates.crt").read_text().count("BEGIN CERTIFICATE")
    listed = subprocess.run(["dpkg", "--listfiles", "ca-certificates"], check=True, capture_output=True, text=True)
    assert trusted == listed.stdout.count("/mozilla/") > 100


def test_without_a_configuration_it_refuses_to_start_in_a_sentence(run):
    container = run(None)
    assert container.exit_code() == 78
    assert "the configuration file /etc/data-adapter/data-adapter.toml can't be read" in container.log()
    assert "sandbox" not in container.log()


def test_it_runs_as_the_first_process_without_root_on_a_root_that_is_read_only_and_stops_on_sigterm(run):
    nothing = {kind: [] for kind in ("bounding", "effective", "permitted", "inheritable", "ambient")}
    container = run(CONFIGURATION, capabilities=nothing)
    container.wait_for_log("listening on")
    with open(f"/proc/{container.pid()}/status") as status:
        said = dict(line.rstrip("\n").split(":\t", 1) for line in status if ":\t" in line)
    assert said["NSpid"].split()[-1] == "1"
    assert said["Uid"].split() == [str(USER)] * 4
    assert int(said["CapBnd"], 16) == 0
    answer = container.execute("/usr/bin/data-adapter", "healthcheck")
    assert answer.returncode == 0, answer.stderr
    body = {"requestObject": {"username": "user1234", "organizationId": "RETAIL", "operationContext": {"id": "1", "name": "login"}}}
    user = container.curl("http://127.0.0.1:8080/api/auth/user/lookup", "--json", json.dumps(body))
    assert json.loads(user)["responseObject"]["id"] == "12345678"
    container.signal("TERM")
    assert container.exit_code() == 0
    assert "stopped" in container.log()


def test_its_health_check_fails_when_nothing_answers(run):
    container = run(CONFIGURATION)
    container.wait_for_log("listening on")
    assert container.execute("/usr/bin/data-adapter", "--port", "8081", "healthcheck").returncode == 1


def test_it_needs_no_package_of_the_machine_that_made_it(bundle):
    """Each library that the program is linked to is found in the image."""
    loader = next((bundle / "rootfs").glob("lib64/ld-*")).name
    linked = subprocess.run(["chroot", bundle / "rootfs", f"/lib64/{loader}", "--list", "/usr/bin/data-adapter"],
                            check=True, capture_output=True, text=True).stdout
    assert "not found" not in linked and "libc.so.6 => /lib" in linked


def test_what_it_is_made_of_names_the_libraries_of_debian_too(bundle):
    listed = json.loads((bundle / "rootfs/usr/share/doc/data-adapter/data-adapter.cdx.json").read_text())
    purls = [component["purl"] for component in listed["components"]]
    for package in ("libc6", "libgcc-s1", "ca-certificates"):
        assert any(purl.startswith(f"pkg:deb/debian/{package}@") for purl in purls)
        assert (bundle / "rootfs/var/lib/dpkg/status.d" / package).exists()
