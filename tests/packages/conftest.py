"""What the tests share: the packages under test, made of one program, and where they are tried."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from debian import WORK, small_debian
from machine import Machine

SOURCES = Path(__file__).parents[2]


def pytest_addoption(parser):
    parser.addoption("--without", action="append", default=[], metavar="FIXTURE", help="leave out tests that use this")


def pytest_collection_modifyitems(config, items):
    left_out = [item for item in items if set(config.getoption("--without")) & set(item.fixturenames)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def script(name: str, *arguments: str, **environment: str) -> str:
    """Runs a script of `.ci`, and gives what it prints."""
    program = WORK / "data-adapter"
    done = subprocess.run([SOURCES / ".ci" / name, *arguments], env=os.environ | {"PROGRAM": str(program)} | environment,
                          check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.strip()


@pytest.fixture(scope="session")
def program() -> Path:
    """The program as `cargo build` made it, without what is for debuggers: it is packed several times."""
    WORK.mkdir(parents=True, exist_ok=True)
    stripped = WORK / "data-adapter"
    subprocess.run(["strip", "-o", stripped, SOURCES / "target/debug/data-adapter"], check=True)
    return stripped


@pytest.fixture(scope="session")
def bill_of_materials(program) -> Path:
    path = WORK / "data-adapter.cdx.json"
    script("sbom", str(path))
    return path


@pytest.fixture(scope="session")
def debs(program) -> Path:
    """A folder with the package, `new.deb`, and one of a version before it, `old.deb`."""
    folder = WORK / "debs"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, version in [("old", "0.0.9-1"), ("new", "0.1.0-1")]:
        script("deb", "--fast", "--deb-version", version, OUTPUT=str(folder / f"{name}.deb"))
    return folder


@pytest.fixture
def machine(debs):
    """A Debian that has booted, with the packages in `/packages`."""
    started = Machine(small_debian(), debs)
    yield started
    started.stop()


@pytest.fixture(scope="session")
def image(program) -> Path:
    """The image as a tar."""
    return SOURCES / script("image")


@pytest.fixture(scope="session")
def bundle(image, tmp_path_factory) -> Path:
    """The image as umoci unpacks it for a runtime."""
    folder = tmp_path_factory.mktemp("image")
    layout = folder / "layout"
    layout.mkdir()
    subprocess.run(["tar", "--extract", "--file", image, "--directory", layout], check=True)
    name = json.loads((layout / "index.json").read_text())["manifests"][0]["annotations"]["org.opencontainers.image.ref.name"]
    subprocess.run(["umoci", "unpack", "--image", f"{layout}:{name}", folder / "bundle"], check=True, capture_output=True)
    return folder / "bundle"
