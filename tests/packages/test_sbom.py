"""What the program is made of, in CycloneDX, and under which licences."""

import json
import subprocess
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from conftest import SOURCES


def test_it_is_valid_cyclonedx_with_the_packages_of_debian_in_it_as_well(bundle):
    listed = bundle / "rootfs/usr/share/doc/data-adapter/data-adapter.cdx.json"
    assert JsonStrictValidator(SchemaVersion.V1_5).validate_str(listed.read_text()) is None


@pytest.fixture
def documents(debs, tmp_path) -> Path:
    """What the package for Debian puts into `/usr/share/doc`."""
    subprocess.run(["dpkg-deb", "--extract", debs / "new.deb", tmp_path], check=True)
    return tmp_path / "usr/share/doc/data-adapter"


def test_each_package_has_one(bill_of_materials, documents):
    assert (documents / "data-adapter.cdx.json").read_bytes() == bill_of_materials.read_bytes()


def test_each_package_has_the_licences_of_every_crate_of_others(bill_of_materials, documents, bundle):
    text = (documents / "licences.txt").read_text()
    assert (bundle / "rootfs/usr/share/doc/data-adapter/licences.txt").read_text() == text
    overview, *texts = text.split(80 * "=" + "\n")
    for crate in others(bill_of_materials):
        assert f"\n{crate['name']} {crate['version']}: " in overview
    with_text = {name for given in texts for name in given.split(80 * "-")[0].splitlines()}
    # Some crates come without a text of their licence.
    assert len(with_text) > 0.9 * len(others(bill_of_materials))


def others(bill_of_materials) -> list[dict]:
    listed = json.loads(bill_of_materials.read_text())["components"]
    return [crate for crate in listed if not crate["name"].startswith("data-adapter-")]


def test_every_crate_of_others_has_its_version_its_checksum_and_its_licence(bill_of_materials):
    assert len(others(bill_of_materials)) > 200
    for crate in others(bill_of_materials):
        assert crate["purl"] == f"pkg:cargo/{crate['name']}@{crate['version']}"
        assert crate["hashes"][0]["alg"] == "SHA-256"
        assert crate["licenses"], crate["name"]


def test_it_lists_what_is_built_in_and_not_what_only_tests_or_builds_use(bill_of_materials):
    names = {crate["name"] for crate in json.loads(bill_of_materials.read_text())["components"]}
    assert {"actix-web", "rustls", "aws-lc-rs", "libsqlite3-sys", "argon2"} <= names
    assert not names & {"data-adapter-testkit", "rcgen", "proptest", "cc", "opentelemetry"}


def test_no_folder_of_this_machine_is_named(bill_of_materials):
    text = bill_of_materials.read_text()
    assert str(SOURCES) not in text and "/tmp/" not in text and "/root/" not in text
