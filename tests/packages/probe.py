"""Tries whether this machine can have what some tests need, `machine` or `container`. Exit code 0 when it can."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from debian import small_debian
from machine import Machine


def machine():
    """A Debian boots."""
    root = small_debian()
    Machine(root, root).stop()


def container():
    """runc runs a program, in a root that has the programs of this machine."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "rootfs"
        (root / "usr").mkdir(parents=True)
        for name in ("bin", "lib", "lib64"):
            (root / name).symlink_to(f"usr/{name}")
        subprocess.run(["runc", "spec"], cwd=folder, check=True)
        configuration = json.loads((Path(folder) / "config.json").read_text())
        configuration["process"] |= {"terminal": False, "args": ["/usr/bin/true"]}
        configuration["mounts"].append({"destination": "/usr", "type": "bind", "source": "/usr", "options": ["rbind", "ro"]})
        (Path(folder) / "config.json").write_text(json.dumps(configuration))
        subprocess.run(["runc", "run", f"probe-{Path(folder).name}"], cwd=folder, check=True, stdin=subprocess.DEVNULL, timeout=60)


{"machine": machine, "container": container}[sys.argv[1]]()
